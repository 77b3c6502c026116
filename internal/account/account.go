// Package account holds the persons who use the program under their own name:
// who they are, how they show it, which roles and workplaces they have.
//
// An address typed into a form becomes a mailed link, a confirmed link becomes
// a [Session], and a session becomes the policy.Subject that the table of
// rules is asked about. What a person may do with which object is the table's
// business; this package knows what may happen to an account itself: the
// states of a person ([Step]) and grants of roles, which two persons make.
//
// A person is an id. Name, address, credentials and workplaces stand in tables
// of their own and can be erased; the id stays, is never given again, and is
// all that the history of the program refers to. Every act is written into the
// audit log in its own transaction. Tokens are kept as keyed hashes, and what has
// to be read again is sealed. Nothing is
// cached, so several servers may share a store and a revoked session ends at
// once everywhere. Respondents have access codes and no account.
package account

import (
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/store"
)

// Options are what Accounts need besides their store.
type Options struct {
	Secret []byte                                   // at least 32 bytes; tokens are hashed under keys drawn from it
	Now    func() time.Time                         // the clock
	Mail   mail.Sender                              // takes letters in the transaction of the act that they tell of
	Link   func(l i18n.Lang, token string) string   // address of the page that a mailed link leads to
	Join   bool                                     // unknown addresses may open an account
	Held   func(tx *store.Tx, p ID) (string, error) // why a person cannot be erased now, empty if nothing is against it; may be nil
	Limits Limits                                   // zero fields mean [DefaultLimits]
}

// Accounts are the persons of one store. Safe for concurrent use.
type Accounts struct {
	db         *store.DB
	tokenKey   []byte
	networkKey []byte
	browserKey []byte
	sealer     cipher.AEAD
	opt        Options
}

// New returns the accounts in db. A secret other than the one its tokens were
// hashed with is refused.
func New(ctx context.Context, db *store.DB, o Options) (*Accounts, error) {
	if len(o.Secret) < 32 {
		return nil, fmt.Errorf("account: the secret has %d bytes, it needs 32", len(o.Secret))
	}
	if o.Now == nil || o.Mail == nil || o.Link == nil {
		return nil, errors.New("account: a clock, a sender of mail and an address for links are needed")
	}
	o.Limits = o.Limits.withDefaults()
	a := &Accounts{db: db, opt: o}
	var err error
	if a.tokenKey, err = hkdf.Key(sha256.New, o.Secret, nil, "barometer account tokens", 32); err != nil {
		return nil, err
	}
	if a.networkKey, err = hkdf.Key(sha256.New, o.Secret, nil, "barometer account networks", 32); err != nil {
		return nil, err
	}
	if a.browserKey, err = hkdf.Key(sha256.New, o.Secret, nil, "barometer account browsers", 32); err != nil {
		return nil, err
	}
	sealKey, err := hkdf.Key(sha256.New, o.Secret, nil, "barometer account sealing", 32)
	if err != nil {
		return nil, err
	}
	if a.sealer, err = newSealer(sealKey); err != nil {
		return nil, err
	}
	if err := db.CheckKey(ctx, "account", a.tokenKey); err != nil {
		return nil, fmt.Errorf("account: %w", err)
	}
	return a, nil
}

// hash is how a token is kept.
func (a *Accounts) hash(token string) []byte { return keyed(a.tokenKey, token) }

func keyed(key []byte, secret string) []byte {
	mac := hmac.New(sha256.New, key)
	io.WriteString(mac, secret) //nolint:errcheck // a hash does not fail
	return mac.Sum(nil)
}

// NewToken returns 256 random bits, written for addresses and cookies.
func NewToken() string { return random(32) }

func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) //nolint:errcheck // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// number gives the next number of a sequence: 1 for persons, 2 for grants, 3
// for memberships. Rows with a number may go; the number is not given again.
func number(tx *store.Tx, sequence int) (int64, error) {
	const q = `INSERT INTO account_sequence (id, last) VALUES (?, 1)
		ON CONFLICT (id) DO UPDATE SET last = account_sequence.last + 1 RETURNING last`
	var n int64
	err := tx.QueryRow(q, sequence).Scan(&n)
	return n, err
}

const (
	persons = 1 + iota
	grants
	memberships
)

// record adds an event to the audit log, in the transaction of the act.
func (a *Accounts) record(tx *store.Tx, by Actor, action string, on ID, detail map[string]string) error {
	return audit.Record(tx, a.opt.Now(), audit.Event{Actor: by.String(), Action: action, Object: on.object(), Detail: detail})
}
