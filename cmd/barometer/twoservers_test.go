package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"barometer/cmd/barometer/demo"
	"barometer/cmd/barometer/demo/robot"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/response"
)

// The test program is also the server that gets killed: started with this
// variable, it carries out the command line in it.
const asProgram = "BAROMETER_TEST_COMMAND"

func TestMain(m *testing.M) {
	if line := os.Getenv(asProgram); line != "" {
		os.Exit(run(context.Background(), strings.Split(line, "\n"), os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// startServer starts a server of a home as a process of its own and returns
// its address.
func startServer(t *testing.T, home, where string) (*url.URL, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BAROMETER_STORE="+where, asProgram+"=serve\n--home\n"+home+"\n--addr\n127.0.0.1:0")
	log, err := os.CreateTemp(t.TempDir(), "log") // a line a request is too much for the test's own
	must(t, err)
	defer log.Close() // the server has it open itself
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	_, rest, _ := strings.Cut(line, "http://")
	address, _, _ := strings.Cut(rest, " ")
	return &url.URL{Scheme: "http", Host: address}, cmd
}

// freeAddress is one of this machine that nothing listens on.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(tb, err)
	defer l.Close()
	return l.Addr().String()
}

// TestTwoServersOnOneStore answers the survey with every page on another of
// two servers, and kills one of them on the way.
func TestTwoServersOnOneStore(t *testing.T) {
	where := storetest.Postgres(t)
	t.Setenv("BAROMETER_STORE", where)
	ctx, a := t.Context(), newApp(io.Discard, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	w, err := a.demoWave(h, demoWave, 7, demo.Workplaces(7))
	must(t, err)
	c, err := openCollection(ctx, h, a.now)
	must(t, err)
	defer c.close() //nolint:errcheck // the servers wrote
	invitations, err := a.invite(ctx, c, w)
	must(t, err)
	all, err := w.visits(invitations)
	must(t, err)
	var visits []robot.Visit
	for _, v := range all {
		if v.Intent == robot.Finish && len(visits) < 4 {
			visits = append(visits, v)
		}
	}

	first, victim := startServer(t, h.dir, where)
	second, _ := startServer(t, h.dir, where)
	var mu sync.Mutex
	served := map[string]int{}
	n := 0
	next := func() *url.URL {
		mu.Lock()
		defer mu.Unlock()
		if n++; n == 30 { // in the middle of the second response
			victim.Process.Kill() //nolint:errcheck // its death shows
			victim.Wait()         //nolint:errcheck
		}
		to := second
		if n < 30 && n%2 == 0 {
			to = first
		}
		served[to.Host]++
		return to
	}
	door := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(next())
		r.Out.Host = r.In.Host
	}})
	defer door.Close()
	_, err = robot.Run(ctx, door.URL, visits, 1, nil)
	must(t, err)
	if served[first.Host] < 10 || served[second.Host] < 30 {
		t.Errorf("the servers answered %v requests", served)
	}
	for _, v := range visits {
		if r, err := c.responses.Load(ctx, w.ID, v.Unit); err != nil || r.Disposition != response.Complete {
			t.Errorf("unit %s: %s, %v", v.Unit, r.Disposition, err)
		}
	}
	resp, err := http.Get(second.String() + "/healthz")
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("health of the server that is left: %d", resp.StatusCode)
	}
}

// A home moves to PostgreSQL and back, by backup and by copy.
func TestMoveAStore(t *testing.T) {
	h := collected(t)
	where := storetest.Postgres(t)
	place := filepath.Join(t.TempDir(), "store.url")
	must(t, os.WriteFile(place, []byte(where+"\n"), 0o600))
	back := filepath.Join(t.TempDir(), "back.db")
	backup := filepath.Join(t.TempDir(), "backup")

	var report []store.Copied
	step := func(noted int, args ...string) {
		t.Helper()
		status, out, stderr := runs(t, append(args, "--json")...)
		if status != 0 {
			t.Fatalf("%s: status %d, %s", args[0], status, stderr)
		}
		must(t, json.Unmarshal([]byte(out), &report))
		events := -1
		for _, c := range report {
			if c.Table == "audit_event" && c.Same() {
				events = c.To.Rows
			}
		}
		if events != noted {
			t.Errorf("%s: %d events of %d arrived", args[0], events, noted)
		}
	}
	step(1, "copy-store", h.path("barometer.db"), place)
	step(1, "copy-store", place, back)
	step(2, "backup", backup, "--home", h.dir)
	must(t, os.Remove(h.path("barometer.db")))
	os.Remove(h.path("barometer.db-wal"))
	os.Remove(h.path("barometer.db-shm"))
	step(2, "restore", backup, "--home", h.dir)

	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"copy-store", back, place}, 1, "not empty"},
		{[]string{"copy-store", back + "x", place}, 1, "back.dbx"},
		{[]string{"copy-store", back, "postgres://eva:hemmelig@localhost/b"}, 2, "password"},
		{[]string{"restore", backup, "--home", h.dir}, 1, "not empty"},
		{[]string{"backup", backup, "--home", h.dir}, 1, "exists"},
	} {
		status, out, stderr := runs(t, c.args...)
		if status != c.status || !strings.Contains(stderr, c.says) || strings.Contains(fmt.Sprint(out, stderr), "hemmelig") {
			t.Errorf("%v: status %d, %s", c.args, status, stderr)
		}
	}
}
