package broker

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"barometer/internal/account"
	"barometer/internal/i18n"
)

// kindOut is a browser that has gone out to a provider.
const kindOut = "oidc"

// errand is what is remembered of it.
type errand struct {
	Provider string    `json:"provider"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // of the code (RFC 7636)
	Next     string    `json:"next"`
	Lang     i18n.Lang `json:"lang"`
}

// Start is a browser that wants to go out.
type Start struct {
	Browser string // its secret
	Lang    i18n.Lang
	Next    string // page to go to afterwards, kept as given
}

// Begin returns the address at the provider to send the browser to.
func (b *Brokers) Begin(ctx context.Context, provider string, s Start) (address string, err error) {
	c := b.client(provider)
	if c == nil {
		return "", ErrProvider
	}
	f, err := c.discover(ctx)
	if err != nil {
		return "", err
	}
	e := errand{Provider: c.ID, Nonce: account.NewToken(), Verifier: oauth2.GenerateVerifier(), Next: s.Next, Lang: s.Lang}
	data, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	state, err := b.Accounts.BeginCeremony(ctx, account.Ceremony{Kind: kindOut, Browser: s.Browser, Data: data})
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(e.Nonce), oauth2.S256ChallengeOption(e.Verifier)}
	for name, value := range c.Parameters {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	return f.auth.AuthCodeURL(state, options...), nil
}

// Answer is what a browser comes back with.
type Answer struct {
	State   string
	Code    string
	Error   string // of the provider, in place of a code
	Issuer  string // RFC 9207
	Browser string // secret of the browser
	Device  account.Device
	Before  string // token of the session the browser has, if any
}

// Outcome is what came of an answer.
type Outcome struct {
	Next    string
	Lang    i18n.Lang
	Session account.Session // begun, where the identity belongs to an account
	Waiting string          // token of an identity that belongs to none: see [Brokers.Waiting]
}

// Finish looks at what a browser brings back from the provider whose address it
// came to. Whatever it is, it is looked at once.
func (b *Brokers) Finish(ctx context.Context, provider string, a Answer) (Outcome, error) {
	c := b.client(provider)
	if c == nil {
		return Outcome{}, ErrProvider
	}
	e, err := b.errand(ctx, a)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Next: e.Next, Lang: e.Lang}
	i, err := c.identify(ctx, e, a)
	if err != nil {
		return o, err
	}
	return o, b.settle(ctx, c, i, a, &o)
}

// errand takes what is remembered of the browser's going out.
func (b *Brokers) errand(ctx context.Context, a Answer) (e errand, err error) {
	data, err := b.Accounts.TakeCeremony(ctx, kindOut, a.State, a.Browser)
	if errors.Is(err, account.ErrCeremony) {
		return errand{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if err != nil {
		return errand{}, err
	}
	return e, json.Unmarshal(data, &e)
}

// identify turns an answer into an identity.
func (c *client) identify(ctx context.Context, e errand, a Answer) (Identity, error) {
	if e.Provider != c.ID {
		return Identity{}, fmt.Errorf("%w: the browser went to %s and comes from %s", ErrAnswer, e.Provider, c.ID)
	}
	f, err := c.discover(ctx)
	switch {
	case err != nil:
		return Identity{}, err
	case a.Issuer != c.Issuer && (f.issuer || a.Issuer != ""):
		return Identity{}, fmt.Errorf("%w: it comes from another issuer", ErrAnswer)
	case a.Error != "":
		return Identity{}, ErrDeclined
	case a.Code == "":
		return Identity{}, fmt.Errorf("%w: no code", ErrAnswer)
	}
	token, err := c.exchange(ctx, f, a.Code, e.Verifier)
	if err != nil {
		return Identity{}, err
	}
	claims, err := c.verify(ctx, f, token, e.Nonce)
	if err != nil {
		return Identity{}, err
	}
	i, err := c.read(claims)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return i, nil
}

// exchange trades the code for tokens. What a provider says in refusing may hold
// the code; only its short name is told on.
func (c *client) exchange(ctx context.Context, f *found, code, verifier string) (*oauth2.Token, error) {
	token, err := f.auth.Exchange(oidc.ClientContext(ctx, c.http), code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused):
		return nil, fmt.Errorf("%w: %s refuses the code: %.40q", ErrAnswer, c.ID, refused.ErrorCode)
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %v", ErrUnreachable, c.ID, err)
	}
	return token, nil
}

// verify checks the ID token (OpenID Connect Core 1.0, section 3.1.3.7) and
// returns its claims, with those of the provider's user information.
func (c *client) verify(ctx context.Context, f *found, token *oauth2.Token, nonce string) (map[string]any, error) {
	raw, _ := token.Extra("id_token").(string)
	id, err := f.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: ID token of %s: %v", ErrAnswer, c.ID, err)
	}
	claims, err := decode(id.Claims)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: ID token of %s: %v", ErrAnswer, c.ID, err)
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1:
		return nil, fmt.Errorf("%w: ID token of %s has another nonce", ErrAnswer, c.ID)
	case len(id.Audience) > 1 && text(claims["azp"]) != c.ClientID, claims["azp"] != nil && text(claims["azp"]) != c.ClientID:
		return nil, fmt.Errorf("%w: ID token of %s was given to another client", ErrAnswer, c.ID)
	}
	if claims[c.Claims.ID] != nil || f.provider.UserInfoEndpoint() == "" {
		return claims, nil
	}
	return c.more(ctx, f, token, id.Subject, claims)
}

// more adds the provider's user information, which must be of the same person
// (section 5.3.2). What the signed token says stands.
func (c *client) more(ctx context.Context, f *found, token *oauth2.Token, subject string, claims map[string]any) (map[string]any, error) {
	info, err := f.provider.UserInfo(oidc.ClientContext(ctx, c.http), oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("%w: user information of %s: %v", ErrUnreachable, c.ID, err)
	}
	if info.Subject != subject {
		return nil, fmt.Errorf("%w: user information of %s is about somebody else", ErrAnswer, c.ID)
	}
	said, err := decode(info.Claims)
	if err != nil {
		return nil, fmt.Errorf("%w: user information of %s: %v", ErrAnswer, c.ID, err)
	}
	for name, value := range said {
		if _, signed := claims[name]; !signed {
			claims[name] = value
		}
	}
	return claims, nil
}

// decode reads claims with numbers as they were written.
func decode(into func(any) error) (claims map[string]any, err error) {
	var raw json.RawMessage
	if err := into(&raw); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return claims, d.Decode(&claims)
}
