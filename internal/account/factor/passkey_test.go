package factor_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	vw "github.com/descope/virtualwebauthn"

	"barometer/internal/account"
	"barometer/internal/account/factor"
	"barometer/internal/policy"
)

var site = vw.RelyingParty{ID: "example.dk", Name: "Barometer & Co", Origin: "https://example.dk"}

// newKey is a key whose two coordinates have all of their 32 bytes. The library
// leaves out zeros that they begin with, one key in a hundred, which no device
// does and no server takes.
func newKey() vw.Credential {
	const complete = 77 // bytes of the public key with both coordinates whole
	for {
		if key := vw.NewCredential(vw.KeyTypeEC2); len(key.Key.AttestationData()) == complete {
			return key
		}
	}
}

// device is somebody's device with one key.
type device struct {
	vw.Authenticator
	key  vw.Credential
	site vw.RelyingParty
}

func newDevice() *device {
	return &device{Authenticator: vw.NewAuthenticator(), key: newKey(), site: site}
}

// make answers a request for a new key.
func (d *device) make(t *testing.T, asked factor.Asked) string {
	t.Helper()
	options, err := vw.ParseAttestationOptions(asked.Options)
	must(t, err)
	answer := vw.CreateAttestationResponse(d.site, d.Authenticator, d.key, *options)
	d.Options.UserHandle = []byte(options.UserID)
	d.AddCredential(d.key)
	return answer
}

// show answers a request for a key.
func (d *device) show(t *testing.T, asked factor.Asked) string {
	t.Helper()
	options, err := vw.ParseAssertionOptions(asked.Options)
	must(t, err)
	d.key.Counter++
	return vw.CreateAssertionResponse(d.site, d.Authenticator, d.key, *options)
}

func (o *office) addKey(s account.Session, d *device, label string) account.Session {
	o.t.Helper()
	asked, err := o.BeginKey(o.t.Context(), s)
	must(o.t, err)
	strong, _, err := o.MakeKey(o.t.Context(), s, asked.Token, d.make(o.t, asked), label)
	must(o.t, err)
	return o.again(strong)
}

func (o *office) showKey(d *device) (account.Session, error) {
	o.t.Helper()
	asked, err := o.BeginShow(o.t.Context(), "browser")
	must(o.t, err)
	return o.Show(o.t.Context(), factor.Shown{Token: asked.Token, Answer: d.show(o.t, asked), Browser: "browser"})
}

func TestPasskeySignsIn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s, d := o.enter("anna@example.dk", policy.Admin), newDevice()
		asked, err := o.BeginKey(t.Context(), s)
		must(t, err)
		for _, personal := range []string{`"userVerification":"required"`, `"residentKey":"required"`, `"attestation":"none"`} {
			if !strings.Contains(asked.Options, personal) {
				t.Errorf("the device is not asked for %s: %s", personal, asked.Options)
			}
		}
		strong, paper, err := o.MakeKey(t.Context(), s, asked.Token, d.make(t, asked), " Annas  telefon ")
		must(t, err)
		if len(paper) != 10 || strong.How != (account.How{Method: "passkey", Factors: 2}) {
			t.Fatalf("%d codes, %+v", len(paper), strong.How)
		}
		if _, err := o.acc.Session(t.Context(), s.Token); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("the weaker session lives on: %v", err)
		}
		in, err := o.showKey(d)
		must(t, err)
		if in.Person.ID != s.Person.ID || o.again(in).Weak() {
			t.Errorf("%+v", in)
		}
		list, err := o.acc.Credentials(t.Context(), s.Person.ID)
		must(t, err)
		for _, c := range list {
			if c.Kind == account.Passkey && (c.Label != "Annas telefon" || !c.Used.Equal(o.now)) {
				t.Errorf("%+v", c)
			}
		}
		again, err := o.BeginKey(t.Context(), strong)
		must(t, err)
		var options struct{ ExcludeCredentials []any }
		must(t, json.Unmarshal([]byte(again.Options), &options))
		if len(options.ExcludeCredentials) != 1 {
			t.Errorf("a device may hold two keys of one person: %s", again.Options)
		}
	})
}

func TestAnswersOfKeysThatProveNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		anna, d := o.enter("anna@example.dk"), newDevice()
		o.addKey(anna, d, "Phone")
		bo, other := o.enter("bo@example.dk"), newDevice()
		o.addKey(bo, other, "Phone")
		for name, bend := range map[string]func(*device){
			"at another site":            func(d *device) { d.site.ID, d.site.Origin = "evil.example", "https://evil.example" },
			"collected at another place": func(d *device) { d.site.Origin = "https://example.dk.evil.example" },
			"without seeing who uses it": func(d *device) { d.Options.UserNotVerified = true },
			"without anybody there":      func(d *device) { d.Options.UserNotPresent = true },
			"of another person":          func(d *device) { d.Options.UserHandle = other.Options.UserHandle },
			"of nobody":                  func(d *device) { d.Options.UserHandle = nil },
			"of an unknown key":          func(d *device) { d.key = newKey() },
			"signed by another key":      func(d *device) { d.key.Key = other.key.Key },
			"with a counter of before":   func(d *device) { d.key.Counter = 0 },
		} {
			_, err := o.showKey(d)
			must(t, err)
			_, err = o.showKey(d)
			must(t, err)
			bent := *d
			bend(&bent)
			if s, err := o.showKey(&bent); !errors.Is(err, factor.ErrKey) || s.Token != "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, answer := range []string{"", "{}", "null", `{"id":"x","rawId":"x","type":"public-key","response":{}}`, strings.Repeat("[", 1e5)} {
			asked, err := o.BeginShow(t.Context(), "browser")
			must(t, err)
			if _, err := o.Show(t.Context(), factor.Shown{Token: asked.Token, Answer: answer, Browser: "browser"}); !errors.Is(err, factor.ErrKey) {
				t.Errorf("%.40q: %v", answer, err)
			}
		}
	})
}

func TestKeyIsShownOnceAndByTheBrowserAsked(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		anna, d := o.enter("anna@example.dk"), newDevice()
		o.addKey(anna, d, "Phone")
		bo := o.enter("bo@example.dk")
		o.addKey(bo, newDevice(), "Phone")
		ask := func() (factor.Asked, string) {
			asked, err := o.BeginShow(t.Context(), "browser")
			must(t, err)
			return asked, d.show(t, asked)
		}
		asked, answer := ask()
		if _, err := o.Show(t.Context(), factor.Shown{Token: asked.Token, Answer: answer, Browser: "thief"}); !errors.Is(err, account.ErrCeremony) {
			t.Errorf("another browser: %v", err)
		}
		_, err := o.Show(t.Context(), factor.Shown{Token: asked.Token, Answer: answer, Browser: "browser"})
		must(t, err)
		if _, err := o.Show(t.Context(), factor.Shown{Token: asked.Token, Answer: answer, Browser: "browser"}); !errors.Is(err, account.ErrCeremony) {
			t.Errorf("the same answer again: %v", err)
		}
		fresh, _ := ask()
		if _, err := o.Show(t.Context(), factor.Shown{Token: fresh.Token, Answer: answer, Browser: "browser"}); !errors.Is(err, factor.ErrKey) {
			t.Errorf("an old answer to a new question: %v", err)
		}
		asked, answer = ask()
		if _, err := o.Show(t.Context(), factor.Shown{Token: asked.Token, Answer: answer, Browser: "browser", Before: o.signIn(bo.Person.ID)}); !errors.Is(err, factor.ErrKey) {
			t.Errorf("anna's key as bo's second factor: %v", err)
		}
		asked, answer = ask()
		o.now = o.now.Add(account.CeremonyTime)
		if _, err := o.Show(t.Context(), factor.Shown{Token: asked.Token, Answer: answer, Browser: "browser"}); !errors.Is(err, account.ErrCeremony) {
			t.Errorf("too late: %v", err)
		}
		must(t, o.acc.Suspend(t.Context(), account.ByOperator(), anna.Person.ID))
		if _, err := o.showKey(d); !errors.Is(err, factor.ErrKey) {
			t.Errorf("a barred person: %v", err)
		}
	})
}

func TestMakingAKeyIsGuarded(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		anna, d := o.enter("anna@example.dk"), newDevice()
		bo := o.enter("bo@example.dk")
		asked, err := o.BeginKey(t.Context(), anna)
		must(t, err)
		answer := d.make(t, asked)
		if _, _, err := o.MakeKey(t.Context(), bo, asked.Token, answer, "Phone"); !errors.Is(err, account.ErrCeremony) {
			t.Errorf("into another session: %v", err)
		}
		for _, label := range []string{"", "  ", strings.Repeat("x", 61), "a\u202eb"} {
			if _, _, err := o.MakeKey(t.Context(), anna, asked.Token, answer, label); !errors.Is(err, factor.ErrLabel) {
				t.Errorf("%q: %v", label, err)
			}
		}
		strong, _, err := o.MakeKey(t.Context(), anna, asked.Token, answer, "Phone")
		must(t, err)
		theirs, err := o.BeginKey(t.Context(), bo)
		must(t, err)
		if _, _, err := o.MakeKey(t.Context(), bo, theirs.Token, d.make(t, theirs), "Phone"); !errors.Is(err, factor.ErrKey) {
			t.Errorf("a key that is somebody's: %v", err)
		}
		if _, err := o.BeginKey(t.Context(), o.signIn(anna.Person.ID)); !errors.Is(err, factor.ErrProve) {
			t.Errorf("another key on one factor: %v", err)
		}
		o.now = o.now.Add(factor.Fresh + time.Second)
		if _, err := o.BeginKey(t.Context(), strong); !errors.Is(err, factor.ErrProve) {
			t.Errorf("another key on an old proof: %v", err)
		}
		unverified := newDevice()
		unverified.Options.UserNotVerified = true
		asked, err = o.BeginKey(t.Context(), o.signIn(bo.Person.ID))
		must(t, err)
		if _, _, err := o.MakeKey(t.Context(), o.signIn(bo.Person.ID), asked.Token, unverified.make(t, asked), "x"); err == nil {
			t.Error("made in another session than asked for")
		}
		sure := o.signIn(bo.Person.ID)
		asked, err = o.BeginKey(t.Context(), sure)
		must(t, err)
		if _, _, err := o.MakeKey(t.Context(), sure, asked.Token, unverified.make(t, asked), "x"); !errors.Is(err, factor.ErrKey) {
			t.Errorf("a device that does not see who uses it: %v", err)
		}
	})
}
