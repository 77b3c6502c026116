package response

import (
	"reflect"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

// traced is a save of page p with its trace.
func traced(base int, answer string, tr Trace) Save {
	save := page(base, questionnaire.Answers{"A1": chosen(answer)})
	save.Trace = &tr
	return save
}

func use(t *testing.T, s *Store) []PageUse {
	t.Helper()
	all, err := s.Paradata(t.Context(), "2025")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestGoal40_ParadataAddUpByPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		ctx := t.Context()
		s.mustSave(t, traced(0, "leder", Trace{Device: Phone, Drawn: start.Add(-20 * time.Second)}))
		s.mustSave(t, traced(1, "andet", Trace{Device: Computer, Drawn: start.Add(-5 * time.Second), Script: true}))
		s.mustSave(t, traced(2, "andet", Trace{Device: Computer, Drawn: start.Add(time.Hour), Back: true})) // a clock set back
		for _, items := range [][]string{{"B2", "A2"}, {"A2"}} {
			if err := s.Refused(ctx, "2025", "u", "p", i18n.English, Trace{Device: Tablet}, items); err != nil {
				t.Fatal(err)
			}
		}
		want := []PageUse{{
			Unit: "u", Page: "p", First: start, Last: start, Open: 25 * time.Second, Saves: 2, Autosaves: 1,
			Refusals: 2, Backs: 1, Device: Tablet, Lang: i18n.English, Faults: []string{"A2", "B2"},
		}}
		if got := use(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("paradata %+v, want %+v", got, want)
		}
		if r := load(t, s); r.Revision != 2 {
			t.Errorf("paradata made revision %d of the answers", r.Revision)
		}
	})
}

func TestGoal40_WhoWantsNoParadataHasNone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		ctx := t.Context()
		s.mustSave(t, traced(0, "leder", Trace{Device: Phone}))
		for range 2 {
			if err := s.SwitchParadata(ctx, "2025", "u", true); err != nil {
				t.Fatal(err)
			}
		}
		if off, err := s.ParadataOff(ctx, "2025", "u"); err != nil || !off || len(use(t, s)) != 0 {
			t.Errorf("switched off: %t, %v, kept %+v", off, err, use(t, s))
		}
		s.mustSave(t, traced(1, "andet", Trace{Device: Phone}))
		if err := s.Refused(ctx, "2025", "u", "p", i18n.Danish, Trace{}, []string{"A2"}); err != nil || len(use(t, s)) != 0 {
			t.Errorf("after it was switched off: %v, kept %+v", err, use(t, s))
		}
		if err := s.SwitchParadata(ctx, "2025", "u", false); err != nil {
			t.Fatal(err)
		}
		s.mustSave(t, traced(2, "leder", Trace{Device: Phone}))
		if got := use(t, s); len(got) != 1 || got[0].Saves != 1 {
			t.Errorf("switched on again: %+v", got)
		}
	})
}

// A save that is refused leaves no trace, and without a trace nothing is kept.
func TestGoal40_ParadataShareTheFateOfTheSave(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		s.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder")}))
		if _, err := s.Save(t.Context(), traced(0, "andet", Trace{Device: Phone})); err == nil {
			t.Fatal("a stale save passed")
		}
		if got := use(t, s); len(got) != 0 {
			t.Errorf("kept %+v", got)
		}
	})
}

// No column could hold an address of a network or what was typed.
func TestGoal40_ParadataHaveNoPlaceForAddressesOrKeystrokes(t *testing.T) {
	s := newStore(t, storetest.SQLite(t))
	err := s.db.Read(t.Context(), func(tx *store.Tx) error {
		var columns string
		if err := tx.QueryRow(`SELECT group_concat(name, ' ') FROM pragma_table_info('response_paradata')`).Scan(&columns); err != nil {
			return err
		}
		const want = "wave unit page first_ms last_ms open_ms saves autosaves refusals backs device lang faults"
		if columns != want {
			t.Errorf("columns %s: a new one must be declared to the respondents", columns)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
