package audit

import (
	"context"

	"barometer/internal/store"
)

// Of lists the events of one kind of act, the earliest first.
func Of(ctx context.Context, db *store.DB, action string) (list []Entry, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		list = nil
		return each(tx, func(e entry) error {
			shown, err := e.shown()
			list = append(list, shown)
			return err
		}, ` WHERE action = ? ORDER BY position`, action)
	})
	return list, err
}
