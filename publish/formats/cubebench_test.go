package formats_test

import (
	"fmt"
	"io"
	"testing"

	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/publish/cube"
	"barometer/publish/formats/jsonstat"
	"barometer/publish/formats/px"
)

// BenchmarkExportCube writes a cube of 100,000 cells as PX and as JSON-stat.
// Goal: 0.25 s for both.
func BenchmarkExportCube(b *testing.B) {
	c := large(b, 500, 40)
	testenv.Bench(b, func() {
		if err := px.Write(io.Discard, c); err != nil {
			b.Fatal(err)
		}
		if err := jsonstat.Write(io.Discard, c, i18n.Danish); err != nil {
			b.Fatal(err)
		}
	})
}

// large is a cube of some indicators, groups and five measures, one row in ten
// suppressed and one uncertain.
func large(t testing.TB, indicators, groups int) *cube.Cube {
	t.Helper()
	whole := draftCubes(t)[0]
	dimension := func(id string, n int) cube.Dimension {
		d := cube.Dimension{ID: id, Label: i18n.Same(id)}
		for i := range n {
			d.Codes = append(d.Codes, cube.Code{ID: fmt.Sprint(id[:1], i), Label: i18n.Text{DA: fmt.Sprint("Nr. ", i, " på dansk"), EN: fmt.Sprint("No. ", i, " in English")}})
		}
		return d
	}
	var cells []cube.Cell
	for row := range indicators * groups {
		x := float64(row%900) / 9
		for i, number := range []float64{x, x - 1, x + 1, 0.52, float64(row)} {
			if row%10 == 3 {
				cells = append(cells, cube.Gap(cube.Confidential))
			} else {
				cells = append(cells, cube.Number(cube.Round(number, whole.Measures().Codes[i].Decimals), row%10 == 7))
			}
		}
	}
	c, err := cube.New(whole.Meta, []cube.Dimension{dimension("indicator", indicators), dimension("group", groups), whole.Measures()}, cells)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
