package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"barometer/internal/audit"
	"barometer/internal/store"
)

func copyStoreCommand(a *app, flags *flag.FlagSet) action {
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(2, "the store to copy, and an empty one to copy it to", args); err != nil {
			return err
		}
		from, err := openExisting(ctx, args[0])
		if err != nil {
			return err
		}
		defer from.Close()
		where, err := placeArgument(args[1])
		if err != nil {
			return err
		}
		to, err := store.Open(ctx, where)
		if err != nil {
			return err
		}
		report, err := store.Copy(ctx, from, to)
		if err := errors.Join(err, to.Close()); err != nil {
			return err
		}
		return printCopied(a.stdout, report, *asJSON)
	}
}

// openExisting opens a store that an argument names; a file must be there.
func openExisting(ctx context.Context, arg string) (*store.DB, error) {
	where, err := placeArgument(arg)
	if err != nil {
		return nil, err
	}
	if !store.IsPostgres(where) {
		if _, err := os.Stat(where); err != nil {
			return nil, err
		}
	}
	return store.Open(ctx, where)
}

// openHomeStore opens the store that a home names.
func openHomeStore(ctx context.Context, dir string) (*store.DB, error) {
	h, err := openHome(dir)
	if err != nil {
		return nil, err
	}
	where, err := h.storePlace()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, where)
}

func backupCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the file to write", args); err != nil {
			return err
		}
		db, err := openHomeStore(ctx, *dir)
		if err != nil {
			return err
		}
		defer db.Close()
		if err := a.noteBackup(ctx, db, args[0]); err != nil {
			return err
		}
		report, err := store.Backup(ctx, db, args[0])
		if err != nil {
			return err
		}
		if err := printCopied(a.stdout, report, *asJSON); err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "The backup holds the store alone. Keep the folders secrets, waves and releases and barometer.yaml too;\nkeep secrets apart from the backup: together they open every answer.\n")
		return nil
	}
}

// notable is a name of a file that the audit log takes.
var notable = regexp.MustCompile(`[^\pL\pN ._:/+=-]`)

// noteBackup notes in the audit log that a backup is being made, so that
// barometer unlink can name it: it opens with keys that are still there.
func (a *app) noteBackup(ctx context.Context, db *store.DB, file string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	path = notable.ReplaceAllString(path, "-")
	if n := len([]rune(path)); n > 200 {
		path = string([]rune(path)[n-200:])
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		return audit.Record(tx, a.now(), audit.Event{Actor: audit.Operator, Action: "store.backup", Object: path})
	})
}

func restoreCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the backup to restore", args); err != nil {
			return err
		}
		db, err := openHomeStore(ctx, *dir)
		if err != nil {
			return err
		}
		defer db.Close()
		report, err := store.Restore(ctx, args[0], db)
		if err != nil {
			return err
		}
		return printCopied(a.stdout, report, *asJSON)
	}
}

// printCopied prints what was copied, table by table. A difference is a
// failure.
func printCopied(w io.Writer, report []store.Copied, asJSON bool) error {
	differ := 0
	for _, c := range report {
		if !c.Same() {
			differ++
		}
	}
	if asJSON {
		if err := json.NewEncoder(w).Encode(report); err != nil {
			return err
		}
	} else {
		for _, c := range report {
			says := "the same"
			if !c.Same() {
				says = fmt.Sprintf("DIFFERS: %d rows, %.12s", c.To.Rows, c.To.Hash)
			}
			fmt.Fprintf(w, "%-22s %9d rows  %.12s  %s\n", c.Table, c.From.Rows, c.From.Hash, says)
		}
	}
	if differ > 0 {
		return fmt.Errorf("%d tables differ: do not use the copy", differ)
	}
	return nil
}
