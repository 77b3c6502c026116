package contact

import (
	"errors"
	"fmt"

	"barometer/internal/store"
)

// Draw draws a code that opens nothing yet: it can be printed first and let in
// by [Access.Admit] when the print is safe.
func (a *Access) Draw() (Code, error) { return newCode(a.codes) }

// Admit makes a code open the response of p's unit, beside the codes that the
// unit has: each letter brings one of its own, so that an earlier letter that
// was passed on keeps working. sending names the letter, as reminder-1/1; a
// unit has one valid code for each. How to reach a unit that has no contact
// yet is kept as p says.
func (a *Access) Admit(tx *store.Tx, wave string, p Person, sending string, c Code) error {
	if p.Unit == "" || sending == "" {
		return fmt.Errorf("admit a code in wave %s: a unit and a sending are needed", wave)
	}
	_, err := a.person(tx, wave, p.Unit)
	if errors.Is(err, ErrNoPerson) {
		err = a.keepPerson(tx, wave, p)
	}
	if err != nil {
		return err
	}
	const q = `INSERT INTO contact_invitation (code_hash, wave, unit, sending, issued_ms, opened_ms, revoked_ms) VALUES (?, ?, ?, ?, ?, 0, 0)`
	_, err = tx.Exec(q, keyed(a.codeKey, string(c)), wave, p.Unit, sending, store.Millis(a.now()))
	return err
}
