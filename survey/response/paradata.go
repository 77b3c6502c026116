package response

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
)

// Device is the class of a respondent's device, as coarse as that.
type Device string

const (
	Phone         Device = "phone"
	Tablet        Device = "tablet"
	Computer      Device = "computer"
	UnknownDevice Device = "unknown"
)

// Trace is what a server sees of how a page was used, when it is sent in.
type Trace struct {
	Device Device
	Drawn  time.Time // when the page was sent out, zero = not known
	Script bool      // sent by the page's script
	Back   bool      // left backwards
}

// PageUse is the paradata of one page of one unit: every [Trace] of it added
// up.
type PageUse struct {
	Unit      string
	Page      string
	First     time.Time     // sent in for the first time
	Last      time.Time     // sent in for the last time
	Open      time.Duration // it stood open before it was sent in
	Saves     int           // by a button
	Autosaves int           // by the page's script
	Refusals  int           // it came back with faults
	Backs     int           // it was left backwards
	Device    Device        // at the last time
	Lang      i18n.Lang     // at the last time
	Faults    []string      // ids of items that were ever at fault, in order
}

// longestOpen bounds the time a page is counted as open: beyond it, somebody
// went home.
const longestOpen = 24 * time.Hour

// use is what one trace adds.
func (s *Store) use(t *Trace) PageUse {
	now := s.now()
	u := PageUse{First: now, Last: now, Device: t.Device, Saves: 1}
	if open := now.Sub(t.Drawn); open > 0 && open <= longestOpen { // a clock that was set back tells nothing
		u.Open = open
	}
	if t.Script {
		u.Saves, u.Autosaves = 0, 1
	}
	if t.Back {
		u.Backs = 1
	}
	return u
}

// trace adds to the paradata of a page in the transaction that saves it, so
// that it costs no commit of its own.
func (s *Store) trace(tx *store.Tx, save Save) error {
	if save.Trace == nil {
		return nil
	}
	u := s.use(save.Trace)
	u.Unit, u.Page, u.Lang = save.Unit, save.Page, save.Lang
	return addUse(tx, save.Wave, u)
}

// Refused adds a page that came back with faults to the paradata. Where the
// unit wants none, nothing is kept.
func (s *Store) Refused(ctx context.Context, wave, unit, page string, l i18n.Lang, t Trace, items []string) error {
	u := s.use(&t)
	u.Unit, u.Page, u.Lang, u.Saves, u.Autosaves, u.Refusals = unit, page, l, 0, 0, 1
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		before, err := readFaults(tx, wave, unit, page)
		if err != nil {
			return err
		}
		u.Faults = slices.Compact(slices.Sorted(slices.Values(append(before, items...))))
		if err := addUse(tx, wave, u); err != nil {
			return err
		}
		const q = `UPDATE response_paradata SET faults = ? WHERE wave = ? AND unit = ? AND page = ?`
		_, err = tx.Exec(q, strings.Join(u.Faults, " "), wave, unit, page)
		return err
	})
	if err != nil {
		return fmt.Errorf("paradata of page %s: %w", page, err)
	}
	return nil
}

func readFaults(tx *store.Tx, wave, unit, page string) ([]string, error) {
	var faults string
	const q = `SELECT faults FROM response_paradata WHERE wave = ? AND unit = ? AND page = ?`
	err := tx.QueryRow(q, wave, unit, page).Scan(&faults)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return strings.Fields(faults), err
}

// addUse adds to a row in one statement, and to none where the unit objects.
func addUse(tx *store.Tx, wave string, u PageUse) error {
	const q = `INSERT INTO response_paradata
			(wave, unit, page, first_ms, last_ms, open_ms, saves, autosaves, refusals, backs, device, lang, faults)
		SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT),
			CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT), ''
		WHERE NOT EXISTS (SELECT 1 FROM response_paradata_off WHERE wave = ? AND unit = ?)
		ON CONFLICT (wave, unit, page) DO UPDATE SET
			last_ms = excluded.last_ms, device = excluded.device, lang = excluded.lang,
			open_ms = response_paradata.open_ms + excluded.open_ms,
			saves = response_paradata.saves + excluded.saves,
			autosaves = response_paradata.autosaves + excluded.autosaves,
			refusals = response_paradata.refusals + excluded.refusals,
			backs = response_paradata.backs + excluded.backs`
	_, err := tx.Exec(q, wave, u.Unit, u.Page, store.Millis(u.First), store.Millis(u.Last), u.Open.Milliseconds(),
		u.Saves, u.Autosaves, u.Refusals, u.Backs, string(u.Device), string(u.Lang), wave, u.Unit)
	return err
}

func paradataOff(tx *store.Tx, wave, unit string) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM response_paradata_off WHERE wave = ? AND unit = ?`, wave, unit).Scan(&n)
	return n > 0, err
}

// ParadataOff reports whether the unit wants no paradata kept.
func (s *Store) ParadataOff(ctx context.Context, wave, unit string) (off bool, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		off, err = paradataOff(tx, wave, unit)
		return err
	})
	return off, err
}

// SwitchParadata keeps no more paradata of the unit and drops what is there,
// or keeps it again from now on.
func (s *Store) SwitchParadata(ctx context.Context, wave, unit string, off bool) error {
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		if !off {
			_, err := tx.Exec(`DELETE FROM response_paradata_off WHERE wave = ? AND unit = ?`, wave, unit)
			return err
		}
		const q = `INSERT INTO response_paradata_off (wave, unit) VALUES (?, ?) ON CONFLICT (wave, unit) DO NOTHING`
		if _, err := tx.Exec(q, wave, unit); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM response_paradata WHERE wave = ? AND unit = ?`, wave, unit)
		return err
	})
	if err != nil {
		return fmt.Errorf("switch paradata: %w", err)
	}
	return nil
}

// Paradata lists how the pages of a wave were used, by unit key and page.
func (s *Store) Paradata(ctx context.Context, wave string) ([]PageUse, error) {
	var all []PageUse
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			u, err := scanUse(rows)
			all = append(all, u)
			return err
		}, `SELECT unit, page, first_ms, last_ms, open_ms, saves, autosaves, refusals, backs, device, lang, faults
			FROM response_paradata WHERE wave = ? ORDER BY unit, page`, wave)
	})
	if err != nil {
		return nil, fmt.Errorf("paradata of wave %s: %w", wave, err)
	}
	return all, nil
}

func scanUse(rows *sql.Rows) (PageUse, error) {
	var u PageUse
	var first, last, open int64
	var faults string
	err := rows.Scan(&u.Unit, &u.Page, &first, &last, &open, &u.Saves, &u.Autosaves, &u.Refusals, &u.Backs, &u.Device, &u.Lang, &faults)
	u.First, u.Last = store.FromMillis(first), store.FromMillis(last)
	u.Open, u.Faults = time.Duration(open)*time.Millisecond, strings.Fields(faults)
	return u, err
}
