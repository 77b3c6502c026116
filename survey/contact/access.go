// Package contact holds who is asked and how a workplace gets in: addresses,
// access codes, sessions.
//
// Selected units of a sample.Sample come in; an [Invitation] per unit goes
// out, with a code that is shown once and never stored. A code typed in
// becomes a [Session], which names the unit by its random key. Addresses stay
// in this package's tables and answers never enter them; [Access.Forget]
// destroys what could join the two. Letters are worded, sent and logged by the
// packages below this one.
package contact

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"barometer/internal/seal"
	"barometer/internal/store"
	"barometer/survey/sample"
)

// ErrUnknown says that no valid invitation has the code. A revoked code and
// one that never was get this same answer in the same time.
var ErrUnknown = errors.New("access code unknown")

// Options are what an Access needs besides its store.
type Options struct {
	Secret      []byte           // at least 32 bytes; codes, sessions and digests are made under keys drawn from it
	Keys        seal.Ring        // seals names and addresses; where none is given, under a key drawn from Secret
	Codes       io.Reader        // source of access codes: crypto/rand.Reader, or a seeded one for a demonstration
	Now         func() time.Time // the clock
	SessionLife time.Duration    // 0 means 45 minutes
}

// Access issues and redeems the codes of all waves in a store.
type Access struct {
	db          *store.DB
	codeKey     []byte
	sessionKey  []byte
	digestKey   []byte
	ring        seal.Ring
	codes       io.Reader
	now         func() time.Time
	sessionLife time.Duration
}

// Invitation is one unit's way in. It is the only place where a code stands in
// clear, and lives no longer than the printing.
type Invitation struct {
	Wave string
	Person
	Code Code
}

// New returns the access to db. A secret other than the one its codes were
// hashed with is refused.
func New(ctx context.Context, db *store.DB, o Options) (*Access, error) {
	if len(o.Secret) < 32 {
		return nil, fmt.Errorf("contact: the secret has %d bytes, it needs 32", len(o.Secret))
	}
	if o.Codes == nil || o.Now == nil {
		return nil, errors.New("contact: a source of codes and a clock are needed")
	}
	if o.SessionLife == 0 {
		o.SessionLife = 45 * time.Minute
	}
	a := &Access{db: db, ring: o.Keys, codes: o.Codes, now: o.Now, sessionLife: o.SessionLife}
	if err := a.deriveKeys(o.Secret); err != nil {
		return nil, err
	}
	if err := errors.Join(db.CheckKey(ctx, "contact", a.codeKey), a.ring.Check(ctx, db)); err != nil {
		return nil, fmt.Errorf("contact: %w", err)
	}
	return a, a.sealClear(ctx)
}

// KeyName is what a ring for [Options] is called.
const KeyName = "contact"

func (a *Access) deriveKeys(secret []byte) (err error) {
	var sealing []byte
	for purpose, key := range map[string]*[]byte{
		"access codes": &a.codeKey, "sessions": &a.sessionKey, "contact digests": &a.digestKey, "contact sealing": &sealing,
	} {
		if *key, err = hkdf.Key(sha256.New, secret, nil, "barometer "+purpose, 32); err != nil {
			return err
		}
	}
	if len(a.ring.IDs()) == 0 {
		a.ring, err = seal.New(KeyName, "0", map[string][]byte{"0": sealing})
	}
	return err
}

func keyed(key []byte, secret string) []byte {
	mac := hmac.New(sha256.New, key)
	io.WriteString(mac, secret) //nolint:errcheck // a hash does not fail
	return mac.Sum(nil)
}

// Issue invites the units that have no valid code yet and returns their
// invitations in the order given, with the codes, once. Run again, it returns
// nothing for units already invited; see [Access.Replace] for lost codes.
func (a *Access) Issue(ctx context.Context, wave string, units []sample.Selected) ([]Invitation, error) {
	return a.IssueTo(ctx, wave, units, func([]Invitation) error { return nil })
}

// IssueTo is [Access.Issue] for codes that must be somewhere before they are
// valid: keep is given the invitations within the transaction, and its error
// takes them all back. It may be called again, with other codes, and is not
// called where there is nobody to invite.
func (a *Access) IssueTo(ctx context.Context, wave string, units []sample.Selected, keep func([]Invitation) error) ([]Invitation, error) {
	var issued []Invitation
	err := a.db.Write(ctx, func(tx *store.Tx) (err error) {
		if issued, err = a.issue(tx, wave, units); err != nil || len(issued) == 0 {
			return err
		}
		return keep(issued)
	})
	if err != nil {
		return nil, fmt.Errorf("issue codes of wave %s: %w", wave, err)
	}
	return issued, nil
}

func (a *Access) issue(tx *store.Tx, wave string, units []sample.Selected) (issued []Invitation, err error) {
	invited, err := validUnits(tx, wave)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		if invited[u.Key] {
			continue
		}
		inv := Invitation{Wave: wave, Person: PersonOf(u)}
		if err := a.invite(tx, &inv); err != nil {
			return nil, err
		}
		invited[u.Key] = true
		issued = append(issued, inv)
	}
	return issued, nil
}

func validUnits(tx *store.Tx, wave string) (map[string]bool, error) {
	units := make(map[string]bool)
	err := tx.Each(func(rows *sql.Rows) error {
		var unit string
		err := rows.Scan(&unit)
		units[unit] = true
		return err
	}, `SELECT unit FROM contact_invitation WHERE wave = ? AND revoked_ms = 0`, wave)
	return units, err
}

// invite draws a code for inv and stores its hash and how to reach the unit.
func (a *Access) invite(tx *store.Tx, inv *Invitation) (err error) {
	if inv.Unit == "" {
		return fmt.Errorf("%q has no unit key", inv.Name)
	}
	if err := a.keepPerson(tx, inv.Wave, inv.Person); err != nil {
		return err
	}
	if inv.Code, err = newCode(a.codes); err != nil {
		return err
	}
	const code = `INSERT INTO contact_invitation (code_hash, wave, unit, issued_ms, opened_ms, revoked_ms) VALUES (?, ?, ?, ?, 0, 0)`
	_, err = tx.Exec(code, keyed(a.codeKey, string(inv.Code)), inv.Wave, inv.Unit, store.Millis(a.now()))
	return err
}

// Revoke makes the unit's code and its open sessions invalid.
func (a *Access) Revoke(ctx context.Context, wave, unit string) error {
	return a.db.Write(ctx, func(tx *store.Tx) error { return a.RevokeIn(tx, wave, unit) })
}

// RevokeIn is [Access.Revoke] in the transaction of whoever notes who did it.
// Links to colleagues end with the code, and so do the colleagues' own codes.
func (a *Access) RevokeIn(tx *store.Tx, wave, unit string) error {
	if _, err := tx.Exec(`DELETE FROM contact_handover WHERE wave = ? AND unit = ?`, wave, unit); err != nil {
		return err
	}
	return a.revoke(tx, wave, unit)
}

// revoke ends the unit's code and its sessions.
func (a *Access) revoke(tx *store.Tx, wave, unit string) error {
	const q = `UPDATE contact_invitation SET revoked_ms = ? WHERE wave = ? AND unit = ? AND revoked_ms = 0`
	n, err := tx.Exec(q, store.Millis(a.now()), wave, unit)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("unit %s of wave %s has no valid code: %w", unit, wave, ErrUnknown)
	}
	_, err = tx.Exec(`DELETE FROM contact_session WHERE wave = ? AND unit = ?`, wave, unit)
	return err
}

// Replace revokes the unit's code and issues another to the same address. A
// unit whose code was revoked before gets one, too.
func (a *Access) Replace(ctx context.Context, wave, unit string) (inv Invitation, err error) {
	err = a.db.Write(ctx, func(tx *store.Tx) (err error) {
		inv, err = a.ReplaceIn(tx, wave, unit)
		return err
	})
	if err != nil {
		return Invitation{}, fmt.Errorf("replace code: %w", err)
	}
	return inv, nil
}

// ReplaceIn is [Access.Replace] in the transaction of whoever notes who did it.
// The code must not leave a transaction that fails.
func (a *Access) ReplaceIn(tx *store.Tx, wave, unit string) (inv Invitation, err error) {
	inv = Invitation{Wave: wave}
	if inv.Person, err = a.person(tx, wave, unit); err != nil {
		return Invitation{}, err
	}
	if err := a.RevokeIn(tx, wave, unit); err != nil && !errors.Is(err, ErrUnknown) {
		return Invitation{}, err
	}
	if err := a.invite(tx, &inv); err != nil {
		return Invitation{}, err
	}
	return inv, nil
}

// Status is how far the contact with one unit has come.
type Status struct {
	Unit    string
	Invited time.Time // first code issued
	Opened  time.Time // first use of a code; zero = never
	Valid   int       // codes that open the response
	Ended   int       // codes that were revoked or replaced
}

// Statuses lists the invited units of a wave by unit key.
func (a *Access) Statuses(ctx context.Context, wave string) ([]Status, error) {
	var all []Status
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var s Status
			var invited, opened int64
			err := rows.Scan(&s.Unit, &invited, &opened, &s.Valid, &s.Ended)
			s.Invited, s.Opened = store.FromMillis(invited), store.FromMillis(opened)
			all = append(all, s)
			return err
		}, `SELECT unit, MIN(issued_ms), MAX(opened_ms),
			SUM(CASE WHEN revoked_ms = 0 THEN 1 ELSE 0 END), SUM(CASE WHEN revoked_ms = 0 THEN 0 ELSE 1 END)
			FROM contact_invitation WHERE wave = ? GROUP BY unit ORDER BY unit`, wave)
	})
	if err != nil {
		return nil, fmt.Errorf("contact statuses of wave %s: %w", wave, err)
	}
	return all, nil
}

// Forget destroys the link between the wave's answers and its workplaces:
// addresses, codes, sessions and wishes. It cannot be undone.
func (a *Access) Forget(ctx context.Context, wave string) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		for _, q := range []string{
			`DELETE FROM contact_person WHERE wave = ?`,
			`DELETE FROM contact_invitation WHERE wave = ?`,
			`DELETE FROM contact_session WHERE wave = ?`,
			`DELETE FROM contact_wish WHERE wave = ?`,
			`DELETE FROM contact_handover WHERE wave = ?`,
		} {
			if _, err := tx.Exec(q, wave); err != nil {
				return fmt.Errorf("forget contacts of wave %s: %w", wave, err)
			}
		}
		return nil
	})
}
