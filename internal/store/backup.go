package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Backup writes everything in the store, as of one moment, to a new file, and
// returns the comparison of each table with the store. The file is a SQLite
// store whatever the database is, so that a backup of one is restored in the
// other. The store may be in use meanwhile. A file that is there is left alone;
// one that could not be finished is removed.
func Backup(ctx context.Context, from *DB, file string) (report []Copied, err error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			removeSQLite(file)
		}
	}()
	to, err := Open(ctx, file)
	if err != nil {
		return nil, err
	}
	report, err = Copy(ctx, from, to)
	return report, errors.Join(err, to.Close())
}

// Restore copies a backup into an empty store. The backup itself is not
// changed, also where the program has migrations it has not.
func Restore(ctx context.Context, file string, to *DB) (report []Copied, err error) {
	work, err := os.MkdirTemp("", "restore")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	copied := filepath.Join(work, "backup.db")
	if err := copyFile(copied, file); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	from, err := Open(ctx, copied)
	if err != nil {
		return nil, err
	}
	report, err = Copy(ctx, from, to)
	return report, errors.Join(err, from.Close())
}

func copyFile(to, from string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}

// removeSQLite removes a file with what SQLite keeps beside it.
func removeSQLite(file string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		os.Remove(file + suffix)
	}
}
