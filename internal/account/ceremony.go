package account

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"database/sql"
	"errors"
	"time"

	"barometer/internal/store"
)

// ErrCeremony says that what a browser wants to go on with is over, unknown, or
// another browser's.
var ErrCeremony = errors.New("ceremony is over, unknown or another browser's")

// CeremonyTime is how long a browser may take.
const CeremonyTime = 15 * time.Minute

// Ceremony is an act of two steps, with what the second needs to know of the
// first. Its data are sealed in the store and never leave the server.
type Ceremony struct {
	Kind    string
	Token   string // names it, from the first step to the second; a new one where empty
	Browser string // secret of the browser that began it
	Data    []byte
}

// BeginCeremony keeps a ceremony for [CeremonyTime], and returns its token. One
// of the same token is forgotten.
func (a *Accounts) BeginCeremony(ctx context.Context, c Ceremony) (token string, err error) {
	if c.Token == "" {
		c.Token = NewToken()
	}
	sealed := a.Seal(c.Data, "ceremony/"+c.Kind)
	const q = `INSERT INTO account_ceremony (token_hash, kind, browser_hash, data, expires_ms) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (token_hash) DO UPDATE SET kind = excluded.kind, browser_hash = excluded.browser_hash,
			data = excluded.data, expires_ms = excluded.expires_ms`
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(q, a.hash(c.Token), c.Kind, a.hash(c.Browser), sealed, store.Millis(a.opt.Now().Add(CeremonyTime)))
		return err
	})
	return c.Token, err
}

// Ceremony reads the data of a ceremony that is under way.
func (a *Accounts) Ceremony(ctx context.Context, kind, token, browser string) (data []byte, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error { data, err = a.ceremony(tx, kind, token, browser); return err })
	return data, err
}

// TakeCeremony ends a ceremony and returns its data: whatever comes of the
// second step, there is no third.
func (a *Accounts) TakeCeremony(ctx context.Context, kind, token, browser string) (data []byte, err error) {
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if data, err = a.ceremony(tx, kind, token, browser); err != nil {
			return err
		}
		return a.DropCeremony(tx, token)
	})
	return data, err
}

// DropCeremony ends a ceremony, in the transaction of what came of it.
func (a *Accounts) DropCeremony(tx *store.Tx, token string) error {
	n, err := tx.Exec(`DELETE FROM account_ceremony WHERE token_hash = ?`, a.hash(token))
	if err == nil && n == 0 {
		err = ErrCeremony
	}
	return err
}

func (a *Accounts) ceremony(tx *store.Tx, kind, token, browser string) ([]byte, error) {
	const q = `SELECT browser_hash, data, expires_ms FROM account_ceremony WHERE token_hash = ? AND kind = ?`
	var owner, sealed []byte
	var expires int64
	err := tx.QueryRow(q, a.hash(token), kind).Scan(&owner, &sealed, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, ErrCeremony
	case err != nil:
		return nil, err
	case browser == "" || !hmac.Equal(owner, a.hash(browser)) || store.Millis(a.opt.Now()) >= expires:
		return nil, ErrCeremony
	}
	return a.Open(sealed, "ceremony/"+kind)
}

// Seal encrypts what must not be read in a copy of the store. What is sealed
// about one thing opens about no other.
func (a *Accounts) Seal(plain []byte, about string) []byte {
	return a.sealer.Seal(nil, nil, plain, []byte(about))
}

// Open decrypts what [Accounts.Seal] made.
func (a *Accounts) Open(sealed []byte, about string) ([]byte, error) {
	return a.sealer.Open(nil, nil, sealed, []byte(about))
}

// Keyed is a hash of a secret that somebody who has a copy of the store cannot
// find the secret from.
func (a *Accounts) Keyed(secret string) []byte { return a.hash(secret) }

// newSealer is AES-256 in Galois/Counter mode (NIST SP 800-38D), its nonces
// random.
func newSealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
