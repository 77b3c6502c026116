package broker

import (
	"context"
	"encoding/json"
	"errors"

	"barometer/internal/account"
	"barometer/internal/store"
)

// kindWaiting is an identity that belongs to no account yet.
const kindWaiting = "identity"

// vouched is how a membership says who has told of it.
func vouched(provider string) string { return "oidc:" + provider }

// settle begins a session for the person of an identity, or lets the identity
// wait.
func (b *Brokers) settle(ctx context.Context, c *client, i Identity, a Answer, o *Outcome) error {
	err := b.Store.Write(ctx, func(tx *store.Tx) error {
		known, err := account.FindCredential(tx, account.Identity, i.handle())
		if err != nil {
			return err
		}
		if err := b.Accounts.UseCredential(tx, known.ID, known.Data); err != nil {
			return err
		}
		if err := b.employ(tx, known.Person, i); err != nil {
			return err
		}
		how := account.How{Method: account.Identity, Factors: 1}
		if i.Strong {
			how.Factors = 2
		}
		o.Session, err = b.Accounts.BeginSession(tx, known.Person, how, a.Device, a.Before)
		return err
	})
	switch {
	case errors.Is(err, account.ErrTransition): // barred, and not told so
		return ErrDeclined
	case !errors.Is(err, account.ErrCredential):
		return err
	}
	data, err := json.Marshal(i)
	if err != nil {
		return err
	}
	o.Waiting, err = b.Accounts.BeginCeremony(ctx, account.Ceremony{Kind: kindWaiting, Browser: a.Browser, Data: data})
	return err
}

// Waiting is an identity that a browser has proved and that belongs to no
// account: [account.ErrCeremony] where there is none.
func (b *Brokers) Waiting(ctx context.Context, token, browser string) (i Identity, err error) {
	data, err := b.Accounts.Ceremony(ctx, kindWaiting, token, browser)
	if err != nil {
		return Identity{}, err
	}
	return i, json.Unmarshal(data, &i)
}

// Link gives a waiting identity to the person of a session. Both were proved in
// the same browser: the identity at the provider, the account by whatever
// guards it, lately.
func (b *Brokers) Link(ctx context.Context, s account.Session, token, browser string) error {
	i, err := b.Waiting(ctx, token, browser)
	if err != nil {
		return err
	}
	label := i.Provider
	if c := b.client(i.Provider); c != nil {
		label = c.Name.DA
	}
	if i.CVR != "" {
		label += ", CVR " + i.CVR
	}
	id := s.Person.ID
	return b.Store.Write(ctx, func(tx *store.Tx) error {
		if err := b.Accounts.DropCeremony(tx, token); err != nil {
			return err
		}
		_, err := b.Accounts.AddCredential(tx, account.ByPerson(id), account.Credential{
			Person: id, Kind: account.Identity, Handle: i.handle(), Label: label, Data: []byte(i.Provider),
		})
		if errors.Is(err, account.ErrCredential) {
			return ErrTaken
		}
		if err != nil {
			return err
		}
		return errors.Join(b.employ(tx, id, i), b.Accounts.Tell(tx, id, account.IdentityLinked))
	})
}

// employ puts a person at the workplace that a provider tells of, and ends what
// the same provider told of before.
func (b *Brokers) employ(tx *store.Tx, id account.ID, i Identity) error {
	by := account.ByPerson(id)
	list, err := account.MembershipsOf(tx, id)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Until.IsZero() && m.VerifiedBy == vouched(i.Provider) && (m.PNumber != i.PNumber || m.CVR != i.CVR) {
			if err := b.Accounts.EndMembership(tx, by, id, m.ID); err != nil {
				return err
			}
		}
	}
	if i.PNumber == "" || i.CVR == "" {
		return nil
	}
	role := "employee"
	for _, m := range list {
		if m.Until.IsZero() && m.PNumber == i.PNumber && m.CVR == i.CVR {
			role = m.Role // a provider does not tell who leads
		}
	}
	_, err = b.Accounts.AddMembership(tx, by, account.Membership{
		Person: id, PNumber: i.PNumber, CVR: i.CVR, Role: role, VerifiedBy: vouched(i.Provider),
	})
	return err
}
