package duck

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/marcboeker/go-duckdb/mapping"
)

// session is one in-memory database with one connection.
type session struct {
	db   mapping.Database
	conn mapping.Connection
}

// open starts a database that loads no extension, keeps no file and runs on
// the given number of threads; 0 means one per processor.
func open(threads int) (*session, error) {
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return nil, errors.New("duckdb: cannot make a configuration")
	}
	defer mapping.DestroyConfig(&config)
	for _, o := range [][2]string{
		{"threads", strconv.Itoa(threads)},
		{"autoinstall_known_extensions", "false"},
		{"autoload_known_extensions", "false"},
		{"allow_community_extensions", "false"},
	} {
		if mapping.SetConfig(config, o[0], o[1]) == mapping.StateError {
			return nil, fmt.Errorf("duckdb: cannot set %s", o[0])
		}
	}
	s := &session{}
	var message string
	if mapping.OpenExt(":memory:", &s.db, config, &message) == mapping.StateError {
		return nil, fmt.Errorf("duckdb: %s", message)
	}
	if mapping.Connect(s.db, &s.conn) == mapping.StateError {
		mapping.Close(&s.db)
		return nil, errors.New("duckdb: cannot connect")
	}
	return s, nil
}

func (s *session) close() {
	mapping.Disconnect(&s.conn)
	mapping.Close(&s.db)
}

// result is a query's answer, held in DuckDB's memory until closed.
type result struct{ res mapping.Result }

// query runs one statement. It is interrupted when the context ends.
func (s *session) query(ctx context.Context, sql string) (*result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { mapping.Interrupt(s.conn) })
	defer stop()
	r := &result{}
	if mapping.Query(s.conn, sql, &r.res) == mapping.StateError {
		defer mapping.DestroyResult(&r.res)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errors.New(readable(mapping.ResultError(&r.res)))
	}
	return r, nil
}

// exec runs a statement whose answer is of no interest.
func (s *session) exec(ctx context.Context, sql string) error {
	r, err := s.query(ctx, sql)
	if err != nil {
		return err
	}
	r.close()
	return nil
}

func (r *result) close() { mapping.DestroyResult(&r.res) }

// chunks returns the number of chunks.
func (r *result) chunks() int { return int(mapping.ResultChunkCount(r.res)) }

// chunk fetches one chunk; the caller closes it.
func (r *result) chunk(i int) chunk {
	return chunk{mapping.ResultGetChunk(r.res, mapping.IdxT(i))}
}

// each visits all chunks in order.
func (r *result) each(visit func(c chunk) error) error {
	for i := range r.chunks() {
		c := r.chunk(i)
		err := visit(c)
		c.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// readable shortens DuckDB's messages to the part that says what is wrong.
func readable(message string) string {
	if i := strings.Index(message, "\n\nLINE "); i >= 0 {
		message = message[:i]
	}
	if i := strings.Index(message, "\nPossible "); i >= 0 {
		message = message[:i]
	}
	return strings.TrimSpace(message)
}

// literal quotes a string for SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// identifier quotes a name for SQL.
func identifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
