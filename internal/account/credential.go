package account

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"barometer/internal/store"
)

// ErrCredential says that a credential is unknown, or belongs to somebody
// already.
var ErrCredential = errors.New("credential is unknown or taken")

// The kinds of credential.
const (
	Passkey  = "passkey"  // a key pair that the person's device or security key holds
	TOTP     = "totp"     // a generator of codes
	Recovery = "recovery" // codes on paper, for when the others are lost
	Identity = "oidc"     // an identity at a provider
)

// SecondFactor reports whether a credential of the kind is a second factor.
// Codes on paper stand in for one and are none of their own.
func SecondFactor(kind string) bool { return kind == Passkey || kind == TOTP }

// guarded reports whether a person has a second factor.
func guarded(tx *store.Tx, id ID) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM account_credential WHERE person = ? AND kind IN (?, ?)`, int64(id), Passkey, TOTP).Scan(&n)
	return n > 0, err
}

// Credential is a further proof of who a person is. What its data mean and how
// they are checked is the business of the package that knows the kind; this one
// keeps, lists and erases them.
type Credential struct {
	ID     string
	Person ID
	Kind   string
	Handle []byte // what finds it at sign-in, unique within its kind
	Label  string // the person's own name for it
	Data   []byte // sealed where it is secret
	Added  time.Time
	Used   time.Time // zero: never
}

// AddCredential gives a person a credential.
func (a *Accounts) AddCredential(tx *store.Tx, by Actor, c Credential) (Credential, error) {
	c.ID, c.Added = random(12), a.opt.Now()
	const q = `INSERT INTO account_credential (id, person, kind, handle, label, data, added_ms, used_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`
	n, err := tx.Exec(q, c.ID, int64(c.Person), c.Kind, c.Handle, c.Label, c.Data, store.Millis(c.Added))
	if err != nil {
		return Credential{}, err
	}
	if n == 0 {
		return Credential{}, ErrCredential
	}
	return c, a.record(tx, by, "credential.add", c.Person, map[string]string{"kind": c.Kind, "credential": c.ID})
}

// UseCredential notes a use, with what the use changed in the data.
func (a *Accounts) UseCredential(tx *store.Tx, id string, data []byte) error {
	n, err := tx.Exec(`UPDATE account_credential SET used_ms = ?, data = ? WHERE id = ?`, store.Millis(a.opt.Now()), data, id)
	if err == nil && n == 0 {
		err = ErrCredential
	}
	return err
}

// RemoveCredential takes a credential from a person.
func (a *Accounts) RemoveCredential(tx *store.Tx, by Actor, person ID, id string) error {
	n, err := tx.Exec(`DELETE FROM account_credential WHERE id = ? AND person = ?`, id, int64(person))
	switch {
	case err != nil:
		return err
	case n == 0:
		return ErrCredential
	}
	return a.record(tx, by, "credential.remove", person, map[string]string{"credential": id})
}

// FindCredential finds a credential by its handle.
func FindCredential(tx *store.Tx, kind string, handle []byte) (Credential, error) {
	list, err := credentials(tx, `WHERE kind = ? AND handle = ?`, kind, handle)
	switch {
	case err != nil:
		return Credential{}, err
	case len(list) == 0:
		return Credential{}, ErrCredential
	}
	return list[0], nil
}

// CredentialsOf lists the credentials of a person, oldest first.
func CredentialsOf(tx *store.Tx, person ID) ([]Credential, error) {
	return credentials(tx, `WHERE person = ? ORDER BY added_ms, id`, int64(person))
}

// Credentials lists the credentials of a person, oldest first.
func (a *Accounts) Credentials(ctx context.Context, person ID) (list []Credential, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error { list, err = CredentialsOf(tx, person); return err })
	return list, err
}

func credentials(tx *store.Tx, where string, args ...any) (list []Credential, err error) {
	const q = `SELECT id, person, kind, handle, label, data, added_ms, used_ms FROM account_credential `
	err = tx.Each(func(rows *sql.Rows) error {
		var c Credential
		var added, used int64
		err := rows.Scan(&c.ID, &c.Person, &c.Kind, &c.Handle, &c.Label, &c.Data, &added, &used)
		c.Added, c.Used = store.FromMillis(added), store.FromMillis(used)
		list = append(list, c)
		return err
	}, q+where, args...)
	return list, err
}
