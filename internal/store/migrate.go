package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Migrations are forward only. A file, once released, is never changed: a
// correction is a further file. Each is portable SQL that runs on SQLite and
// on PostgreSQL.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one ordered step of the schema.
type migration struct {
	name string // "0001_contact_create"
	sql  string
}

var migrationName = regexp.MustCompile(`^\d{4}_[a-z]+_[a-z]+\.sql$`)

// migrations returns the embedded steps in order.
func migrations() []migration {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted
	if err != nil {
		panic(err) // the pattern is a constant
	}
	steps := make([]migration, len(names))
	for i, n := range names {
		text, err := migrationFiles.ReadFile(n)
		if err != nil {
			panic(err) // the files are part of the program
		}
		base := strings.TrimPrefix(n, "migrations/")
		steps[i] = migration{name: strings.TrimSuffix(base, ".sql"), sql: string(text)}
	}
	return steps
}

func (m migration) checksum() string {
	sum := sha256.Sum256([]byte(m.sql))
	return hex.EncodeToString(sum[:])
}

// migrate brings the schema to the last step, one transaction per step under a
// lock, so that two programs starting at once take turns. Where there is nothing to
// do, as nearly always, one look tells, and a start waits for nobody.
func migrate(ctx context.Context, conn *sql.Conn, speaks dialect, steps []migration) error {
	if upToDate(ctx, conn, steps) {
		return nil
	}
	const ledger = `CREATE TABLE IF NOT EXISTS store_migration (
		position INTEGER PRIMARY KEY,
		name     TEXT NOT NULL,
		checksum TEXT NOT NULL
	)`
	err := alone(ctx, conn, speaks, func() error {
		_, err := conn.ExecContext(ctx, speaks.define(ledger))
		return err
	})
	if err != nil {
		return err
	}
	for i, m := range steps {
		if err := alone(ctx, conn, speaks, func() error { return migrateStep(ctx, conn, speaks, i+1, m) }); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return refuseNewer(ctx, conn, len(steps))
}

// upToDate reports whether the steps are those that were applied, no fewer and no
// more. A store without a ledger has none.
func upToDate(ctx context.Context, conn *sql.Conn, steps []migration) bool {
	rows, err := conn.QueryContext(ctx, `SELECT name, checksum FROM store_migration ORDER BY position`)
	if err != nil {
		return false
	}
	defer rows.Close()
	applied := 0
	for ; rows.Next(); applied++ {
		var name, checksum string
		if rows.Scan(&name, &checksum) != nil || applied == len(steps) || name != steps[applied].name || checksum != steps[applied].checksum() {
			return false
		}
	}
	return rows.Err() == nil && applied == len(steps)
}

// alone runs a step in a transaction that no other program's step runs beside.
func alone(ctx context.Context, conn *sql.Conn, speaks dialect, step func() error) error {
	for _, command := range speaks.beginAlone() {
		if _, err := conn.ExecContext(ctx, command); err != nil {
			conn.ExecContext(ctx, "ROLLBACK") //nolint:errcheck // err says what went wrong
			return err
		}
	}
	if err := step(); err != nil {
		conn.ExecContext(ctx, "ROLLBACK") //nolint:errcheck // err says what went wrong
		return err
	}
	_, err := conn.ExecContext(ctx, "COMMIT")
	return err
}

// migrateStep applies a step unless it has been applied.
func migrateStep(ctx context.Context, conn *sql.Conn, speaks dialect, position int, m migration) error {
	var name, checksum string
	known := speaks.bind(`SELECT name, checksum FROM store_migration WHERE position = ?`)
	err := conn.QueryRowContext(ctx, known, position).Scan(&name, &checksum)
	switch {
	case err == sql.ErrNoRows:
		if _, err := conn.ExecContext(ctx, speaks.define(m.sql)); err != nil {
			return err
		}
		note := speaks.bind(`INSERT INTO store_migration (position, name, checksum) VALUES (?, ?, ?)`)
		_, err := conn.ExecContext(ctx, note, position, m.name, m.checksum())
		return err
	case err != nil:
		return err
	case name != m.name || checksum != m.checksum():
		return fmt.Errorf("the store has applied another version of it (%s): use the program that wrote it", name)
	}
	return nil
}

func refuseNewer(ctx context.Context, conn *sql.Conn, known int) error {
	var applied int
	if err := conn.QueryRowContext(ctx, `SELECT COUNT(*) FROM store_migration`).Scan(&applied); err != nil {
		return err
	}
	if applied > known {
		return fmt.Errorf("the store has %d migrations, this program knows %d: use a newer program", applied, known)
	}
	return nil
}
