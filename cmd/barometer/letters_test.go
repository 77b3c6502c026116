package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/cmd/barometer/demo"
	"barometer/survey/contact/dispatch"
)

// letterHome is a home with the pilot's wave, whose workplaces nobody has
// written to.
func letterHome(t *testing.T) string {
	t.Helper()
	a := newApp(io.Discard, os.Stderr)
	dir := filepath.Join(t.TempDir(), "home")
	h, err := demoHome(dir)
	must(t, err)
	units := pilotUnits(demo.Workplaces(7))
	for i := range units {
		units[i].Address, units[i].Postcode, units[i].City = "Ved Åen 6", "9000", "Aalborg"
	}
	for i := range 4 {
		units[i].Email = ""
	}
	w, err := a.demoWave(h, pilotWave, 7, units)
	must(t, err)
	w.Deadline = day{time.Now().AddDate(0, 2, 0)}
	must(t, writeYAML(w.path("wave.yaml"), w.waveConfig))
	return dir
}

// TestLettersByCommand takes the pilot's letters from the check of their
// wording to the second reminder, by commands alone.
func TestLettersByCommand(t *testing.T) {
	home := letterHome(t)
	says := func(status int, args ...string) string {
		t.Helper()
		got, out, stderr := runs(t, append(args, "--home", home)...)
		if got != status {
			t.Fatalf("barometer %v: status %d, want %d\n%s%s", args, got, status, out, stderr)
		}
		return out + stderr
	}
	wave := func(name string) string { return filepath.Join(home, "waves", pilotWave, name) }
	plan := func(args ...string) (p dispatch.Plan) {
		t.Helper()
		must(t, json.Unmarshal([]byte(says(0, append(args, "--dry-run", "--json")...)), &p))
		return p
	}
	mustSay := func(text string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not in\n%s", part, text)
			}
		}
	}

	mustSay(says(0, "letters", "lint", pilotWave), "no faults")
	mustSay(says(0, "letters", "copy", pilotWave), "10 wordings")
	must(t, os.WriteFile(wave("letters/invitation.da.txt"), []byte("Subject: x\n\n{code} {hepl}\n"), 0o644))
	mustSay(says(1, "letters", "lint", pilotWave), "invitation.da.txt:3:8: unknown field {hepl}", "lacks {link}")
	says(1, "invite", pilotWave, "--send")
	must(t, os.RemoveAll(wave("letters")))
	says(0, "letters", "preview", pilotWave)
	for _, name := range []string{"invitation.da.email.txt", "invitation.da.digital_post.xml", "invitation.da.letter.html"} {
		if _, err := os.Stat(wave("preview/" + name)); err != nil {
			t.Error(err)
		}
	}

	p := plan("invite", pilotWave)
	if p.Send != 12 || len(p.Decisions) != 12 {
		t.Errorf("%+v", p)
	}
	mustSay(says(0, "invite", pilotWave, "--dry-run"), "12 of 12 would be written to", "8  by email: has an e-mail address", "4  by letter: has no e-mail address")
	mustSay(says(0, "invite", pilotWave, "--send"), "8 mails for the server to send, 0 letters", "4 more wait for letters")
	mustSay(says(0, "invite", pilotWave, "--send", "--plain"), "0 mails for the server to send, 4 letters in files", wave("outgoing"))
	if p := plan("invite", pilotWave); p.Send != 0 {
		t.Errorf("after all are invited: %+v", p.Count)
	}
	mustSay(says(0, "invite", pilotWave, "--plain"), "every workplace of wave "+pilotWave+" has a code")
	mustSay(says(2, "remind", pilotWave), "--number 1")
	unit := p.Decisions[0].PNumber
	says(0, "letters", "stop", pilotWave, unit)
	mustSay(says(0, "remind", pilotWave, "--number", "1", "--dry-run"), "wants no letters", "11 of 12")
	says(0, "letters", "resume", pilotWave, unit)
	mustSay(says(1, "letters", "resume", pilotWave, unit), "has not asked")
	mustSay(says(0, "remind", pilotWave, "--number", "1"), "8 mails", "4 more wait")
	mustSay(says(0, "remind", pilotWave, "--number", "1", "--resend", unit, "--channel", "letter", "--plain"), "0 mails", "1 letters")
	mustSay(says(0, "remind", pilotWave, "--number", "1", "--resend", unit, "--channel", "digital_post"), "0 letters", "not sent to unit", "the sender has no Digital Post")
	mustSay(says(2, "remind", pilotWave, "--number", "1", "--channel", "fax"), "no channel")
	mustSay(says(1, "remind", pilotWave, "--number", "3"), "reminder-3.da.txt")
	mustSay(says(0, "letters", "log", pilotWave), "queued", "filed", "reminder-1")

	h, err := openHome(home)
	must(t, err)
	w, err := h.wave(pilotWave)
	must(t, err)
	w.Reminders = []day{{time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)}}
	must(t, writeYAML(wave("wave.yaml"), w.waveConfig))
	mustSay(says(1, "letters", "lint", pilotWave), "wave.yaml", "2026-02-28 is a Saturday")
}
