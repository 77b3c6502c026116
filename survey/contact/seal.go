package contact

import (
	"errors"
	"fmt"
	"strings"

	"barometer/internal/seal"
)

// TamperedError says that a stored contact cannot be opened: its row was
// altered, moved or damaged outside the program.
type TamperedError struct{ Wave, Unit string }

func (e *TamperedError) Error() string {
	return fmt.Sprintf("wave %s, unit %s: the stored contact does not open with its key; restore the row from a backup", e.Wave, e.Unit)
}

// place is where a sealed value stands: what it is bound to.
type place struct {
	kind  string // "person", or the purpose of a wish
	wave  string
	unit  string
	keyID string
}

func (p place) bytes() []byte {
	return fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s", p.kind, p.wave, p.unit, p.keyID)
}

func (p place) purpose() string { return "contacts of wave " + p.wave }

// Sealed are the tables that hold contacts, for the rotation of their keys.
func (a *Access) Sealed() (seal.Ring, []seal.Table) {
	return a.ring, []seal.Table{
		{Name: "contact_person", Key: []string{"wave", "unit"}, Bind: func(key []any, id string) (string, []byte) {
			return place{kind: "person", wave: fmt.Sprint(key[0]), unit: fmt.Sprint(key[1]), keyID: id}.binding()
		}},
		{Name: "contact_wish", Key: []string{"wave", "unit", "purpose"}, Bind: func(key []any, id string) (string, []byte) {
			return wishPlace(fmt.Sprint(key[0]), fmt.Sprint(key[1]), Purpose(fmt.Sprint(key[2])), id).binding()
		}},
	}
}

func (p place) binding() (purpose string, place []byte) { return p.purpose(), p.bytes() }

func (a *Access) seal(p place, plain []byte) ([]byte, error) {
	return a.ring.Seal(p.keyID, p.purpose(), p.bytes(), plain)
}

func (a *Access) unseal(p place, sealed []byte) ([]byte, error) {
	plain, err := a.ring.Open(p.keyID, p.purpose(), p.bytes(), sealed)
	if errors.Is(err, seal.ErrTampered) {
		return nil, &TamperedError{Wave: p.wave, Unit: p.unit}
	}
	return plain, err
}

// sealedRow is a sealed value where it stands.
type sealedRow struct {
	at     place
	sealed []byte
}

func (a *Access) openPadded(r sealedRow) ([]byte, error) {
	plain, err := a.unseal(r.at, r.sealed)
	if err != nil {
		return nil, err
	}
	return seal.Unpad(plain)
}

// digest is what a unit is found by instead of a value, in any case; empty for
// no value.
func (a *Access) digest(kind, value string) []byte {
	value = strings.ToLower(strings.TrimSpace(value))
	if value == "" {
		return []byte{}
	}
	return keyed(a.digestKey, kind+"\x00"+value)
}
