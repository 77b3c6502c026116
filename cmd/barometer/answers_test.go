package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/cmd/barometer/demo"
	"barometer/survey/response"
)

// Answers collected elsewhere are taken in whole or not at all, found by key,
// P-number or access code; the same file again is nothing new, and one that
// contradicts what is stored changes nothing.
func TestAnswersImport(t *testing.T) {
	var out bytes.Buffer
	a := newApp(&out, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	w, err := a.demoWave(h, pilotWave, 7, pilotUnits(demo.Workplaces(7)))
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	invitations, err := a.invite(t.Context(), c, w)
	must(t, err)
	first, second, third := invitations[0], invitations[1], invitations[2]
	file := filepath.Join(t.TempDir(), "answers.csv")
	give := func(rows ...string) {
		t.Helper()
		must(t, os.WriteFile(file, []byte("unit,disposition,a1\n"+strings.Join(rows, "\n")+"\n"), 0o600))
	}
	take := func(extra ...string) (string, error) {
		out.Reset()
		err := a.dispatch(t.Context(), append([]string{"answers", "import", pilotWave, file, "--home", h.dir, "--layout", "csv"}, extra...))
		return out.String(), err
	}
	stored := func(unit string) response.Record {
		t.Helper()
		r, err := c.responses.Load(t.Context(), pilotWave, unit)
		must(t, err)
		return r
	}
	give(first.Unit+",partial,leder", second.PNumber+",partial,leder", third.Code.String()+",partial,leder")
	if says, err := take("--dry-run"); err != nil || !strings.Contains(says, "3 new ones would be stored") || stored(first.Unit).Revision != 0 {
		t.Errorf("dry run: %s %v", says, err)
	}
	for _, want := range []string{"3 responses, 3 new ones stored", "3 responses, 0 new ones stored in wave 2025-pilot, 3 known already"} {
		if says, err := take(); err != nil || !strings.Contains(says, want) {
			t.Errorf("%s %v, want %s", says, err, want)
		}
	}
	for _, inv := range invitations[:3] {
		if r := stored(inv.Unit); r.Mode != response.Imported || !r.Answers["A1"].Has("leder") {
			t.Errorf("unit %s: %+v", inv.Unit, r)
		}
	}
	for name, rows := range map[string][]string{
		"contradicts what is stored": {first.Unit + ",partial,medarbejder", invitations[3].Unit + ",partial,leder"},
		"unknown option":             {invitations[3].Unit + ",partial,konge"},
		"unknown workplace":          {"nobody,partial,leder", invitations[3].Unit + ",partial,leder"},
		"a workplace twice":          {invitations[3].Unit + ",partial,leder", invitations[3].PNumber + ",partial,medarbejder"},
	} {
		give(rows...)
		says, err := take()
		if err == nil || !strings.Contains(err.Error(), "row ") || stored(invitations[3].Unit).Revision != 0 {
			t.Errorf("%s: %s %v", name, says, err)
		}
	}
	if strings.Contains(out.String(), string(third.Code)) {
		t.Error("an access code is printed")
	}
}
