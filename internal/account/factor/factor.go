// Package factor checks second factors: codes from an app, keys that a device
// holds, and codes on paper for the day when those are lost.
//
// Package account keeps the credentials, counts wrong guesses and begins
// sessions; this package knows what the data of a credential mean and when an
// answer is right. A proof that succeeds ends the session it was given in and
// begins a stronger one. Whoever changes what guards an account has shown
// lately all that guards it now, and is told of the change by mail. Providers
// of identities are the business of package broker.
package factor

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"barometer/internal/account"
	"barometer/internal/store"
)

var (
	// ErrCode says that a code is wrong, used or too old.
	ErrCode = errors.New("code is wrong, used or too old")
	// ErrKey says that an answer of a passkey proves nothing.
	ErrKey = errors.New("passkey did not prove anything")
	// ErrProve says that the person has to show the second factor first, or
	// again, or to sign in again where there is none.
	ErrProve = errors.New("show again who you are")
	// ErrLast says that a staff person would be left without a second factor.
	ErrLast = errors.New("the last second factor of a staff person stays")
	// ErrThere says that the person has a generator of codes already.
	ErrThere = errors.New("there is a generator of codes already")
	// ErrLabel says that a name for a key is empty, too long or holds signs that
	// do not show.
	ErrLabel = errors.New("no name for a key")
	// ErrNoKeys says that passkeys cannot be used at the site's address.
	ErrNoKeys = errors.New("passkeys need a host name")
)

// Fresh is how long a proof is good for changing what guards an account.
const Fresh = 15 * time.Minute

// Options are what Factors need.
type Options struct {
	Accounts *account.Accounts
	Store    *store.DB
	Now      func() time.Time
	Name     string // of the service, as apps and devices show it
	BaseURL  string // the one origin at which passkeys work
}

// Factors checks second factors. Safe for concurrent use.
type Factors struct {
	Options
	keys *webauthn.WebAuthn // nil: no host name, no passkeys
}

// New returns the check of second factors.
func New(o Options) (*Factors, error) {
	if o.Accounts == nil || o.Store == nil || o.Now == nil || o.Name == "" {
		return nil, errors.New("factor: accounts, store, clock and a name are all needed")
	}
	f := &Factors{Options: o}
	site, err := url.Parse(o.BaseURL)
	if err != nil || site.Host == "" {
		return nil, fmt.Errorf("factor: %q is no address of a site", o.BaseURL)
	}
	if _, err := netip.ParseAddr(site.Hostname()); err == nil {
		return f, nil // a bare address is nothing that a key can be bound to
	}
	f.keys, err = webauthn.New(&webauthn.Config{
		RPID: site.Hostname(), RPDisplayName: o.Name, RPOrigins: []string{site.Scheme + "://" + site.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	return f, err
}

// Keys reports whether passkeys can be used.
func (f *Factors) Keys() bool { return f.keys != nil }

// MayChange reports whether a session's person may change what guards the
// account: all that guards it now was shown, and lately. [ErrProve] otherwise.
func (f *Factors) MayChange(s account.Session) error {
	if s.Guarded && s.Weak() || f.Now().Sub(s.Proven) > Fresh {
		return ErrProve
	}
	return nil
}

// strengthen begins a session in which two factors were shown, in place of the
// one at hand.
func (f *Factors) strengthen(tx *store.Tx, s account.Session, method string) (account.Session, error) {
	return f.Accounts.BeginSession(tx, s.Person.ID, account.How{Method: method, Factors: 2}, s.Device, s.Token)
}

// ofKind lists a person's credentials of one kind.
func ofKind(tx *store.Tx, id account.ID, kind string) (list []account.Credential, err error) {
	all, err := account.CredentialsOf(tx, id)
	for _, c := range all {
		if c.Kind == kind {
			list = append(list, c)
		}
	}
	return list, err
}
