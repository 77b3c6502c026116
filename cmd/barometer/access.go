package main

import (
	"context"
	"flag"
	"fmt"

	"barometer/internal/audit"
	"barometer/internal/store"
	"barometer/survey/contact"
)

func accessRevokeCommand(a *app, flags *flag.FlagSet) action {
	return a.accessCommand(flags, "access.revoke", func(c *collection, tx *store.Tx, wave, unit string) (string, error) {
		return "revoked; nobody gets in with it, and whoever was in is out", c.access.RevokeIn(tx, wave, unit)
	})
}

func accessReplaceCommand(a *app, flags *flag.FlagSet) action {
	return a.accessCommand(flags, "access.replace", func(c *collection, tx *store.Tx, wave, unit string) (string, error) {
		inv, err := c.access.ReplaceIn(tx, wave, unit)
		return "new code, shown this once: " + inv.Code.String(), err
	})
}

// accessCommand is a command about the code of one unit, which is named by its
// key or its P-number. The audit log says that it was done.
func (a *app) accessCommand(flags *flag.FlagSet, act string, do func(*collection, *store.Tx, string, string) (string, error)) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(2, "the wave, and the unit by its key or P-number", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			unit, err := c.access.Find(ctx, w.ID, args[1])
			if err != nil {
				return err
			}
			says := ""
			err = c.db.Write(ctx, func(tx *store.Tx) error {
				if says, err = do(c, tx, w.ID, unit); err != nil {
					return err
				}
				object, err := contact.AuditObject(tx, w.ID, unit)
				if err != nil {
					return err
				}
				return audit.Record(tx, a.now(), audit.Event{Actor: audit.Operator, Action: act, Object: object})
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "unit %s of wave %s: %s\n", unit, w.ID, says)
			return err
		})
	}
}
