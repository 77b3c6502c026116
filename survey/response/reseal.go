package response

import (
	"context"
	"fmt"

	"barometer/internal/seal"
)

// Sealed are the tables that hold answers, for the rotation of their keys.
func (s *Store) Sealed() (Keys, []seal.Table) {
	bind := func(kind string) func([]any, string) (string, []byte) {
		return func(key []any, id string) (string, []byte) {
			return purpose(fmt.Sprint(key[0])), fmt.Appendf(nil, placeLayout, kind, key[0], key[1], key[2], id)
		}
	}
	key := []string{"wave", "unit", "revision"}
	return s.keys, []seal.Table{
		{Name: "response_state", Key: key, Bind: bind("state")},
		{Name: "response_event", Key: key, Bind: bind("event")},
	}
}

// Reseal seals everything anew that is sealed with another key than the one
// that seals. Afterwards the others may be retired, unless rows did not open.
func (s *Store) Reseal(ctx context.Context) (seal.Report, error) {
	keys, tables := s.Sealed()
	return keys.Reseal(ctx, s.db, tables, nil)
}
