package fieldwork

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"barometer/internal/store"
	"barometer/survey/response"
)

// Unit is how far the collection has come with one workplace. It names nobody.
type Unit struct {
	Key         string
	Stratum     string
	Disposition response.Disposition
	BreakOff    bool // a partial with too few answers to count as one
	Answered    int  // items with an answer
	Mode        response.Mode
	Submitted   time.Time // zero = not submitted
	Invited     time.Time // first code issued, zero = never
	Contacted   time.Time // last time something was sent, zero = never
	Opened      time.Time // last first use of a code, zero = never
}

// State is what a list of units can be narrowed to beside dispositions.
type State string

const (
	Chase    State = "chase"     // may still answer: neither complete, refused nor ineligible
	Opened   State = "opened"    // code used, nothing answered
	BreakOff State = "break_off" // begun, too little to count
)

// Filter narrows a list of units; the zero Filter takes all.
type Filter struct {
	Stratum string
	State   State         // one of the above, or a disposition
	Quiet   time.Duration // nothing was sent for at least as long; 0 = however long
}

// States lists what a Filter may ask for, the default first.
func States() []State {
	list := []State{Chase, Opened}
	for _, d := range response.Dispositions {
		list = append(list, State(d))
		if d == response.Partial {
			list = append(list, BreakOff)
		}
	}
	return list
}

// ErrNoUnit says that the sample of the wave has no such unit.
var ErrNoUnit = errors.New("no such unit in the sample")

// What is known of the codes of unit u. sent is when something was last sent to
// it: the last of its codes.
const (
	ofUnit  = ` FROM contact_invitation i WHERE i.wave = u.wave AND i.unit = u.unit)`
	invited = `COALESCE((SELECT MIN(i.issued_ms)` + ofUnit + `, 0)`
	sent    = `COALESCE((SELECT MAX(i.issued_ms)` + ofUnit + `, 0)`
	opened  = `COALESCE((SELECT MAX(i.opened_ms)` + ofUnit + `, 0)`
)

const unitColumns = `u.unit, u.stratum, COALESCE(s.disposition, 'noncontact'), COALESCE(s.answered, 0), COALESCE(s.mode, ''),
	COALESCE(s.submitted_ms, 0), ` + invited + `, ` + sent + `, ` + opened

// fromUnits joins the units of a wave to their states.
const fromUnits = ` FROM fieldwork_unit u LEFT JOIN response_state s ON s.wave = u.wave AND s.unit = u.unit WHERE u.wave = ?`

// where writes the conditions of a filter, with their arguments.
func (f Filter) where(d *Desk) (conditions string, args []any) {
	var all []string
	and := func(condition string, values ...any) {
		all = append(all, " AND "+condition)
		args = append(args, values...)
	}
	if f.Stratum != "" {
		and(`u.stratum = ?`, f.Stratum)
	}
	const disposition = `COALESCE(s.disposition, 'noncontact')`
	switch f.State {
	case "":
	case Chase:
		and(disposition + ` IN ('partial', 'noncontact', 'unknown')`)
	case Opened:
		and(disposition + ` IN ('noncontact', 'unknown') AND ` + opened + ` > 0`)
	case BreakOff:
		and(disposition+` = 'partial' AND s.answered < ?`, d.least)
	case State(response.Partial):
		and(disposition+` = 'partial' AND s.answered >= ?`, d.least)
	default:
		and(disposition+` = ?`, string(f.State))
	}
	if f.Quiet > 0 {
		and(sent+` <= ?`, store.Millis(d.now().Add(-f.Quiet)))
	}
	return strings.Join(all, ""), args
}

// Units lists the units of a wave that a filter lets through, in the order of
// their strata's codes and their keys: at most limit of them, after the first
// offset. total is how many there are; limit 0 lists all.
func (d *Desk) Units(ctx context.Context, wave string, f Filter, limit, offset int) (units []Unit, total int, err error) {
	conditions, args := f.where(d)
	args = append([]any{wave}, args...)
	err = d.db.Read(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRow(`SELECT COUNT(*)`+fromUnits+conditions, args...).Scan(&total); err != nil {
			return err
		}
		query := `SELECT ` + unitColumns + fromUnits + conditions + ` ORDER BY u.stratum, u.unit`
		if limit > 0 {
			query += ` LIMIT ? OFFSET ?`
			args = append(args, limit, offset)
		}
		return tx.Each(func(rows *sql.Rows) error {
			u, err := d.scan(rows)
			units = append(units, u)
			return err
		}, query, args...)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("units of wave %s: %w", wave, err)
	}
	return units, total, nil
}

// Unit returns one unit, [ErrNoUnit] where the sample has no such one.
func (d *Desk) Unit(ctx context.Context, wave, key string) (u Unit, err error) {
	err = d.db.Read(ctx, func(tx *store.Tx) (err error) {
		u, err = d.scan(tx.QueryRow(`SELECT `+unitColumns+fromUnits+` AND u.unit = ?`, wave, key))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoUnit
	}
	if err != nil {
		return Unit{}, fmt.Errorf("unit of wave %s: %w", wave, err)
	}
	return u, nil
}

func (d *Desk) scan(row interface{ Scan(...any) error }) (u Unit, err error) {
	var submitted, invited, contacted, opened int64
	err = row.Scan(&u.Key, &u.Stratum, &u.Disposition, &u.Answered, &u.Mode, &submitted, &invited, &contacted, &opened)
	u.BreakOff = u.Disposition == response.Partial && u.Answered < d.least
	u.Submitted, u.Invited = store.FromMillis(submitted), store.FromMillis(invited)
	u.Contacted, u.Opened = store.FromMillis(contacted), store.FromMillis(opened)
	return u, err
}

// Strata lists the codes of a wave's strata in the order of the sample.
func (d *Desk) Strata(ctx context.Context, wave string) (codes []string, err error) {
	err = d.db.Read(ctx, func(tx *store.Tx) (err error) {
		codes, err = list(tx, `SELECT stratum FROM fieldwork_stratum WHERE wave = ? ORDER BY place`, wave)
		return err
	})
	return codes, err
}

// Classes are the classes of the frame that a unit is in, by code; [ErrNoUnit]
// where the sample has no such one.
type Classes struct{ Sector, Subsector, Size string }

// Classes returns those of one unit.
func (d *Desk) Classes(ctx context.Context, wave, key string) (c Classes, err error) {
	err = d.db.ReadOne(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT sector, subsector, size FROM fieldwork_unit WHERE wave = ? AND unit = ?`, wave, key).
			Scan(&c.Sector, &c.Subsector, &c.Size)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoUnit
	}
	if err != nil {
		return Classes{}, fmt.Errorf("classes of a unit of wave %s: %w", wave, err)
	}
	return c, nil
}
