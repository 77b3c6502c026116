// Package testenv says which external programs a test may count on.
//
// It serves tests only. On a developer's machine a suite whose program is not
// installed is left out and says so; where BAROMETER_REQUIRE=all is set, as in
// continuous integration, a suite that would be left out fails instead.
package testenv

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Need leaves the test out unless the named program is on the PATH, and
// returns the program's path.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		Missing(t, program+" is not installed")
	}
	return path
}

// NeedR leaves the test out unless R is installed with the named packages, and
// returns the path of Rscript.
func NeedR(t testing.TB, packages ...string) string {
	t.Helper()
	rscript := Need(t, "Rscript")
	for _, p := range packages {
		if err := exec.Command(rscript, "-e", "library("+p+")").Run(); err != nil {
			Missing(t, "R package "+p+" is not installed")
		}
	}
	return rscript
}

// NeedPython leaves the test out unless Python is installed with the named
// modules, and returns its path. Debian's own is preferred: its packages bring
// the modules.
func NeedPython(t testing.TB, modules ...string) string {
	t.Helper()
	python := "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		python = Need(t, "python3")
	}
	for _, m := range modules {
		if err := exec.Command(python, "-c", "import "+m).Run(); err != nil {
			Missing(t, "Python module "+m+" is not installed")
		}
	}
	return python
}

// NeedNode leaves the test out unless Node.js 20 or later is there, and returns
// its path: the one on the PATH, else the one that .ci/install fetched.
func NeedNode(t testing.TB) string {
	t.Helper()
	var fetched []string
	if caches, err := os.UserCacheDir(); err == nil {
		fetched, _ = filepath.Glob(filepath.Join(caches, "barometer", "node-[0-9]*.[0-9]*.[0-9]*")) // the pattern is sound
	}
	for _, program := range append([]string{"node"}, fetched...) {
		if path, err := exec.LookPath(program); err == nil && nodeRelease(path) >= 20 {
			return path
		}
	}
	Missing(t, "Node.js 20 or later is not installed: run .ci/install")
	return ""
}

// nodeRelease is the first number of a version of Node.js, 0 where it does not
// run.
func nodeRelease(path string) int {
	out, err := exec.Command(path, "-p", "process.versions.node.split('.')[0]").Output()
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(out))) // what is no number is no release
	return n
}

// NeedFetched leaves the test out unless .ci/install fetched the named file, and
// returns its path.
func NeedFetched(t testing.TB, name string) string {
	t.Helper()
	caches, err := os.UserCacheDir()
	if err != nil {
		Missing(t, err.Error())
	}
	path := filepath.Join(caches, "barometer", name)
	if _, err := os.Stat(path); err != nil {
		Missing(t, name+" was not fetched: run .ci/install")
	}
	return path
}

// NeedModules leaves the test out unless .ci/install fetched the npm packages of
// a lock file under a name, and returns their folder.
func NeedModules(t testing.TB, name, lock string) string {
	t.Helper()
	content, err := os.ReadFile(lock)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return filepath.Dir(NeedFetched(t, name+"-"+hex.EncodeToString(sum[:])[:12]+"/done"))
}

// NeedPostgres leaves the test out unless the PostgreSQL server is installed,
// and returns the folder of its programs. Debian keeps them off the PATH.
func NeedPostgres(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is sound
	if len(found) == 0 {
		Missing(t, "PostgreSQL is not installed")
	}
	return filepath.Dir(found[len(found)-1])
}

// Missing leaves the test out for the given reason, or fails it where every
// suite is required.
func Missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("BAROMETER_REQUIRE") == "all" {
		t.Fatalf("required suite cannot run: %s", reason)
	}
	t.Skipf("left out: %s", reason)
}
