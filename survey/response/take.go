package response

import (
	"errors"
	"fmt"
	"strings"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/survey/questionnaire"
)

// Taken is one response that was collected elsewhere. Its answers are checked
// already.
type Taken struct {
	Row      int // in the file, for errors
	Unit     string
	Lang     i18n.Lang
	Answers  questionnaire.Answers
	Complete bool // submitted where it was collected
}

// TakenError says which responses of a file contradict what is stored. Nothing
// of the file was kept.
type TakenError struct {
	Wave      string
	Conflicts []TakenConflict
}

// TakenConflict is one response of a file that cannot be taken in.
type TakenConflict struct {
	Row    int
	Unit   string
	Reason error
}

// ErrDiffers says that a response is stored already, and says otherwise.
var ErrDiffers = errors.New("other answers are stored for the workplace; a file overwrites none")

func (e *TakenError) Error() string {
	lines := make([]string, len(e.Conflicts))
	for i, c := range e.Conflicts {
		lines[i] = fmt.Sprintf("row %d, unit %s: %v", c.Row, c.Unit, c.Reason)
	}
	return fmt.Sprintf("wave %s: %s", e.Wave, strings.Join(lines, "\n"))
}

// TakeIn stores responses that were collected elsewhere, all or none, in the
// caller's transaction, and returns how many were new. One that is stored
// already with the same answers is nothing new; one that is stored with others
// is refused with a [*TakenError] that names them all. by is who reads the file
// in, and digest the file's hash, which stands in the log beside each response.
func (s *Store) TakeIn(tx *store.Tx, wave, definition string, list []Taken, by, digest string) (fresh int, err error) {
	e := event{kind: "imported", actor: by, mode: Imported, reason: digest}
	if err := errors.Join(e.check(), (Source{Imported, by}).check()); err != nil {
		return 0, err
	}
	if err := s.admitted(tx, wave, definition); err != nil {
		return 0, err
	}
	refused := &TakenError{Wave: wave}
	for _, t := range list {
		isNew, err := s.takeOne(tx, wave, t, e)
		switch {
		case errors.Is(err, store.ErrUnavailable):
			return 0, err
		case err != nil:
			refused.Conflicts = append(refused.Conflicts, TakenConflict{t.Row, t.Unit, err})
		case isNew:
			fresh++
		}
	}
	if len(refused.Conflicts) > 0 {
		return 0, refused
	}
	return fresh, nil
}

// takeOne stores one response, and reports whether it was new.
func (s *Store) takeOne(tx *store.Tx, wave string, t Taken, e event) (isNew bool, err error) {
	found, err := s.takeTurn(tx, wave, t.Unit)
	if err != nil {
		return false, err
	}
	r, err := s.open(found.state)
	if err != nil {
		return false, err
	}
	if found.answered > 0 {
		if len(changes(r.Answers, t.Answers)) > 0 || (r.Disposition == Complete) != t.Complete {
			return false, ErrDiffers
		}
		return false, nil
	}
	if err := found.takes(); err != nil {
		return false, err
	}
	r.Revision++
	r.Answers, r.Lang, r.Mode, r.Disposition = t.Answers, t.Lang, Imported, Partial
	e.changed = t.Answers
	if err := s.write(tx, found.sealing, r, e); err != nil || !t.Complete {
		return true, err
	}
	_, err = s.finish(tx, found.sealing, r, Source{Imported, e.actor})
	return true, err
}
