package response

import (
	"database/sql"
	"errors"
	"fmt"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/survey/questionnaire"
)

// state is a row of response_state: a record with its answers sealed.
type state struct {
	Record
	answered    int
	submittedMS int64
	keyID       string
	sealed      []byte
}

const stateColumns = `wave, unit, revision, disposition, mode, lang, page, answered, submitted_ms, receipt, key_id, sealed`

// readState returns the unit's row, or revision 0 where there is none.
func readState(tx *store.Tx, wave, unit string) (state, error) {
	s, err := scanState(tx.QueryRow(`SELECT `+stateColumns+` FROM response_state WHERE wave = ? AND unit = ?`, wave, unit))
	if errors.Is(err, sql.ErrNoRows) {
		return noState(wave, unit), nil
	}
	return s, err
}

func noState(wave, unit string) state {
	return state{Record: Record{Wave: wave, Unit: unit, Lang: i18n.Danish, Disposition: Noncontact}}
}

// scanState reads the columns of a state, and those that follow them.
func scanState(row interface{ Scan(...any) error }, more ...any) (state, error) {
	var s state
	err := row.Scan(append([]any{&s.Wave, &s.Unit, &s.Revision, &s.Disposition, &s.Mode, &s.Lang, &s.Page,
		&s.answered, &s.submittedMS, &s.Receipt, &s.keyID, &s.sealed}, more...)...)
	s.Submitted = store.FromMillis(s.submittedMS)
	return s, err
}

// turn is a unit's row as the transaction finds it that is to change it, with
// what else that must know.
type turn struct {
	state
	over    bool   // the wave takes no more answers
	sealing string // key that seals what is written
}

// takeTurn reads all of it in one statement where the unit has a row.
func (s *Store) takeTurn(tx *store.Tx, wave, unit string) (turn, error) {
	var t turn
	var closedMS int64
	key, args := s.keys.Query()
	q := `SELECT ` + stateColumns + `, COALESCE((SELECT closed_ms FROM response_close c WHERE c.wave = response_state.wave), 0), (` + key + `)
		FROM response_state WHERE wave = ? AND unit = ?`
	row, err := scanState(tx.QueryRow(q, append(args, wave, unit)...), &closedMS, &t.sealing)
	if errors.Is(err, sql.ErrNoRows) {
		return s.firstTurn(tx, wave, unit)
	}
	t.state, t.over, t.sealing = row, closedMS != 0, s.keys.ID(t.sealing)
	return t, err
}

// firstTurn is the turn of a unit that has no row.
func (s *Store) firstTurn(tx *store.Tx, wave, unit string) (turn, error) {
	at, err := closed(tx, wave)
	if err != nil {
		return turn{}, err
	}
	key, err := s.keys.Sealing(tx)
	return turn{state: noState(wave, unit), over: !at.IsZero(), sealing: key}, err
}

// takes refuses a wave that is closed and a unit whose answers are final.
func (t turn) takes() error {
	switch {
	case t.over:
		return ErrClosed
	case t.Disposition == Complete:
		return ErrSubmitted
	case t.Disposition == Ineligible:
		return ErrIneligible
	}
	return nil
}

// open returns the record with its answers.
func (s *Store) open(row state) (Record, error) {
	r := row.Record
	if row.keyID == "" {
		r.Answers = questionnaire.Answers{}
		return r, nil
	}
	a, err := s.keys.unseal(row.place(), row.sealed)
	r.Answers = a
	return r, err
}

func (s state) place() place {
	return place{kind: "state", wave: s.Wave, unit: s.Unit, revision: s.Revision, keyID: s.keyID}
}

// event is a row of response_event: who changed what, and to what.
type event struct {
	kind    string
	actor   string
	mode    Mode // of the answers that came with it, empty where none did
	page    string
	reason  string
	changed questionnaire.Answers // items with their new answers; an empty Answer means cleared
}

// write stores r as the unit's state and e as the change that led to it, sealed
// with the key called keyID.
func (s *Store) write(tx *store.Tx, keyID string, r Record, e event) error {
	if err := s.writeState(tx, r, keyID); err != nil {
		return err
	}
	at := place{kind: "event", wave: r.Wave, unit: r.Unit, revision: r.Revision, keyID: keyID}
	sealed, err := s.keys.seal(at, e.changed)
	if err != nil {
		return err
	}
	const q = `INSERT INTO response_event (wave, unit, revision, at_ms, kind, actor, mode, page, disposition, reason, key_id, sealed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = tx.Exec(q, r.Wave, r.Unit, r.Revision, store.Millis(s.now()), e.kind, e.actor, e.mode, e.page,
		r.Disposition, e.reason, at.keyID, sealed)
	return err
}

func (s *Store) writeState(tx *store.Tx, r Record, keyID string) error {
	row := state{Record: r, keyID: keyID}
	sealed, err := s.keys.seal(row.place(), r.Answers)
	if err != nil {
		return err
	}
	var submitted int64
	if !r.Submitted.IsZero() {
		submitted = store.Millis(r.Submitted)
	}
	const q = `INSERT INTO response_state (` + stateColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (wave, unit) DO UPDATE SET
			revision = excluded.revision, disposition = excluded.disposition, mode = excluded.mode, lang = excluded.lang,
			page = excluded.page, answered = excluded.answered, submitted_ms = excluded.submitted_ms,
			receipt = excluded.receipt, key_id = excluded.key_id, sealed = excluded.sealed`
	_, err = tx.Exec(q, r.Wave, r.Unit, r.Revision, r.Disposition, r.Mode, r.Lang, r.Page,
		len(r.Answers), submitted, r.Receipt, row.keyID, sealed)
	return err
}

// answersAt returns the answers as they stood at an earlier revision, by
// replaying the history.
func (s *Store) answersAt(tx *store.Tx, wave, unit string, revision int) (questionnaire.Answers, error) {
	a := questionnaire.Answers{}
	err := tx.Each(func(rows *sql.Rows) error {
		at := place{kind: "event", wave: wave, unit: unit}
		var sealed []byte
		if err := rows.Scan(&at.revision, &at.keyID, &sealed); err != nil {
			return err
		}
		changed, err := s.keys.unseal(at, sealed)
		if err != nil {
			return err
		}
		apply(a, changed)
		return nil
	}, `SELECT revision, key_id, sealed FROM response_event
		WHERE wave = ? AND unit = ? AND revision <= ? ORDER BY revision`, wave, unit, revision)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return a, nil
}
