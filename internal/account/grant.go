package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"barometer/internal/policy"
	"barometer/internal/store"
)

var (
	// ErrOwnGrant says that somebody wants to give a role to themself.
	ErrOwnGrant = errors.New("nobody gives a role to themself")
	// ErrSecondPerson says that whoever asked for a grant wants to confirm it.
	ErrSecondPerson = errors.New("a grant is confirmed by another administrator than the one who asked for it")
	// ErrRole says that a role is none that can be granted.
	ErrRole = errors.New("no role that can be granted")
	// ErrGranted says that the role is held or asked for already.
	ErrGranted = errors.New("the role is held or asked for already")
	// ErrNoGrant says that a grant is not there, or no longer.
	ErrNoGrant = errors.New("no such grant")
	// ErrLastAdmin says that nobody would be left to grant roles.
	ErrLastAdmin = errors.New("the last administrator keeps the role")
)

// Grant is a role given to a person: asked for by one administrator, confirmed
// by another. It holds from its confirmation to its end.
type Grant struct {
	ID          int64
	Person      ID
	Role        policy.Role
	AskedBy     string // a person's id or audit.Operator
	Asked       time.Time
	ConfirmedBy string
	Confirmed   time.Time // zero: not yet
	EndedBy     string
	Ended       time.Time // zero: not yet
}

// Holds reports whether the grant is in force.
func (g Grant) Holds() bool { return !g.Confirmed.IsZero() && g.Ended.IsZero() }

// Waits reports whether the grant awaits its confirmation.
func (g Grant) Waits() bool { return g.Confirmed.IsZero() && g.Ended.IsZero() }

// Grant asks for a role for a person. It takes effect when another
// administrator confirms it. An operator, who has the store itself at hand,
// needs no confirmation: that is how the first administrator comes to be.
func (a *Accounts) Grant(ctx context.Context, by Actor, to ID, role policy.Role) (g Grant, err error) {
	switch {
	case !by.administers():
		return Grant{}, ErrNotYours
	case by.Person == to:
		return Grant{}, ErrOwnGrant
	case !slices.Contains(policy.Grantable(), role):
		return Grant{}, fmt.Errorf("%.20q: %w: use one of %v", role, ErrRole, policy.Grantable())
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if g, err = a.ask(tx, by, to, role); err != nil {
			return err
		}
		if by.as == Operator {
			return a.confirm(tx, by, &g)
		}
		return nil
	})
	return g, err
}

func (a *Accounts) ask(tx *store.Tx, by Actor, to ID, role policy.Role) (Grant, error) {
	p, err := byID(tx, to)
	if err != nil {
		return Grant{}, err
	}
	if p.State == Suspended || p.State == Closing || p.State == Erased {
		return Grant{}, fmt.Errorf("grant %s to an account that is %s: %w", role, p.State, ErrTransition)
	}
	num, err := number(tx, grants)
	if err != nil {
		return Grant{}, err
	}
	now := a.opt.Now()
	const q = `INSERT INTO account_grant (id, person, role, asked_by, asked_ms, confirmed_by, confirmed_ms, ended_by, ended_ms)
		VALUES (?, ?, ?, ?, ?, '', 0, '', 0) ON CONFLICT DO NOTHING`
	n, err := tx.Exec(q, num, int64(to), string(role), by.String(), store.Millis(now))
	if err != nil {
		return Grant{}, err
	}
	if n == 0 {
		return Grant{}, ErrGranted
	}
	g := Grant{ID: num, Person: to, Role: role, AskedBy: by.String(), Asked: now}
	return g, a.record(tx, by, "role.ask", to, map[string]string{"role": string(role)})
}

// ConfirmGrant puts a grant into force. Sessions of the person end: a session
// begun with less power is not carried over into more.
func (a *Accounts) ConfirmGrant(ctx context.Context, by Actor, grant int64) (g Grant, err error) {
	if !by.administers() {
		return Grant{}, ErrNotYours
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if g, err = oneGrant(tx, grant); err != nil {
			return err
		}
		switch {
		case !g.Waits():
			return ErrNoGrant
		case g.Person == by.Person:
			return ErrOwnGrant
		case g.AskedBy == by.String():
			return ErrSecondPerson
		}
		return a.confirm(tx, by, &g)
	})
	return g, err
}

func (a *Accounts) confirm(tx *store.Tx, by Actor, g *Grant) error {
	g.ConfirmedBy, g.Confirmed = by.String(), a.opt.Now()
	const q = `UPDATE account_grant SET confirmed_by = ?, confirmed_ms = ? WHERE id = ? AND confirmed_ms = 0 AND ended_ms = 0`
	n, err := tx.Exec(q, g.ConfirmedBy, store.Millis(g.Confirmed), g.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNoGrant
	}
	return errors.Join(endSessions(tx, g.Person),
		a.record(tx, by, "role.grant", g.Person, map[string]string{"role": string(g.Role), "asked_by": g.AskedBy}))
}

// EndGrant takes a role back, or a request for one. One administrator is
// enough for that, and anybody may lay down a role of their own; the last
// administrator may not, unless an operator does it.
func (a *Accounts) EndGrant(ctx context.Context, by Actor, grant int64) (g Grant, err error) {
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if g, err = oneGrant(tx, grant); err != nil {
			return err
		}
		switch {
		case !by.administers() && by.Person != g.Person:
			return ErrNotYours
		case !g.Ended.IsZero():
			return ErrNoGrant
		}
		if err := lastAdmin(tx, by, g); err != nil {
			return err
		}
		return errors.Join(a.endGrant(tx, by, g), endSessions(tx, g.Person))
	})
	return g, err
}

func (a *Accounts) endGrant(tx *store.Tx, by Actor, g Grant) error {
	_, err := tx.Exec(`UPDATE account_grant SET ended_by = ?, ended_ms = ? WHERE id = ? AND ended_ms = 0`,
		by.String(), store.Millis(a.opt.Now()), g.ID)
	return errors.Join(err, a.record(tx, by, "role.end", g.Person, map[string]string{"role": string(g.Role)}))
}

// endGrants ends all roles of a person and all requests.
func (a *Accounts) endGrants(tx *store.Tx, by Actor, id ID) error {
	open, err := listGrants(tx, `WHERE person = ? AND ended_ms = 0 ORDER BY id`, int64(id))
	if err != nil {
		return err
	}
	for _, g := range open {
		if err := errors.Join(lastAdmin(tx, by, g), a.endGrant(tx, by, g)); err != nil {
			return err
		}
	}
	return nil
}

func lastAdmin(tx *store.Tx, by Actor, g Grant) error {
	if g.Role != policy.Admin || !g.Holds() || by.as == Operator {
		return nil
	}
	var others int
	const q = `SELECT COUNT(*) FROM account_grant WHERE role = ? AND person <> ? AND confirmed_ms > 0 AND ended_ms = 0`
	if err := tx.QueryRow(q, string(policy.Admin), int64(g.Person)).Scan(&others); err != nil {
		return err
	}
	if others == 0 {
		return ErrLastAdmin
	}
	return nil
}

// Grants lists the grants of a person, ended ones among them.
func (a *Accounts) Grants(ctx context.Context, id ID) (list []Grant, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		list, err = listGrants(tx, `WHERE person = ? ORDER BY id`, int64(id))
		return err
	})
	return list, err
}

// WaitingGrants lists the grants that await a second administrator.
func (a *Accounts) WaitingGrants(ctx context.Context) (list []Grant, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		list, err = listGrants(tx, `WHERE confirmed_ms = 0 AND ended_ms = 0 AND id > ? ORDER BY id`, 0)
		return err
	})
	return list, err
}

func oneGrant(tx *store.Tx, id int64) (Grant, error) {
	list, err := listGrants(tx, `WHERE id = ?`, id)
	if err != nil {
		return Grant{}, err
	}
	if len(list) == 0 {
		return Grant{}, ErrNoGrant
	}
	return list[0], nil
}

func listGrants(tx *store.Tx, where string, arg any) (list []Grant, err error) {
	const q = `SELECT id, person, role, asked_by, asked_ms, confirmed_by, confirmed_ms, ended_by, ended_ms FROM account_grant `
	err = tx.Each(func(rows *sql.Rows) error {
		var g Grant
		var role string
		var asked, confirmed, ended int64
		err := rows.Scan(&g.ID, &g.Person, &role, &g.AskedBy, &asked, &g.ConfirmedBy, &confirmed, &g.EndedBy, &ended)
		g.Role = policy.Role(role)
		g.Asked, g.Confirmed, g.Ended = store.FromMillis(asked), store.FromMillis(confirmed), store.FromMillis(ended)
		list = append(list, g)
		return err
	}, q+where, arg)
	return list, err
}

// heldRoles lists the roles a person holds now, in the order they were granted.
func heldRoles(tx *store.Tx, id ID) (roles []policy.Role, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		var role string
		err := rows.Scan(&role)
		roles = append(roles, policy.Role(role))
		return err
	}, `SELECT role FROM account_grant WHERE person = ? AND confirmed_ms > 0 AND ended_ms = 0 ORDER BY id`, int64(id))
	return roles, err
}

func allRoles(tx *store.Tx) (map[ID][]policy.Role, error) {
	roles := map[ID][]policy.Role{}
	held, err := listGrants(tx, `WHERE confirmed_ms > ? AND ended_ms = 0 ORDER BY id`, 0)
	for _, g := range held {
		roles[g.Person] = append(roles[g.Person], g.Role)
	}
	return roles, err
}
