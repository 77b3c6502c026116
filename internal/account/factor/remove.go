package factor

import (
	"context"
	"errors"

	"barometer/internal/account"
	"barometer/internal/store"
)

// Remove takes a second factor or an identity from the person of a session.
// With the last second factor go the codes on paper; staff keep the last.
func (f *Factors) Remove(ctx context.Context, s account.Session, credential string) error {
	if err := f.MayChange(s); err != nil {
		return err
	}
	id, by := s.Person.ID, account.ByPerson(s.Person.ID)
	return f.Store.Write(ctx, func(tx *store.Tx) error {
		if err := f.Accounts.RemoveCredential(tx, by, id, credential); err != nil {
			return err
		}
		left, err := factorsLeft(tx, id)
		if err != nil {
			return err
		}
		if left == 0 {
			p, err := account.PersonIn(tx, id)
			switch {
			case err != nil:
				return err
			case p.Staff() && s.Guarded:
				return ErrLast
			}
			if err := f.removeKind(tx, id, account.Recovery); err != nil {
				return err
			}
		}
		return f.Accounts.Tell(tx, id, account.FactorRemoved)
	})
}

// Reset takes all second factors from a person, by an operator who knows the
// person by other means: the way back for somebody who has lost them all. The
// person is signed out everywhere and told.
func (f *Factors) Reset(ctx context.Context, id account.ID) error {
	err := f.Store.Write(ctx, func(tx *store.Tx) error {
		if _, err := account.PersonIn(tx, id); err != nil {
			return err
		}
		for _, kind := range []string{account.Passkey, account.TOTP, account.Recovery} {
			if err := f.removeKindBy(tx, account.ByOperator(), id, kind); err != nil {
				return err
			}
		}
		return errors.Join(f.Accounts.Hit(tx, id), f.Accounts.Tell(tx, id, account.FactorReset))
	})
	return errors.Join(err, f.Accounts.RevokeOthers(ctx, account.ByOperator(), id, ""))
}

func factorsLeft(tx *store.Tx, id account.ID) (n int, err error) {
	list, err := account.CredentialsOf(tx, id)
	for _, c := range list {
		if account.SecondFactor(c.Kind) {
			n++
		}
	}
	return n, err
}

func (f *Factors) removeKind(tx *store.Tx, id account.ID, kind string) error {
	return f.removeKindBy(tx, account.ByPerson(id), id, kind)
}

func (f *Factors) removeKindBy(tx *store.Tx, by account.Actor, id account.ID, kind string) error {
	list, err := ofKind(tx, id, kind)
	for _, c := range list {
		err = errors.Join(err, f.Accounts.RemoveCredential(tx, by, id, c.ID))
	}
	return err
}
