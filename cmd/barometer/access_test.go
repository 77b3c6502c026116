package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"barometer/cmd/barometer/demo"
)

var printedCode = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// pilotHome is a home with the demonstration's pilot, whose sample of twelve is
// drawn.
func pilotHome(t *testing.T) (string, *wave) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "home")
	h, err := demoHome(dir)
	must(t, err)
	w, err := newApp(io.Discard, os.Stderr).demoWave(h, pilotWave, 7, pilotUnits(demo.Workplaces(7)))
	must(t, err)
	return dir, w
}

// The only file with the codes is encrypted for whoever prints the letters; one
// that anybody can read has to be asked for.
func TestGoal16_CodesAreWrittenEncryptedOrOnRequest(t *testing.T) {
	dir, w := pilotHome(t)
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	recipient := identity.Recipient().String()
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"invite 2025-pilot", 2, "--age RECIPIENT"},
		{"invite 2025-pilot --plain --age " + recipient, 2, "exclude"},
		{"invite 2025-pilot --age age1nobody", 2, "is no recipient"},
		{"invite 2025-pilot --age " + recipient, 0, ".csv.age"},
		{"invite 2025-pilot --plain", 0, "has a code"},
	} {
		status, out, stderr := runs(t, append(strings.Fields(c.args), "--home", dir)...)
		if status != c.status || !strings.Contains(out+stderr, c.says) {
			t.Errorf("%s: %d %q %q; want %d, %q", c.args, status, out, stderr, c.status, c.says)
		}
	}
	files, err := filepath.Glob(w.path("invitations-*"))
	must(t, err)
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	sealed, err := os.ReadFile(files[0])
	must(t, err)
	info, err := os.Stat(files[0])
	must(t, err)
	if bytes.Contains(sealed, []byte("example.dk")) || printedCode.Match(sealed) || info.Mode().Perm() != 0o600 {
		t.Errorf("%s can be read: %v", files[0], info.Mode())
	}
	opened, err := age.Decrypt(bytes.NewReader(sealed), identity)
	must(t, err)
	plain, err := io.ReadAll(opened)
	must(t, err)
	if n := len(printedCode.FindAll(plain, -1)); n != 12 {
		t.Errorf("%d codes in the decrypted file, want 12", n)
	}
}

// One workplace's code is replaced by its P-number, the old one is dead, and the
// audit log tells of both acts without a name.
func TestGoal16_OneCodeIsRevokedAndReplacedByCommand(t *testing.T) {
	dir, w := pilotHome(t)
	if status, _, stderr := runs(t, "invite", w.ID, "--plain", "--home", dir); status != 0 {
		t.Fatal(stderr)
	}
	files, _ := filepath.Glob(w.path("invitations-*.csv"))
	text, err := os.ReadFile(files[0])
	must(t, err)
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of codes: %v, %v", info.Mode(), err)
	}
	s, err := w.sample()
	must(t, err)
	u := s.Units[0]
	line := slices.IndexFunc(strings.Split(string(text), "\r\n"), func(l string) bool { return strings.Contains(l, u.Name) })
	old := printedCode.FindString(strings.Split(string(text), "\r\n")[line])
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"access replace 2025-pilot " + u.PNumber, 0, "new code"},
		{"access revoke 2025-pilot " + u.Key, 0, "revoked"},
		{"access revoke 2025-pilot " + u.Key, 1, "no valid code"},
		{"access replace 2025-pilot 1234567890", 1, "P-number"},
		{"access replace 2025-pilot", 2, "give the wave"},
		{"access replace 2025-pilot " + u.Key, 0, "new code"},
	} {
		status, out, stderr := runs(t, append(strings.Fields(c.args), "--home", dir)...)
		if status != c.status || !strings.Contains(out+stderr, c.says) || strings.Contains(out+stderr, u.Name) {
			t.Errorf("%s: %d %q %q; want %d, %q", c.args, status, out, stderr, c.status, c.says)
		}
		if c.says == "new code" {
			old = printedCode.FindString(out) + " " + old
		}
	}
	c, err := openCollection(t.Context(), w.home, newApp(io.Discard, io.Discard).now)
	must(t, err)
	defer c.close()
	for i, code := range strings.Fields(old) { // the newest first
		if _, err := c.access.Redeem(t.Context(), code); (err == nil) != (i == 0) {
			t.Errorf("code %d of %d: %v", i, len(strings.Fields(old)), err)
		}
	}
}
