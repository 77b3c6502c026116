package account

import (
	"crypto/hmac"
	"encoding/base64"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/internal/store"
)

// A browser that somebody has signed in at carries a mark of that person, so that
// a sign-in from another can be told of. A mark proves that, names nobody, and
// opens nothing; the store keeps none.

// mostMarks is how many persons a browser is known to have been used by.
const mostMarks = 8

func (a *Accounts) mark(id ID) string {
	return base64.RawURLEncoding.EncodeToString(keyed(a.browserKey, id.String())[:12])
}

// Marks is what a browser is to carry once a person has signed in at it, by what
// it carried before.
func (a *Accounts) Marks(carried string, id ID) string {
	mine := a.mark(id)
	marks := slices.DeleteFunc(strings.Split(carried, "."), func(m string) bool { return m == mine || len(m) != len(mine) })
	marks = append([]string{mine}, marks...)
	return strings.Join(marks[:min(len(marks), mostMarks)], ".")
}

// familiar reports whether a person has signed in at a device before.
func (a *Accounts) familiar(d Device, id ID) bool {
	mine := []byte(a.mark(id))
	return slices.ContainsFunc(strings.Split(d.Marks, "."), func(m string) bool { return hmac.Equal([]byte(m), mine) })
}

// tellOfSignIn writes to a person who is signed in at a device that is not known
// to be the person's. Who has only just come has no other.
func (a *Accounts) tellOfSignIn(tx *store.Tx, s Session) error {
	p := s.Person
	if p.State != Active && p.State != Closing || a.familiar(s.Device, p.ID) {
		return nil
	}
	at := Local(s.Begun)
	l := letterTo(p, "account-new-device")
	l.Data = NewDeviceLetter{Browser: s.Device.Browser, System: s.Device.System, Day: i18n.Date(at, p.Lang), Time: i18n.Clock(at, p.Lang)}
	return a.write(tx, l)
}
