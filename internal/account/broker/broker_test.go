package broker_test

import (
	"errors"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/account/broker"
	"barometer/internal/account/broker/brokertest"
	"barometer/internal/i18n"
	"barometer/internal/store/storetest"
)

// A person signs in at a certified provider for the first time, says that the
// identity is hers, and signs in by it from then on.
func TestSignInAtARealProvider(t *testing.T) {
	issuer := brokertest.Provider(t, redirectURI)
	storetest.Each(t, func(t *testing.T, where string) {
		o := newOffice(t, where, at(issuer))
		anna := o.person("anna@example.dk")
		out := o.begin("browser")
		q := mustParse(t, out).Query()
		for _, need := range []string{"state", "nonce", "code_challenge"} {
			if len(q.Get(need)) < 43 {
				t.Errorf("%s is %q", need, q.Get(need))
			}
		}
		if q.Get("code_challenge_method") != "S256" || q.Get("redirect_uri") != redirectURI || q.Get("response_type") != "code" {
			t.Errorf("%v", q)
		}
		done, err := o.Finish(t.Context(), "op", o.visit(out, "anna-at-school", "browser"))
		must(t, err)
		if done.Session.Token != "" || done.Waiting == "" || done.Next != "/en/cases" || done.Lang != i18n.English {
			t.Fatalf("an unknown identity: %+v", done)
		}
		if _, err := o.Waiting(t.Context(), done.Waiting, "another"); !errors.Is(err, account.ErrCeremony) {
			t.Errorf("another browser: %v", err)
		}
		i, err := o.Waiting(t.Context(), done.Waiting, "browser")
		must(t, err)
		if i.Name != "Anna Holm" || i.CVR != "12345674" || i.PNumber != "1003456789" || i.Strong {
			t.Errorf("%+v", i)
		}
		must(t, o.Link(t.Context(), anna, done.Waiting, "browser"))
		if err := o.Link(t.Context(), anna, done.Waiting, "browser"); !errors.Is(err, account.ErrCeremony) {
			t.Errorf("linked twice: %v", err)
		}

		again, err := o.Finish(t.Context(), "op", o.visit(o.begin("other"), "anna-at-school", "other"))
		must(t, err)
		if again.Session.Person.ID != anna.Person.ID || again.Session.How != (account.How{Method: "oidc", Factors: 1}) {
			t.Fatalf("%+v", again)
		}
		places, err := o.acc.Memberships(t.Context(), anna.Person.ID)
		must(t, err)
		if len(places) != 1 || places[0].PNumber != "1003456789" || places[0].VerifiedBy != "oidc:op" {
			t.Errorf("%+v", places)
		}
	})
}

// One identity belongs to one account, and a person without a workplace may sign
// in, too.
func TestIdentityBelongsToOneAccount(t *testing.T) {
	issuer := brokertest.Provider(t, redirectURI)
	o := newOffice(t, filepath.Join(t.TempDir(), "barometer.db"), at(issuer))
	anna, bo := o.person("anna@example.dk"), o.person("bo@example.dk")
	first, err := o.Finish(t.Context(), "op", o.visit(o.begin("a"), "bo-no-workplace", "a"))
	must(t, err)
	second, err := o.Finish(t.Context(), "op", o.visit(o.begin("b"), "bo-no-workplace", "b"))
	must(t, err)
	must(t, o.Link(t.Context(), bo, first.Waiting, "a"))
	if err := o.Link(t.Context(), anna, second.Waiting, "b"); !errors.Is(err, broker.ErrTaken) {
		t.Errorf("%v", err)
	}
	done, err := o.Finish(t.Context(), "op", o.visit(o.begin("c"), "bo-no-workplace", "c"))
	must(t, err)
	if done.Session.Person.ID != bo.Person.ID {
		t.Errorf("%+v", done.Session.Person)
	}
	must(t, o.acc.Suspend(t.Context(), account.ByOperator(), bo.Person.ID))
	if _, err := o.Finish(t.Context(), "op", o.visit(o.begin("d"), "bo-no-workplace", "d")); !errors.Is(err, broker.ErrDeclined) {
		t.Errorf("a barred person: %v", err)
	}
	for _, who := range []string{"no-id", "bad-number"} {
		if _, err := o.Finish(t.Context(), "op", o.visit(o.begin("e"), who, "e")); !errors.Is(err, broker.ErrAnswer) {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// What comes back is looked at once, in time, and from the browser that went
// out.
func TestAnswerIsLookedAtOnce(t *testing.T) {
	issuer := brokertest.Provider(t, redirectURI)
	o := newOffice(t, filepath.Join(t.TempDir(), "barometer.db"), at(issuer))
	a := o.visit(o.begin("browser"), "anna-at-school", "browser")
	stolen := a
	stolen.Browser = "thief"
	if _, err := o.Finish(t.Context(), "op", stolen); !errors.Is(err, broker.ErrAnswer) {
		t.Errorf("another browser: %v", err)
	}
	_, err := o.Finish(t.Context(), "op", a)
	must(t, err)
	if _, err := o.Finish(t.Context(), "op", a); !errors.Is(err, broker.ErrAnswer) {
		t.Errorf("the same answer again: %v", err)
	}
	replayed := o.visit(o.begin("browser"), "anna-at-school", "browser")
	replayed.Code = a.Code // used at the provider
	if _, err := o.Finish(t.Context(), "op", replayed); !errors.Is(err, broker.ErrAnswer) {
		t.Errorf("a used code under a new state: %v", err)
	}
	injected, mine := o.visit(o.begin("thief"), "anna-at-school", "thief"), o.visit(o.begin("browser"), "bo-no-workplace", "browser")
	mine.Code = injected.Code // of another errand: the verifier does not fit
	if _, err := o.Finish(t.Context(), "op", mine); !errors.Is(err, broker.ErrAnswer) {
		t.Errorf("an injected code: %v", err)
	}
	late := o.visit(o.begin("browser"), "anna-at-school", "browser")
	now := o.now()
	o.now = func() time.Time { return now.Add(account.CeremonyTime) }
	if _, err := o.Finish(t.Context(), "op", late); !errors.Is(err, broker.ErrAnswer) {
		t.Errorf("too late: %v", err)
	}
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	return u
}
