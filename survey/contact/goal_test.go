package contact

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"barometer/internal/store/storetest"
	"barometer/survey/sample"
)

// A code that was revoked and one that never was must not be told apart by how
// long the answer takes: both make the same one look-up and nothing else.
func TestGoal17_RevokedAndUnknownTakeTheSameTime(t *testing.T) {
	a, _ := newAccess(t, storetest.SQLite(t))
	var units []sample.Selected
	for i := range 300 {
		units = append(units, unit(fmt.Sprintf("u%03d", i), "A", ""))
	}
	list := issue(t, a, units...)
	for _, inv := range list {
		if err := a.Revoke(t.Context(), "2025", inv.Unit); err != nil {
			t.Fatal(err)
		}
	}
	never := rand.NewChaCha8([32]byte{9})
	var revoked, unknown []time.Duration
	timed := func(c Code) time.Duration {
		begun := time.Now()
		if _, err := a.Redeem(t.Context(), string(c)); !errors.Is(err, ErrUnknown) {
			t.Fatalf("got %v", err)
		}
		return time.Since(begun)
	}
	for range 5 {
		for _, inv := range list { // in turn, so that a busy machine is as slow for both
			c, err := newCode(never)
			if err != nil {
				t.Fatal(err)
			}
			revoked = append(revoked, timed(inv.Code))
			unknown = append(unknown, timed(c))
		}
	}
	slices.Sort(revoked)
	slices.Sort(unknown)
	r, u := revoked[len(revoked)/2], unknown[len(unknown)/2]
	if ratio := float64(r) / float64(u); ratio < 0.7 || ratio > 1.4 {
		t.Errorf("median %v for a revoked code, %v for one that never was", r, u)
	}
}

// A hundred workplaces of one institution come from one address. Each mistypes
// once, a few enter a code that was replaced since: all get in without waiting.
func TestGoal18_InstitutionBehindOneAddressGetsIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, clock := newAccess(t, where)
		throttle, address := NewThrottle(), netip.MustParseAddr("192.0.2.7")
		var units []sample.Selected
		for i := range 100 {
			units = append(units, unit(fmt.Sprintf("u%03d", i), "A", ""))
		}
		try := func(code string) error {
			if wait := throttle.Wait(address, clock.now()); wait > 0 {
				t.Fatalf("has to wait %v", wait)
			}
			_, err := a.Redeem(t.Context(), code)
			if errors.Is(err, ErrUnknown) {
				throttle.Failed(address, clock.now())
			}
			return err
		}
		for i, inv := range issue(t, a, units...) {
			code := inv.Code
			if i%10 == 0 {
				replaced, err := a.Replace(t.Context(), "2025", inv.Unit)
				if err != nil {
					t.Fatal(err)
				}
				if err := try(string(code)); !errors.Is(err, ErrUnknown) {
					t.Fatalf("the code before: %v", err)
				}
				code = replaced.Code
			}
			if err := try(string(code[1:])); !errors.Is(err, ErrTypo) {
				t.Fatalf("mistyped: %v", err)
			}
			if err := try(code.String()); err != nil {
				t.Fatalf("workplace %d: %v", i, err)
			}
		}
	})
}

// Whoever must keep the codes and cannot takes them all back: no code is valid
// that nobody knows.
func TestGoal16_CodesThatCouldNotBeKeptAreNotIssued(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		full := errors.New("disk full")
		var lost []Invitation
		units := []sample.Selected{unit("u1", "A", ""), unit("u2", "B", "")}
		_, err := a.IssueTo(t.Context(), "2025", units, func(list []Invitation) error { lost = list; return full })
		if !errors.Is(err, full) || len(lost) != 2 {
			t.Fatalf("IssueTo: %v with %d codes", err, len(lost))
		}
		if _, err := a.Redeem(t.Context(), string(lost[0].Code)); !errors.Is(err, ErrUnknown) {
			t.Errorf("a code that was lost: %v", err)
		}
		if list := issue(t, a, units...); len(list) != 2 {
			t.Errorf("issued %d afterwards", len(list))
		}
	})
}

// One code is revoked or replaced; nobody else's is touched.
func TestGoal16_RevokeAndReplaceOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		list := issue(t, a, unit("u1", "A", ""), unit("u2", "B", ""))
		if err := a.Revoke(t.Context(), "2025", "u1"); err != nil {
			t.Fatal(err)
		}
		again, err := a.Replace(t.Context(), "2025", "u1")
		if err != nil {
			t.Fatalf("a code in place of a revoked one: %v", err)
		}
		for code, want := range map[Code]error{list[0].Code: ErrUnknown, list[1].Code: nil, again.Code: nil} {
			if _, err := a.Redeem(t.Context(), string(code)); !errors.Is(err, want) {
				t.Errorf("Redeem = %v, want %v", err, want)
			}
		}
	})
}
