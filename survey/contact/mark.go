package contact

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"barometer/internal/store"
)

// AuditObject names a unit of a wave in the audit log. The log is never changed
// and outlives the wave's link, while a unit's key follows from the seed and a
// public number. So the log gets a mark that is drawn for it alone; the row that
// leads from the mark to the unit goes with the link.
func AuditObject(tx *store.Tx, wave, unit string) (string, error) {
	drawn := make([]byte, 16)
	rand.Read(drawn) //nolint:errcheck // never fails
	_, err := tx.Exec(`INSERT INTO contact_mark (wave, unit, mark) VALUES (?, ?, ?) ON CONFLICT (wave, unit) DO NOTHING`,
		wave, unit, hex.EncodeToString(drawn))
	if err != nil {
		return "", fmt.Errorf("mark of a unit: %w", err)
	}
	var mark string
	err = tx.QueryRow(`SELECT mark FROM contact_mark WHERE wave = ? AND unit = ?`, wave, unit).Scan(&mark)
	if err != nil {
		return "", fmt.Errorf("mark of a unit: %w", err)
	}
	return wave + "/" + mark, nil
}
