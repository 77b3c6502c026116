package account_test

import (
	"errors"
	"testing"

	"barometer/internal/account"
	"barometer/internal/policy"
)

func admins(o *office) (one, two account.Actor) {
	for _, a := range []string{"one@example.dk", "two@example.dk"} {
		p := o.person(a, "Admin "+map[string]string{"one@example.dk": "One", "two@example.dk": "Two"}[a], policy.Admin)
		one, two = two, account.ByPerson(p.ID, p.Roles...)
	}
	return one, two
}

func TestGrantTakesTwoAdministrators(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		one, two := admins(o)
		p := o.person(anna, "Anna Holm")
		before := o.signIn(anna)
		g, err := o.Grant(t.Context(), one, p.ID, policy.Editor)
		must(t, err)
		if roles := o.read(p.ID).Roles; len(roles) != 0 {
			t.Fatalf("held unconfirmed: %v", roles)
		}
		if _, err := o.ConfirmGrant(t.Context(), one, g.ID); !errors.Is(err, account.ErrSecondPerson) {
			t.Errorf("confirmed by whoever asked: %v", err)
		}
		if _, err := o.ConfirmGrant(t.Context(), account.ByPerson(p.ID, policy.Admin), g.ID); !errors.Is(err, account.ErrOwnGrant) {
			t.Errorf("confirmed by the person of the grant: %v", err)
		}
		if _, err := o.ConfirmGrant(t.Context(), account.ByPerson(99, policy.Editor), g.ID); !errors.Is(err, account.ErrNotYours) {
			t.Errorf("confirmed by an editor: %v", err)
		}
		_, err = o.ConfirmGrant(t.Context(), two, g.ID)
		must(t, err)
		if roles := o.read(p.ID).Roles; len(roles) != 1 || roles[0] != policy.Editor {
			t.Errorf("holds %v", roles)
		}
		if _, err := o.ConfirmGrant(t.Context(), two, g.ID); !errors.Is(err, account.ErrNoGrant) {
			t.Errorf("confirmed twice: %v", err)
		}
		if _, err := o.Session(t.Context(), before.Token); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("a session begun without the role goes on with it: %v", err)
		}
		if after := o.signIn(anna); after.ID == before.ID || after.Token == before.Token {
			t.Error("the session after a role change has the id of the one before")
		}
	})
}

func TestNobodyGrantsToThemself(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		one, _ := admins(o)
		if _, err := o.Grant(t.Context(), one, one.Person, policy.Approver); !errors.Is(err, account.ErrOwnGrant) {
			t.Errorf("%v", err)
		}
		if n := len(o.read(one.Person).Roles); n != 1 {
			t.Errorf("holds %d roles", n)
		}
	})
}

func TestGrantsThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		one, two := admins(o)
		p := o.person(anna, "Anna Holm", policy.Editor)
		for _, c := range []struct {
			name string
			by   account.Actor
			to   account.ID
			role policy.Role
			want error
		}{
			{"by an editor", account.ByPerson(50, policy.Editor), p.ID, policy.Approver, account.ErrNotYours},
			{"by nobody", account.Actor{}, p.ID, policy.Approver, account.ErrNotYours},
			{"to nobody", one, 999, policy.Approver, account.ErrNoPerson},
			{"held already", one, p.ID, policy.Editor, account.ErrGranted},
		} {
			if _, err := o.Grant(t.Context(), c.by, c.to, c.role); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		for _, role := range []policy.Role{"", "root", policy.Visitor, policy.Member, policy.Operator} {
			if _, err := o.Grant(t.Context(), one, p.ID, role); err == nil {
				t.Errorf("role %q can be granted", role)
			}
		}
		g, err := o.Grant(t.Context(), one, p.ID, policy.Approver)
		must(t, err)
		if _, err := o.EndGrant(t.Context(), two, g.ID); err != nil { // withdrawn
			t.Error(err)
		}
		if _, err := o.ConfirmGrant(t.Context(), two, g.ID); !errors.Is(err, account.ErrNoGrant) {
			t.Errorf("a withdrawn request is confirmed: %v", err)
		}
	})
}

func TestLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		one, two := admins(o)
		end := func(by account.Actor, of account.ID) error {
			grants, err := o.Grants(t.Context(), of)
			must(t, err)
			_, err = o.EndGrant(t.Context(), by, grants[0].ID)
			return err
		}
		must(t, end(two, one.Person))
		if err := end(two, two.Person); !errors.Is(err, account.ErrLastAdmin) {
			t.Errorf("laid down: %v", err)
		}
		s := o.signIn("two@example.dk")
		if err := o.Close(t.Context(), s, false); !errors.Is(err, account.ErrLastAdmin) {
			t.Errorf("closed: %v", err)
		}
		if p := o.read(two.Person); p.State != account.Active || len(p.Roles) != 1 {
			t.Errorf("half closed: %+v", p)
		}
		must(t, end(account.ByOperator(), two.Person))
	})
}
