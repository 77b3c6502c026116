package response

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

var (
	start = time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)
	ctxOf = testing.TB.Context
)

func masterKey(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func testKeys(t testing.TB, current string, masters map[string][]byte) Keys {
	t.Helper()
	k, err := NewKeys(current, masters)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func openDB(t testing.TB, path string) *store.DB {
	t.Helper()
	db, err := store.Open(ctxOf(t), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func newStore(t testing.TB, where string) *Store {
	t.Helper()
	db := openDB(t, where)
	s, err := New(ctxOf(t), db, testKeys(t, "a", map[string][]byte{"a": masterKey(1)}), func() time.Time { return start })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// page makes a save of the unit u in wave 2025.
func page(base int, a questionnaire.Answers, items ...string) Save {
	return Save{Wave: "2025", Unit: "u", Base: base, Page: "p", Next: "q", Lang: i18n.Danish, Answers: a, Items: items}
}

func chosen(codes ...string) questionnaire.Answer { return questionnaire.Answer{Codes: codes} }

func (s *Store) mustSave(t testing.TB, save Save) Record {
	t.Helper()
	r, err := s.Save(ctxOf(t), save)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func load(t testing.TB, s *Store) Record {
	t.Helper()
	r, err := s.Load(ctxOf(t), "2025", "u")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func noFaults(questionnaire.Answers) error { return nil }

func TestSaveAndResume(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		if r := load(t, s); r.Revision != 0 || r.Disposition != Noncontact || r.Answers == nil {
			t.Fatalf("before the first save: %+v", r)
		}
		answers := questionnaire.Answers{
			"A1": chosen("leder"),
			"C1": {Text: "Vi prøver <b>nyt</b> – æøå"},
			"H1": {Rows: map[string][]string{"ledelse": {"ved_ikke"}, "tid": {"haemmede_meget"}}},
		}
		want := Record{Wave: "2025", Unit: "u", Revision: 1, Lang: i18n.Danish, Page: "q", Answers: answers, Disposition: Partial, Mode: Web}
		if got := s.mustSave(t, page(0, answers)); !reflect.DeepEqual(got, want) {
			t.Errorf("saved %+v, want %+v", got, want)
		}
		if got := load(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("loaded %+v, want %+v", got, want)
		}
		st, err := s.Statuses(t.Context(), "2025")
		if err != nil || len(st) != 1 || st[0] != (Status{Unit: "u", Disposition: Partial, Answered: 3}) {
			t.Errorf("statuses %+v, %v", st, err)
		}
	})
}

func TestSavingTheSameTwiceIsOneRevision(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		save := page(0, questionnaire.Answers{"A1": chosen("leder")})
		s.mustSave(t, save)
		if r := s.mustSave(t, save); r.Revision != 1 {
			t.Errorf("a double click made revision %d", r.Revision)
		}
		save.Next, save.Base = "r", 1
		if r := s.mustSave(t, save); r.Revision != 1 || r.Page != "r" {
			t.Errorf("moving on made revision %d, page %s; want 1, r", r.Revision, r.Page)
		}
		if r := load(t, s); r.Page != "r" {
			t.Errorf("resumes at %s, want r", r.Page)
		}
	})
}

func TestClearedAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		s.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder"), "C1": {Text: "x"}}))
		r := s.mustSave(t, page(1, questionnaire.Answers{"A1": chosen("leder"), "C1": {}}))
		if _, kept := r.Answers["C1"]; kept || r.Revision != 2 {
			t.Errorf("after clearing C1: %+v", r)
		}
		r = s.mustSave(t, page(2, questionnaire.Answers{}))
		if len(r.Answers) != 0 || r.Revision != 3 {
			t.Errorf("after leaving A1 out: %+v", r)
		}
	})
}

func TestGoal30_StaleTab(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		both := questionnaire.Answers{"B1": chosen("ja"), "B2": chosen("ja")}
		for _, c := range []struct {
			name    string
			mine    questionnaire.Answers // sent from the page of revision 1
			items   []string
			want    questionnaire.Answers // nil = refused
			dispute string
		}{
			{"another item merges", questionnaire.Answers{"B1": chosen("ja"), "B2": chosen("nej")}, nil,
				questionnaire.Answers{"B1": chosen("nej"), "B2": chosen("nej"), "B3": chosen("ja")}, ""},
			{"the same change agrees", questionnaire.Answers{"B1": chosen("nej"), "B2": chosen("ja")}, nil,
				questionnaire.Answers{"B1": chosen("nej"), "B2": chosen("ja"), "B3": chosen("ja")}, ""},
			{"another change of the same item", questionnaire.Answers{"B1": chosen("ved_ikke"), "B2": chosen("ja")}, nil, nil, "B1"},
			{"clearing what was changed", questionnaire.Answers{"B2": chosen("ja")}, nil, nil, "B1"},
			{"an answer to what was open", questionnaire.Answers{"B1": chosen("ja"), "B2": chosen("ja"), "B3": chosen("nej")}, nil, nil, "B3"},
			{"only the page's items count", questionnaire.Answers{"B1": chosen("ved_ikke"), "B2": chosen("nej")}, []string{"B2"},
				questionnaire.Answers{"B1": chosen("nej"), "B2": chosen("nej"), "B3": chosen("ja")}, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				s := newStore(t, storetest.Another(t, where))
				s.mustSave(t, page(0, both))
				s.mustSave(t, page(1, questionnaire.Answers{"B1": chosen("nej"), "B2": chosen("ja")}))
				before := s.mustSave(t, page(2, questionnaire.Answers{"B1": chosen("nej"), "B2": chosen("ja"), "B3": chosen("ja")}))
				r, err := s.Save(t.Context(), page(1, c.mine, c.items...))
				if c.want != nil {
					if err != nil || !reflect.DeepEqual(r.Answers, c.want) || !reflect.DeepEqual(load(t, s).Answers, c.want) {
						t.Errorf("merged to %+v, %v; want %+v", r.Answers, err, c.want)
					}
					return
				}
				var stale *StaleError
				if !errors.As(err, &stale) || strings.Join(stale.Items, " ") != c.dispute {
					t.Fatalf("%v, want a dispute about %s", err, c.dispute)
				}
				if !reflect.DeepEqual(stale.Current, before) || !reflect.DeepEqual(load(t, s), before) {
					t.Errorf("a refused save changed the record: %+v", load(t, s))
				}
				if !stale.Attempted[c.dispute].Equal(c.mine[c.dispute]) {
					t.Errorf("the attempted answer is lost: %+v", stale.Attempted)
				}
			})
		}
	})
}

func TestConcurrentSavesOfDifferentItemsAllStand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		const n = 100
		want := questionnaire.Answers{}
		var wg sync.WaitGroup
		for i := range n {
			item := fmt.Sprintf("Q%03d", i)
			want[item] = chosen("ja")
			wg.Go(func() {
				if _, err := s.Save(t.Context(), page(0, questionnaire.Answers{item: chosen("ja")}, item)); err != nil {
					t.Errorf("%s: %v", item, err)
				}
			})
		}
		wg.Wait()
		if r := load(t, s); r.Revision != n || !reflect.DeepEqual(r.Answers, want) {
			t.Errorf("revision %d with %d answers, want %d of each", r.Revision, len(r.Answers), n)
		}
	})
}

func TestConcurrentSavesOfOneItemKeepTheFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		var wg sync.WaitGroup
		var mu sync.Mutex
		accepted := 0
		for i := range 50 {
			wg.Go(func() {
				_, err := s.Save(t.Context(), page(0, questionnaire.Answers{"A1": {Text: fmt.Sprint(i)}}))
				var stale *StaleError
				switch {
				case err == nil:
					mu.Lock()
					accepted++
					mu.Unlock()
				case !errors.As(err, &stale):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if r := load(t, s); accepted != 1 || r.Revision != 1 {
			t.Errorf("%d of 50 rival saves accepted, revision %d; want one", accepted, r.Revision)
		}
	})
}

func TestGoal31_FiftyParallelSubmitsGiveOneReceipt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		s.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder")}))
		receipts := make([]string, 50)
		var wg sync.WaitGroup
		for i := range receipts {
			wg.Go(func() {
				r, err := s.Submit(t.Context(), "2025", "u", 1, noFaults)
				if err != nil {
					t.Error(err)
				}
				receipts[i] = r.Receipt
			})
		}
		wg.Wait()
		for _, r := range receipts {
			if r != receipts[0] || len(r) != len("XXXX-XXXX-XXXX") {
				t.Fatalf("receipts %v", receipts)
			}
		}
		history, err := s.History(t.Context(), "2025", "u")
		if err != nil || len(history) != 2 || history[1].Kind != "submitted" {
			t.Errorf("history %+v, %v; want one save and one submit", history, err)
		}
		if r := load(t, s); r.Disposition != Complete || !r.Submitted.Equal(start) {
			t.Errorf("after submit: %+v", r)
		}
		if _, err := s.Save(t.Context(), page(2, questionnaire.Answers{"A1": chosen("andet")})); !errors.Is(err, ErrSubmitted) {
			t.Errorf("save after submit: %v", err)
		}
	})
}

func TestGoal32_SubmitChecksWhatIsStored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		s.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder")}))
		gap := errors.New("B1 is unanswered")
		_, err := s.Submit(t.Context(), "2025", "u", 1, func(a questionnaire.Answers) error {
			if !reflect.DeepEqual(a, questionnaire.Answers{"A1": chosen("leder")}) {
				t.Errorf("check saw %+v", a)
			}
			return gap
		})
		if r := load(t, s); !errors.Is(err, gap) || r.Disposition != Partial || r.Receipt != "" {
			t.Errorf("a refused submit: %v, %+v", err, r)
		}
		s.mustSave(t, page(1, questionnaire.Answers{"A1": chosen("andet")}))
		var stale *StaleError
		if _, err := s.Submit(t.Context(), "2025", "u", 1, noFaults); !errors.As(err, &stale) || stale.Current.Revision != 2 {
			t.Errorf("submit of what was not looked over: %v", err)
		}
	})
}

func TestDispositions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		ctx := t.Context()
		if err := s.Decline(ctx, "2025", "u", "no_time"); err != nil {
			t.Fatal(err)
		}
		if r := load(t, s); r.Disposition != Refused {
			t.Fatalf("declined: %+v", r)
		}
		if r := s.mustSave(t, page(1, questionnaire.Answers{"A1": chosen("leder")})); r.Disposition != Partial {
			t.Errorf("thought better of it: %+v", r)
		}
		if err := s.SetDisposition(ctx, "2025", "u", Ineligible, "staff"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Save(ctx, page(3, questionnaire.Answers{"A1": chosen("andet")})); !errors.Is(err, ErrIneligible) {
			t.Errorf("save of an ineligible unit: %v", err)
		}
		for _, d := range []Disposition{Complete, Partial, "done"} {
			if err := s.SetDisposition(ctx, "2025", "v", d, "staff"); err == nil {
				t.Errorf("staff made a unit %s", d)
			}
		}
		if err := s.Decline(ctx, "2025", "v", "Jeg hedder Hansen"); err == nil {
			t.Error("free text taken as a reason")
		}
		kinds := ""
		history, _ := s.History(ctx, "2025", "u")
		for _, e := range history {
			kinds += e.Kind + ":" + string(e.Disposition) + ":" + e.Actor + " "
		}
		if kinds != "declined:refused:respondent saved:partial:respondent disposed:ineligible:staff " {
			t.Errorf("history %s", kinds)
		}
	})
}

func TestEveryDispositionIsNamed(t *testing.T) {
	codes := map[string]bool{}
	for _, d := range Dispositions {
		if len(d.Label().Missing()) > 0 || d.AAPOR() == "" || codes[d.AAPOR()] {
			t.Errorf("%s: label %+v, AAPOR code %q", d, d.Label(), d.AAPOR())
		}
		codes[d.AAPOR()] = true
	}
}

func TestGoal41_ClosedWaveKeepsPartials(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		ctx := t.Context()
		s.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder")}))
		for range 2 {
			if err := s.Close(ctx, "2025"); err != nil {
				t.Fatal(err)
			}
		}
		_, saveErr := s.Save(ctx, page(1, questionnaire.Answers{"A1": chosen("andet")}))
		_, submitErr := s.Submit(ctx, "2025", "u", 1, noFaults)
		for what, err := range map[string]error{"save": saveErr, "submit": submitErr, "decline": s.Decline(ctx, "2025", "u", "")} {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("late %s: %v, want ErrClosed", what, err)
			}
		}
		if r := load(t, s); r.Disposition != Partial || r.Revision != 1 {
			t.Errorf("a partial at close: %+v", r)
		}
		if at, err := s.Closed(ctx, "2025"); err != nil || !at.Equal(start) {
			t.Errorf("closed at %v, %v", at, err)
		}
		if err := s.SetDisposition(ctx, "2025", "v", Ineligible, "staff"); err != nil {
			t.Errorf("staff correct after close: %v", err)
		}
		other := page(0, questionnaire.Answers{"A1": chosen("leder")})
		other.Wave = "2027"
		s.mustSave(t, other)
	})
}

// A key that may be NULL is no key: formbricks/formbricks #7710 had two
// responses to one link that way. In SQLite the key of a column alone may be,
// where it is text: there it is the wave, which the program always names.
func TestComplaint_NoKeyMayBeNull(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "barometer.db"))
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var table, column string
			err := rows.Scan(&table, &column)
			t.Errorf("%s.%s may be NULL", table, column)
			return err
		}, `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name LIKE 'response%' AND c."notnull" = 0
			AND NOT (c.pk = 1 AND m.name IN ('response_close', 'response_definition'))`)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoAnswerInClearOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "barometer.db")
	s, err := New(t.Context(), openDB(t, path), testKeys(t, "a", map[string][]byte{"a": masterKey(1)}), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s.mustSave(t, page(0, questionnaire.Answers{"C1": {Text: "fortroligt svar"}}))
	for _, name := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("fortroligt")) {
			t.Errorf("%s holds an answer in clear", filepath.Base(name))
		}
	}
}
