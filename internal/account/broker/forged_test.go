package broker_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"barometer/internal/account/broker"
	"barometer/internal/i18n"
)

// forger answers as a provider does, and bends what it is told to.
type forger struct {
	*httptest.Server
	t      *testing.T
	key    jose.JSONWebKey
	alg    jose.SignatureAlgorithm
	shown  []jose.JSONWebKey // keys it publishes
	nonce  string
	claims func(map[string]any)
	says   func(map[string]any)
	token  func(string) string
}

func newForger(t *testing.T) *forger {
	t.Helper()
	f := &forger{t: t, alg: jose.RS256}
	mux := http.NewServeMux()
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	f.rotate("first")
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		says := map[string]any{
			"issuer": f.URL, "authorization_endpoint": f.URL + "/auth", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		}
		if f.says != nil {
			f.says(says)
		}
		f.answer(w, says)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		f.answer(w, jose.JSONWebKeySet{Keys: f.shown})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		f.answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": f.idToken()})
	})
	return f
}

func (f *forger) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		f.t.Error(err)
	}
}

// rotate signs with a new key from now on, and publishes that alone.
func (f *forger) rotate(id string) {
	f.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(f.t, err)
	f.key = jose.JSONWebKey{Key: key, KeyID: id, Use: "sig", Algorithm: "RS256"}
	f.shown = []jose.JSONWebKey{f.key.Public()}
}

func (f *forger) idToken() string {
	f.t.Helper()
	claims := map[string]any{
		"iss": f.URL, "sub": "1", "aud": "barometer", "nonce": f.nonce, "nemlogin.persistent_professional_id": "p-1",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "loa": "https://data.gov.dk/concept/core/nsis/Substantial",
	}
	if f.claims != nil {
		f.claims(claims)
	}
	payload, err := json.Marshal(claims)
	must(f.t, err)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: f.alg, Key: f.key}, nil)
	must(f.t, err)
	signed, err := signer.Sign(payload)
	must(f.t, err)
	raw, err := signed.CompactSerialize()
	must(f.t, err)
	if f.token != nil {
		raw = f.token(raw)
	}
	return raw
}

// come goes out to the forger and comes back with an honest answer.
func (f *forger) come(o *office) broker.Answer {
	f.t.Helper()
	q := mustParse(f.t, o.begin("browser")).Query()
	f.nonce = q.Get("nonce")
	return broker.Answer{State: q.Get("state"), Code: "code", Browser: "browser"}
}

func set(name string, value any) func(map[string]any) {
	return func(claims map[string]any) { claims[name] = value }
}

// unsigned says that a token has no signature.
func unsigned(raw string) string {
	return "eyJhbGciOiJub25lIn0." + strings.Split(raw, ".")[1] + "."
}

// tampered changes what was signed.
func tampered(raw string) string {
	parts := strings.Split(raw, ".")
	return parts[0] + "." + strings.Replace(parts[1], "a", "b", 1) + "." + parts[2]
}

func TestForgedTokensAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		claims func(map[string]any)
		token  func(string) string
		honest bool
	}{
		{name: "honest", honest: true},
		{name: "several audiences, ours authorised", claims: func(c map[string]any) { c["aud"], c["azp"] = []string{"barometer", "x"}, "barometer" }, honest: true},
		{name: "wrong nonce", claims: set("nonce", "another")},
		{name: "no nonce", claims: func(c map[string]any) { delete(c, "nonce") }},
		{name: "wrong audience", claims: set("aud", "another")},
		{name: "several audiences, another authorised", claims: func(c map[string]any) { c["aud"], c["azp"] = []string{"barometer", "x"}, "x" }},
		{name: "several audiences, nobody authorised", claims: set("aud", []string{"barometer", "x"})},
		{name: "wrong issuer", claims: set("iss", "https://another.example")},
		{name: "expired", claims: set("exp", time.Now().Add(-time.Minute).Unix())},
		{name: "not yet", claims: set("nbf", time.Now().Add(time.Hour).Unix())},
		{name: "no signature", token: unsigned},
		{name: "changed after signing", token: tampered},
		{name: "no token", token: func(string) string { return "" }},
		{name: "no token at all", token: func(string) string { return "x.y" }},
		{name: "no id", claims: func(c map[string]any) { delete(c, "nemlogin.persistent_professional_id") }},
		{name: "id of control characters", claims: set("nemlogin.persistent_professional_id", "a\x00b")},
		{name: "id that is a list", claims: set("nemlogin.persistent_professional_id", []string{"p-1"})},
		{name: "broken CVR number", claims: set("nemlogin.cvr", "123")},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newForger(t)
			o := newOffice(t, filepath.Join(t.TempDir(), "b.db"), at(f.URL))
			f.claims, f.token = c.claims, c.token
			done, err := o.Finish(t.Context(), "op", f.come(o))
			if c.honest != (err == nil) || !c.honest && (!errors.Is(err, broker.ErrAnswer) || done.Waiting != "" || done.Session.Token != "") {
				t.Errorf("%v, %+v", err, done)
			}
		})
	}
}

// A key that the provider shows to everybody is no secret to sign with.
func TestKeysOfOthersAreRefused(t *testing.T) {
	f := newForger(t)
	o := newOffice(t, filepath.Join(t.TempDir(), "b.db"), at(f.URL))
	honest := f.key
	for name, key := range map[string]struct {
		key any
		alg jose.SignatureAlgorithm
	}{
		"the client's secret": {[]byte("a secret with a % and a + in it, and then some"), jose.HS256},
		"another's key":       {mustKey(t), jose.RS256},
	} {
		f.key, f.alg = jose.JSONWebKey{Key: key.key, KeyID: honest.KeyID}, key.alg
		if _, err := o.Finish(t.Context(), "op", f.come(o)); !errors.Is(err, broker.ErrAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f.key, f.alg = honest, jose.RS256
	if _, err := o.Finish(t.Context(), "op", f.come(o)); err != nil {
		t.Errorf("the provider's key: %v", err)
	}
	withdrawn := f.key
	f.rotate("second")
	if _, err := o.Finish(t.Context(), "op", f.come(o)); err != nil {
		t.Errorf("a new key of the provider: %v", err)
	}
	f.key = withdrawn
	if _, err := o.Finish(t.Context(), "op", f.come(o)); !errors.Is(err, broker.ErrAnswer) {
		t.Errorf("a withdrawn key: %v", err)
	}
}

func mustKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return key
}

// An answer that comes to the address of another provider than the browser went
// to, or says it is another's, is refused before any code leaves the house.
func TestMixUpIsRefused(t *testing.T) {
	honest, evil := newForger(t), newForger(t)
	honest.says = set("authorization_response_iss_parameter_supported", true)
	other := at(evil.URL)
	other.ID = "evil"
	o := newOffice(t, filepath.Join(t.TempDir(), "b.db"), at(honest.URL), other)
	evil.token = func(raw string) string { t.Error("a code went to the wrong provider"); return raw }
	for name, finish := range map[string]func(broker.Answer) error{
		"at another's address": func(a broker.Answer) error {
			a.Issuer = honest.URL
			_, err := o.Finish(t.Context(), "evil", a)
			return err
		},
		"at another's address, naming nobody": func(a broker.Answer) error {
			_, err := o.Finish(t.Context(), "evil", a)
			return err
		},
		"naming another": func(a broker.Answer) error {
			a.Issuer = evil.URL
			_, err := o.Finish(t.Context(), "op", a)
			return err
		},
		"naming nobody": func(a broker.Answer) error { _, err := o.Finish(t.Context(), "op", a); return err },
	} {
		if err := finish(honest.come(o)); !errors.Is(err, broker.ErrAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := honest.come(o)
	a.Issuer = honest.URL
	if _, err := o.Finish(t.Context(), "op", a); err != nil {
		t.Errorf("an honest answer: %v", err)
	}
	a = honest.come(o)
	a.Issuer, a.Code, a.Error = honest.URL, "", "access_denied"
	if _, err := o.Finish(t.Context(), "op", a); !errors.Is(err, broker.ErrDeclined) {
		t.Errorf("broken off: %v", err)
	}
}

// The level of assurance stands for two factors only where the home says so.
func TestAssurance(t *testing.T) {
	f := newForger(t)
	p := at(f.URL)
	p.Strong = []string{"https://data.gov.dk/concept/core/nsis/Substantial"}
	o := newOffice(t, filepath.Join(t.TempDir(), "b.db"), p)
	anna := o.person("anna@example.dk")
	done, err := o.Finish(t.Context(), "op", f.come(o))
	must(t, err)
	must(t, o.Link(t.Context(), anna, done.Waiting, "browser"))
	for level, factors := range map[string]int{"https://data.gov.dk/concept/core/nsis/Substantial": 2, "https://data.gov.dk/concept/core/nsis/Low": 1, "": 1} {
		f.claims = set("loa", level)
		done, err := o.Finish(t.Context(), "op", f.come(o))
		must(t, err)
		if done.Session.How.Factors != factors {
			t.Errorf("%q: %d factors", level, done.Session.How.Factors)
		}
	}
}

// A provider inside the network is reached only where the home says so, and a
// provider that leads there is none.
func TestProvidersAreOutside(t *testing.T) {
	f := newForger(t)
	hidden := at(f.URL)
	hidden.Issuer, hidden.Inside = strings.Replace(f.URL, "http:", "https:", 1), nil
	o := newOffice(t, filepath.Join(t.TempDir(), "b.db"), hidden)
	_, err := o.Begin(t.Context(), "op", broker.Start{Browser: "b", Lang: i18n.Danish})
	if !errors.Is(err, broker.ErrUnreachable) || !strings.Contains(err.Error(), "not public") {
		t.Errorf("%v", err)
	}
	for _, end := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"} {
		f.says = set(end, "http://192.0.2.1/x")
		o := newOffice(t, filepath.Join(t.TempDir(), "b.db"), at(f.URL))
		if _, err := o.Begin(t.Context(), "op", broker.Start{Browser: "b", Lang: i18n.Danish}); !errors.Is(err, broker.ErrUnreachable) {
			t.Errorf("%s: %v", end, err)
		}
	}
}

func TestFaultsOfConfigurationAreListed(t *testing.T) {
	bad := broker.Provider{ID: "Op!", Issuer: "http://op.example", Parameters: map[string]string{"redirect_uri": "x"}}
	f := newForger(t)
	o := newOffice(t, filepath.Join(t.TempDir(), "b.db"), at(f.URL))
	_, err := broker.New(broker.Options{Accounts: o.acc, Store: o.db, Now: time.Now, Providers: []broker.Provider{bad, bad}})
	for _, want := range []string{"lower-case letters", "client_id", "name in da", "https address", "redirect_uri", "given twice"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell of %q", err, want)
		}
	}
}
