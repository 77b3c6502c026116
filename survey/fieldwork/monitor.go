package fieldwork

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"barometer/internal/store"
	"barometer/survey/response"
)

// Stratum is the state of one stratum.
type Stratum struct {
	Code string `json:"stratum"`
	Counts
}

// Monitor is the state of a wave's collection at one moment.
type Monitor struct {
	Wave   string                `json:"wave"`
	Total  Counts                `json:"total"`
	Strata []Stratum             `json:"strata"` // in the order of the sample
	Modes  map[response.Mode]int `json:"modes"`  // complete responses by how they came
	Days   []Day                 `json:"days"`
	First  time.Time             `json:"first,omitzero"`  // code issued
	Closed time.Time             `json:"closed,omitzero"` // zero while the wave is open

	strange bool // there are codes or responses of units that were not drawn
}

// Day counts what came on one local day. Days without any are among them.
type Day struct {
	Date     string `json:"date"`     // 2026-02-02
	Opened   int    `json:"opened"`   // units whose code was used for the first time
	Complete int    `json:"complete"` // responses that stand as submitted now, by the day they were
	Total    int    `json:"total"`    // complete by the end of the day
}

// ErrNoSample says that no sample of the wave is registered.
var ErrNoSample = errors.New("no sample is registered for the wave")

// Watch counts the units of a wave, all as of one moment. It refuses a state
// that does not reconcile with the sample or with the log of what happened,
// naming every unit.
func (d *Desk) Watch(ctx context.Context, wave string) (*Monitor, error) {
	m := &Monitor{Wave: wave, Modes: map[response.Mode]int{}}
	err := d.db.Read(ctx, func(tx *store.Tx) error {
		if err := m.count(tx, d.least); err != nil {
			return err
		}
		if err := m.end(tx); err != nil {
			return err
		}
		if err := m.days(tx, d.zone); err != nil {
			return err
		}
		return m.reconcile(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("fieldwork of wave %s: %w", wave, err)
	}
	return m, nil
}

// count counts by stratum. A code or a response of a unit that was not drawn
// is counted in no stratum, and found by reconcile.
func (m *Monitor) count(tx *store.Tx, least int) error {
	counted := map[string]*Counts{}
	err := tx.Each(func(rows *sql.Rows) error {
		st := Stratum{}
		err := rows.Scan(&st.Code, &st.Sampled)
		m.Strata = append(m.Strata, st)
		return err
	}, `SELECT stratum, take FROM fieldwork_stratum WHERE wave = ? ORDER BY place`, m.Wave)
	if err == nil && len(m.Strata) == 0 {
		err = ErrNoSample
	}
	if err != nil {
		return err
	}
	for i := range m.Strata {
		counted[m.Strata[i].Code] = &m.Strata[i].Counts
	}
	if err := m.countCodes(tx, counted); err != nil {
		return err
	}
	if err := m.countStates(tx, counted, least); err != nil {
		return err
	}
	for i := range m.Strata {
		c := &m.Strata[i].Counts
		c.Noncontact += c.Sampled - c.Complete - c.Partial - c.BreakOff - c.Refused - c.Unknown - c.Ineligible - c.Noncontact
		m.Total = m.Total.plus(*c)
	}
	return nil
}

// countCodes counts who was invited and who has used a code.
func (m *Monitor) countCodes(tx *store.Tx, counted map[string]*Counts) error {
	var first int64
	err := tx.Each(func(rows *sql.Rows) error {
		var stratum sql.NullString
		var invited, opened int
		var issued int64
		if err := rows.Scan(&stratum, &invited, &opened, &issued); err != nil {
			return err
		}
		if first == 0 || issued < first {
			first = issued
		}
		if c := counted[stratum.String]; c != nil {
			c.Invited, c.Opened = invited, opened
		} else {
			m.strange = true
		}
		return nil
	}, `SELECT u.stratum, COUNT(*), SUM(CASE WHEN i.opened > 0 THEN 1 ELSE 0 END), MIN(i.issued) FROM
			(SELECT unit, MIN(issued_ms) AS issued, MAX(opened_ms) AS opened FROM contact_invitation WHERE wave = ? GROUP BY unit) i
		LEFT JOIN fieldwork_unit u ON u.wave = ? AND u.unit = i.unit GROUP BY u.stratum`, m.Wave, m.Wave)
	m.First = store.FromMillis(first)
	return err
}

// countStates counts dispositions. Units without a state stay uncounted.
func (m *Monitor) countStates(tx *store.Tx, counted map[string]*Counts, least int) error {
	return tx.Each(func(rows *sql.Rows) error {
		var stratum sql.NullString
		var d response.Disposition
		var mode response.Mode
		var enough, n int
		if err := rows.Scan(&stratum, &d, &mode, &enough, &n); err != nil {
			return err
		}
		c := counted[stratum.String]
		if c == nil {
			m.strange = true
			return nil
		}
		if d == response.Complete {
			m.Modes[mode] += n
		}
		c.add(d, n, enough)
		return nil
	}, `SELECT u.stratum, s.disposition, s.mode, SUM(CASE WHEN s.answered >= ? THEN 1 ELSE 0 END), COUNT(*)
		FROM response_state s LEFT JOIN fieldwork_unit u ON u.wave = s.wave AND u.unit = s.unit
		WHERE s.wave = ? GROUP BY u.stratum, s.disposition, s.mode`, least, m.Wave)
}

// end notes when the wave was closed.
func (m *Monitor) end(tx *store.Tx) error {
	var closed sql.NullInt64
	err := tx.QueryRow(`SELECT MAX(closed_ms) FROM response_close WHERE wave = ?`, m.Wave).Scan(&closed)
	m.Closed = store.FromMillis(closed.Int64)
	return err
}

// hour is in milliseconds; what happened is counted by hours in the store and
// by local days here.
const hour = 3_600_000

// days counts what came day by day, from the first day to the last on which
// something did.
func (m *Monitor) days(tx *store.Tx, zone *time.Location) error {
	opened, complete := map[string]int{}, map[string]int{}
	by := func(into map[string]int) func(*sql.Rows) error {
		return func(rows *sql.Rows) error {
			var at int64
			var n int
			err := rows.Scan(&at, &n)
			into[store.FromMillis(at*hour).In(zone).Format(time.DateOnly)] += n
			return err
		}
	}
	err := tx.Each(by(opened), `SELECT first / 3600000, COUNT(*) FROM
		(SELECT MIN(opened_ms) AS first FROM contact_invitation WHERE wave = ? AND opened_ms > 0 GROUP BY unit) o
		GROUP BY first / 3600000`, m.Wave)
	if err == nil {
		err = tx.Each(by(complete), `SELECT submitted_ms / 3600000, COUNT(*) FROM response_state
			WHERE wave = ? AND disposition = 'complete' GROUP BY submitted_ms / 3600000`, m.Wave)
	}
	if err != nil {
		return err
	}
	m.Days = calendar(m.First.In(zone), opened, complete)
	return nil
}

// calendar lists every day from the first code on.
func calendar(first time.Time, opened, complete map[string]int) (days []Day) {
	begin, last := "", ""
	if !first.IsZero() {
		begin = first.Format(time.DateOnly)
		last = begin
	}
	for _, counts := range []map[string]int{opened, complete} {
		for date := range counts {
			last = max(last, date)
			if begin == "" || date < begin {
				begin = date
			}
		}
	}
	if begin == "" {
		return nil
	}
	at, _ := time.Parse(time.DateOnly, begin) // written above
	total := 0
	for {
		date := at.Format(time.DateOnly)
		if date > last {
			return days
		}
		total += complete[date]
		days = append(days, Day{Date: date, Opened: opened[date], Complete: complete[date], Total: total})
		at = at.AddDate(0, 0, 1)
	}
}

// reconcile holds the states against the sample and the log: a response or a
// code of a unit that was not drawn, and a state other than the last event says.
func (m *Monitor) reconcile(tx *store.Tx) error {
	faults := []error{m.unlike(tx, "stands otherwise than its log says", `SELECT s.unit FROM response_state s
		WHERE s.wave = ? AND s.revision > 0 AND NOT EXISTS (SELECT 1 FROM response_event e
			WHERE e.wave = s.wave AND e.unit = s.unit AND e.revision = s.revision AND e.disposition = s.disposition)
		ORDER BY s.unit`)}
	if m.strange {
		faults = append(faults, m.unlike(tx, "has a response but is not in the sample", `SELECT s.unit FROM response_state s
			WHERE s.wave = ? AND NOT EXISTS (SELECT 1 FROM fieldwork_unit u WHERE u.wave = s.wave AND u.unit = s.unit) ORDER BY s.unit`))
		faults = append(faults, m.unlike(tx, "has a code but is not in the sample", `SELECT DISTINCT i.unit FROM contact_invitation i
			WHERE i.wave = ? AND NOT EXISTS (SELECT 1 FROM fieldwork_unit u WHERE u.wave = i.wave AND u.unit = i.unit) ORDER BY i.unit`))
	}
	return errors.Join(faults...)
}

// unlike names the units that a query finds.
func (m *Monitor) unlike(tx *store.Tx, says, query string) error {
	units, err := list(tx, query, m.Wave)
	if err != nil || len(units) == 0 {
		return err
	}
	return fmt.Errorf("unit %s: %s", strings.Join(units, ", "), says)
}

// list reads a column of text.
func list(tx *store.Tx, query string, args ...any) (all []string, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		all = append(all, s)
		return err
	}, query, args...)
	return all, err
}

// Aim is the share of the sample that should have answered by the end of a day
// for a target to be met on the last day: a straight line from the first. ok is
// false where there is no target, no last day, or nothing yet.
func (m *Monitor) Aim(target float64, last time.Time, day string) (share float64, ok bool) {
	if target == 0 || last.IsZero() || len(m.Days) == 0 {
		return 0, false
	}
	first, errFirst := time.Parse(time.DateOnly, m.Days[0].Date)
	at, errAt := time.Parse(time.DateOnly, day)
	if errFirst != nil || errAt != nil || !last.After(first) || at.Before(first) {
		return 0, false
	}
	return target * min(1, float64(at.Sub(first))/float64(last.Sub(first))), true
}
