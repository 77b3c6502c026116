package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serverProcess is a server that runs by itself.
type serverProcess struct {
	cmd     *exec.Cmd
	base    string
	started time.Duration // until it answered that it can store answers
}

// buildProgram builds the program as it is delivered: a test binary is larger.
func buildProgram(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "barometer")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	return path
}

// serveProcess serves a home in a process of its own until the test ends.
func serveProcess(tb testing.TB, program, home string, env ...string) *serverProcess {
	tb.Helper()
	p := beginServing(tb, program, home, env...)
	tb.Cleanup(func() {
		p.cmd.Process.Signal(syscall.SIGTERM)
		if err := p.cmd.Wait(); err != nil {
			tb.Errorf("the server ended with %v", err)
		}
	})
	return p
}

// beginServing serves a home in a process of its own, which the caller ends.
func beginServing(tb testing.TB, program, home string, env ...string) *serverProcess {
	tb.Helper()
	addr := freeAddress(tb)
	cmd := exec.Command(program, "serve", "--home", home, "--addr", addr)
	cmd.Env = append(os.Environ(), env...)
	log, err := os.Create(tb.TempDir() + "/log")
	must(tb, err)
	defer log.Close()
	cmd.Stderr = log
	began := time.Now()
	must(tb, cmd.Start())
	p := &serverProcess{cmd: cmd, base: "http://" + addr}
	for p.started < 30*time.Second {
		resp, err := http.Get(p.base + "/healthz")
		p.started = time.Since(began)
		if err != nil {
			time.Sleep(2 * time.Millisecond)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return p
		}
	}
	tb.Fatal("the server does not answer")
	return nil
}

// resident is the memory in MB that the process has now (VmRSS) or had at most
// (VmHWM).
func (p *serverProcess) resident(tb testing.TB, field string) float64 {
	tb.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	must(tb, err)
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == field+":" {
			kb, err := strconv.ParseFloat(f[1], 64)
			must(tb, err)
			return kb / 1024
		}
	}
	tb.Fatalf("no %s", field)
	return 0
}

// processor is the time that the process has used on all processors.
func (p *serverProcess) processor(tb testing.TB) time.Duration {
	tb.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	must(tb, err)
	_, rest, _ := strings.Cut(string(stat), ") ")
	f := strings.Fields(rest)
	user, errUser := strconv.Atoi(f[11])
	system, errSystem := strconv.Atoi(f[12])
	must(tb, errUser)
	must(tb, errSystem)
	return time.Duration(user+system) * 10 * time.Millisecond // ticks of 1/100 s (proc(5))
}
