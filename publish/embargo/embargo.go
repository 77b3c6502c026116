// Package embargo decides when a release may be seen, and by whom it was let
// out.
//
// A release comes in as a folder that package release has built; the list of
// releases that everyone may see goes out, to package site. Between the two
// stand persons: one who answers for the release, another who approves it, a
// moment that somebody sets, and the moment itself, which the queue keeps. The
// folder is never changed. Its state is a row of the store, with the hash of the
// manifest that was approved: a folder that has become another is shown to
// nobody. A folder without a row is shown to nobody either.
//
// What may happen is a table ([Transitions]); who may bring it about is the
// table of package policy, which every act asks, whether it comes from a page or
// a command. Each act and its event in the audit log are one transaction. What a
// release holds and how it is shown are left to others.
package embargo

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/publish/release"
)

// Options are what the releases of a home need.
type Options struct {
	Store *store.DB
	Queue *queue.Queue
	Rules *policy.Table
	Dir   string           // folder of releases
	Now   func() time.Time // the clock
	Zone  *time.Location   // that publication goes by
}

// Releases are the releases of a home with their states. Safe for concurrent
// use.
type Releases struct{ opt Options }

// New returns the releases of a home and gives the queue the work of letting
// them out.
func New(o Options) (*Releases, error) {
	if o.Store == nil || o.Queue == nil || o.Rules == nil || o.Now == nil || o.Zone == nil || o.Dir == "" {
		return nil, errors.New("embargo: store, queue, rules, clock, zone and folder are all needed")
	}
	r := &Releases{o}
	return r, o.Queue.Handle(r.handler())
}

// Name says which release is meant.
type Name struct {
	Wave    string
	Version release.Version
}

// String is how a release is spoken of: "2025 version 1.0".
func (n Name) String() string { return n.Wave + " version " + n.Version.String() }

// object is how the audit log names the release.
func (n Name) object() string { return "release/" + n.Wave + "/" + n.Version.String() }

// Entry is a release with its state. Who is a person's id or an actor of the
// audit log; a zero time has not come.
type Entry struct {
	Name
	State       State
	Manifest    string // SHA-256 of the manifest as it was when entered
	BuiltBy     string
	Built       time.Time
	SubmittedBy string // who answers for it
	Submitted   time.Time
	ApprovedBy  string
	Approved    time.Time
	ScheduledBy string
	Opens       time.Time // the moment it is to come out
	turn        int       // counts the moments set; names the job
	PublishedBy string
	Published   time.Time
	EndedBy     string
	Ended       time.Time // corrected or withdrawn
	Successor   string    // version that corrects it
}

var (
	// ErrUnknown says that a release was never entered.
	ErrUnknown = errors.New("no such release was entered")
	// ErrChanged says that a folder is not what was entered.
	ErrChanged = errors.New("the folder is not what it was when the release was entered")
)

// dir is the folder of a release.
func (r *Releases) dir(n Name) string { return release.Folder(r.opt.Dir, n.Wave, n.Version) }

const columns = `SELECT wave, version, state, manifest, built_by, built_ms, submitted_by, submitted_ms, approved_by, approved_ms,
	scheduled_by, opens_ms, turn, published_by, published_ms, ended_by, ended_ms, successor FROM release_state `

func scan(rows *sql.Rows) (e Entry, err error) {
	var version, state string
	var built, submitted, approved, opens, published, ended int64
	err = rows.Scan(&e.Wave, &version, &state, &e.Manifest, &e.BuiltBy, &built, &e.SubmittedBy, &submitted, &e.ApprovedBy, &approved,
		&e.ScheduledBy, &opens, &e.turn, &e.PublishedBy, &published, &e.EndedBy, &ended, &e.Successor)
	if err != nil {
		return e, err
	}
	for at, ms := range map[*time.Time]int64{&e.Built: built, &e.Submitted: submitted, &e.Approved: approved,
		&e.Opens: opens, &e.Published: published, &e.Ended: ended} {
		*at = store.FromMillis(ms)
	}
	e.State = State(state)
	e.Version, err = release.ParseVersion(version)
	return e, err
}

func list(tx *store.Tx, where string, args ...any) (all []Entry, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		e, err := scan(rows)
		all = append(all, e)
		return err
	}, columns+where, args...)
	return all, err
}

func one(tx *store.Tx, n Name) (Entry, error) {
	all, err := list(tx, `WHERE wave = ? AND version = ?`, n.Wave, n.Version.String())
	switch {
	case err != nil:
		return Entry{}, err
	case len(all) == 0:
		return Entry{}, fmt.Errorf("release %s: %w", n, ErrUnknown)
	}
	return all[0], nil
}

// put writes an entry over the one that is in a state; false where that is
// not so any more.
func put(tx *store.Tx, from State, e Entry) (bool, error) {
	n, err := tx.Exec(`UPDATE release_state SET state = ?, submitted_by = ?, submitted_ms = ?, approved_by = ?, approved_ms = ?,
		scheduled_by = ?, opens_ms = ?, turn = ?, published_by = ?, published_ms = ?, ended_by = ?, ended_ms = ?, successor = ?
		WHERE wave = ? AND version = ? AND state = ?`,
		string(e.State), e.SubmittedBy, millis(e.Submitted), e.ApprovedBy, millis(e.Approved),
		e.ScheduledBy, millis(e.Opens), e.turn, e.PublishedBy, millis(e.Published), e.EndedBy, millis(e.Ended), e.Successor,
		e.Wave, e.Version.String(), string(from))
	return n == 1, err
}

// millis is t as the store keeps it, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Millis(t)
}
