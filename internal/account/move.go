package account

import (
	"context"
	"errors"
	"fmt"

	"barometer/internal/i18n"
	"barometer/internal/store"
)

// move carries an account through an event and records it. What an event means
// for sessions and rows is done by the caller.
func (a *Accounts) move(tx *store.Tx, by Actor, p *Person, on Event) error {
	to, err := Step(p.State, on, by.Capacities(p.ID)...)
	if err != nil {
		return err
	}
	from, now := p.State, a.opt.Now()
	if to == from {
		return nil
	}
	n, err := tx.Exec(`UPDATE account_person SET state = ?, entered_ms = ? WHERE id = ? AND state = ?`,
		string(to), store.Millis(now), int64(p.ID), string(from))
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%s account %s: %w", on, p.ID, ErrTransition)
	}
	p.State, p.Entered = to, now
	return a.record(tx, by, "person."+string(on), p.ID, map[string]string{"from": string(from), "to": string(to)})
}

// moving moves a person and does what follows from it, in one transaction.
func (a *Accounts) moving(ctx context.Context, by Actor, id ID, on Event, then func(*store.Tx, Person) error) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		if err := a.move(tx, by, &p, on); err != nil {
			return err
		}
		return then(tx, p)
	})
}

// Suspend bars a person and ends all sessions. Roles that were held end too, so
// that a reinstated person gets them back only from two administrators.
func (a *Accounts) Suspend(ctx context.Context, by Actor, id ID) error {
	return a.moving(ctx, by, id, Suspend, func(tx *store.Tx, p Person) error {
		return errors.Join(a.endGrants(tx, by, id), endSessions(tx, id), dropLinks(tx, p.Address))
	})
}

// Reinstate lets a suspended person in again.
func (a *Accounts) Reinstate(ctx context.Context, by Actor, id ID) error {
	return a.moving(ctx, by, id, Reinstate, func(*store.Tx, Person) error { return nil })
}

// SetName gives the person's account a name, by the person. It makes a verified
// account active.
func (a *Accounts) SetName(ctx context.Context, id ID, typed string) error {
	name, err := CleanName(typed)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		before := p.Name
		if err := a.move(tx, ByPerson(id), &p, Name); err != nil {
			return err
		}
		if name == before {
			return nil
		}
		return errors.Join(setName(tx, id, name), a.record(tx, ByPerson(id), "person.rename", id, nil))
	})
}

// Close begins the closing of an account, by its person. All sessions but the
// one at work end, roles end, and [Accounts.Tend] erases the account when
// [ClosingTime] is over. With keepName the name stays with contributions.
func (a *Accounts) Close(ctx context.Context, s Session, keepName bool) error {
	by := ByPerson(s.Person.ID)
	return a.moving(ctx, by, s.Person.ID, Close, func(tx *store.Tx, p Person) error {
		keep := 0
		if keepName {
			keep = 1
		}
		_, err := tx.Exec(`UPDATE account_person SET keep_name = ? WHERE id = ?`, keep, int64(p.ID))
		letter := letterTo(p, "account-closing")
		letter.Data = ClosingLetter{Until: i18n.Date(Local(p.Entered.Add(ClosingTime)), p.Lang)}
		return errors.Join(err, a.endGrants(tx, by, p.ID), endOtherSessions(tx, p.ID, s.ID), a.write(tx, letter))
	})
}

// Reopen stops the closing of an account, by its person.
func (a *Accounts) Reopen(ctx context.Context, id ID) error {
	return a.moving(ctx, ByPerson(id), id, Reopen, func(*store.Tx, Person) error { return nil })
}
