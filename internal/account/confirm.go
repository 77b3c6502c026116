package account

import (
	"context"
	"errors"

	"barometer/internal/store"
)

// Look reports whether a browser may confirm a link, and what that would do. It
// changes nothing, so that programs which open the links in mail use none up.
func (a *Accounts) Look(ctx context.Context, token, browser string) (p Purpose, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		l, err := a.readLink(tx, token)
		if err != nil {
			return err
		}
		p = l.purpose
		return a.usable(l, browser)
	})
	return p, err
}

// Confirmation is a link confirmed by a browser.
type Confirmation struct {
	Token   string
	Browser string // secret of the browser that asked
	Device  Device
	Before  string // token of the session that the browser had, if any
}

// Confirmed is what came of it.
type Confirmed struct {
	Purpose Purpose
	Session Session // begun, unless the purpose was another
	Next    string  // as given when the link was asked for
}

// Confirm uses a link up: once, in time, and by the browser that asked.
func (a *Accounts) Confirm(ctx context.Context, c Confirmation) (done Confirmed, err error) {
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		l, err := a.readLink(tx, c.Token)
		if err == nil {
			err = a.usable(l, c.Browser)
		}
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE account_link SET used_ms = ? WHERE token_hash = ? AND used_ms = 0`,
			store.Millis(a.opt.Now()), a.hash(c.Token))
		switch {
		case err != nil:
			return err
		case n == 0:
			return ErrLink
		}
		done = Confirmed{Purpose: l.purpose, Next: l.next}
		if l.purpose == ChangeAddress {
			return a.changeAddress(tx, l)
		}
		done.Session, err = a.signIn(tx, l, c)
		return err
	})
	return done, err
}

// signIn begins a session for the person of a link. Where the address was
// unknown it enters the person.
func (a *Accounts) signIn(tx *store.Tx, l link, c Confirmation) (Session, error) {
	how := ByLink
	if len(l.browser) == 0 {
		how = ByOperatorLink
	}
	p, err := a.linked(tx, l)
	if err != nil {
		return Session{}, err
	}
	if err := a.move(tx, ByPerson(p.ID), &p, Prove); err != nil {
		return Session{}, ErrLink
	}
	if how == ByLink {
		if err := a.prove(tx, p.ID); err != nil {
			return Session{}, err
		}
	}
	if err := dropLinks(tx, l.address); err != nil {
		return Session{}, err
	}
	return a.BeginSession(tx, p.ID, how, c.Device, c.Before)
}

// linked is the person of a link, whose address must still be the one the link
// went to.
func (a *Accounts) linked(tx *store.Tx, l link) (Person, error) {
	if l.person != 0 {
		p, err := byID(tx, l.person)
		if err == nil && p.Address != l.address {
			err = ErrLink
		}
		return p, err
	}
	if p, err := find(tx, l.address); !errors.Is(err, ErrNoPerson) {
		return p, err // entered since
	}
	id, err := a.enter(tx, Newcomer{Kind: Employee, Lang: l.lang, Address: l.address}, Pending)
	if err != nil {
		return Person{}, err
	}
	if err := a.record(tx, ByPerson(id), "person.join", id, nil); err != nil {
		return Person{}, err
	}
	return byID(tx, id)
}

func (a *Accounts) prove(tx *store.Tx, id ID) error {
	_, err := tx.Exec(`UPDATE account_email SET proven_ms = ? WHERE person = ?`, store.Millis(a.opt.Now()), int64(id))
	return err
}

// changeAddress gives a person the address that the link went to, and tells the
// old one.
func (a *Accounts) changeAddress(tx *store.Tx, l link) error {
	p, err := byID(tx, l.person)
	if err != nil || !p.State.SignsIn() {
		return errors.Join(err, ErrLink)
	}
	if _, err := find(tx, l.address); !errors.Is(err, ErrNoPerson) {
		return errors.Join(err, ErrLink) // somebody has taken it since
	}
	const q = `UPDATE account_email SET address = ?, proven_ms = ? WHERE person = ?`
	if _, err := tx.Exec(q, l.address, store.Millis(a.opt.Now()), int64(p.ID)); err != nil {
		return err
	}
	return errors.Join(dropLinks(tx, l.address),
		a.record(tx, ByPerson(p.ID), "person.address", p.ID, nil),
		a.write(tx, letterTo(p, "account-address-changed")))
}
