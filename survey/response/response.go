// Package response stores what the workplaces answered, and what became of
// each of them.
//
// Answers come in page by page from the runner; a [Record] per unit goes out,
// to the next page and in the end to package freeze. A save has happened when
// it is durable, and not before. Answers are sealed on the way in and opened
// on the way out (see [Keys]); the history of every change is kept beside the
// state. The package decides no route and no validity: a submit is checked by
// the function it is given. It knows units by their random key alone.
package response

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/survey/questionnaire"
)

// Disposition is what became of a sampled unit, in the terms of AAPOR,
// Standard Definitions (10th ed., 2023).
//
// A workplace that nothing was heard from is of unknown eligibility, not an
// eligible noncontact (2.20): the frame is a register of some age, and silence
// is what a workplace that has closed or merged sends back. Nothing but an
// answer shows that the invitation reached a workplace that exists. So response
// rates and weights count it among the unknown.
type Disposition string

const (
	Complete   Disposition = "complete"   // 1.1: submitted
	Partial    Disposition = "partial"    // 1.2: answered something, never submitted
	Refused    Disposition = "refused"    // 2.11: declined to take part
	Noncontact Disposition = "noncontact" // 3.19: invited, nothing heard
	Unknown    Disposition = "unknown"    // 3.90: not known whether the workplace exists
	Ineligible Disposition = "ineligible" // 4.0: closed, merged, not public
)

// Dispositions lists every disposition in the order of their AAPOR codes.
var Dispositions = []Disposition{Complete, Partial, Refused, Noncontact, Unknown, Ineligible}

// AAPOR returns the disposition's code in the Standard Definitions.
func (d Disposition) AAPOR() string {
	switch d {
	case Complete:
		return "1.1"
	case Partial:
		return "1.2"
	case Refused:
		return "2.11"
	case Noncontact:
		return "3.19"
	case Unknown:
		return "3.90"
	case Ineligible:
		return "4.0"
	}
	return ""
}

// Label returns the disposition in words.
func (d Disposition) Label() i18n.Text {
	switch d {
	case Complete:
		return i18n.Text{DA: "besvaret", EN: "complete"}
	case Partial:
		return i18n.Text{DA: "delvist besvaret", EN: "partial"}
	case Refused:
		return i18n.Text{DA: "ønsker ikke at deltage", EN: "refused"}
	case Noncontact:
		return i18n.Text{DA: "ikke hørt fra", EN: "not heard from"}
	case Unknown:
		return i18n.Text{DA: "ukendt om arbejdspladsen findes", EN: "unknown whether the workplace exists"}
	case Ineligible:
		return i18n.Text{DA: "uden for målgruppen", EN: "not eligible"}
	}
	return i18n.Text{}
}

// Record is the response of one unit as it stands.
type Record struct {
	Wave        string
	Unit        string // random key
	Revision    int    // counts the changes; 0 = nothing yet
	Lang        i18n.Lang
	Page        string // where to resume, "" = at the beginning
	Answers     questionnaire.Answers
	Disposition Disposition
	Mode        Mode      // in which the last answers came, empty before the first
	Submitted   time.Time // zero = not submitted
	Receipt     string
}

var (
	// ErrClosed says that the wave no longer takes answers.
	ErrClosed = errors.New("wave closed")
	// ErrSubmitted says that the response was submitted and is final.
	ErrSubmitted = errors.New("response already submitted")
	// ErrNotSubmitted says that there is nothing submitted to take back.
	ErrNotSubmitted = errors.New("response not submitted")
	// ErrIneligible says that staff have put the unit outside the survey.
	ErrIneligible = errors.New("unit not eligible")
	// ErrDefinition says that a page was made from another definition of the
	// questionnaire than the one published for the wave.
	ErrDefinition = errors.New("the wave collects answers with another definition of its questionnaire")
)

// StaleError says that the same items were changed by someone else since the
// page was shown. Nothing of the save was kept.
type StaleError struct {
	Current   Record                // as stored now
	Attempted questionnaire.Answers // as the refused save would have had them
	Items     []string              // items in dispute, in order
}

func (e *StaleError) Error() string {
	if len(e.Items) == 0 {
		return fmt.Sprintf("the response has changed since it was shown: it is at revision %d", e.Current.Revision)
	}
	return fmt.Sprintf("changed elsewhere in the meantime: %s", strings.Join(e.Items, ", "))
}

// TamperedError says that a stored response cannot be opened: its row was
// altered, moved or damaged outside the program.
type TamperedError struct {
	Wave, Unit string
	Revision   int
}

func (e *TamperedError) Error() string {
	return fmt.Sprintf("wave %s, unit %s, revision %d: the stored answers do not open with their key; restore the row from a backup", e.Wave, e.Unit, e.Revision)
}

// Store keeps the responses of all waves.
type Store struct {
	db   *store.DB
	keys Keys
	now  func() time.Time

	admits sync.Map // definitions known to be a wave's: wave, hash
}

// New returns the responses in db. It refuses keys other than those the
// answers in db are sealed with.
func New(ctx context.Context, db *store.DB, keys Keys, now func() time.Time) (*Store, error) {
	if err := keys.Check(ctx, db); err != nil {
		return nil, fmt.Errorf("response: %w", err)
	}
	return &Store{db: db, keys: keys, now: now}, nil
}

// Load returns the unit's response. A unit that has not begun has revision 0
// and is a noncontact.
func (s *Store) Load(ctx context.Context, wave, unit string) (Record, error) {
	var state state
	err := s.db.ReadOne(ctx, func(tx *store.Tx) (err error) {
		state, err = readState(tx, wave, unit)
		return err
	})
	if err != nil {
		return Record{}, fmt.Errorf("load response: %w", err)
	}
	return s.open(state)
}
