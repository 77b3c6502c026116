package fieldwork

import (
	"database/sql"
	"errors"

	"barometer/internal/store"
)

// Wants reports whether a person has the daily digest switched on.
func (d *Desk) Wants(tx *store.Tx, person int64) (bool, error) {
	var since int64
	err := tx.QueryRow(`SELECT since_ms FROM fieldwork_digest WHERE person = ?`, person).Scan(&since)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Want switches a person's daily digest on or off.
func (d *Desk) Want(tx *store.Tx, person int64, on bool) error {
	if !on {
		_, err := tx.Exec(`DELETE FROM fieldwork_digest WHERE person = ?`, person)
		return err
	}
	const q = `INSERT INTO fieldwork_digest (person, since_ms) VALUES (?, ?) ON CONFLICT (person) DO NOTHING`
	_, err := tx.Exec(q, person, store.Millis(d.now()))
	return err
}

// Wanting lists the persons who have the daily digest switched on.
func (d *Desk) Wanting(tx *store.Tx) (persons []int64, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		var p int64
		err := rows.Scan(&p)
		persons = append(persons, p)
		return err
	}, `SELECT person FROM fieldwork_digest ORDER BY person`)
	return persons, err
}
