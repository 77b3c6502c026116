// Package pgserver starts a PostgreSQL for tests, on a socket in a folder of
// its own. It ends, and the folder goes, when the test program does, however
// it does.
package pgserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/testenv"
)

// Server is a PostgreSQL.
type Server struct {
	dir     string
	bin     string
	fsync   string
	stopped bool
	cmd     *exec.Cmd
	life    io.Closer // the server ends when this is closed
	says    bytes.Buffer
}

// Start starts a PostgreSQL for one test that ends it, or restarts it. It
// flushes every commit to disk, as in use; the shared one does not.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start(testenv.NeedPostgres(t), true)
	if err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		s.Stop(t)
		os.RemoveAll(s.dir)
	})
	return s
}

func start(bin string, durable bool) (*Server, error) {
	dir, err := os.MkdirTemp("", "pg") // short: the path of a socket has little room
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin, fsync: "fsync=off"}
	if durable {
		s.fsync = "fsync=on"
	}
	if err := give(dir); err != nil {
		return nil, err
	}
	init := s.command(filepath.Join(bin, "initdb"), "--no-sync", "--auth=trust", "--username=barometer",
		"--encoding=UTF8", "--locale=C.UTF-8", "--pgdata="+filepath.Join(dir, "data"))
	if out, err := init.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(dir))
	}
	return s, s.launch()
}

// watch runs the server until its own standard input ends, which it does with
// the test program: also where that is killed. $1 is the folder, removed unless the file keep stands in it.
const watch = `dir=$1; shift; "$@" & p=$!
cat >/dev/null; kill -INT $p; wait $p
[ -e "$dir/keep" ] || rm -rf "$dir"`

// launch starts the server and waits until it answers.
func (s *Server) launch() error {
	s.cmd = s.command("/bin/sh", "-c", watch, "sh", s.dir,
		filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-h", "",
		"-c", "max_connections=120", "-c", s.fsync, "-c", "shared_buffers=32MB", "-c", "log_min_messages=fatal")
	s.says.Reset()
	s.cmd.Stderr = &s.says
	life, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.life = life
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.stopped = false
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err = s.exec("SELECT 1"); err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(err, life.Close(), s.cmd.Wait(), errors.New(s.says.String()))
		}
	}
}

// Stop stops the server at once, breaking every connection, and keeps its data.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.stopped {
		return
	}
	s.stopped = true
	keep := filepath.Join(s.dir, "keep")
	if err := os.WriteFile(keep, nil, 0o644); err != nil {
		t.Error(err)
	}
	s.life.Close()
	s.cmd.Wait() //nolint:errcheck // it was interrupted
	os.Remove(keep)
}

// Crash kills the server as a fault of the machine would, and starts it again.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.signal(t, "KILL")
	s.Stop(t)
	if err := s.launch(); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
}

// Restart stops the server and starts it again.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Stop(t)
	if err := s.launch(); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
}

// signal sends a signal to the server, by the id it noted itself.
func (s *Server) signal(t testing.TB, name string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, _, _ := strings.Cut(string(text), "\n")
	if out, err := exec.Command("kill", "-"+name, pid).CombinedOutput(); err != nil {
		t.Fatalf("kill: %v %s", err, out)
	}
}

func (s *Server) url() string {
	q := url.Values{"host": {s.dir}, "user": {"barometer"}}
	return "postgres:///postgres?" + q.Encode()
}

// command runs a program of PostgreSQL, which refuses to be run by root.
func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	asPostgres(cmd)
	return cmd
}
