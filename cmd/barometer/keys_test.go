package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/survey/contact"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// Keys change while a server that opened the store before goes on; what a
// command says to do next can be done, and what is not safe is refused.
func TestKeyCommands(t *testing.T) {
	dir, _, c := userHome(t)
	_, err := c.access.Issue(t.Context(), "2025", []sample.Selected{{Key: "u1", Unit: frame.Unit{Name: "Solsikken"}}})
	must(t, err)
	save := func(base int, code string) {
		t.Helper()
		_, err := c.responses.Save(t.Context(), response.Save{Wave: "2025", Unit: "u1", Base: base, Page: "p",
			Answers: questionnaire.Answers{"A1": {Codes: []string{code}}}})
		must(t, err)
	}
	save(0, "a")
	for _, step := range []struct {
		args   string
		status int
		says   string
	}{
		{"keys list", 0, "answers   1   seals  2"},
		{"keys retire answers 1 --yes", 1, "it seals what is written"},
		{"keys retire answers 1", 2, "add --yes"},
		{"keys rotate codes", 2, "no kind of key"},
		{"keys rotate answers", 0, "keys retire answers 1 --yes"},
		{"keys rotate contacts", 0, "seal anew   1 rows"},
		{"keys list", 0, "contacts  1   idle   0"},
		{"keys list --json", 0, `{"kind":"answers","id":"2","state":"seals","rows":2}`},
		{"keys retire answers 1 --yes", 0, "retired      answers key 1"},
		{"keys retire answers 1 --yes", 1, "knows no such key"},
		{"keys list", 0, "answers   2   seals  2"},
	} {
		status, out, stderr := runs(t, append(strings.Fields(step.args), "--home", dir)...)
		if status != step.status || !strings.Contains(out+stderr, step.says) {
			t.Errorf("%s: %d %q %q; want %d, %q", step.args, status, out, stderr, step.status, step.says)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "secrets", "answers-1.key")); !os.IsNotExist(err) {
		t.Errorf("the file of the retired key: %v", err)
	}
	save(1, "b") // by the server that was opened with key 1
	if r, err := c.responses.Load(t.Context(), "2025", "u1"); err != nil || r.Answers["A1"].Codes[0] != "b" {
		t.Errorf("after the rotation: %+v, %v", r, err)
	}
	if p, err := c.access.Person(t.Context(), "2025", "u1"); err != nil || p.Name != "Solsikken" {
		t.Errorf("after the rotation: %+v, %v", p, err)
	}
}

// A rotation that stopped before its end is gone on with; no further key is
// made meanwhile.
func TestRotationGoesOn(t *testing.T) {
	dir, _, c := userHome(t)
	h, err := openHome(dir)
	must(t, err)
	_, err = c.access.Issue(t.Context(), "2025", []sample.Selected{{Key: "u1", Unit: frame.Unit{Name: "Solsikken"}}})
	must(t, err)
	_, err = makeSecret(keyFile(h, contactsKind, "2"))
	must(t, err)
	if _, out, _ := runs(t, "keys", "list", "--home", dir); !strings.Contains(out, "contacts  2   waiting  0") {
		t.Errorf("a key that waits is not listed:\n%s", out)
	}
	ring, err := loadKeys(contact.KeyName, h.path("secrets"), contactsKind)
	must(t, err)
	must(t, ring.Tell(t.Context(), c.db, "2")) // and then the power failed
	if status, out, stderr := runs(t, "keys", "rotate", "contacts", "--home", dir); status != 0 || !strings.Contains(out, "going on") || !strings.Contains(out, "1 rows") {
		t.Errorf("%d %q %q", status, out, stderr)
	}
	if _, err := os.Stat(keyFile(h, contactsKind, "3")); !os.IsNotExist(err) {
		t.Errorf("a third key: %v", err)
	}
}
