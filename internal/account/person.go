package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
)

var (
	// ErrNoPerson says that nobody has the id or address.
	ErrNoPerson = errors.New("no such person")
	// ErrKind says that a kind of person is unknown.
	ErrKind = errors.New("no kind of person: use employee, citizen or partner")
	// ErrTaken says that an address belongs to another account.
	ErrTaken = errors.New("address belongs to another account")
)

// Kind is what brings a person here.
type Kind string

// The kinds of person.
const (
	Employee Kind = "employee" // works in the public sector
	Citizen  Kind = "citizen"
	Partner  Kind = "partner" // of an organisation that works with us
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Employee, Citizen, Partner} }

// Person is one person with what is not erased.
type Person struct {
	ID       ID
	Kind     Kind
	State    State
	Lang     i18n.Lang // of the person's mail
	KeepName bool      // the name stays with contributions after erasure
	Added    time.Time
	Entered  time.Time // the state
	Name     string    // empty: none given, or erased
	Address  string    // empty: erased
	Proven   time.Time // the address; zero: not yet
	Roles    []policy.Role
}

// Label is what pages call the person.
func (p Person) Label() i18n.Text {
	switch {
	case p.Name != "":
		return i18n.Same(p.Name)
	case p.State == Erased:
		return FormerName(p.ID)
	}
	return i18n.Text{DA: "Bruger " + p.ID.String(), EN: "User " + p.ID.String()}
}

// Staff reports whether the person holds a role that asks for a second factor.
func (p Person) Staff() bool { return slices.ContainsFunc(p.Roles, policy.Role.Staff) }

// Newcomer is a person to be entered by somebody else.
type Newcomer struct {
	Kind    Kind
	Lang    i18n.Lang
	Name    string // may be empty: the person gives it
	Address string
}

// Add enters a person, who proves the address at the first sign-in. All faults
// of what was given are reported together.
func (a *Accounts) Add(ctx context.Context, by Actor, n Newcomer) (id ID, err error) {
	if !by.administers() {
		return 0, ErrNotYours
	}
	if n, err = n.clean(); err != nil {
		return 0, err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if id, err = a.enter(tx, n, Pending); err != nil {
			return err
		}
		if err := a.record(tx, by, "person.add", id, map[string]string{"kind": string(n.Kind)}); err != nil {
			return err
		}
		return a.write(tx, letterTo(Person{ID: id, Lang: n.Lang, Name: n.Name, Address: n.Address}, "account-added"))
	})
	return id, err
}

func (n Newcomer) clean() (Newcomer, error) {
	var faults []error
	var err error
	if n.Address, err = CleanAddress(n.Address); err != nil {
		faults = append(faults, err)
	}
	if strings.TrimSpace(n.Name) != "" {
		if n.Name, err = CleanName(n.Name); err != nil {
			faults = append(faults, err)
		}
	}
	if !slices.Contains(Kinds(), n.Kind) {
		faults = append(faults, fmt.Errorf("%.20q: %w", n.Kind, ErrKind))
	}
	if _, err := i18n.ParseLang(string(n.Lang)); err != nil {
		faults = append(faults, err)
	}
	return n, errors.Join(faults...)
}

// enter stores a new person under a new id.
func (a *Accounts) enter(tx *store.Tx, n Newcomer, s State) (ID, error) {
	if _, err := find(tx, n.Address); !errors.Is(err, ErrNoPerson) {
		return 0, errors.Join(err, ErrTaken)
	}
	num, err := number(tx, persons)
	if err != nil {
		return 0, err
	}
	now := store.Millis(a.opt.Now())
	const q = `INSERT INTO account_person (id, kind, state, lang, keep_name, added_ms, entered_ms) VALUES (?, ?, ?, ?, 0, ?, ?)`
	if _, err := tx.Exec(q, num, string(n.Kind), string(s), string(n.Lang), now, now); err != nil {
		return 0, err
	}
	const mail = `INSERT INTO account_email (person, address, proven_ms) VALUES (?, ?, 0)`
	if _, err := tx.Exec(mail, num, n.Address); err != nil {
		return 0, err
	}
	if n.Name == "" {
		return ID(num), nil
	}
	return ID(num), setName(tx, ID(num), n.Name)
}

func setName(tx *store.Tx, id ID, name string) error {
	const q = `INSERT INTO account_name (person, name) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET name = excluded.name`
	_, err := tx.Exec(q, int64(id), name)
	return err
}

const personColumns = `SELECT p.id, p.kind, p.state, p.lang, p.keep_name, p.added_ms, p.entered_ms,
	COALESCE(n.name, ''), COALESCE(e.address, ''), COALESCE(e.proven_ms, 0)
	FROM account_person p LEFT JOIN account_name n ON n.person = p.id LEFT JOIN account_email e ON e.person = p.id `

func scanPerson(rows *sql.Rows) (p Person, err error) {
	var kind, state, lang string
	var keep int
	var added, entered, proven int64
	err = rows.Scan(&p.ID, &kind, &state, &lang, &keep, &added, &entered, &p.Name, &p.Address, &proven)
	p.Kind, p.State, p.Lang, p.KeepName = Kind(kind), State(state), i18n.Lang(lang), keep == 1
	p.Added, p.Entered, p.Proven = store.FromMillis(added), store.FromMillis(entered), store.FromMillis(proven)
	return p, err
}

// person reads one person with the roles held now.
func person(tx *store.Tx, where string, arg any) (p Person, err error) {
	if p, err = bare(tx, where, arg); err != nil {
		return Person{}, err
	}
	p.Roles, err = heldRoles(tx, p.ID)
	return p, err
}

// bare reads one person without roles.
func bare(tx *store.Tx, where string, arg any) (p Person, err error) {
	found := false
	err = tx.Each(func(rows *sql.Rows) error {
		found = true
		p, err = scanPerson(rows)
		return err
	}, personColumns+where, arg)
	switch {
	case err != nil:
		return Person{}, err
	case !found:
		return Person{}, ErrNoPerson
	}
	return p, nil
}

func byID(tx *store.Tx, id ID) (Person, error) { return person(tx, `WHERE p.id = ?`, int64(id)) }

// PersonIn reads one person within a transaction.
func PersonIn(tx *store.Tx, id ID) (Person, error) { return byID(tx, id) }

// find reads the person with an address.
func find(tx *store.Tx, address string) (Person, error) {
	return person(tx, `WHERE e.address = ?`, address)
}

// findBare reads the person with an address, without roles: as many queries
// for an address that nobody has as for one that somebody has.
func findBare(tx *store.Tx, address string) (Person, error) {
	return bare(tx, `WHERE e.address = ?`, address)
}

// Person reads one person.
func (a *Accounts) Person(ctx context.Context, id ID) (p Person, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error { p, err = byID(tx, id); return err })
	return p, err
}

// ByAddress reads the person with an address.
func (a *Accounts) ByAddress(ctx context.Context, address string) (p Person, err error) {
	if address, err = CleanAddress(address); err != nil {
		return Person{}, err
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error { p, err = find(tx, address); return err })
	return p, err
}

// Persons lists everyone by id, erased ones among them.
func (a *Accounts) Persons(ctx context.Context) (list []Person, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		list = nil
		err := tx.Each(func(rows *sql.Rows) error {
			p, err := scanPerson(rows)
			list = append(list, p)
			return err
		}, personColumns+`ORDER BY p.id`)
		if err != nil {
			return err
		}
		roles, err := allRoles(tx)
		for i := range list {
			list[i].Roles = roles[list[i].ID]
		}
		return err
	})
	return list, err
}

// Label is what pages call the person with an id, whether or not the name is
// still there.
func Label(tx *store.Tx, id ID) (i18n.Text, error) {
	p, err := byID(tx, id)
	return p.Label(), err
}
