// Package fieldwork is the desk of those who run the collection: it counts how
// it goes, stratum by stratum and day by day, reckons response rates, and keeps
// what staff find out about workplaces.
//
// The sample comes in once ([Desk.Register]); the dispositions of package
// response and the contacts of package contact are read where they stand, in
// one statement each, so that a page of 16,000 units takes no longer than a
// glance. A [Monitor] goes out, in which every sampled unit is counted exactly
// once by its disposition, and lists of units by their random keys. The
// package sees no answer and no address. Who is reminded is decided elsewhere,
// from the same dispositions.
package fieldwork

import (
	"context"
	"fmt"
	"time"

	"barometer/internal/seal"
	"barometer/internal/store"
)

// Options are what a Desk needs besides its store.
type Options struct {
	Keys seal.Ring        // seals remarks
	Now  func() time.Time // the clock
	Zone *time.Location   // local time, whole hours from Greenwich: days begin there

	// MinAnswered is the number of answered items from which an unfinished
	// response counts as partial. One with fewer is a break-off, which the
	// rates treat like a refusal (AAPOR, Standard Definitions, 10th ed., on
	// complete, partial and break-off).
	MinAnswered int
}

// Desk is the fieldwork of all waves in a store.
type Desk struct {
	db    *store.DB
	ring  seal.Ring
	now   func() time.Time
	zone  *time.Location
	least int // answered items of a partial
}

// KeyName is what a ring for [Options] is called.
const KeyName = "fieldwork"

// New returns the desk of a store. Keys other than those its remarks are sealed
// with are refused.
func New(ctx context.Context, db *store.DB, o Options) (*Desk, error) {
	if len(o.Keys.IDs()) == 0 || o.Now == nil || o.Zone == nil || o.MinAnswered < 1 {
		return nil, fmt.Errorf("fieldwork: keys, a clock, a zone and a threshold of partial answers above 0 (it is %d) are needed", o.MinAnswered)
	}
	if err := o.Keys.Check(ctx, db); err != nil {
		return nil, fmt.Errorf("fieldwork: %w", err)
	}
	return &Desk{db: db, ring: o.Keys, now: o.Now, zone: o.Zone, least: o.MinAnswered}, nil
}

// Partial is the number of answered items from which an unfinished response
// counts as partial.
func (d *Desk) Partial() int { return d.least }

// Forget removes what staff have written about the workplaces of a wave, in the
// caller's transaction, as when the link to them is destroyed. Counts stay.
func (d *Desk) Forget(tx *store.Tx, wave string) error {
	_, err := tx.Exec(`DELETE FROM fieldwork_note WHERE wave = ?`, wave)
	return err
}
