package response

import (
	"context"
	"database/sql"
	"fmt"

	"barometer/internal/store"
)

// resealBatch is how many rows one transaction reseals, so that respondents
// save in between.
const resealBatch = 200

// Reseal seals everything anew that is sealed with another key than the
// current one, and returns the number of rows. Afterwards the other master
// keys may be destroyed. Interrupted, it goes on where it stopped.
func (s *Store) Reseal(ctx context.Context) (int, error) {
	total := 0
	for _, t := range []sealedTable{{"response_state", "state"}, {"response_event", "event"}} {
		for {
			n, err := s.resealSome(ctx, t)
			if err != nil {
				return total, fmt.Errorf("reseal answers: %w", err)
			}
			if total += n; n == 0 {
				break
			}
		}
	}
	return total, s.forgetOthers(ctx)
}

// sealedTable is a table with a sealed column and the kind of place it is.
type sealedTable struct{ name, kind string }

type sealedRow struct {
	place
	sealed []byte
}

func (s *Store) resealSome(ctx context.Context, t sealedTable) (int, error) {
	var n int
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		rows, err := s.readOld(tx, t)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := s.resealRow(tx, t, r); err != nil {
				return err
			}
		}
		n = len(rows)
		return nil
	})
	return n, err
}

func (s *Store) readOld(tx *store.Tx, t sealedTable) ([]sealedRow, error) {
	var rows []sealedRow
	err := tx.Each(func(row *sql.Rows) error {
		r := sealedRow{place: place{kind: t.kind}}
		err := row.Scan(&r.wave, &r.unit, &r.revision, &r.keyID, &r.sealed)
		rows = append(rows, r)
		return err
	}, `SELECT wave, unit, revision, key_id, sealed FROM `+t.name+` WHERE key_id <> ? LIMIT ?`, s.keys.Current(), resealBatch)
	return rows, err
}

func (s *Store) resealRow(tx *store.Tx, t sealedTable, r sealedRow) error {
	a, err := s.keys.unseal(r.place, r.sealed)
	if err != nil {
		return err
	}
	to := r.place
	to.keyID = s.keys.Current()
	sealed, err := s.keys.seal(to, a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE `+t.name+` SET key_id = ?, sealed = ? WHERE wave = ? AND unit = ? AND revision = ?`,
		to.keyID, sealed, to.wave, to.unit, to.revision)
	return err
}

// forgetOthers drops the memory of keys that no row is sealed with any more.
func (s *Store) forgetOthers(ctx context.Context) error {
	names, err := s.db.Keys(ctx, keyPrefix)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == keyPrefix+s.keys.Current() {
			continue
		}
		if err := s.db.ForgetKey(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
