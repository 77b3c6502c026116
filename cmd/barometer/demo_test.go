package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"barometer/cmd/barometer/demo"
	"barometer/internal/store/storetest"
)

// A demonstration of a few workplaces is collected over HTTP into either store,
// and frozen to the same bytes: where answers stand decides nothing of a wave.
func TestDemoOnEveryStore(t *testing.T) {
	a, ctx := newApp(io.Discard, os.Stderr), t.Context()
	h, err := demoHome(filepath.Join(t.TempDir(), "home"))
	must(t, err)
	w, err := a.demoWave(h, pilotWave, 7, pilotUnits(demo.Workplaces(7)))
	must(t, err)
	frozen := map[string]int{}
	storetest.Each(t, func(t *testing.T, where string) {
		t.Setenv("BAROMETER_STORE", where)
		c, err := openCollection(ctx, h, a.now)
		must(t, err)
		invitations, err := a.invite(ctx, c, w)
		must(t, err)
		must(t, a.answer(ctx, c, w, invitations))
		must(t, c.responses.Close(ctx, w.ID))
		if n := completes(t, c, w); n == 0 {
			t.Error("nobody has answered")
		}
		must(t, c.close())
		_, err = a.freeze(ctx, w)
		must(t, err)
		content, err := os.ReadFile(w.archive.Path("wave.parquet"))
		must(t, err)
		must(t, os.Remove(w.archive.Path("wave.parquet")))
		frozen[string(content)]++
	})
	if len(frozen) != 1 {
		t.Errorf("%d different waves were frozen of the same answers", len(frozen))
	}
}
