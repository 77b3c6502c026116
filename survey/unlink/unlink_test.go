package unlink

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/audit"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/frame"
	"barometer/survey/freeze"
	"barometer/survey/sample"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clock is a time that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newDesk(t *testing.T, where string) (*Desk, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)}
	return NewDesk(storetest.Open(t, where), c.now), c
}

func TestUnlinkNeedsTwoPersons(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		d, clock := newDesk(t, where)
		ctx := t.Context()
		state := func(want State) {
			t.Helper()
			if r, err := d.Of(ctx, "2025"); err != nil || r.State != want {
				t.Fatalf("state %+v, %v; want %s", r, err, want)
			}
		}
		refused := func(err, want error) {
			t.Helper()
			if !errors.Is(err, want) {
				t.Fatalf("got %v, want %v", err, want)
			}
		}
		refused(d.Confirm(ctx, "8", "2025", nil), ErrNotAsked)
		must(t, d.Ask(ctx, "7", "2025"))
		refused(d.Ask(ctx, "8", "2025"), ErrAsked)
		refused(d.Confirm(ctx, "7", "2025", nil), policy.ErrSamePerson)
		must(t, d.Withdraw(ctx, "8", "2025"))
		state(Linked)
		must(t, d.Ask(ctx, audit.Operator, "2025"))
		refused(d.Confirm(ctx, audit.Operator, "2025", nil), policy.ErrSamePerson)
		clock.at = clock.at.Add(RequestLife)
		refused(d.Confirm(ctx, "8", "2025", nil), ErrNotAsked)
		if _, err := d.Carry(ctx, Wave{ID: "2025"}); !errors.Is(err, ErrNotAsked) {
			t.Errorf("carried out unasked: %v", err)
		}
		must(t, d.Ask(ctx, "7", "2025"))
		failed := errors.New("no queue")
		refused(d.Confirm(ctx, "8", "2025", func(*store.Tx) error { return failed }), failed)
		state(Asked)
		must(t, d.Confirm(ctx, "8", "2025", nil))
		refused(d.Withdraw(ctx, "7", "2025"), ErrNotAsked)
		state(Confirmed)
		head, err := audit.Verify(ctx, d.db)
		if err != nil || head.Position != 5 {
			t.Errorf("audit log: %d events, %v; want the five acts", head.Position, err)
		}
	})
}

// place is a home with two workplaces drawn, frozen under a secret.
func place(t *testing.T, d *Desk, where string) Wave {
	t.Helper()
	home := t.TempDir()
	w := Wave{ID: "2025", Home: home, Secrets: filepath.Join(home, "secrets"), Frame: filepath.Join(home, "waves", "2025", "frame.csv"),
		Files: []string{filepath.Join(home, "waves", "2025", "sample.csv")}, Keys: []string{filepath.Join(home, "secrets", "frozen-2025.key")}}
	if !store.IsPostgres(where) {
		w.Database = where
	}
	for i := range 2 {
		u := sample.Selected{Key: fmt.Sprintf("KEYOFTHEUNIT%04d", i), Unit: frame.Unit{PNumber: fmt.Sprint(1990000001 + i)}}
		w.Units = append(w.Units, u)
		w.Rows = append(w.Rows, Row{Unit: freeze.UnitKey(secret, u.Key), Panel: freeze.PanelKey(panelSecret, u.PNumber), Background: "K-DAG", Answered: i == 0})
		must(t, d.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO response_state (wave, unit, revision, disposition, lang, page, answered, submitted_ms, receipt, key_id, sealed)
				VALUES ('2025', ?, 1, 'partial', 'da', '', 1, 0, '', '1', ?), ('2027', ?, 1, 'partial', 'da', '', 1, 0, '', '1', ?)`,
				u.Key, bytes.Repeat([]byte{byte(200 + i)}, 60), u.Key, bytes.Repeat([]byte{byte(100 + i)}, 60))
			return err
		}))
	}
	write(t, filepath.Join(home, "waves", "2025", "outgoing", "letters", "1.html"), []byte(w.Units[1].Key))
	w.Files = append(w.Files, filepath.Join(home, "waves", "2025", "outgoing"))
	for path, text := range map[string]string{
		w.Files[0]: w.Units[0].PNumber, w.Keys[0]: hex.EncodeToString(secret),
		w.Frame: "p_number,cvr,name,email,sector,subsector,municipality,region,employees\n1990000001,55133018,Hus,a@example.dk,kommune,K-DAG,0751,1082,23\n",
	} {
		write(t, path, []byte(text))
	}
	return w
}

var secret, panelSecret = bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, data, 0o600))
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	part, err := z.Create("letters.xml")
	must(t, err)
	_, err = part.Write([]byte(text))
	must(t, errors.Join(err, z.Close()))
	return b.Bytes()
}

// Every way that is left is found and named; with none left the wave is
// unlinked, other waves are not touched, and the report names nobody.
func TestProofFindsEveryWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		for name, tt := range map[string]struct {
			leave func(t *testing.T, d *Desk, w *Wave)
			says  string
		}{
			"nothing": {func(*testing.T, *Desk, *Wave) {}, ""},
			"a sample elsewhere": {func(t *testing.T, _ *Desk, w *Wave) {
				write(t, filepath.Join(w.Home, "notes", "x.txt"), []byte("see 1990000002"))
			}, "notes/x.txt (1 times)"},
			"letters in an archive": {func(t *testing.T, _ *Desk, w *Wave) {
				write(t, filepath.Join(w.Home, "outbox", "post.zip"), zipped(t, strings.Repeat("<p>1990000001</p>", 3)))
			}, "outbox/post.zip (3 times)"},
			"the secret under another name": {func(t *testing.T, _ *Desk, w *Wave) {
				write(t, filepath.Join(w.Secrets, "old", "copy.key"), []byte(hex.EncodeToString(secret)+"\n"))
			}, "secrets/old/copy.key"},
			"the panel key": {func(t *testing.T, _ *Desk, w *Wave) {
				write(t, filepath.Join(w.Secrets, "panel.key"), []byte(hex.EncodeToString(panelSecret)))
			}, "secrets/panel.key"},
			"keys of the collection in the frozen wave": {func(_ *testing.T, _ *Desk, w *Wave) { w.Rows[1].Unit = w.Units[1].Key }, "row KEYOFTHEUNIT0001"},
			"another wave with the same panel": {func(_ *testing.T, _ *Desk, w *Wave) {
				w.Others = []Other{{ID: "2027", Panels: map[string]bool{w.Rows[0].Panel: true}}}
			}, "1 rows by wave 2027, which has to be unlinked, too"},
		} {
			t.Run(name, func(t *testing.T) {
				where := storetest.Another(t, where)
				d, _ := newDesk(t, where)
				w := place(t, d, where)
				tt.leave(t, d, &w)
				must(t, d.Ask(t.Context(), "7", w.ID))
				must(t, d.Confirm(t.Context(), "8", w.ID, nil))
				report, err := d.Carry(t.Context(), w)
				if report == nil {
					t.Fatal(err)
				}
				var found []string
				for _, c := range report.Checks {
					found = append(found, c.Found...)
				}
				request, errOf := d.Of(t.Context(), w.ID)
				must(t, errOf)
				switch {
				case tt.says == "" && (err != nil || request.State != Proved):
					t.Errorf("%v, %s: %q", err, request.State, found)
				case tt.says != "" && (!errors.Is(err, ErrLeft) || request.State != Confirmed || len(found) != 1 || found[0] != tt.says):
					t.Errorf("%v, %s: %q; want %q", err, request.State, found, tt.says)
				}
				var text strings.Builder
				must(t, report.Write(&text))
				if report.Rows["response_state"] != 2 || report.Addresses != 1 || report.Alone.Of != 2 || strings.Contains(text.String(), "1990000") {
					t.Errorf("report:\n%s", &text)
				}
				var others int
				must(t, d.db.Read(t.Context(), func(tx *store.Tx) error {
					return tx.QueryRow(`SELECT COUNT(*) FROM response_state WHERE wave = '2027'`).Scan(&others)
				}))
				if others != 2 {
					t.Errorf("%d rows of another wave, want 2", others)
				}
			})
		}
	})
}

// Copies of removed rows in the database's file are found: here they are put
// where an older version of a page would hold them.
func TestProofLooksIntoTheDatabaseFile(t *testing.T) {
	where := storetest.SQLite(t)
	d, _ := newDesk(t, where)
	w := place(t, d, where)
	_, marks, err := destroyRows(t.Context(), d.db, w.ID)
	must(t, err)
	if c, err := tryDatabase(w, marks); err != nil || len(c.Found) > 0 || c.Tried != 2 {
		t.Fatalf("after removal: %+v, %v", c, err)
	}
	f, err := os.OpenFile(where, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.Write(bytes.Repeat([]byte{201}, 40))
	must(t, errors.Join(err, f.Close()))
	if c, err := tryDatabase(w, marks); err != nil || len(c.Found) != 1 {
		t.Errorf("a copy: %+v, %v", c, err)
	}
}

// No table with rows about units of a wave is forgotten, whichever package it
// belongs to and whenever it was added.
func TestEveryTableAboutUnitsIsEmptied(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		d, _ := newDesk(t, where)
		tables, err := unitTables(t.Context())
		must(t, err)
		for i, table := range tables {
			var names, marks []string
			var values []any
			for _, c := range table.Columns {
				names, marks = append(names, c.Name), append(marks, "?")
				switch {
				case c.Name == "wave":
					values = append(values, "2025")
				case c.Kind == "BYTEA":
					values = append(values, bytes.Repeat([]byte{byte(i + 1)}, 32))
				case c.Kind == "TEXT":
					values = append(values, "UNITKEY")
				default:
					values = append(values, 0)
				}
			}
			must(t, d.db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec("INSERT INTO "+table.Name+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", values...)
				return err
			}))
		}
		if left, err := rowsLeft(t.Context(), d.db, "2025"); err != nil || len(left) != len(tables) || len(tables) < 7 {
			t.Fatalf("rows in %q of %d tables, %v", left, len(tables), err)
		}
		removed, marks, err := destroyRows(t.Context(), d.db, "2025")
		must(t, err)
		if left, err := rowsLeft(t.Context(), d.db, "2025"); err != nil || len(left) > 0 || len(removed) != len(tables) || marks.n < 6 {
			t.Errorf("left %q, removed %v, %d marks, %v", left, removed, marks.n, err)
		}
	})
}

func FuzzNeedles(f *testing.F) {
	f.Add([]byte("xx1990000001yy"), []byte("1990000001"))
	f.Add(bytes.Repeat([]byte("a"), 40), bytes.Repeat([]byte("a"), 20))
	f.Fuzz(func(t *testing.T, hay, needle []byte) {
		s := newNeedles()
		s.add(needle)
		got, err := s.count(bytes.NewReader(hay))
		if want := len(needle) >= shortest && bytes.Contains(hay, needle); err != nil || (got > 0) != want {
			t.Errorf("%d in %q for %q, %v", got, hay, needle, err)
		}
	})
}
