package response

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"barometer/internal/store"
	"barometer/survey/questionnaire"
)

// Definition is the questionnaire that a wave collects answers with.
type Definition struct {
	Hash   string
	Source string // the questionnaire file
	Since  time.Time
}

// DefinitionError says that a wave collects answers with another definition
// than the one given.
type DefinitionError struct {
	Wave      string
	Published Definition
	Changes   []questionnaire.Change // from the one published to the one given
}

// listed bounds how many changes an error names.
const listed = 10

func (e *DefinitionError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "wave %s collects answers with another definition of its questionnaire, published %s; put that back, or ask the new questions in a new wave",
		e.Wave, e.Published.Since.UTC().Format("2006-01-02 15:04 UTC"))
	for i, c := range e.Changes {
		if i == listed {
			fmt.Fprintf(&b, "\n  and %d more", len(e.Changes)-listed)
			break
		}
		fmt.Fprintf(&b, "\n  %s: %s: %s", c.Class, c.Part, c.What)
	}
	return b.String()
}

// Is makes it an [ErrDefinition].
func (e *DefinitionError) Is(target error) bool { return target == ErrDefinition }

// Publish notes the definition that a wave collects answers with. The first
// one stands: the same again is nothing new, and any other is refused with a
// [*DefinitionError] that names what changed. source is the file q was read
// from.
func (s *Store) Publish(ctx context.Context, wave string, q *questionnaire.Questionnaire, source string) error {
	var published Definition
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		const insert = `INSERT INTO response_definition (wave, hash, source, published_ms) VALUES (?, ?, ?, ?) ON CONFLICT (wave) DO NOTHING`
		if _, err := tx.Exec(insert, wave, q.Hash, source, store.Millis(s.now())); err != nil {
			return err
		}
		var err error
		published, _, err = readDefinition(tx, wave)
		return err
	})
	if err != nil {
		return fmt.Errorf("publish the questionnaire of wave %s: %w", wave, err)
	}
	return published.admits(wave, q)
}

// Published returns the definition that the wave collects answers with; ok is
// false when none has been published.
func (s *Store) Published(ctx context.Context, wave string) (d Definition, ok bool, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		d, ok, err = readDefinition(tx, wave)
		return err
	})
	if err != nil {
		return Definition{}, false, fmt.Errorf("published questionnaire of wave %s: %w", wave, err)
	}
	return d, ok, nil
}

// Admits refuses a definition other than the one published, as Publish does,
// and publishes nothing.
func (s *Store) Admits(ctx context.Context, wave string, q *questionnaire.Questionnaire) error {
	d, ok, err := s.Published(ctx, wave)
	if err != nil || !ok {
		return err
	}
	return d.admits(wave, q)
}

func readDefinition(tx *store.Tx, wave string) (Definition, bool, error) {
	var d Definition
	var ms int64
	err := tx.QueryRow(`SELECT hash, source, published_ms FROM response_definition WHERE wave = ?`, wave).Scan(&d.Hash, &d.Source, &ms)
	if errors.Is(err, sql.ErrNoRows) {
		return Definition{}, false, nil
	}
	d.Since = store.FromMillis(ms)
	return d, err == nil, err
}

// admits compares a definition with the one published.
func (d Definition) admits(wave string, q *questionnaire.Questionnaire) error {
	if d.is(q.Hash) {
		return nil
	}
	refusal := &DefinitionError{Wave: wave, Published: d}
	if published, err := d.load(); err == nil {
		if difference, err := questionnaire.Diff(published, q); err == nil {
			refusal.Changes = difference.Changes
		}
	}
	return refusal
}

// is reports whether a hash is that of the definition, also where an earlier
// program took another hash of the same words.
func (d Definition) is(hash string) bool {
	if d.Hash == hash {
		return true
	}
	q, err := d.load()
	return err == nil && q.Hash == hash
}

func (d Definition) load() (*questionnaire.Questionnaire, error) {
	return questionnaire.Load(strings.NewReader(d.Source), "the published questionnaire")
}

// admitted refuses a page made from another definition than the one published:
// a server that started before that would save answers to other questions. A
// published definition never changes, so it is looked up once.
func (s *Store) admitted(tx *store.Tx, wave, hash string) error {
	if hash == "" {
		return nil
	}
	key := [2]string{wave, hash}
	if _, known := s.admits.Load(key); known {
		return nil
	}
	d, ok, err := readDefinition(tx, wave)
	if err != nil || !ok {
		return err
	}
	if !d.is(hash) {
		return ErrDefinition
	}
	s.admits.Store(key, true)
	return nil
}
