// Package broker lets persons sign in by an identity at a provider that speaks
// OpenID Connect, such as the brokers of MitID Erhverv.
//
// A browser goes out with a state, a nonce and a challenge (RFC 7636) and comes
// back with a code; what it brings is looked at once, by the browser that went
// out, and at the provider it went to. The answer is an [Identity]: who the
// person is to the provider, and at which workplace. An identity that belongs to
// an account begins a session. One that is unknown waits until the person has
// signed in by other means and says that it is theirs: an e-mail address that a
// provider tells of proves nothing here and opens no account.
//
// Sessions, credentials and workplaces are kept by package account. Providers
// are reached through package outbound and no other way.
package broker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"barometer/internal/account"
	"barometer/internal/i18n"
	"barometer/internal/outbound"
	"barometer/internal/store"
)

var (
	// ErrProvider says that no provider has the name.
	ErrProvider = errors.New("no such provider")
	// ErrUnreachable says that a provider does not answer, or not as one.
	ErrUnreachable = errors.New("provider cannot be reached")
	// ErrAnswer says that an answer proves nothing: forged, old, used, meant for
	// somebody else, or not signed by the provider.
	ErrAnswer = errors.New("answer of the provider proves nothing")
	// ErrDeclined says that the person or the provider has broken off.
	ErrDeclined = errors.New("sign-in was broken off at the provider")
	// ErrTaken says that an identity belongs to another account.
	ErrTaken = errors.New("identity belongs to another account")
)

// Provider is one provider, as the home's configuration names it.
type Provider struct {
	ID         string            `yaml:"id"`   // in addresses; not to be changed while identities are linked
	Name       i18n.Text         `yaml:"name"` // on the button
	Issuer     string            `yaml:"issuer"`
	ClientID   string            `yaml:"client_id"`
	SecretFile string            `yaml:"secret_file"` // holds the client's secret, in the home
	Scopes     []string          `yaml:"scopes,omitempty"`
	Parameters map[string]string `yaml:"parameters,omitempty"` // added to the request, as idp_values
	Claims     Claims            `yaml:"claims,omitempty"`
	Realm      string            `yaml:"realm,omitempty"`  // providers of one realm tell of a person by the same id; the issuer where empty
	Strong     []string          `yaml:"strong,omitempty"` // levels of assurance that stand for two factors; none where empty
	Inside     []string          `yaml:"inside,omitempty"` // hosts with port that may have a private address

	Secret string `yaml:"-"`
}

var providerID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,30}$`)

// check lists what is wrong with a provider.
func (p Provider) check() (faults []error) {
	say := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("provider %q: "+format, append([]any{p.ID}, args...)...))
	}
	if !providerID.MatchString(p.ID) {
		say("its id is lower-case letters, digits and dashes")
	}
	if p.ClientID == "" || p.Secret == "" {
		say("needs client_id and a secret")
	}
	if missing := p.Name.Missing(); missing != nil {
		say("has no name in %s", missing[0])
	}
	if u, err := url.Parse(p.Issuer); err != nil || u.Host == "" || !p.safe(u) {
		say("issuer %q: give an https address", p.Issuer)
	}
	for name := range p.Parameters {
		if slices.Contains(ownParameters, name) {
			say("parameter %s is set by the program", name)
		}
	}
	return faults
}

var ownParameters = []string{"client_id", "redirect_uri", "response_type", "response_mode", "state", "nonce", "code_challenge",
	"code_challenge_method", "scope", "request", "request_uri"}

// safe reports whether an address of the provider may be used: HTTPS, or a host
// inside the house.
func (p Provider) safe(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && slices.Contains(p.Inside, u.Host)
}

func (p Provider) realm() string {
	if p.Realm != "" {
		return p.Realm
	}
	return p.Issuer
}

// Options are what Brokers need.
type Options struct {
	Accounts  *account.Accounts
	Store     *store.DB
	Now       func() time.Time
	BaseURL   string // of the site
	Providers []Provider
}

// Brokers are the providers of a home. Safe for concurrent use.
type Brokers struct {
	Options
	clients []*client
}

// New returns the brokers. Nothing is fetched before somebody signs in, so that
// a provider that is away keeps nothing from starting.
func New(o Options) (*Brokers, error) {
	if o.Accounts == nil || o.Store == nil || o.Now == nil {
		return nil, errors.New("broker: accounts, store and clock are all needed")
	}
	b := &Brokers{Options: o}
	var faults []error
	for _, p := range o.Providers {
		p.Claims = p.Claims.orDefaults()
		if len(p.Scopes) == 0 {
			p.Scopes = defaultScopes
		}
		if b.client(p.ID) != nil {
			faults = append(faults, fmt.Errorf("provider %q is given twice", p.ID))
		}
		faults = append(faults, p.check()...)
		b.clients = append(b.clients, &client{
			Provider: p, now: o.Now, redirect: strings.TrimSuffix(o.BaseURL, "/") + AnswerPath(p.ID),
			http: outbound.NewClient(outbound.Options{Timeout: 10 * time.Second, MaxBody: 1 << 20, Allow: p.Inside}),
		})
	}
	return b, errors.Join(faults...)
}

// AnswerPath is where a provider sends browsers back to: the redirect URI to be
// registered with it, below the site's address.
func AnswerPath(provider string) string { return "/sign-in/with/" + provider + "/answer" }

// All lists the providers.
func (b *Brokers) All() (list []Provider) {
	for _, c := range b.clients {
		list = append(list, c.Provider)
	}
	return list
}

func (b *Brokers) client(id string) *client {
	for _, c := range b.clients {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// client is a provider with what was learnt of it.
type client struct {
	Provider
	now      func() time.Time
	redirect string
	http     *http.Client

	mu       sync.Mutex
	found    *found
	foundAt  time.Time
	failedAt time.Time
}

// found is what a provider says of itself.
type found struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	auth     *oauth2.Config
	issuer   bool // it names itself in its answers (RFC 9207)
}

// What is learnt is kept for a day; a provider that is away is left alone for a
// moment.
const (
	foundFor  = 24 * time.Hour
	failedFor = 5 * time.Second
)

// algorithms are the signatures taken: asymmetric ones, whatever a provider
// says of itself.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// discover returns what the provider says of itself (OpenID Connect Discovery
// 1.0, section 4).
func (c *client) discover(ctx context.Context) (*found, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	switch {
	case c.found != nil && now.Sub(c.foundAt) < foundFor:
		return c.found, nil
	case !c.failedAt.IsZero() && now.Sub(c.failedAt) < failedFor:
		return nil, ErrUnreachable
	}
	f, err := c.ask(ctx)
	if err != nil {
		c.failedAt = now
		return nil, fmt.Errorf("%w: %s: %v", ErrUnreachable, c.ID, err)
	}
	c.found, c.foundAt, c.failedAt = f, now, time.Time{}
	return f, nil
}

func (c *client) ask(ctx context.Context) (*found, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), c.Issuer)
	if err != nil {
		return nil, err
	}
	var says struct {
		Issuer   bool   `json:"authorization_response_iss_parameter_supported"`
		UserInfo string `json:"userinfo_endpoint"`
		Keys     string `json:"jwks_uri"`
	}
	if err := provider.Claims(&says); err != nil {
		return nil, err
	}
	ends := provider.Endpoint()
	for _, address := range []string{ends.AuthURL, ends.TokenURL, says.Keys, says.UserInfo} {
		if u, err := url.Parse(address); address != "" && (err != nil || !c.safe(u)) {
			return nil, fmt.Errorf("it names %.100q, which is no https address", address)
		}
	}
	ends.AuthStyle = oauth2.AuthStyleInHeader
	lasting := oidc.ClientContext(context.WithoutCancel(ctx), c.http) // keys are fetched again when they change
	return &found{
		provider: provider, issuer: says.Issuer,
		verifier: provider.VerifierContext(lasting, &oidc.Config{ClientID: c.ClientID, SupportedSigningAlgs: algorithms, Now: c.now}),
		auth:     &oauth2.Config{ClientID: c.ClientID, ClientSecret: c.Secret, Endpoint: ends, RedirectURL: c.redirect, Scopes: c.Scopes},
	}, nil
}
