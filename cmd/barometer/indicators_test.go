package main

import (
	"os"
	"strings"
	"testing"

	"barometer/cmd/barometer/demo"
	"barometer/internal/testenv"
)

// BenchmarkIndicators is the stage "indicators" of the demonstration's wave,
// about 1,700 respondents: derive every indicator, estimate it in every domain,
// suppress, and make the table.
func BenchmarkIndicators(b *testing.B) {
	ctx := b.Context()
	a := newApp(new(strings.Builder), os.Stderr)
	h, err := demoHome(b.TempDir())
	must(b, err)
	w, err := a.demoWave(h, demoWave, 1, demo.Workplaces(1))
	must(b, err)
	c, err := openCollection(ctx, h, a.now)
	must(b, err)
	invitations, err := a.invite(ctx, c, w)
	must(b, err)
	must(b, a.answer(ctx, c, w, invitations))
	must(b, c.responses.Close(ctx, w.ID))
	must(b, c.close())
	for _, stage := range []string{"freeze", "weight"} {
		must(b, a.carryOut(ctx, w, stage))
	}
	testenv.Bench(b, func() {
		_, err := w.estimateTable(ctx)
		must(b, err)
	})
}
