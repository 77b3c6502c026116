package contact

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/frame"
	"barometer/survey/sample"
)

// clock is a time that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) forward(d time.Duration) { c.at = c.at.Add(d) }

var secret = bytes.Repeat([]byte{7}, 32)

func newAccess(t *testing.T, where string) (*Access, *clock) {
	t.Helper()
	db, err := store.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c := &clock{time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)}
	a, err := New(t.Context(), db, Options{Secret: secret, Codes: rand.NewChaCha8([32]byte{3}), Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return a, c
}

func unit(key, name, email string) sample.Selected {
	return sample.Selected{Unit: frame.Unit{Name: name, Email: email}, Key: key}
}

func issue(t *testing.T, a *Access, units ...sample.Selected) []Invitation {
	t.Helper()
	list, err := a.Issue(t.Context(), "2025", units)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestIssueOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		units := []sample.Selected{unit("u1", "Børnehaven Solsikken", "sol@example.dk"), unit("u2", "Amtsgården", "")}
		first := issue(t, a, units...)
		if len(first) != 2 || first[0].Unit != "u1" || first[0].Email != "sol@example.dk" {
			t.Fatalf("issued %+v", first)
		}
		again := issue(t, a, append(units, unit("u3", "Ny skole", ""))...)
		if len(again) != 1 || again[0].Unit != "u3" {
			t.Fatalf("the second run issued %+v, want u3 alone", again)
		}
		for _, inv := range append(first, again...) {
			s, err := a.Redeem(t.Context(), strings.ToLower(inv.Code.String()))
			if err != nil || s.Unit != inv.Unit || s.Wave != "2025" {
				t.Errorf("Redeem of %s's code = %+v, %v", inv.Unit, s, err)
			}
		}
	})
}

func TestIssueIsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		if _, err := a.Issue(t.Context(), "2025", []sample.Selected{unit("u1", "A", ""), unit("", "Uden nøgle", "")}); err == nil || !strings.Contains(err.Error(), "Uden nøgle") {
			t.Fatalf("a unit without key: %v", err)
		}
		if s, _ := a.Statuses(t.Context(), "2025"); len(s) != 0 {
			t.Fatalf("a refused issue left %+v", s)
		}
	})
}

func TestGoal17_RevokedAndUnknownAnswerAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		inv := issue(t, a, unit("u1", "A", ""))[0]
		session, err := a.Redeem(t.Context(), string(inv.Code))
		if err != nil {
			t.Fatal(err)
		}
		replaced, err := a.Replace(t.Context(), "2025", "u1")
		if err != nil || replaced.Code == inv.Code || replaced.Name != "A" {
			t.Fatalf("Replace = %+v, %v", replaced, err)
		}
		_, revokedErr := a.Redeem(t.Context(), string(inv.Code))
		never, _ := newCode(rand.NewChaCha8([32]byte{9}))
		_, neverErr := a.Redeem(t.Context(), string(never))
		if revokedErr != ErrUnknown || neverErr != ErrUnknown {
			t.Errorf("revoked: %v, never issued: %v; want the same ErrUnknown", revokedErr, neverErr)
		}
		if _, err := a.Session(t.Context(), session.Token); !errors.Is(err, ErrNoSession) {
			t.Errorf("session of the revoked code: %v, want ErrNoSession", err)
		}
		if s, err := a.Redeem(t.Context(), string(replaced.Code)); err != nil || s.Unit != "u1" {
			t.Errorf("replacement: %+v, %v", s, err)
		}
		if err := a.Revoke(t.Context(), "2025", "nobody"); !errors.Is(err, ErrUnknown) {
			t.Errorf("revoke of an uninvited unit: %v", err)
		}
	})
}

func TestGoal17_WrongCheckCharacterReadsNoDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		inv := issue(t, a, unit("u1", "A", ""))[0]
		if err := a.db.Close(); err != nil {
			t.Fatal(err)
		}
		wrong := []byte(inv.Code)
		wrong[0] ^= wrong[1] // another character, or one outside the alphabet
		if _, err := a.Redeem(t.Context(), string(wrong)); !errors.Is(err, ErrTypo) {
			t.Errorf("typo with the store closed: %v, want ErrTypo", err)
		}
	})
}

func TestSessionLife(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, clock := newAccess(t, where)
		inv := issue(t, a, unit("u1", "A", ""))[0]
		s, err := a.Redeem(t.Context(), string(inv.Code))
		if err != nil {
			t.Fatal(err)
		}
		clock.forward(40 * time.Minute)
		if s, err = a.Extend(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		clock.forward(40 * time.Minute)
		if got, err := a.Session(t.Context(), s.Token); err != nil || got.Unit != "u1" {
			t.Fatalf("extended session after 80 minutes: %+v, %v", got, err)
		}
		clock.forward(10 * time.Minute)
		got, err := a.Session(t.Context(), s.Token)
		if !errors.Is(err, ErrExpired) || got.Unit != "u1" {
			t.Fatalf("expired session: %+v, %v; want it with ErrExpired, so that its text can be saved", got, err)
		}
		if _, err := a.Extend(t.Context(), got); !errors.Is(err, ErrExpired) {
			t.Errorf("Extend revived an expired session: %v", err)
		}
		clock.forward(grace)
		if _, err := a.Session(t.Context(), s.Token); !errors.Is(err, ErrNoSession) {
			t.Errorf("session a day after its end: %v", err)
		}
	})
}

func TestEndedSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		inv := issue(t, a, unit("u1", "A", ""))[0]
		one, _ := a.Redeem(t.Context(), string(inv.Code))
		two, _ := a.Redeem(t.Context(), string(inv.Code))
		if err := a.End(t.Context(), one.Token); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Session(t.Context(), one.Token); !errors.Is(err, ErrNoSession) {
			t.Errorf("ended session: %v", err)
		}
		if _, err := a.Session(t.Context(), two.Token); err != nil {
			t.Errorf("a colleague's session ended too: %v", err)
		}
	})
}

func TestStatusesNoteFirstUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, clock := newAccess(t, where)
		list := issue(t, a, unit("u2", "B", ""), unit("u1", "A", ""))
		clock.forward(time.Hour)
		opened := clock.now()
		for range 2 {
			if _, err := a.Redeem(t.Context(), string(list[0].Code)); err != nil {
				t.Fatal(err)
			}
			clock.forward(time.Hour)
		}
		got, err := a.Statuses(t.Context(), "2025")
		if err != nil || len(got) != 2 || got[0].Unit != "u1" || !got[0].Opened.IsZero() || !got[1].Opened.Equal(opened) {
			t.Errorf("statuses %+v, %v; want u1 unopened, u2 opened at %v", got, err, opened)
		}
	})
}

// What lies on the disk must not let anyone in: neither code nor token.
func TestGoal16_NoCodeOnDisk(t *testing.T) {
	path := storetest.SQLite(t)
	a, _ := newAccess(t, path)
	inv := issue(t, a, unit("u1", "A", "a@example.dk"))[0]
	s, err := a.Redeem(t.Context(), string(inv.Code))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for what, clear := range map[string]string{"code": string(inv.Code), "printed code": inv.Code.String(), "token": s.Token} {
			if bytes.Contains(raw, []byte(clear)) {
				t.Errorf("%s holds the %s", filepath.Base(name), what)
			}
		}
	}
}

func TestWrongSecretRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, clock := newAccess(t, where)
		_, err := New(t.Context(), a.db, Options{Secret: bytes.Repeat([]byte{8}, 32), Codes: rand.NewChaCha8([32]byte{}), Now: clock.now})
		if !errors.Is(err, store.ErrWrongKey) {
			t.Errorf("another secret: %v, want ErrWrongKey", err)
		}
	})
}

func TestForgetDestroysTheLink(t *testing.T) {
	path := storetest.SQLite(t)
	a, _ := newAccess(t, path)
	inv := issue(t, a, unit("u1", "Hemmelig Børnehave", "hemmelig@example.dk"))[0]
	s, _ := a.Redeem(t.Context(), string(inv.Code))
	if err := a.KeepWish(t.Context(), "2025", "u1", Case, "sag@example.dk"); err != nil {
		t.Fatal(err)
	}
	if err := a.Forget(t.Context(), "2025"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Redeem(t.Context(), string(inv.Code)); !errors.Is(err, ErrUnknown) {
		t.Errorf("code after Forget: %v", err)
	}
	if _, err := a.Session(t.Context(), s.Token); !errors.Is(err, ErrNoSession) {
		t.Errorf("session after Forget: %v", err)
	}
	if err := a.db.Close(); err != nil { // moves the log into the file
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{"Hemmelig", "hemmelig@", "sag@"} {
		if bytes.Contains(raw, []byte(trace)) {
			t.Errorf("%q is still in the file", trace)
		}
	}
}

func TestWishes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, clock := newAccess(t, where)
		ctx := context.Background()
		for _, bad := range []string{"nobody", "a@b@c", "Navn <a@example.dk>", "a@example.dk\r\nBcc: b@example.dk", strings.Repeat("a", 250) + "@example.dk"} {
			if err := a.KeepWish(ctx, "2025", "u1", Mirror, bad); !errors.Is(err, ErrAddress) || strings.Contains(err.Error(), bad) {
				t.Errorf("KeepWish(%.30q) = %v; want ErrAddress without the address", bad, err)
			}
		}
		for _, email := range []string{"old@example.dk", " new@example.dk "} {
			if err := a.KeepWish(ctx, "2025", "u1", Mirror, email); err != nil {
				t.Fatal(err)
			}
		}
		got, err := a.Wishes(ctx, "2025", Mirror)
		if want := (Wish{"u1", Mirror, "new@example.dk", clock.now()}); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("wishes %+v, %v; want %+v", got, err, want)
		}
		if err := a.KeepWish(ctx, "2025", "u1", Mirror, ""); err != nil {
			t.Fatal(err)
		}
		if got, _ := a.Wishes(ctx, "2025", Mirror); len(got) != 0 {
			t.Errorf("withdrawn wish still stands: %+v", got)
		}
	})
}

// Scheduled work drops what is past all grace and nothing else.
func TestDropExpired(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, c := newAccess(t, where)
		list := issue(t, a, unit("u1", "A", ""), unit("u2", "B", ""))
		redeem := func(i int) Session {
			s, err := a.Redeem(t.Context(), string(list[i].Code))
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		old := redeem(0)
		c.at = old.Expires.Add(-time.Minute)
		young := redeem(1)
		c.at = old.Expires.Add(grace + time.Minute)
		if err := a.db.Write(t.Context(), a.DropExpired); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := a.db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM contact_session`).Scan(&left)
		}); err != nil || left != 1 {
			t.Errorf("%d sessions are left (%v), want the younger alone", left, err)
		}
		c.at = young.Expires.Add(-time.Minute)
		if _, err := a.Session(t.Context(), young.Token); err != nil {
			t.Errorf("the younger session: %v", err)
		}
	})
}
