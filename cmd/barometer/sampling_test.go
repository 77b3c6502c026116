package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/survey/frame"
)

// samplingHome is a home with two waves that have a frame of 300 workplaces
// and a plan each; the second rotates half of the sample out.
func samplingHome(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "home")
	if status, _, stderr := runs(t, "init", dir); status != 0 {
		t.Fatal(stderr)
	}
	var units []frame.Unit
	for i := range 300 {
		units = append(units, frame.Unit{
			PNumber: fmt.Sprint(1003000000 + i), CVR: "55133018", Name: "Børnehuset", Sector: "kommune", Subsector: "K-DAG",
			Municipality: "0751", Region: "1082", Employees: 5 + i%3*20,
		})
	}
	for id, previous := range map[string]string{"w1": "", "w2": "w1"} {
		wave := filepath.Join(dir, "waves", id)
		must(t, os.MkdirAll(wave, 0o755))
		write := func(name, text string) { must(t, os.WriteFile(filepath.Join(wave, name), []byte(text), 0o644)) }
		write("wave.yaml", fmt.Sprintf("id: %s\nprevious: %q\nseed: 7\n", id, previous))
		rotation := map[string]string{"w1": "0", "w2": "0.5"}[id]
		write("sampling.yaml", "wave: "+id+"\ntotal: 60\nstratify: [size]\nrotation: "+rotation+"\nreserve: 0.2\n"+
			"allocation:\n  method: proportional\n  design_effect: 1.3\n  response_rate: 0.5\n  targets: [{by: total, half_width: 20}]\n")
		out, err := os.Create(filepath.Join(wave, "frame.csv"))
		must(t, err)
		must(t, frame.Write(out, units))
		must(t, out.Close())
	}
	return dir
}

// Before anything is drawn the plan says what it promises, and draws nothing.
func TestPlanSaysWhatItPromises(t *testing.T) {
	dir := samplingHome(t)
	status, out, stderr := runs(t, "sample", "plan", "w1", "--home", dir)
	// √(1.3·0.25·(1/30 − 1/300))·1.96 = 19.4 points
	if status != 0 || !strings.Contains(out, "a response rate of 50 % and a design effect of 1.3") || !strings.Contains(out, "19.4    20.0") {
		t.Errorf("status %d, %s%s", status, out, stderr)
	}
	if _, out, _ := runs(t, "sample", "plan", "w1", "--response", "0.25", "--home", dir); !strings.Contains(out, "missed") {
		t.Errorf("a target that half the answers miss is not marked: %s", out)
	}
	if _, out, _ := runs(t, "sample", "plan", "w1", "--json", "--home", dir); !strings.Contains(out, `"by":"size","code":"20-49","units":200,"sample":40`) {
		t.Errorf("as JSON: %s", out)
	}
	if _, err := os.Stat(filepath.Join(dir, "waves", "w1", "archive", "sample.csv")); err == nil {
		t.Error("the plan drew a sample")
	}
}

// A later wave prints what it shares with the one before, beside what its plan
// leads one to expect.
func TestDrawPrintsTheOverlap(t *testing.T) {
	dir := samplingHome(t)
	if _, out, stderr := runs(t, "sample", "draw", "w2", "--home", dir); !strings.Contains(out, "overlap     unknown: wave w1 has no sample") {
		t.Errorf("without the first sample: %s%s", out, stderr)
	}
	runs(t, "sample", "draw", "w1", "--home", dir)
	_, out, stderr := runs(t, "sample", "draw", "w2", "--home", dir)
	if !strings.Contains(out, "were in the sample of wave w1") || !strings.Contains(out, "expect 50.0 %") {
		t.Errorf("with the first sample: %s%s", out, stderr)
	}
}

// Units are released in order and on record; what the reserve does not have, or
// a plan that changed meanwhile, releases nothing.
func TestReleaseOfTheReserve(t *testing.T) {
	dir := samplingHome(t)
	record := filepath.Join(dir, "waves", "w1", releasedFile)
	runs(t, "sample", "draw", "w1", "--home", dir)
	status, out, stderr := runs(t, "sample", "release", "w1", "1-19", "3", "--reason", "få svar", "--home", dir)
	if status != 0 || !strings.Contains(out, "sample      63 workplaces") {
		t.Fatalf("status %d, %s%s", status, out, stderr)
	}
	text, err := os.ReadFile(record)
	if err != nil || !strings.Contains(string(text), ",1-19,3,få svar\n") {
		t.Fatalf("record: %s, %v", text, err)
	}
	if status, _, stderr := runs(t, "sample", "release", "w1", "1-19", "2", "--home", dir); status != 1 || !strings.Contains(stderr, "2 units of stratum 1-19 are to be released, 1 are left") {
		t.Errorf("beyond the reserve: status %d, %s", status, stderr)
	}
	plan := filepath.Join(dir, "waves", "w1", "sampling.yaml")
	before, err := os.ReadFile(plan)
	must(t, err)
	must(t, os.WriteFile(plan, []byte(strings.Replace(string(before), "rotation: 0", "rotation: 1", 1)), 0o644))
	if status, _, stderr := runs(t, "sample", "release", "w1", "1-19", "1", "--home", dir); status != 1 || !strings.Contains(stderr, "changed after its sample was drawn") {
		t.Errorf("after a change of plan: status %d, %s", status, stderr)
	}
	if after, _ := os.ReadFile(record); string(after) != string(text) {
		t.Errorf("a refused release was recorded: %s", after)
	}
}
