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
		if err := m.times(tx); err != nil {
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

// countColumns count units; s is their state, i what is known of their codes.
// Each unit is in exactly one of the columns from complete on.
const countColumns = `COUNT(*),
	SUM(CASE WHEN i.unit IS NULL THEN 0 ELSE 1 END),
	SUM(CASE WHEN i.opened > 0 THEN 1 ELSE 0 END),
	SUM(CASE WHEN s.disposition = 'complete' THEN 1 ELSE 0 END),
	SUM(CASE WHEN s.disposition = 'partial' AND s.answered >= ? THEN 1 ELSE 0 END),
	SUM(CASE WHEN s.disposition = 'partial' AND s.answered < ? THEN 1 ELSE 0 END),
	SUM(CASE WHEN s.disposition = 'refused' THEN 1 ELSE 0 END),
	SUM(CASE WHEN s.disposition IS NULL OR s.disposition = 'noncontact' THEN 1 ELSE 0 END),
	SUM(CASE WHEN s.disposition = 'unknown' THEN 1 ELSE 0 END),
	SUM(CASE WHEN s.disposition = 'ineligible' THEN 1 ELSE 0 END)`

// fromUnits joins the units of a wave, given twice, to their states and codes.
const fromUnits = ` FROM fieldwork_unit u
	LEFT JOIN response_state s ON s.wave = u.wave AND s.unit = u.unit
	LEFT JOIN (SELECT unit, MIN(issued_ms) AS issued, MAX(issued_ms) AS last, MAX(opened_ms) AS opened
		FROM contact_invitation WHERE wave = ? GROUP BY unit) i ON i.unit = u.unit
	WHERE u.wave = ?`

// count counts by stratum.
func (m *Monitor) count(tx *store.Tx, least int) error {
	counted := map[string]Counts{}
	err := tx.Each(func(rows *sql.Rows) error {
		var code string
		var c Counts
		err := rows.Scan(append([]any{&code}, c.fields()...)...)
		counted[code] = c
		return err
	}, `SELECT u.stratum, `+countColumns+fromUnits+` GROUP BY u.stratum`, least, least, m.Wave, m.Wave)
	if err != nil {
		return err
	}
	var faults []error
	err = tx.Each(func(rows *sql.Rows) error {
		st := Stratum{}
		take := 0
		err := rows.Scan(&st.Code, &take)
		st.Counts = counted[st.Code]
		if st.Sampled != take {
			faults = append(faults, fmt.Errorf("stratum %s: %d units are registered, its allocation says %d", st.Code, st.Sampled, take))
		}
		m.Strata = append(m.Strata, st)
		m.Total = m.Total.plus(st.Counts)
		return err
	}, `SELECT stratum, take FROM fieldwork_stratum WHERE wave = ? ORDER BY place`, m.Wave)
	if err == nil && len(m.Strata) == 0 {
		err = ErrNoSample
	}
	return errors.Join(err, errors.Join(faults...))
}

// times notes when the collection began and ended, and how responses came.
func (m *Monitor) times(tx *store.Tx) error {
	var first, closed sql.NullInt64
	const began = `SELECT MIN(issued_ms), (SELECT MIN(closed_ms) FROM response_close WHERE wave = ?) FROM contact_invitation WHERE wave = ?`
	if err := tx.QueryRow(began, m.Wave, m.Wave).Scan(&first, &closed); err != nil {
		return err
	}
	m.First, m.Closed = store.FromMillis(first.Int64), store.FromMillis(closed.Int64)
	return tx.Each(func(rows *sql.Rows) error {
		var mode response.Mode
		var n int
		err := rows.Scan(&mode, &n)
		m.Modes[mode] = n
		return err
	}, `SELECT mode, COUNT(*) FROM response_state WHERE wave = ? AND disposition = 'complete' GROUP BY mode`, m.Wave)
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
	var faults []error
	for _, check := range []struct{ says, query string }{
		{"has a response but is not in the sample", `SELECT s.unit FROM response_state s WHERE s.wave = ? AND NOT EXISTS
			(SELECT 1 FROM fieldwork_unit u WHERE u.wave = s.wave AND u.unit = s.unit) ORDER BY s.unit`},
		{"has a code but is not in the sample", `SELECT DISTINCT i.unit FROM contact_invitation i WHERE i.wave = ? AND NOT EXISTS
			(SELECT 1 FROM fieldwork_unit u WHERE u.wave = i.wave AND u.unit = i.unit) ORDER BY i.unit`},
		{"stands otherwise than its log says", `SELECT s.unit FROM response_state s WHERE s.wave = ? AND s.revision > 0 AND NOT EXISTS
			(SELECT 1 FROM response_event e WHERE e.wave = s.wave AND e.unit = s.unit AND e.revision = s.revision AND e.disposition = s.disposition)
			ORDER BY s.unit`},
	} {
		units, err := list(tx, check.query, m.Wave)
		if err != nil {
			return err
		}
		if len(units) > 0 {
			faults = append(faults, fmt.Errorf("%s: %s", check.says, named(units)))
		}
	}
	return errors.Join(faults...)
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

func named(units []string) string {
	return fmt.Sprintf("%d units: %s", len(units), strings.Join(units, ", "))
}
