package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/casebook/match/market"
	"barometer/casebook/match/matchtest"
)

// roundFile writes a small round, changed as asked for, and names a place for
// its result.
func roundFile(t *testing.T, change func(*market.Round)) (in, out string) {
	t.Helper()
	dir := t.TempDir()
	round := matchtest.Random(matchtest.Small, rand.New(rand.NewPCG(3, 3)))
	change(round)
	in, out = filepath.Join(dir, "in.json"), filepath.Join(dir, "out.json")
	if err := os.WriteFile(in, matchtest.File(round), 0o644); err != nil {
		t.Fatal(err)
	}
	return in, out
}

func TestMatchFromFileToFile(t *testing.T) {
	in, out := roundFile(t, func(*market.Round) {})
	if status, _, stderr := runs(t, "match", "solve", in, "--out", out); status != 0 {
		t.Fatal(stderr)
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, printed, _ := runs(t, "match", "solve", in); printed != string(written) {
		t.Error("what is printed differs from what is written")
	}
	if status, stdout, stderr := runs(t, "match", "verify", in, out); status != 0 || !strings.HasPrefix(stdout, "32 pairs checked") {
		t.Errorf("verify ends with %d and says %q %q", status, stdout, stderr)
	}
}

func TestMatchVerifyNamesTheViolation(t *testing.T) {
	in, out := roundFile(t, func(*market.Round) {})
	_, printed, _ := runs(t, "match", "solve", in)
	result, err := market.ReadResult([]byte(printed))
	if err != nil {
		t.Fatal(err)
	}
	lost := result.Matching[0]
	result.Matching = result.Matching[1:]
	var tampered bytes.Buffer
	result.WriteTo(&tampered)
	for text, want := range map[string]string{tampered.String(): lost.Slot, printed + "{}": "follows the end"} {
		if err := os.WriteFile(out, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if status, _, stderr := runs(t, "match", "verify", in, out); status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("verify ends with %d and says %q, not %q", status, stderr, want)
		}
	}
}

func TestMatchRefusesWholeAndNamesEachFault(t *testing.T) {
	in, out := roundFile(t, func(r *market.Round) {
		r.Slots[2].Capacity, r.Interns[1].Ranks = 0, []string{"s1", "s99"}
	})
	status, _, stderr := runs(t, "match", "solve", in, "--out", out)
	for _, want := range []string{in + ": /slots/2/capacity: ", in + ": /interns/1/ranks/1: there is no slot \"s99\""} {
		if status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q is not said in %q", want, stderr)
		}
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("a refused round left a file: %v", err)
	}
	if status, _, _ := runs(t, "match", "verify", in); status != 2 {
		t.Errorf("wrong usage ends with %d", status)
	}
}
