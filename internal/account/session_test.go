package account_test

import (
	"errors"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/policy"
	"barometer/internal/store"
)

// A token that somebody planted in a browser before sign-in opens nothing
// afterwards.
func TestSessionFixation(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		mallory := o.signIn("mallory@example.dk")
		for _, planted := range []string{mallory.Token, "chosen-by-mallory"} {
			done, err := o.Confirm(t.Context(), account.Confirmation{Token: token(o.ask(anna, "browser")), Browser: "browser", Before: planted})
			must(t, err)
			if done.Session.Token == planted {
				t.Error("the planted token was taken over")
			}
			if s, err := o.Session(t.Context(), planted); !errors.Is(err, account.ErrNoSession) {
				t.Errorf("the planted token opens %+v", s.Person)
			}
		}
	})
}

func TestSessionRunsOut(t *testing.T) {
	for _, c := range []struct {
		name  string
		roles []policy.Role
		idle  time.Duration
		whole time.Duration
	}{
		{"member", nil, 14 * 24 * time.Hour, 90 * 24 * time.Hour},
		{"researcher", []policy.Role{policy.Researcher}, 14 * 24 * time.Hour, 90 * 24 * time.Hour},
		{"staff", []policy.Role{policy.Editor}, 30 * time.Minute, 12 * time.Hour},
	} {
		each(t, func(t *testing.T, o *office) {
			o.person(anna, "Anna Holm", c.roles...)
			s := o.signIn(anna)
			o.pass(c.idle - time.Minute)
			if _, err := o.Session(t.Context(), s.Token); err != nil {
				t.Errorf("%s: before it is idle too long: %v", c.name, err)
			}
			o.pass(c.idle)
			if _, err := o.Session(t.Context(), s.Token); !errors.Is(err, account.ErrNoSession) {
				t.Errorf("%s: idle too long: %v", c.name, err)
			}
			s = o.signIn(anna)
			for used := time.Duration(0); used < c.whole; used += c.idle / 2 {
				if _, err := o.Session(t.Context(), s.Token); err != nil {
					t.Fatalf("%s: in use for %v: %v", c.name, used, err)
				}
				o.pass(c.idle / 2)
			}
			if _, err := o.Session(t.Context(), s.Token); !errors.Is(err, account.ErrNoSession) {
				t.Errorf("%s: used without end: %v", c.name, err)
			}
		})
	}
}

// A second server on the same store sees what the first one did, at once.
func TestTwoServersShareSessions(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		other := newOffice(t, o.db)
		s := o.signIn(anna)
		seen, err := other.Session(t.Context(), s.Token)
		must(t, err)
		must(t, other.Revoke(t.Context(), seen.Actor(), seen.Person.ID, seen.ID))
		if _, err := o.Session(t.Context(), s.Token); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("revoked on the other server: %v", err)
		}
	})
}

func TestRevokeOneOrAll(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		a, b, c := o.signIn(anna), o.signIn(anna), o.signIn(anna)
		stranger := o.signIn("eve@example.dk")
		if err := o.Revoke(t.Context(), stranger.Actor(), a.Person.ID, a.ID); !errors.Is(err, account.ErrNotYours) {
			t.Errorf("somebody else's session: %v", err)
		}
		must(t, o.Revoke(t.Context(), stranger.Actor(), stranger.Person.ID, a.ID)) // an id of another person finds nothing
		list, err := o.Sessions(t.Context(), a.Person.ID)
		must(t, err)
		if len(list) != 3 {
			t.Fatalf("%d sessions, want 3", len(list))
		}
		must(t, o.Revoke(t.Context(), a.Actor(), a.Person.ID, b.ID))
		must(t, o.RevokeOthers(t.Context(), a.Actor(), a.Person.ID, c.ID))
		for s, on := range map[string]bool{a.Token: false, b.Token: false, c.Token: true, stranger.Token: true} {
			if _, err := o.Session(t.Context(), s); (err == nil) != on {
				t.Errorf("session on: %v, want %v", err == nil, on)
			}
		}
	})
}

// A closed store is no reason to call somebody signed out.
func TestOutageIsNoSignOut(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.signIn(anna)
		must(t, o.db.Close())
		if _, err := o.Session(t.Context(), s.Token); !errors.Is(err, store.ErrUnavailable) || errors.Is(err, account.ErrNoSession) {
			t.Errorf("%v", err)
		}
	})
}

func TestStrongerSessionIsAnother(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.signIn(anna)
		var strong account.Session
		must(t, o.db.Write(t.Context(), func(tx *store.Tx) (err error) {
			strong, err = o.Strengthen(tx, s, account.How{Method: "totp", Factors: 2})
			return err
		}))
		if strong.Token == s.Token || strong.ID == s.ID || strong.Subject().Factors != 2 {
			t.Errorf("%+v", strong)
		}
		if _, err := o.Session(t.Context(), s.Token); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("the weaker session is still on: %v", err)
		}
	})
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]account.Device{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0":                                          {Browser: "Firefox", System: "Windows"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":     {Browser: "Edge", System: "Windows"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1": {Browser: "Safari", System: "iPhone"},
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36":         {Browser: "Chrome", System: "Android"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":     {Browser: "Safari", System: "macOS"},
		"curl/8.0": {}, "": {},
	} {
		if got := account.DeviceOf(agent); got != want {
			t.Errorf("%s: %+v", agent, got)
		}
	}
}
