package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"barometer/internal/store"
)

// ErrNoMembership says that the person does not belong to the workplace.
var ErrNoMembership = errors.New("no such membership")

// Membership is a person's place at a workplace for a time.
type Membership struct {
	ID         int64
	Person     ID
	PNumber    string // of the workplace: ten digits
	CVR        string // of the authority it belongs to: eight digits
	Role       string // "employee" or "manager"
	VerifiedBy string // what or who vouched for it; empty: the person says so
	Since      time.Time
	Until      time.Time // zero: still
}

var (
	pNumber = regexp.MustCompile(`^[0-9]{10}$`)
	cvr     = regexp.MustCompile(`^[0-9]{8}$`)
)

func (m Membership) check() error {
	var faults []error
	if !pNumber.MatchString(m.PNumber) {
		faults = append(faults, fmt.Errorf("P-number %.20q: ten digits", m.PNumber))
	}
	if !cvr.MatchString(m.CVR) {
		faults = append(faults, fmt.Errorf("CVR number %.20q: eight digits", m.CVR))
	}
	if !slices.Contains([]string{"employee", "manager"}, m.Role) {
		faults = append(faults, fmt.Errorf("role %.20q at a workplace: employee or manager", m.Role))
	}
	return errors.Join(faults...)
}

// AddMembership puts a person at a workplace, or brings what is known of it up
// to date. The earlier entry ends, so that it stays known who vouched when.
func (a *Accounts) AddMembership(tx *store.Tx, by Actor, m Membership) (Membership, error) {
	if err := m.check(); err != nil {
		return Membership{}, err
	}
	open, err := memberOf(tx, `WHERE person = ? AND p_number = ? AND until_ms = 0`, int64(m.Person), m.PNumber)
	if err != nil {
		return Membership{}, err
	}
	for _, old := range open {
		if old.CVR == m.CVR && old.Role == m.Role && old.VerifiedBy == m.VerifiedBy {
			return old, nil
		}
		if err := a.EndMembership(tx, by, m.Person, old.ID); err != nil {
			return Membership{}, err
		}
	}
	if m.ID, err = number(tx, memberships); err != nil {
		return Membership{}, err
	}
	m.Since = a.opt.Now()
	const q = `INSERT INTO account_membership (id, person, p_number, cvr, role, verified_by, since_ms, until_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`
	if _, err := tx.Exec(q, m.ID, int64(m.Person), m.PNumber, m.CVR, m.Role, m.VerifiedBy, store.Millis(m.Since)); err != nil {
		return Membership{}, err
	}
	return m, a.record(tx, by, "membership.add", m.Person, map[string]string{"role": m.Role, "verified_by": m.VerifiedBy})
}

// EndMembership ends a person's time at a workplace.
func (a *Accounts) EndMembership(tx *store.Tx, by Actor, person ID, id int64) error {
	n, err := tx.Exec(`UPDATE account_membership SET until_ms = ? WHERE id = ? AND person = ? AND until_ms = 0`,
		store.Millis(a.opt.Now()), id, int64(person))
	switch {
	case err != nil:
		return err
	case n == 0:
		return ErrNoMembership
	}
	return a.record(tx, by, "membership.end", person, nil)
}

// MembershipsOf lists the workplaces of a person, former ones among them.
func MembershipsOf(tx *store.Tx, person ID) ([]Membership, error) {
	return memberOf(tx, `WHERE person = ? ORDER BY id`, int64(person))
}

// Memberships lists the workplaces of a person, former ones among them.
func (a *Accounts) Memberships(ctx context.Context, person ID) (list []Membership, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error { list, err = MembershipsOf(tx, person); return err })
	return list, err
}

func memberOf(tx *store.Tx, where string, args ...any) (list []Membership, err error) {
	const q = `SELECT id, person, p_number, cvr, role, verified_by, since_ms, until_ms FROM account_membership `
	err = tx.Each(func(rows *sql.Rows) error {
		var m Membership
		var since, until int64
		err := rows.Scan(&m.ID, &m.Person, &m.PNumber, &m.CVR, &m.Role, &m.VerifiedBy, &since, &until)
		m.Since, m.Until = store.FromMillis(since), store.FromMillis(until)
		list = append(list, m)
		return err
	}, q+where, args...)
	return list, err
}
