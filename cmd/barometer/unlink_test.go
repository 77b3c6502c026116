package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/internal/archive"
	"barometer/internal/store"
	"barometer/survey/contact"
	"barometer/survey/frame"
	"barometer/survey/freeze"
)

// answeredPilot is a pilot that was answered over HTTP, closed and frozen.
func answeredPilot(t *testing.T) (dir string, a *app, w *wave, c *collection, invited []contact.Invitation) {
	t.Helper()
	dir, w = pilotHome(t)
	a = newApp(new(strings.Builder), os.Stderr)
	c, err := openCollection(t.Context(), w.home, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	invited, err = a.invite(t.Context(), c, w)
	must(t, err)
	must(t, a.answer(t.Context(), c, w, invited))
	text, err := os.ReadFile(w.path("wave.yaml"))
	must(t, err)
	must(t, os.WriteFile(w.path("wave.yaml"), []byte(strings.Replace(string(text), "paradata: collect", "paradata: freeze", 1)), 0o644))
	return dir, a, w, c, invited
}

// A wave's answers are parted from its workplaces by two persons, after it is
// frozen and not before, for good; what is left is searched and leads nowhere.
func TestUnlinkDestroysTheLinkAndProvesIt(t *testing.T) {
	dir, a, w, c, invited := answeredPilot(t)
	must(t, c.access.KeepWish(t.Context(), w.ID, invited[0].Unit, contact.Case, "sag@example.dk"))
	backup := filepath.Join(t.TempDir(), "backup.db")
	moves(t, dir, []move{
		{"unlink 2025-pilot", 0, "missing     The wave is not closed: barometer close 2025-pilot"},
		{"unlink 2025-pilot --ask", 1, "The wave is not frozen: barometer freeze 2025-pilot"},
		{"close 2025-pilot", 0, "closed"},
		{"freeze 2025-pilot", 0, "freeze"},
		{"backup " + backup, 0, "contact_person"},
		{"unlink 2025-pilot", 0, "beware      The wave is not weighted"},
		{"unlink 2025-pilot --confirm", 1, "nobody has asked"},
		{"unlink 2025-pilot --ask", 0, "a statistician confirms it"},
		{"unlink 2025-pilot --ask", 1, "already"},
		{"unlink 2025-pilot --confirm", 1, "another person"},
		{"unlink 2025-pilot --withdraw", 0, ""},
		{"unlink 2025-pilot --check", 1, "LEFT"},
	})
	must(t, c.unlinks.Ask(t.Context(), "7", w.ID))
	before, err := archive.HashFile(w.archive.Path("wave.parquet"))
	must(t, err)
	units, err := w.drawnUnits()
	must(t, err)
	moves(t, dir, []move{
		{"unlink 2025-pilot --confirm", 0, "unlinked    no way was found"},
		{"unlink 2025-pilot --check", 0, "unlinked    no way was found"},
		{"unlink 2025-pilot --confirm", 0, "beware      the backup " + filepath.Dir(backup)},
		{"unlink 2025-pilot", 0, "proved"},
		{"unlink 2025-pilot --ask", 1, "already"},
		{"freeze 2025-pilot", 0, "unchanged"},
		{"sample draw 2025-pilot", 1, "was unlinked"},
		{"invite 2025-pilot --plain", 1, "was unlinked"},
		{"access replace 2025-pilot " + units[0].PNumber, 1, "no such contact"},
	})
	if _, err := os.Stat(w.archive.Path(paradataFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the times at which pages were sent in: %v", err)
	}
	if after, err := archive.HashFile(w.archive.Path("wave.parquet")); err != nil || after != before {
		t.Errorf("the frozen wave was changed: %v", err)
	}
	if _, err := c.access.Redeem(t.Context(), string(invited[0].Code)); !errors.Is(err, contact.ErrUnknown) {
		t.Errorf("a code of before: %v", err)
	}
	attack(t, a, w)
	f, err := load(w.path("frame.csv"), frame.Read)
	must(t, err)
	for _, u := range f.Units {
		if u.Email != "" || u.Contact != (frame.Contact{}) {
			t.Fatalf("the frame still has an address: %+v", u)
		}
	}
}

type move struct {
	args   string
	status int
	says   string
}

// moves runs commands on a home one after the other.
func moves(t *testing.T, dir string, list []move) {
	t.Helper()
	for _, s := range list {
		status, out, stderr := runs(t, append(strings.Fields(s.args), "--home", dir)...)
		if status != s.status || !strings.Contains(out+stderr, s.says) {
			t.Fatalf("%s: %d %q %q; want %d, %q", s.args, status, out, stderr, s.status, s.says)
		}
	}
}

// attack is somebody with the whole home, the seed and a list of all
// workplaces, who draws the sample again and looks for its rows.
func attack(t *testing.T, a *app, w *wave) {
	t.Helper()
	again, err := w.draw(nil)
	must(t, err)
	rows, err := w.frozenRows(t.Context())
	must(t, err)
	files, err := filepath.Glob(w.home.path("secrets", "*.key"))
	must(t, err)
	names := map[string]bool{}
	for _, u := range again.Units {
		names[u.Key], names[u.PNumber] = true, true
		for _, f := range files {
			key, err := secret(f)
			must(t, err)
			names[freeze.UnitKey(key, u.Key)], names[freeze.PanelKey(key, u.PNumber)] = true, true
		}
	}
	if len(again.Units) != 12 || len(rows) != 12 || rows[0].Panel == "" {
		t.Fatalf("%d units, %d rows with the panel key %q", len(again.Units), len(rows), rows[0].Panel)
	}
	for _, r := range rows {
		if names[r.Unit] || names[r.Panel] {
			t.Errorf("the row %s is found again", r.Unit)
		}
	}
}

// Unlinking that was broken off at any place is gone on with.
func TestUnlinkGoesOnWhereItStopped(t *testing.T) {
	dir, _, w, c, _ := answeredPilot(t)
	moves(t, dir, []move{{"close 2025-pilot", 0, ""}, {"freeze 2025-pilot", 0, ""}, {"unlink 2025-pilot --ask", 0, ""}})
	must(t, c.unlinks.Confirm(t.Context(), "7", w.ID, nil))
	// The rows were gone and half of the files, when the power failed.
	must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(`DELETE FROM contact_person WHERE wave = ?`, w.ID)
		return err
	}))
	must(t, os.Remove(w.archive.Path("sample.csv")))
	must(t, os.Remove(w.unitSecret()))
	moves(t, dir, []move{{"unlink 2025-pilot --confirm", 0, "unlinked    no way was found"}})
}

// A wave that is kept on a copy somewhere in the home is not unlinked.
func TestUnlinkFindsCopies(t *testing.T) {
	dir, _, w, c, _ := answeredPilot(t)
	moves(t, dir, []move{{"close 2025-pilot", 0, ""}, {"freeze 2025-pilot", 0, ""}, {"unlink 2025-pilot --ask", 0, ""}})
	must(t, c.unlinks.Confirm(t.Context(), "7", w.ID, nil))
	sample, err := os.ReadFile(w.archive.Path("sample.csv"))
	must(t, err)
	copied := w.home.path("releases", "old sample.txt")
	must(t, os.WriteFile(copied, sample, 0o600))
	moves(t, dir, []move{
		{"unlink 2025-pilot --confirm", 1, "LEFT: releases/old sample.txt (36 times)"},
		{"unlink 2025-pilot", 0, "confirmed"},
	})
	must(t, os.Remove(copied))
	moves(t, dir, []move{{"unlink 2025-pilot --confirm", 0, "unlinked    no way was found"}, {"unlink 2025-pilot", 0, "proved"}})
}
