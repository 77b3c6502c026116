package contact

import (
	"errors"
	"testing"
	"time"

	"barometer/internal/audit"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

// opened is an access with one workplace that has entered its code.
func opened(t *testing.T, where string) (*Access, *clock, Invitation, Session) {
	t.Helper()
	a, c := newAccess(t, where)
	inv := issue(t, a, unit("u1", "A", ""))[0]
	s, err := a.Redeem(t.Context(), string(inv.Code))
	if err != nil {
		t.Fatal(err)
	}
	return a, c, inv, s
}

func handOver(t *testing.T, a *Access, s Session, alone bool) HandOver {
	t.Helper()
	h, err := a.HandOver(t.Context(), s, alone, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A link opens the same response once; the colleague comes back with a code of
// their own, and the giver stays in.
func TestHandOverOpensTheSameResponseOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _, inv, giver := opened(t, where)
		h := handOver(t, a, giver, false)
		s, code, err := a.TakeOver(t.Context(), h.Token)
		if err != nil || s.Unit != "u1" || s.Wave != "2025" {
			t.Fatalf("TakeOver = %+v, %v", s, err)
		}
		if _, _, err := a.TakeOver(t.Context(), h.Token); !errors.Is(err, ErrUnknown) {
			t.Errorf("the link a second time: %v", err)
		}
		for name, c := range map[string]Code{"giver": inv.Code, "colleague": code} {
			if s, err := a.Redeem(t.Context(), string(c)); err != nil || s.Unit != "u1" {
				t.Errorf("the %s's code: %+v, %v", name, s, err)
			}
		}
		for name, token := range map[string]string{"giver": giver.Token, "colleague": s.Token} {
			if _, err := a.Session(t.Context(), token); err != nil {
				t.Errorf("the %s's session: %v", name, err)
			}
		}
		if head, err := audit.Verify(t.Context(), a.db); err != nil || head.Position != 2 {
			t.Errorf("audit log: %d events, %v", head.Position, err)
		}
		if err := a.Revoke(t.Context(), "2025", "u1"); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Redeem(t.Context(), string(code)); !errors.Is(err, ErrUnknown) {
			t.Errorf("the colleague's code after the workplace's was revoked: %v", err)
		}
	})
}

// Who gives a response away keeps access until the colleague is in.
func TestHandOverAloneShutsTheGiverOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _, inv, giver := opened(t, where)
		other := handOver(t, a, giver, false)
		h := handOver(t, a, giver, true)
		if _, err := a.Session(t.Context(), giver.Token); err != nil {
			t.Errorf("before the colleague is in: %v", err)
		}
		s, code, err := a.TakeOver(t.Context(), h.Token)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Session(t.Context(), giver.Token); !errors.Is(err, ErrNoSession) {
			t.Errorf("the giver's session: %v", err)
		}
		if _, err := a.Redeem(t.Context(), string(inv.Code)); !errors.Is(err, ErrUnknown) {
			t.Errorf("the giver's code: %v", err)
		}
		if _, _, err := a.TakeOver(t.Context(), other.Token); !errors.Is(err, ErrUnknown) {
			t.Errorf("an earlier link: %v", err)
		}
		if _, err := a.Session(t.Context(), s.Token); err != nil {
			t.Errorf("the colleague's session: %v", err)
		}
		if _, err := a.Redeem(t.Context(), string(code)); err != nil {
			t.Errorf("the colleague's code: %v", err)
		}
		if _, err := a.Replace(t.Context(), "2025", "u1"); err != nil {
			t.Errorf("staff give the workplace a code again: %v", err)
		}
	})
}

func TestHandOverRunsOutAndIsBounded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, clock, _, giver := opened(t, where)
		h := handOver(t, a, giver, false)
		failed := errors.New("no mail")
		if _, err := a.HandOver(t.Context(), giver, false, func(*store.Tx, HandOver) error { return failed }); !errors.Is(err, failed) {
			t.Errorf("a mail that failed: %v", err)
		}
		for range mostHandOvers - 1 {
			handOver(t, a, giver, false)
		}
		if _, err := a.HandOver(t.Context(), giver, false, nil); !errors.Is(err, ErrManyHandOvers) {
			t.Errorf("one too many: %v", err)
		}
		clock.forward(HandOverLife)
		if _, _, err := a.TakeOver(t.Context(), h.Token); !errors.Is(err, ErrUnknown) {
			t.Errorf("a link past its time: %v", err)
		}
		if h := handOver(t, a, giver, false); h.Expires.Sub(clock.now()) != 72*time.Hour {
			t.Errorf("expires %v", h.Expires)
		}
	})
}
