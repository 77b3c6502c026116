package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named "pgx"

	"barometer/internal/testenv"
)

// Postgres is the address of an empty schema of a PostgreSQL database, dropped
// with the test.
func Postgres(t testing.TB) string {
	t.Helper()
	s := shared(t)
	name := fmt.Sprintf("t%d", schemas.Add(1))
	s.command(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { s.command(t, "DROP SCHEMA "+name+" CASCADE") })
	return s.address() + "&search_path=" + name
}

var schemas atomic.Int64

// Server is a PostgreSQL server.
type Server struct {
	dir    string
	bin    string
	runAs  *syscall.Credential // nil: as this process
	stdin  *os.File
	daemon *exec.Cmd
}

var shared = func() func(testing.TB) *Server {
	var once sync.Once
	var server *Server
	return func(t testing.TB) *Server {
		once.Do(func() { server = startServer(t) })
		if server == nil {
			testenv.Missing(t, "no PostgreSQL server could be started")
		}
		return server
	}
}()

// binaries is the folder of the installed server programs.
func binaries(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		testenv.Missing(t, "PostgreSQL is not installed")
	}
	return filepath.Dir(found[len(found)-1])
}

func startServer(t testing.TB) *Server {
	t.Helper()
	s := &Server{bin: binaries(t)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("start PostgreSQL: %v", err)
		}
	}
	var err error
	s.dir, err = os.MkdirTemp("/tmp", "barometer-pg-") // a socket's path must be short
	must(err)
	if os.Geteuid() == 0 { // the server refuses to run as root
		s.runAs, err = credential("postgres")
		must(err)
		must(os.Chown(s.dir, int(s.runAs.Uid), int(s.runAs.Gid)))
	}
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "--no-sync", "--auth=trust", "--username=barometer",
		"--encoding=UTF8", "--locale=C.UTF-8", "--pgdata", filepath.Join(s.dir, "data"))
	s.own(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v: %s", err, out)
	}
	must(s.start())
	must(s.ready())
	return s
}

func credential(name string) (*syscall.Credential, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *Server) own(cmd *exec.Cmd) {
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.runAs}
}

// watch runs the server until the pipe on its standard input ends, which is when
// the test process does, and then removes the folder.
const watch = `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 -c shared_buffers=64MB \
	-c logging_collector=off >"$2/log" 2>&1 &
server=$!
read -r last
[ "$last" = keep ] && { kill -QUIT $server; wait $server; exit; }
kill -QUIT $server; wait $server; rm -rf "$2"`

func (s *Server) start() error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	s.stdin = write
	s.daemon = exec.Command("/bin/sh", "-c", watch, "sh", s.bin, s.dir)
	s.own(s.daemon)
	s.daemon.SysProcAttr.Setpgid = true // an interrupt at the terminal is not for it
	s.daemon.Stdin = read
	return s.daemon.Start()
}

// ready waits for the server to take connections.
func (s *Server) ready() error {
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := s.try("SELECT 1")
		if err == nil || time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(s.dir, "log")) //nolint:errcheck // it explains err, if there is one
			return wrap(err, string(log))
		}
	}
}

func wrap(err error, log string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", err, strings.TrimSpace(log))
}

func (s *Server) address() string { return "postgres://barometer@/postgres?host=" + s.dir }

func (s *Server) try(statement string) error {
	db, err := sql.Open("pgx", s.address())
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), statement)
	return err
}

func (s *Server) command(t testing.TB, statement string) {
	t.Helper()
	if err := s.try(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Restart crashes the server that [Postgres] gives addresses of, and starts it
// again: what was committed is there, and every connection is gone.
func Restart(t testing.TB) {
	t.Helper()
	s := shared(t)
	if _, err := s.stdin.WriteString("keep\n"); err != nil {
		t.Fatal(err)
	}
	if err := s.daemon.Wait(); err != nil {
		t.Logf("the server ended: %v", err)
	}
	s.stdin.Close()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	if err := s.ready(); err != nil {
		t.Fatal(err)
	}
}
