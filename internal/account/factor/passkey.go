package factor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"barometer/internal/account"
	"barometer/internal/store"
)

// Kinds of ceremony.
const (
	kindMake = "passkey-make"
	kindShow = "passkey-show"
)

// longestLabel is how long a name for a key may be, in characters.
const longestLabel = 60

// holder is a person as the library of passkeys wants to know one.
type holder struct {
	handle      []byte // what a device keeps of the person: a keyed hash, which tells nobody who it is
	name, label string
	keys        []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.handle }
func (h holder) WebAuthnName() string                       { return h.name }
func (h holder) WebAuthnDisplayName() string                { return h.label }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (f *Factors) holder(tx *store.Tx, id account.ID) (h holder, err error) {
	p, err := account.PersonIn(tx, id)
	if err != nil {
		return holder{}, err
	}
	h = holder{handle: f.Accounts.Keyed("passkey/" + id.String()), name: p.Address, label: p.Label().DA}
	list, err := ofKind(tx, id, account.Passkey)
	for _, c := range list {
		var key webauthn.Credential
		err = errors.Join(err, json.Unmarshal(c.Data, &key))
		h.keys = append(h.keys, key)
	}
	return h, err
}

// Asked is what a browser's device is asked to do.
type Asked struct {
	Token   string // of the ceremony, to be sent back with the answer
	Options string // JSON, as browsers take it
}

// BeginKey asks a device for a new key (Web Authentication Level 3, section
// 7.1). The device has to know who uses it, and may hold one key of the person.
func (f *Factors) BeginKey(ctx context.Context, s account.Session) (Asked, error) {
	if f.keys == nil {
		return Asked{}, ErrNoKeys
	}
	if err := f.MayChange(s); err != nil {
		return Asked{}, err
	}
	var h holder
	err := f.Store.Read(ctx, func(tx *store.Tx) (err error) { h, err = f.holder(tx, s.Person.ID); return err })
	if err != nil {
		return Asked{}, err
	}
	options, data, err := f.keys.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return Asked{}, fmt.Errorf("passkey: %w", err)
	}
	return f.ask(ctx, kindMake, s.Token, options.Response, data)
}

// ask keeps what the second step needs to know.
func (f *Factors) ask(ctx context.Context, kind, browser string, options any, data *webauthn.SessionData) (Asked, error) {
	shown, err := json.Marshal(options)
	if err != nil {
		return Asked{}, err
	}
	kept, err := json.Marshal(data)
	if err != nil {
		return Asked{}, err
	}
	token, err := f.Accounts.BeginCeremony(ctx, account.Ceremony{Kind: kind, Browser: browser, Data: kept})
	return Asked{Token: token, Options: string(shown)}, err
}

func (f *Factors) asked(ctx context.Context, kind, token, browser string) (data webauthn.SessionData, err error) {
	kept, err := f.Accounts.TakeCeremony(ctx, kind, token, browser)
	if err != nil {
		return data, err
	}
	return data, json.Unmarshal(kept, &data)
}

// MakeKey takes a new key into use, under a name of the person's own. It returns
// the stronger session, and the codes for paper if there were none.
func (f *Factors) MakeKey(ctx context.Context, s account.Session, token, answer, label string) (strong account.Session, paper []string, err error) {
	label, err = cleanLabel(label)
	if err != nil {
		return account.Session{}, nil, err
	}
	if err := f.MayChange(s); err != nil {
		return account.Session{}, nil, err
	}
	data, err := f.asked(ctx, kindMake, token, s.Token)
	if err != nil {
		return account.Session{}, nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return account.Session{}, nil, refused(err)
	}
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		h, err := f.holder(tx, s.Person.ID)
		if err != nil {
			return err
		}
		key, err := f.keys.CreateCredential(h, data, parsed)
		if err != nil {
			return refused(err)
		}
		if err := f.keepKey(tx, s.Person.ID, label, key); err != nil {
			return err
		}
		strong, paper, err = f.guard(tx, s, account.Passkey)
		return err
	})
	return strong, paper, err
}

func (f *Factors) keepKey(tx *store.Tx, id account.ID, label string, key *webauthn.Credential) error {
	kept, err := json.Marshal(key)
	if err != nil {
		return err
	}
	_, err = f.Accounts.AddCredential(tx, account.ByPerson(id), account.Credential{
		Person: id, Kind: account.Passkey, Handle: key.ID, Label: label, Data: kept,
	})
	if errors.Is(err, account.ErrCredential) {
		err = ErrKey // the device's key is somebody's already
	}
	return err
}

// BeginShow asks whatever device is at hand for a key of this site (section
// 7.2). Nobody says who they are first, so nobody learns who has one.
func (f *Factors) BeginShow(ctx context.Context, browser string) (Asked, error) {
	if f.keys == nil {
		return Asked{}, ErrNoKeys
	}
	options, data, err := f.keys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Asked{}, fmt.Errorf("passkey: %w", err)
	}
	return f.ask(ctx, kindShow, browser, options.Response, data)
}

// Shown is a device's answer, brought by a browser.
type Shown struct {
	Token   string // of the ceremony
	Answer  string // JSON
	Browser string
	Device  account.Device
	Before  account.Session // that the browser has, if any: its person has to be the key's
}

// Show begins a session for whoever a key belongs to. The key is held and the
// device has seen who uses it, which makes two factors.
func (f *Factors) Show(ctx context.Context, w Shown) (s account.Session, err error) {
	data, err := f.asked(ctx, kindShow, w.Token, w.Browser)
	if err != nil {
		return account.Session{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(w.Answer))
	if err != nil {
		return account.Session{}, refused(err)
	}
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		c, err := f.check(tx, data, parsed)
		switch {
		case err != nil:
			return err
		case w.Before.Weak() && w.Before.Person.ID != c.Person:
			return ErrKey
		}
		if err := f.Accounts.UseCredential(tx, c.ID, c.Data); err != nil {
			return err
		}
		if err := f.Accounts.Hit(tx, c.Person); err != nil {
			return err
		}
		s, err = f.Accounts.BeginSession(tx, c.Person, account.How{Method: account.Passkey, Factors: 2}, w.Device, w.Before.Token)
		if errors.Is(err, account.ErrTransition) { // barred
			return ErrKey
		}
		return err
	})
	return s, err
}

// check finds the credential that an answer is of, with its data as the answer
// leaves them. A counter that goes back means that somebody has a copy of the
// key (section 6.1.1).
func (f *Factors) check(tx *store.Tx, data webauthn.SessionData, answer *protocol.ParsedCredentialAssertionData) (account.Credential, error) {
	c, err := account.FindCredential(tx, account.Passkey, answer.RawID)
	if errors.Is(err, account.ErrCredential) {
		return account.Credential{}, ErrKey
	}
	if err != nil {
		return account.Credential{}, err
	}
	h, err := f.holder(tx, c.Person)
	if err != nil {
		return account.Credential{}, err
	}
	key, err := f.keys.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		if !bytes.Equal(handle, h.handle) {
			return nil, ErrKey
		}
		return h, nil
	}, data, answer)
	switch {
	case err != nil:
		return account.Credential{}, refused(err)
	case key.Authenticator.CloneWarning:
		return account.Credential{}, fmt.Errorf("%w: its counter went back", ErrKey)
	}
	c.Data, err = json.Marshal(key)
	return c, err
}

// refused is an answer that the library does not take.
func refused(err error) error { return fmt.Errorf("%w: %v", ErrKey, err) }

func cleanLabel(typed string) (string, error) {
	label := strings.Join(strings.Fields(typed), " ")
	if label == "" || utf8.RuneCountInString(label) > longestLabel || !utf8.ValidString(label) ||
		strings.ContainsFunc(label, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", ErrLabel
	}
	return label, nil
}
