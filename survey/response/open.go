package response

import "barometer/internal/store"

// StillOpen is [ErrClosed] where the wave no longer takes answers, for what
// must not happen in the same transaction then.
func StillOpen(tx *store.Tx, wave string) error { return open(tx, wave) }
