package fieldwork

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"barometer/internal/seal"
	"barometer/internal/store"
)

// Remark is what a member of staff found out about a workplace, mostly of an
// error in the frame.
type Remark struct {
	Number int
	At     time.Time
	Actor  string // account
	Code   string // one of RemarkCodes
	Text   string // may be empty
}

// RemarkCodes are the subjects of remarks.
var RemarkCodes = []string{"closed", "merged", "moved", "renamed", "size", "sector", "duplicate", "contact", "other"}

// MaxRemark is the number of characters a remark may have.
const MaxRemark = 500

// RemarkError says what is wrong with a remark: "code" or "text".
type RemarkError struct{ Field, Problem string }

func (e *RemarkError) Error() string { return "remark: " + e.Field + " " + e.Problem }

// check refuses a remark that says nothing or too much.
func (r Remark) check() error {
	if !slices.Contains(RemarkCodes, r.Code) {
		return &RemarkError{"code", "is none of those offered"}
	}
	text := strings.TrimSpace(r.Text)
	control := func(c rune) bool { return unicode.IsControl(c) && c != '\n' }
	switch {
	case r.Code == "other" && text == "":
		return &RemarkError{"text", "is missing"}
	case utf8.RuneCountInString(text) > MaxRemark:
		return &RemarkError{"text", fmt.Sprintf("has more than %d characters", MaxRemark)}
	case !utf8.ValidString(text) || strings.ContainsFunc(text, control):
		return &RemarkError{"text", "holds what is no text"}
	}
	return nil
}

// AddRemark keeps a remark, in the caller's transaction. Its text is sealed,
// bound to the place it stands at; number and time are set.
func (d *Desk) AddRemark(tx *store.Tx, wave, unit string, r Remark) error {
	r.Text = strings.TrimSpace(strings.ReplaceAll(r.Text, "\r\n", "\n"))
	if err := r.check(); err != nil {
		return err
	}
	const next = `SELECT COALESCE(MAX(number), 0) + 1 FROM fieldwork_note WHERE wave = ? AND unit = ?`
	if err := tx.QueryRow(next, wave, unit).Scan(&r.Number); err != nil {
		return err
	}
	key, err := d.ring.Sealing(tx)
	if err != nil {
		return err
	}
	sealed, err := d.ring.Seal(key, purpose(wave), r.place(wave, unit, key), []byte(r.Text))
	if err != nil {
		return err
	}
	const q = `INSERT INTO fieldwork_note (wave, unit, number, at_ms, actor, code, key_id, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = tx.Exec(q, wave, unit, r.Number, store.Millis(d.now()), r.Actor, r.Code, key, sealed)
	return err
}

func purpose(wave string) string { return "remarks of wave " + wave }

// place is what the text is bound to.
func (r Remark) place(wave, unit, key string) []byte {
	return place(wave, unit, key, strconv.Itoa(r.Number), r.Code)
}

func place(wave, unit, key, number, code string) []byte {
	return fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s", wave, unit, number, code, key)
}

// Remarks lists the remarks on a unit, the last first. A text that does not
// open, because its row was altered, is an error that names the unit.
func (d *Desk) Remarks(ctx context.Context, wave, unit string) (all []Remark, err error) {
	err = d.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var r Remark
			var at int64
			var key string
			var sealed []byte
			if err := rows.Scan(&r.Number, &at, &r.Actor, &r.Code, &key, &sealed); err != nil {
				return err
			}
			text, err := d.ring.Open(key, purpose(wave), r.place(wave, unit, key), sealed)
			if err != nil {
				return fmt.Errorf("remark %d: %w; restore its row from a backup", r.Number, err)
			}
			r.At, r.Text = store.FromMillis(at), string(text)
			all = append(all, r)
			return nil
		}, `SELECT number, at_ms, actor, code, key_id, sealed FROM fieldwork_note WHERE wave = ? AND unit = ? ORDER BY number DESC`, wave, unit)
	})
	if err != nil {
		return nil, fmt.Errorf("remarks on unit %s of wave %s: %w", unit, wave, err)
	}
	return all, nil
}

// Sealed names the keys that seal remarks, and the table they stand in.
func (d *Desk) Sealed() (seal.Ring, []seal.Table) {
	return d.ring, []seal.Table{{
		Name: "fieldwork_note", Key: []string{"wave", "unit", "number", "code"},
		Bind: func(key []any, id string) (string, []byte) {
			wave, unit := fmt.Sprint(key[0]), fmt.Sprint(key[1])
			return purpose(wave), place(wave, unit, id, fmt.Sprint(key[2]), fmt.Sprint(key[3]))
		},
	}}
}
