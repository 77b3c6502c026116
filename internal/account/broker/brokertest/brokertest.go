// Package brokertest runs a real provider of OpenID Connect for tests: panva's
// oidc-provider, which is certified, as .ci/install fetches it.
package brokertest

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"barometer/internal/testenv"
)

//go:embed op/op.mjs
var program []byte

//go:embed op/package-lock.json
var lock []byte

// Client of the provider.
const (
	ClientID = "barometer"
	Secret   = "a secret with a % and a + in it"
)

// Person is what the provider tells of somebody.
type Person map[string]string

// Persons who can sign in there, by what they type.
var Persons = map[string]Person{
	"anna-at-school": {
		"nemlogin.persistent_professional_id": "urn:uuid:323e4567-e89b-12d3-a456-426655440000", "nemlogin.name": "Anna Holm",
		"nemlogin.email": "anna@skole.example.dk", "nemlogin.cvr": "12345674", "nemlogin.p_number": "1003456789",
	},
	"bo-no-workplace": {"nemlogin.persistent_professional_id": "urn:uuid:423e4567-e89b-12d3-a456-426655440001", "nemlogin.name": "Bo"},
	"no-id":           {"nemlogin.name": "Nobody"},
	"bad-number":      {"nemlogin.persistent_professional_id": "urn:uuid:5", "nemlogin.cvr": "1234567", "nemlogin.p_number": "x"},
}

// Provider starts the provider for one client, and returns its issuer. It ends
// with the test.
func Provider(t testing.TB, redirect string) (issuer string) {
	t.Helper()
	node := testenv.NeedNode(t)
	cmd := exec.Command(node, script(t), setup(t, redirect))
	cmd.Stderr = io.Discard
	stdin, err := cmd.StdinPipe() // the provider ends when this closes, however the test ends
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { stdin.Close(); cmd.Process.Kill(); cmd.Wait() }) //nolint:errcheck // it is gone either way
	issuer, err = bufio.NewReader(stdout).ReadString('\n')
	must(t, err)
	return strings.TrimSpace(issuer)
}

func script(t testing.TB) string {
	path := filepath.Join(t.TempDir(), "op.mjs")
	must(t, os.WriteFile(path, program, 0o600))
	return path
}

// setup is what the provider is told.
func setup(t testing.TB, redirect string) string {
	cache, err := os.UserCacheDir()
	must(t, err)
	sum := sha256.Sum256(lock)
	modules := filepath.Join(cache, "barometer", "op-"+hex.EncodeToString(sum[:])[:12])
	if _, err := os.Stat(filepath.Join(modules, "done")); err != nil {
		testenv.Missing(t, "oidc-provider is not there: run .ci/install")
	}
	var claims []string
	for name := range Persons["anna-at-school"] {
		claims = append(claims, name)
	}
	told, err := json.Marshal(map[string]any{
		"modules": modules, "redirect": redirect, "persons": Persons, "claims": claims, "client": ClientID, "secret": Secret,
	})
	must(t, err)
	return string(told)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
