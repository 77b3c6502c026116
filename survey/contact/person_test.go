package contact

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/audit"
	"barometer/internal/seal"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/frame"
	"barometer/survey/sample"
)

// solsikken is a unit with everything that may be known of how to reach it.
func solsikken() sample.Selected {
	return sample.Selected{Key: "UNITKEYSOLSIKKEN", Unit: frame.Unit{
		PNumber: "1990000017", CVR: "98000019", Name: "Børnehaven Solsikken", Email: "Leder.Sol@example.dk",
		Contact: frame.Contact{Attention: "Karen Blixen", Phone: "71 00 00 17", Address: "Solsikkevej 17", Postcode: "0800", City: "Høje Taastrup"},
	}}
}

// telling are the bytes that would name somebody in a copy of the store.
var telling = []string{"Solsikken", "olsikkevej", "eder.Sol", "eder.sol", "Karen", "1990000017", "98000019", "71 00 00 17", "Taastrup", "spejl@"}

// refuseTelling reads the files of a store, its write-ahead log too.
func refuseTelling(t *testing.T, file string, words ...string) {
	t.Helper()
	for _, f := range []string{file, file + "-wal", file + "-shm"} {
		data, err := os.ReadFile(f)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, word := range words {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s holds %q", filepath.Base(f), word)
			}
		}
	}
}

// A backup is a whole store in one file, whatever database it was taken from.
func TestCopyOfTheStoreNamesNobody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		issue(t, a, solsikken())
		if err := a.KeepWish(t.Context(), "2025", "UNITKEYSOLSIKKEN", Mirror, "spejl@example.dk"); err != nil {
			t.Fatal(err)
		}
		if err := a.ChangePerson(t.Context(), audit.Operator, "2025", func() Person {
			p, _ := a.Person(t.Context(), "2025", "UNITKEYSOLSIKKEN")
			p.Phone = "+45 72000017"
			return p
		}()); err != nil {
			t.Fatal(err)
		}
		backup := filepath.Join(t.TempDir(), "backup.db")
		if _, err := store.Backup(t.Context(), a.db, backup); err != nil {
			t.Fatal(err)
		}
		refuseTelling(t, backup, telling...)
		if !store.IsPostgres(where) {
			refuseTelling(t, where, telling...)
		}
		people, err := a.People(t.Context(), "2025")
		if err != nil || len(people) != 1 {
			t.Fatalf("People = %v, %v", people, err)
		}
		want := PersonOf(solsikken())
		want.Phone = "+45 72000017"
		if people[0] != want {
			t.Errorf("got  %+v\nwant %+v", people[0], want)
		}
		if w, err := a.Wishes(t.Context(), "2025", Mirror); err != nil || len(w) != 1 || w[0].Email != "spejl@example.dk" {
			t.Errorf("Wishes = %+v, %v", w, err)
		}
	})
}

// A name can be told by its length where the register it stands in is public.
func TestSealedContactsAreOfOneLength(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		issue(t, a, solsikken(), unit("u2", "Å", ""))
		var lengths int
		err := a.db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT COUNT(DISTINCT LENGTH(sealed)) FROM contact_person`).Scan(&lengths)
		})
		if err != nil || lengths != 1 {
			t.Errorf("%d lengths, %v; want 1", lengths, err)
		}
	})
}

// olderProgram leaves the rows that programs before the seal wrote.
func olderProgram(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for _, u := range []string{"u1", "u2"} {
			if _, err := tx.Exec(`INSERT INTO contact_person_clear (wave, unit, name, email) VALUES ('2023', ?, 'Solsikken', 'leder.sol@example.dk')`, u); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT INTO contact_wish_clear (wave, unit, purpose, email, left_ms) VALUES ('2023', 'u1', 'case', 'spejl@example.dk', 86400000)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What an earlier version kept as it was is sealed when the store is opened,
// and leaves its file; nothing is lost.
func TestClearContactsOfEarlierVersionAreSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		olderProgram(t, db)
		o := Options{Secret: secret, Codes: bytes.NewReader(nil), Now: time.Now}
		for range 2 { // the second time there is nothing to do
			a, err := New(t.Context(), db, o)
			if err != nil {
				t.Fatal(err)
			}
			people, err := a.People(t.Context(), "2023")
			if err != nil || len(people) != 2 || people[1] != (Person{Unit: "u2", Name: "Solsikken", Email: "leder.sol@example.dk"}) {
				t.Errorf("People = %+v, %v", people, err)
			}
			wishes, err := a.Wishes(t.Context(), "2023", Case)
			if err != nil || len(wishes) != 1 || wishes[0].Email != "spejl@example.dk" || wishes[0].Left.Unix() != 86400 {
				t.Errorf("Wishes = %+v, %v", wishes, err)
			}
		}
		if !store.IsPostgres(where) {
			refuseTelling(t, where, telling...)
		}
	})
}

// Rows that are removed are gone from the file and from its write-ahead log.
func TestForgottenContactsLeaveTheFile(t *testing.T) {
	a, _ := newAccess(t, storetest.SQLite(t))
	units := []sample.Selected{solsikken()}
	for i := range 400 { // enough for pages to be divided
		units = append(units, unit("u"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/26), "Skole", ""))
	}
	issue(t, a, units...)
	if err := a.Forget(t.Context(), "2025"); err != nil {
		t.Fatal(err)
	}
	if err := a.db.Scrub(t.Context(), "contact_person"); err != nil {
		t.Fatal(err)
	}
	refuseTelling(t, a.db.Where(), "UNITKEYSOLSIKKEN")
}

func ring(t *testing.T, current string, ids ...string) seal.Ring {
	t.Helper()
	masters := map[string][]byte{}
	for _, id := range ids {
		masters[id] = bytes.Repeat([]byte(id), 32)[:32]
	}
	r, err := seal.New(KeyName, current, masters)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestGoal35_WrongContactKeyRefusedAtStart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		o := Options{Secret: secret, Codes: bytes.NewReader(make([]byte, 11)), Now: time.Now, Keys: ring(t, "1", "1")}
		a, err := New(t.Context(), db, o)
		if err != nil {
			t.Fatal(err)
		}
		issue(t, a, solsikken())
		other, err := seal.New(KeyName, "1", map[string][]byte{"1": make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		for name, keys := range map[string]seal.Ring{"another key of the same name": other, "the key left out": ring(t, "2", "2")} {
			o.Keys = keys
			if _, err := New(t.Context(), db, o); !errors.Is(err, store.ErrWrongKey) || !strings.Contains(err.Error(), "1") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestGoal35_TamperedContactIsIsolated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		for name, statement := range map[string]string{
			"altered":           `UPDATE contact_person SET sealed = ? WHERE unit = 'u2'`,
			"from another unit": `UPDATE contact_person SET sealed = (SELECT sealed FROM contact_person WHERE unit = 'u1') WHERE unit = 'u2' AND sealed <> ?`,
		} {
			t.Run(name, func(t *testing.T) {
				a, _ := newAccess(t, storetest.Another(t, where))
				issue(t, a, unit("u1", "A", ""), unit("u2", "B", ""), unit("u3", "C", ""))
				err := a.db.Write(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Exec(statement, make([]byte, 300))
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				people, err := a.People(t.Context(), "2025")
				var tampered *TamperedError
				if !errors.As(err, &tampered) || tampered.Unit != "u2" || len(people) != 2 || people[1].Name != "C" {
					t.Errorf("People = %+v, %v", people, err)
				}
			})
		}
	})
}

func TestChangePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		issue(t, a, solsikken())
		p, err := a.Person(t.Context(), "2025", "UNITKEYSOLSIKKEN")
		if err != nil {
			t.Fatal(err)
		}
		p.Email, p.PNumber = "ny@example.dk", "1990000099"
		if err := a.ChangePerson(t.Context(), "7", "2025", p); err != nil {
			t.Fatal(err)
		}
		got, err := a.Person(t.Context(), "2025", p.Unit)
		if err != nil || got.Email != "ny@example.dk" || got.PNumber != "1990000017" {
			t.Errorf("after the change: %+v, %v", got, err)
		}
		for name, units := range map[string]func() ([]string, error){
			"new address": func() ([]string, error) { return a.ByEmail(t.Context(), "2025", "NY@example.dk") },
			"P-number":    func() ([]string, error) { u, err := a.Find(t.Context(), "2025", "1990000017"); return []string{u}, err },
			"unit key":    func() ([]string, error) { u, err := a.Find(t.Context(), "2025", p.Unit); return []string{u}, err },
		} {
			if u, err := units(); err != nil || len(u) != 1 || u[0] != p.Unit {
				t.Errorf("found by its %s: %v, %v", name, u, err)
			}
		}
		if u, err := a.ByEmail(t.Context(), "2025", "leder.sol@example.dk"); err != nil || len(u) != 0 {
			t.Errorf("found by the old address: %v, %v", u, err)
		}
		for field, bad := range map[string]Person{
			"phone": {Unit: p.Unit, Name: "A", Phone: "12"}, "postcode": {Unit: p.Unit, Name: "A", Postcode: "800"},
			"name": {Unit: p.Unit}, "e-mail": {Unit: p.Unit, Name: "A", Email: "A <a@example.dk>"}, "address": {Unit: p.Unit, Name: "A", Address: "Vej 1"},
		} {
			if err := a.ChangePerson(t.Context(), "7", "2025", bad); err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("a faulty %s: %v", field, err)
			}
		}
		if err := a.ChangePerson(t.Context(), "7", "2025", Person{Unit: "none", Name: "A"}); !errors.Is(err, ErrNoPerson) {
			t.Errorf("a unit that is not there: %v", err)
		}
		head, err := audit.Verify(t.Context(), a.db)
		if err != nil || head.Position != 1 {
			t.Errorf("audit log: %d events, %v; want the one change", head.Position, err)
		}
	})
}

func TestContactKeyRotation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		o := Options{Secret: secret, Codes: bytes.NewReader(make([]byte, 11)), Now: time.Now, Keys: ring(t, "1", "1", "2")}
		a, err := New(t.Context(), db, o)
		if err != nil {
			t.Fatal(err)
		}
		issue(t, a, solsikken())
		if err := a.KeepWish(t.Context(), "2025", "UNITKEYSOLSIKKEN", Case, "spejl@example.dk"); err != nil {
			t.Fatal(err)
		}
		keys, tables := a.Sealed()
		if err := keys.Tell(t.Context(), db, "2"); err != nil {
			t.Fatal(err)
		}
		if report, err := keys.Reseal(t.Context(), db, tables, nil); err != nil || report.Rows != 2 || report.Tampered != nil {
			t.Fatalf("report %+v, %v", report, err)
		}
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return keys.Retire(tx, tables, "1") }); err != nil {
			t.Fatal(err)
		}
		o.Keys = ring(t, "2", "2")
		if a, err = New(t.Context(), db, o); err != nil {
			t.Fatalf("the new key alone: %v", err)
		}
		people, err := a.People(t.Context(), "2025")
		wishes, errWishes := a.Wishes(t.Context(), "2025", Case)
		if err != nil || errWishes != nil || people[0] != PersonOf(solsikken()) || wishes[0].Email != "spejl@example.dk" {
			t.Errorf("after rotation: %+v, %v, %+v, %v", people, err, wishes, errWishes)
		}
	})
}
