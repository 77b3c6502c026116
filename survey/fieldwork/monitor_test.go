package fieldwork

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/seal"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/contact"
	"barometer/survey/fieldwork/represent"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// wave is a collection over a real store, with a clock that tests set.
type collection struct {
	t         testing.TB
	db        *store.DB
	desk      *Desk
	access    *contact.Access
	responses *response.Store
	sample    *sample.Sample
	codes     map[string]string // by unit
	now       time.Time
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newCollection(t testing.TB, where string) *collection {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Copenhagen")
	must(t, err)
	c := &collection{t: t, db: storetest.Open(t, where), codes: map[string]string{}, now: time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return c.now }
	ctx := context.Background()
	ring, err := seal.New(KeyName, "1", map[string][]byte{"1": bytes.Repeat([]byte{3}, 32)})
	must(t, err)
	c.desk, err = New(ctx, c.db, Options{Keys: ring, Now: clock, Zone: zone, MinAnswered: 2})
	must(t, err)
	c.access, err = contact.New(ctx, c.db, contact.Options{Secret: bytes.Repeat([]byte{1}, 32), Codes: rand.Reader, Now: clock})
	must(t, err)
	keys, err := response.NewKeys("k", map[string][]byte{"k": bytes.Repeat([]byte{2}, 32)})
	must(t, err)
	c.responses, err = response.New(ctx, c.db, keys, clock)
	must(t, err)
	c.sample = testSample(5, 3)
	must(t, c.desk.Register(ctx, c.sample))
	return c
}

// testSample has stratum A with units a1… and B with units b1….
func testSample(a, b int) *sample.Sample {
	s := &sample.Sample{Wave: "2025", Strata: []sample.Stratum{{Code: "B", N: 10 * b, Take: b}, {Code: "A", N: 10 * a, Take: a}}}
	for _, st := range s.Strata {
		for i := range st.Take {
			s.Units = append(s.Units, sample.Selected{
				Unit: frame.Unit{Name: "Børnehuset " + st.Code, Sector: "kommune", Subsector: "K-DAG", Region: "1081"},
				Key:  fmt.Sprintf("%s%d", strings.ToLower(st.Code), i+1), Stratum: st.Code, Size: "1-19", DesignWeight: 10,
			})
		}
	}
	return s
}

func (c *collection) invite(units ...string) {
	c.t.Helper()
	var list []sample.Selected
	for _, u := range c.sample.Units {
		for _, key := range units {
			if u.Key == key {
				list = append(list, u)
			}
		}
	}
	issued, err := c.access.Issue(context.Background(), "2025", list)
	must(c.t, err)
	for _, inv := range issued {
		c.codes[inv.Unit] = string(inv.Code)
	}
}

func (c *collection) open(unit string) {
	c.t.Helper()
	_, err := c.access.Redeem(context.Background(), c.codes[unit])
	must(c.t, err)
}

// answer stores n answers of a unit.
func (c *collection) answer(unit string, n int) {
	c.t.Helper()
	a := questionnaire.Answers{}
	for i := range n {
		a[fmt.Sprintf("A%d", i)] = questionnaire.Answer{Codes: []string{"ja"}}
	}
	_, err := c.responses.Save(context.Background(), response.Save{Wave: "2025", Unit: unit, Page: "p", Next: "q", Lang: i18n.Danish, Answers: a})
	must(c.t, err)
}

func (c *collection) submit(unit string) {
	c.t.Helper()
	c.answer(unit, 4)
	_, err := c.responses.Submit(context.Background(), "2025", unit, 1, func(questionnaire.Answers) error { return nil })
	must(c.t, err)
}

func (c *collection) dispose(unit string, d response.Disposition) {
	c.t.Helper()
	must(c.t, c.responses.SetDisposition(context.Background(), "2025", unit, d, "4711"))
}

func (c *collection) watch() *Monitor {
	c.t.Helper()
	m, err := c.desk.Watch(context.Background(), "2025")
	must(c.t, err)
	return m
}

// under way is a collection in which each of the outcomes has happened.
func underWay(t testing.TB, where string) *collection {
	c := newCollection(t, where)
	c.invite("a1", "a2", "a3", "a4", "b1")
	c.now = c.now.Add(time.Hour)
	for _, unit := range []string{"a1", "a2", "a3"} {
		c.open(unit)
	}
	c.submit("a1")
	c.answer("a2", 2)
	c.answer("a3", 1)
	c.dispose("b1", response.Refused)
	c.dispose("b2", response.Ineligible)
	c.dispose("b3", response.Unknown)
	return c
}

// Goal 38: per stratum sampled, invited, opened, partial, complete, refused and
// ineligible, every unit once.
func TestGoal38_MonitorCountsEveryUnitOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		m := underWay(t, where).watch()
		a := Counts{Sampled: 5, Invited: 4, Opened: 3, Complete: 1, Partial: 1, BreakOff: 1, Noncontact: 2}
		b := Counts{Sampled: 3, Invited: 1, Refused: 1, Ineligible: 1, Unknown: 1}
		if want := []Stratum{{"B", b}, {"A", a}}; !reflect.DeepEqual(m.Strata, want) {
			t.Errorf("strata %+v, want %+v in the order of the sample", m.Strata, want)
		}
		total := Counts{Sampled: 8, Invited: 5, Opened: 3, Complete: 1, Partial: 1, BreakOff: 1, Refused: 1, Noncontact: 2, Unknown: 1, Ineligible: 1}
		if m.Total != total {
			t.Errorf("total %+v, want %+v", m.Total, total)
		}
		if m.Modes[response.Web] != 1 || len(m.Modes) != 1 {
			t.Errorf("modes %v", m.Modes)
		}
	})
}

// Goal 38: what the monitor says is what the last event of every unit says, and
// the days add up to the complete responses, on both sides of midnight in
// Denmark and of a change of clocks.
func TestGoal38_MonitorReconcilesWithTheLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		c := underWay(t, where)
		c.now = time.Date(2026, 2, 3, 22, 59, 0, 0, time.UTC) // 23.59 in Denmark
		c.submit("a4")
		c.now = time.Date(2026, 2, 3, 23, 1, 0, 0, time.UTC) // 0.01 on the 4th
		c.submit("a5")
		m := c.watch()
		want := []Day{{"2026-02-02", 3, 1, 1}, {"2026-02-03", 0, 1, 2}, {"2026-02-04", 0, 1, 3}}
		if !reflect.DeepEqual(m.Days, want) {
			t.Errorf("days %+v, want %+v", m.Days, want)
		}
		if last := m.Days[len(m.Days)-1].Total; last != m.Total.Complete {
			t.Errorf("%d by day, %d by stratum", last, m.Total.Complete)
		}
		counted := map[response.Disposition]int{}
		for _, u := range c.sample.Units {
			history, err := c.responses.History(t.Context(), "2025", u.Key)
			must(t, err)
			if n := len(history); n > 0 {
				counted[history[n-1].Disposition]++
			}
		}
		if counted[response.Complete] != m.Total.Complete || counted[response.Refused] != m.Total.Refused ||
			counted[response.Partial] != m.Total.Partial+m.Total.BreakOff || counted[response.Ineligible] != m.Total.Ineligible {
			t.Errorf("the log counts %v, the monitor %+v", counted, m.Total)
		}
		must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE response_state SET disposition = 'complete' WHERE unit = 'a2'`)
			return err
		}))
		if _, err := c.desk.Watch(t.Context(), "2025"); err == nil || !strings.Contains(err.Error(), "unit a2: stands otherwise than its log says") {
			t.Errorf("a state that was changed past the log: %v", err)
		}
	})
}

func TestDaysGoByDanishClocksThroughTheYear(t *testing.T) {
	zone, _ := time.LoadLocation("Europe/Copenhagen")
	first := time.Date(2026, 3, 28, 12, 0, 0, 0, zone)
	days := calendar(first, map[string]int{"2026-03-30": 1}, map[string]int{"2026-03-28": 2, "2026-03-29": 3})
	if want := []Day{{"2026-03-28", 0, 2, 2}, {"2026-03-29", 0, 3, 5}, {"2026-03-30", 1, 0, 5}}; !reflect.DeepEqual(days, want) {
		t.Errorf("%+v, want %+v", days, want)
	}
	if days := calendar(time.Time{}, nil, nil); days != nil {
		t.Errorf("days of nothing: %v", days)
	}
}

func TestWatchRefusesWhatDoesNotReconcile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		c := newCollection(t, where)
		if _, err := c.desk.Watch(t.Context(), "2023"); !errors.Is(err, ErrNoSample) {
			t.Errorf("a wave without a sample: %v", err)
		}
		c.answer("x2", 1)
		_, err := c.access.Issue(t.Context(), "2025", []sample.Selected{{Unit: frame.Unit{Name: "n"}, Key: "x1"}})
		must(t, err)
		_, err = c.desk.Watch(t.Context(), "2025")
		for _, want := range []string{"unit x2: has a response but is not in the sample", "unit x1: has a code but is not in the sample"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not say %q", err, want)
			}
		}
	})
}

func TestRegisterTakesGrowthAndRefusesLoss(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		c := newCollection(t, where)
		must(t, c.desk.Register(t.Context(), c.sample))
		must(t, c.desk.Register(t.Context(), testSample(5, 4)))
		if m := c.watch(); m.Total.Sampled != 9 {
			t.Errorf("after a reserve unit joined: %+v", m.Total)
		}
		if err := c.desk.Register(t.Context(), testSample(4, 4)); err == nil || !strings.Contains(err.Error(), "unit a5 is no longer in the sample") {
			t.Errorf("a sample that lost a unit: %v", err)
		}
		bad := testSample(2, 2)
		bad.Strata[0].Take = 3
		bad.Units = append(bad.Units, sample.Selected{Key: "a1", Stratum: "A"}, sample.Selected{Key: "c1", Stratum: "C"})
		err := c.desk.Register(t.Context(), bad)
		for _, want := range []string{"stratum B: 2 units in the sample, its allocation says 3", "no stratum C", `unit "a1" stands twice`} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not say %q", err, want)
			}
		}
	})
}

func TestUnitsAreFilteredAndPaged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		c := underWay(t, where)
		c.now = c.now.Add(10 * 24 * time.Hour)
		c.invite("a5")
		c.open("a4")
		for _, q := range []struct {
			f    Filter
			want string
		}{
			{Filter{}, "a1 a2 a3 a4 a5 b1 b2 b3"},
			{Filter{State: Chase}, "a2 a3 a4 a5 b3"},
			{Filter{State: Chase, Stratum: "B"}, "b3"},
			{Filter{State: Opened}, "a4"},
			{Filter{State: BreakOff}, "a3"},
			{Filter{State: State(response.Partial)}, "a2"},
			{Filter{State: State(response.Noncontact)}, "a4 a5"},
			{Filter{State: Chase, Quiet: 7 * 24 * time.Hour}, "a2 a3 a4 b3"},
			{Filter{State: "x"}, ""},
		} {
			units, total, err := c.desk.Units(t.Context(), "2025", q.f, 0, 0)
			must(t, err)
			var keys []string
			for _, u := range units {
				keys = append(keys, u.Key)
			}
			if got := strings.Join(keys, " "); got != q.want || total != len(keys) {
				t.Errorf("%+v: %s (%d), want %s", q.f, got, total, q.want)
			}
		}
		units, total, err := c.desk.Units(t.Context(), "2025", Filter{}, 3, 6)
		if err != nil || total != 8 || len(units) != 2 || units[0].Key != "b2" {
			t.Errorf("part of the list: %+v of %d, %v", units, total, err)
		}
		u, err := c.desk.Unit(t.Context(), "2025", "a3")
		must(t, err)
		if !u.BreakOff || u.Disposition != response.Partial || u.Invited.IsZero() || u.Opened.IsZero() || u.Mode != response.Web {
			t.Errorf("unit %+v", u)
		}
		if _, err := c.desk.Unit(t.Context(), "2025", "z"); !errors.Is(err, ErrNoUnit) {
			t.Errorf("unknown unit: %v", err)
		}
	})
}

func TestRepresentativityLeavesOutTheIneligible(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		c := newCollection(t, where)
		if _, err := c.desk.Representativity(t.Context(), "2025"); !errors.Is(err, represent.ErrUndefined) {
			t.Errorf("before anyone has answered: %v", err)
		}
		c.submit("a1")
		c.dispose("b2", response.Ineligible)
		ind, err := c.desk.Representativity(t.Context(), "2025")
		must(t, err)
		if ind.Units != 7 || ind.Responded != 1 || len(ind.Variables) != 4 {
			t.Errorf("indicator %+v", ind)
		}
	})
}

func TestRemarksAreSealedAndBoundToTheirPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		c := newCollection(t, where)
		add := func(r Remark) error {
			return c.db.Write(t.Context(), func(tx *store.Tx) error { return c.desk.AddRemark(tx, "2025", "a1", r) })
		}
		must(t, add(Remark{Actor: "4711", Code: "closed"}))
		must(t, add(Remark{Actor: "4712", Code: "other", Text: " Lederen hedder nu Bo\r\nRing igen "}))
		for _, bad := range []Remark{{Code: "x"}, {Code: "other", Text: " "}, {Code: "size", Text: strings.Repeat("æ", 501)}, {Code: "size", Text: "a\x00"}, {Code: "size", Text: "\xff"}} {
			var fault *RemarkError
			if err := add(bad); !errors.As(err, &fault) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		all, err := c.desk.Remarks(t.Context(), "2025", "a1")
		must(t, err)
		want := []Remark{{2, c.now, "4712", "other", "Lederen hedder nu Bo\nRing igen"}, {1, c.now, "4711", "closed", ""}}
		if !reflect.DeepEqual(all, want) {
			t.Errorf("remarks %+v, want %+v", all, want)
		}
		found := 0
		must(t, c.db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM fieldwork_note WHERE CAST(sealed AS TEXT) LIKE '%Lederen%'`).Scan(&found)
		}))
		if found != 0 {
			t.Error("the store holds the text of a remark in clear")
		}
		next, err := seal.New(KeyName, "2", map[string][]byte{"1": bytes.Repeat([]byte{3}, 32), "2": bytes.Repeat([]byte{4}, 32)})
		must(t, err)
		must(t, next.Tell(t.Context(), c.db, "2"))
		c.desk.ring = next
		ring, tables := c.desk.Sealed()
		if report, err := ring.Reseal(t.Context(), c.db, tables, nil); report.Rows != 2 || len(report.Tampered) > 0 || err != nil {
			t.Errorf("sealed anew: %+v, %v", report, err)
		}
		if again, err := c.desk.Remarks(t.Context(), "2025", "a1"); err != nil || !reflect.DeepEqual(again, want) {
			t.Errorf("under another key: %+v, %v", again, err)
		}
		must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE fieldwork_note SET unit = 'a2' WHERE number = 2`)
			return err
		}))
		if _, err := c.desk.Remarks(t.Context(), "2025", "a2"); !errors.Is(err, seal.ErrTampered) {
			t.Errorf("a remark moved to another workplace opens: %v", err)
		}
		must(t, c.db.Write(t.Context(), func(tx *store.Tx) error { return c.desk.Forget(tx, "2025") }))
		if all, err := c.desk.Remarks(t.Context(), "2025", "a1"); len(all) != 0 || err != nil {
			t.Errorf("after the link was destroyed: %v, %v", all, err)
		}
	})
}

// BenchmarkWatch counts a wave of 16,000 units, of which a third have answered.
func BenchmarkWatch(b *testing.B) {
	storetest.Each(b, func(b *testing.B, where string) {
		c := newCollection(b, where)
		c.sample = testSample(15000, 1000)
		must(b, c.desk.Register(b.Context(), c.sample))
		crowd(b, c)
		b.ResetTimer()
		for b.Loop() {
			if _, err := c.desk.Watch(b.Context(), "2025"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// crowd writes what 16,000 units leave behind, past the packages that do it one
// by one: a code each, and for a third a response with its event and a kilobyte
// of answers.
func crowd(b *testing.B, c *collection) {
	b.Helper()
	answers := bytes.Repeat([]byte{7}, 1024)
	at := store.Millis(c.now)
	must(b, c.db.Write(b.Context(), func(tx *store.Tx) error {
		for i, u := range c.sample.Units {
			opened := int64(0)
			if i%2 == 0 {
				opened = at + int64(i)*60_000
			}
			if _, err := tx.Exec(`INSERT INTO contact_invitation (code_hash, wave, unit, issued_ms, opened_ms, revoked_ms) VALUES (?, '2025', ?, ?, ?, 0)`,
				[]byte(u.Key), u.Key, at, opened); err != nil {
				return err
			}
			if i%3 != 0 {
				continue
			}
			if _, err := tx.Exec(`INSERT INTO response_state (wave, unit, revision, disposition, mode, lang, page, answered, submitted_ms, receipt, key_id, sealed)
				VALUES ('2025', ?, 1, 'complete', 'web', 'da', '', 30, ?, 'r', 'k', ?)`, u.Key, at+int64(i)*60_000, answers); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO response_event (wave, unit, revision, at_ms, kind, actor, mode, page, disposition, reason, key_id, sealed)
				VALUES ('2025', ?, 1, ?, 'submitted', 'respondent', 'web', '', 'complete', '', 'k', ?)`, u.Key, at, answers); err != nil {
				return err
			}
		}
		return nil
	}))
}
