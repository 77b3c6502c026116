package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"barometer/internal/account"
	"barometer/internal/account/pages"
	"barometer/internal/i18n"
	"barometer/internal/policy"
)

// withAccounts opens the home and its accounts for one command. Whoever runs it
// acts as the operator, and the audit log says so.
func (a *app) withAccounts(ctx context.Context, dir string, do func(*home, *account.Accounts) error) error {
	h, err := openHome(dir)
	if err != nil {
		return err
	}
	c, err := openCollection(ctx, h, a.now)
	if err != nil {
		return err
	}
	return errors.Join(do(h, c.accounts), c.close())
}

// userCommand is a command about one person, named by the number that user list
// shows.
func userCommand(more int, what string, do func(*app, context.Context, *home, *account.Accounts, account.Person, []string) error) func(*app, *flag.FlagSet) action {
	return func(a *app, flags *flag.FlagSet) action {
		dir := homeFlag(flags)
		return func(ctx context.Context, args []string) error {
			if err := exactly(1+more, what, args); err != nil {
				return err
			}
			id, ok := account.ParseID(args[0])
			if !ok {
				return usagef("%q is no person: give the number that barometer user list shows", args[0])
			}
			return a.withAccounts(ctx, *dir, func(h *home, accounts *account.Accounts) error {
				p, err := accounts.Person(ctx, id)
				if err != nil {
					return fmt.Errorf("person %s: %w", id, err)
				}
				return do(a, ctx, h, accounts, p, args[1:])
			})
		}
	}
}

func userAddCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	name := flags.String("name", "", "name; without one the person gives it")
	role := flags.String("role", "", "role to give at once: "+roleNames())
	kind := flags.String("kind", string(account.Employee), "employee, citizen or partner")
	lang := flags.String("lang", string(i18n.Danish), "language of the person's mail: da or en")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the person's e-mail address", args); err != nil {
			return err
		}
		if *role != "" && !slices.Contains(policy.Grantable(), policy.Role(*role)) {
			return usagef("%q is no role: use one of %s", *role, roleNames())
		}
		n := account.Newcomer{Kind: account.Kind(*kind), Lang: i18n.Lang(*lang), Name: *name, Address: args[0]}
		return a.withAccounts(ctx, *dir, func(h *home, accounts *account.Accounts) error {
			id, err := accounts.Add(ctx, account.ByOperator(), n)
			if err != nil {
				return fmt.Errorf("add person: %w", err)
			}
			if *role != "" {
				if _, err := accounts.Grant(ctx, account.ByOperator(), id, policy.Role(*role)); err != nil {
					return err
				}
			}
			p, err := accounts.Person(ctx, id)
			if err != nil {
				return err
			}
			return a.printLink(ctx, h, accounts, p)
		})
	}
}

func roleNames() string {
	var names []string
	for _, r := range policy.Grantable() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// printLink prints a link that signs a person in, once.
func (a *app) printLink(ctx context.Context, h *home, accounts *account.Accounts, p account.Person) error {
	token, err := accounts.OperatorLink(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("link for person %s (%s): %w", p.ID, p.State, err)
	}
	_, err = fmt.Fprintf(a.stdout, "person %s\nsign in once, within %d minutes, at\n%s\n", p.ID, accounts.LinkMinutes(), pages.Link(h.BaseURL)(p.Lang, token))
	return err
}

// listedPerson is a person as user list --json prints one.
type listedPerson struct {
	ID      account.ID    `json:"id"`
	State   account.State `json:"state"`
	Kind    account.Kind  `json:"kind"`
	Name    string        `json:"name"`
	Address string        `json:"email"`
	Roles   []policy.Role `json:"roles"`
}

func userListCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		return a.withAccounts(ctx, *dir, func(_ *home, accounts *account.Accounts) error {
			people, err := accounts.Persons(ctx)
			if err != nil {
				return err
			}
			if !*asJSON {
				return a.writePeople(people)
			}
			list := []listedPerson{}
			for _, p := range people {
				list = append(list, listedPerson{p.ID, p.State, p.Kind, p.Name, p.Address, append([]policy.Role{}, p.Roles...)})
			}
			return json.NewEncoder(a.stdout).Encode(list)
		})
	}
}

func (a *app) writePeople(people []account.Person) error {
	t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "id\tstate\tname\te-mail\troles")
	for _, p := range people {
		roles := ""
		for i, r := range p.Roles {
			roles += strings.Repeat(", ", min(i, 1)) + string(r)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.State, p.Label().EN, p.Address, roles)
	}
	return t.Flush()
}

var userGrantCommand = userCommand(1, "the person's number and a role",
	func(a *app, ctx context.Context, _ *home, accounts *account.Accounts, p account.Person, args []string) error {
		g, err := accounts.Grant(ctx, account.ByOperator(), p.ID, policy.Role(args[0]))
		if err != nil {
			return fmt.Errorf("grant to person %s: %w", p.ID, err)
		}
		_, err = fmt.Fprintf(a.stdout, "person %s: %s\n", p.ID, g.Role)
		return err
	})

var userLinkCommand = userCommand(0, "the person's number",
	func(a *app, ctx context.Context, h *home, accounts *account.Accounts, p account.Person, _ []string) error {
		return a.printLink(ctx, h, accounts, p)
	})

var userRevokeCommand = userCommand(0, "the person's number",
	func(a *app, ctx context.Context, _ *home, accounts *account.Accounts, p account.Person, _ []string) error {
		if err := accounts.RevokeOthers(ctx, account.ByOperator(), p.ID, ""); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.stdout, "person %s: signed out everywhere\n", p.ID)
		return err
	})

// userResetCommand is the way back for a person who has lost all second factors.
func userResetCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		id, err := onePerson(args)
		if err != nil {
			return err
		}
		h, err := openHome(*dir)
		if err != nil {
			return err
		}
		c, err := openCollection(ctx, h, a.now)
		if err != nil {
			return err
		}
		factors, err := c.factors(h, a.now)
		if err == nil {
			err = factors.Reset(ctx, id)
		}
		if err := errors.Join(err, c.close()); err != nil {
			return fmt.Errorf("person %s: %w", id, err)
		}
		_, err = fmt.Fprintf(a.stdout, "person %s: second factors taken away, signed out everywhere\n", id)
		return err
	}
}

func onePerson(args []string) (account.ID, error) {
	if err := exactly(1, "the person's number", args); err != nil {
		return 0, err
	}
	id, ok := account.ParseID(args[0])
	if !ok {
		return 0, usagef("%q is no person: give the number that barometer user list shows", args[0])
	}
	return id, nil
}

func userEraseCommand(a *app, flags *flag.FlagSet) action {
	yes := flags.Bool("yes", false, "it cannot be undone: say that it is meant")
	erase := userCommand(0, "the person's number", func(a *app, ctx context.Context, _ *home, accounts *account.Accounts, p account.Person, _ []string) error {
		if !*yes {
			return usagef("erasing person %s (%s) cannot be undone: add --yes", p.ID, p.Label().EN)
		}
		if err := accounts.Erase(ctx, account.ByOperator(), p.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.stdout, "person %s: erased\n", p.ID)
		return err
	})
	return erase(a, flags)
}
