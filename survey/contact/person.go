package contact

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"barometer/internal/audit"
	"barometer/internal/seal"
	"barometer/internal/store"
	"barometer/survey/frame"
	"barometer/survey/sample"
)

var (
	// ErrNoPerson says that a wave has no contact for a unit, or no longer.
	ErrNoPerson = errors.New("no such contact")
	// ErrSeveral says that more than one unit is meant.
	ErrSeveral = errors.New("several workplaces have it")
)

// Person is how to reach one unit. Everything but Unit and Name may be empty.
type Person struct {
	Unit      string `json:"-"` // random key
	PNumber   string `json:"p"`
	CVR       string `json:"cvr"`
	Name      string `json:"name"`      // of the workplace
	Attention string `json:"attention"` // the person to write to there
	Email     string `json:"email"`
	Phone     string `json:"phone"`
	Address   string `json:"address"` // street and number
	Postcode  string `json:"postcode"`
	City      string `json:"city"`
}

// PersonOf is how the frame says that a selected unit is reached.
func PersonOf(u sample.Selected) Person {
	return Person{
		Unit: u.Key, PNumber: u.PNumber, CVR: u.CVR, Name: u.Name, Email: u.Email,
		Attention: u.Attention, Phone: u.Phone, Address: u.Address, Postcode: u.Postcode, City: u.City,
	}
}

// check refuses what nobody can be reached by. Values stay out of the error.
func (p Person) check() error {
	var faults []error
	if p.Name == "" {
		faults = append(faults, errors.New("name is empty"))
	}
	if p.Email != "" && !isAddress(p.Email) {
		faults = append(faults, ErrAddress)
	}
	c := frame.Contact{Attention: p.Attention, Phone: p.Phone, Address: p.Address, Postcode: p.Postcode, City: p.City}
	return errors.Join(append(faults, c.Check())...)
}

// trimmed drops spaces around the values.
func (p Person) trimmed() Person {
	for _, s := range []*string{&p.Name, &p.Attention, &p.Email, &p.Phone, &p.Address, &p.Postcode, &p.City} {
		*s = strings.TrimSpace(*s)
	}
	return p
}

// personBlock is what the length of sealed contacts is rounded up to: names
// stand in public registers, and could be told by their length.
const personBlock = 256

// keepPerson stores how to reach a unit, in place of what was known of it.
func (a *Access) keepPerson(tx *store.Tx, wave string, p Person) error {
	plain, err := json.Marshal(p)
	if err != nil {
		return err
	}
	keyID, err := a.ring.Sealing(tx)
	if err != nil {
		return err
	}
	at := place{kind: "person", wave: wave, unit: p.Unit, keyID: keyID}
	sealed, err := a.seal(at, seal.Pad(plain, personBlock))
	if err != nil {
		return err
	}
	const q = `INSERT INTO contact_person (wave, unit, p_number, email, key_id, sealed) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (wave, unit) DO UPDATE SET p_number = excluded.p_number, email = excluded.email,
			key_id = excluded.key_id, sealed = excluded.sealed`
	_, err = tx.Exec(q, wave, p.Unit, a.digest("p-number", p.PNumber), a.digest("email", p.Email), at.keyID, sealed)
	return err
}

const personColumns = `unit, key_id, sealed`

func scanPerson(rows interface{ Scan(...any) error }, wave string) (sealedRow, error) {
	r := sealedRow{at: place{kind: "person", wave: wave}}
	err := rows.Scan(&r.at.unit, &r.at.keyID, &r.sealed)
	return r, err
}

func (a *Access) openPerson(r sealedRow) (Person, error) {
	plain, err := a.openPadded(r)
	if err != nil {
		return Person{}, err
	}
	p := Person{Unit: r.at.unit}
	err = json.Unmarshal(plain, &p)
	return p, err
}

// Person returns how to reach one unit of a wave.
func (a *Access) Person(ctx context.Context, wave, unit string) (p Person, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		p, err = a.person(tx, wave, unit)
		return err
	})
	return p, err
}

func (a *Access) person(tx *store.Tx, wave, unit string) (Person, error) {
	r, err := scanPerson(tx.QueryRow(`SELECT `+personColumns+` FROM contact_person WHERE wave = ? AND unit = ?`, wave, unit), wave)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, fmt.Errorf("unit %s of wave %s: %w", unit, wave, ErrNoPerson)
	}
	if err != nil {
		return Person{}, err
	}
	return a.openPerson(r)
}

// People lists how to reach the contacted units of a wave, by unit key. A row
// that does not open is left out and named in the error, a [*TamperedError]
// for each; the list then holds all others.
func (a *Access) People(ctx context.Context, wave string) ([]Person, error) {
	var rows []sealedRow
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		rows = nil
		return tx.Each(func(row *sql.Rows) error {
			r, err := scanPerson(row, wave)
			rows = append(rows, r)
			return err
		}, `SELECT `+personColumns+` FROM contact_person WHERE wave = ? ORDER BY unit`, wave)
	})
	if err != nil {
		return nil, fmt.Errorf("contacts of wave %s: %w", wave, err)
	}
	people := make([]Person, 0, len(rows))
	var faults []error
	for _, r := range rows {
		p, err := a.openPerson(r)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		people = append(people, p)
	}
	return people, errors.Join(faults...)
}

// Find returns the unit that staff mean by a unit key or a P-number.
func (a *Access) Find(ctx context.Context, wave, name string) (unit string, err error) {
	units, err := a.units(ctx, `wave = ? AND (unit = ? OR p_number = ?)`, wave, name, a.digest("p-number", name))
	switch {
	case err != nil:
		return "", err
	case len(units) == 0:
		return "", fmt.Errorf("wave %s: %w: give the key of a unit or its P-number", wave, ErrNoPerson)
	case len(units) > 1:
		return "", fmt.Errorf("wave %s: %w: give the key of the unit", wave, ErrSeveral)
	}
	return units[0], nil
}

// ByEmail lists the units of a wave that are written to at an e-mail address,
// in any case, by unit key.
func (a *Access) ByEmail(ctx context.Context, wave, address string) ([]string, error) {
	if address == "" {
		return nil, nil
	}
	return a.units(ctx, `wave = ? AND email = ?`, wave, a.digest("email", address))
}

func (a *Access) units(ctx context.Context, where string, args ...any) (units []string, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		units = nil
		return tx.Each(func(rows *sql.Rows) error {
			var u string
			err := rows.Scan(&u)
			units = append(units, u)
			return err
		}, `SELECT unit FROM contact_person WHERE `+where+` ORDER BY unit`, args...)
	})
	return units, err
}

// ChangePerson puts right how a unit is reached: everything but the unit, its
// P-number and its CVR number, which stay. Who did it, and which fields, goes
// into the audit log; actor is as of [audit.Event]. Faulty values are refused
// whole.
func (a *Access) ChangePerson(ctx context.Context, actor, wave string, p Person) error {
	p = p.trimmed()
	if err := p.check(); err != nil {
		return fmt.Errorf("change contact of unit %s: %w", p.Unit, err)
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		was, err := a.person(tx, wave, p.Unit)
		if err != nil {
			return err
		}
		p.PNumber, p.CVR = was.PNumber, was.CVR
		fields := was.differs(p)
		if fields == "" {
			return nil
		}
		if err := a.keepPerson(tx, wave, p); err != nil {
			return err
		}
		object, err := AuditObject(tx, wave, p.Unit)
		if err != nil {
			return err
		}
		return audit.Record(tx, a.now(), audit.Event{
			Actor: actor, Action: "contact.change", Object: object, Detail: map[string]string{"fields": fields},
		})
	})
}

// differs names the fields in which two persons differ.
func (p Person) differs(q Person) string {
	var names []string
	for _, f := range []struct{ name, a, b string }{
		{"name", p.Name, q.Name}, {"attention", p.Attention, q.Attention}, {"email", p.Email, q.Email}, {"phone", p.Phone, q.Phone},
		{"address", p.Address, q.Address}, {"postcode", p.Postcode, q.Postcode}, {"city", p.City, q.City},
	} {
		if f.a != f.b {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}
