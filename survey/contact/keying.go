package contact

import (
	"errors"

	"barometer/internal/store"
)

// BeginKeying gives a member of staff a session on a unit's response, to key in
// what the workplace sent on paper or said by telephone, in the caller's
// transaction. The unit needs no code, and none counts as used. actor is the
// account of who keys in, mode how the answers came; both stand in the session,
// so that nothing done in it is taken for the workplace's own doing.
func (a *Access) BeginKeying(tx *store.Tx, wave, unit, actor, mode string) (Session, error) {
	if actor == "" || mode == "" {
		return Session{}, errors.New("keying in needs who does it and how the answers came")
	}
	s := Session{Token: newToken(), Wave: wave, Unit: unit, Expires: a.now().Add(a.sessionLife), Actor: actor, Mode: mode}
	return s, a.keepSession(tx, s)
}
