package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"barometer/analysis/duck"
	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/reports/weightpage"
	"barometer/survey/codebook"
	"barometer/survey/frame"
	"barometer/survey/microdata"
	"barometer/weighting"
	"barometer/weighting/design"
	"barometer/weighting/margin"
)

// weight carries the weighting recipe out on the frozen wave.
func (a *app) weight(ctx context.Context, w *wave) (bool, error) {
	if done, err := w.finished("weight"); done {
		return false, err
	}
	stage := archive.Stage{
		Name: "weight",
		Inputs: map[string]string{
			"wave": w.archive.Path("wave.parquet"), "recipe": w.path("weighting.yaml"), "frame": w.path("frame.csv"),
			"sample": w.archive.Path("sample.csv"),
		},
		Outputs: []string{"weights.parquet", "design.json", "weighting.json", "weighting.da.md", "weighting.en.md",
			"weighting.da.html", "weighting.en.html", "margins.yaml"},
	}
	recipe, err := load(w.path("weighting.yaml"), weighting.ReadRecipe)
	if err != nil {
		return false, err
	}
	if recipe.Replicates != nil {
		stage.Outputs = append(stage.Outputs, replicatesFile, replicationFile)
	}
	return w.archive.Run(stage, func() error {
		frozen, err := w.frozen(ctx)
		if err != nil {
			return err
		}
		margins, err := w.margins()
		if err != nil {
			return err
		}
		result, err := weighting.Run(frozen.Data, recipe, margins)
		if err != nil {
			return err
		}
		variables, err := w.frameVariables(frozen)
		if err != nil {
			return err
		}
		if err := result.CompareMeans(variables); err != nil {
			return err
		}
		return w.writeWeights(ctx, result, margins)
	})
}

func (w *wave) writeWeights(ctx context.Context, r *weighting.Result, margins []margin.Margin) error {
	writes := []func() error{
		func() error { return duck.WriteData(ctx, w.archive.Path("weights.parquet"), r.Data, nil) },
		func() error { return w.writeReplicates(ctx, r) },
		func() error { return writeJSON(w.archive.Path("design.json"), r.Spec) },
		func() error { return writeJSON(w.archive.Path("weighting.json"), r.Diagnostics) },
		func() error {
			return archive.WriteFile(w.archive.Path("margins.yaml"), func(out io.Writer) error { return margin.Write(out, margins) })
		},
	}
	page := weightpage.Page{Wave: w.Title, Synthetic: w.Synthetic, Diagnostics: r.Diagnostics, Label: levelLabel}
	for _, l := range i18n.Languages {
		writes = append(writes, func() error {
			return archive.WriteFile(w.archive.Path("weighting."+string(l)+".md"), func(out io.Writer) error {
				return r.Diagnostics.Markdown(out, l)
			})
		}, func() error {
			return archive.WriteFile(w.archive.Path("weighting."+string(l)+".html"), func(out io.Writer) error { return page.Write(out, l) })
		})
	}
	for _, write := range writes {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// margins counts the frame by the columns that the recipe may rake to.
func (w *wave) margins() ([]margin.Margin, error) {
	f, err := load(w.path("frame.csv"), frame.Read)
	if err != nil {
		return nil, err
	}
	from := margin.Provenance{
		Source: i18n.Text{DA: "Populationsrammen for bølge " + w.ID, EN: "The sampling frame of wave " + w.ID},
		Date:   w.Reference.Format(time.DateOnly),
	}
	var margins []margin.Margin
	for _, columns := range [][]string{{"sector"}, {"subsector"}, {"size"}, {"region"}, {"sector", "size"}} {
		margins = append(margins, margin.Count(f.Units, strings.Join(columns, "_"), columns, levelsOf(columns), from))
	}
	return margins, nil
}

// frameVariables are the numbers that the frame knows of every workplace, for the
// rows of the frozen wave: the number of employees, of all and by sector. The
// wave itself does not hold them; they leave this stage as means alone.
func (w *wave) frameVariables(frozen *microdata.Wave) ([]weighting.FrameVariable, error) {
	f, errFrame := load(w.path("frame.csv"), frame.Read)
	s, errSample := w.sample()
	key, errKey := frozen.Column("unit")
	name, errName := w.frozenKeys()
	if err := errors.Join(errFrame, errSample, errKey, errName); err != nil {
		return nil, err
	}
	sampled := make(map[string]frame.Unit, len(s.Units))
	for _, u := range s.Units {
		sampled[name(u.Key)] = u.Unit
	}
	for row := range key.Len() {
		if _, ok := sampled[key.Level(row)]; !ok {
			return nil, fmt.Errorf("unit %s of the frozen wave is not in the sample: freeze the wave again", key.Level(row))
		}
	}
	all := i18n.Text{DA: "Antal ansatte", EN: "Employees"}
	groups := append([]codebook.Code{{}}, codebook.Sectors().Codes...)
	list := make([]weighting.FrameVariable, len(groups))
	for i, g := range groups {
		inside := func(u frame.Unit) bool { return g.Value == "" || u.Sector == g.Value }
		label := all
		if g.Value != "" {
			label = i18n.Text{DA: all.DA + ", " + g.Label.DA, EN: all.EN + ", " + g.Label.EN}
		}
		var population []float64
		for _, u := range f.Units {
			if inside(u) {
				population = append(population, float64(u.Employees))
			}
		}
		values := make([]float64, key.Len())
		for row := range values {
			values[row] = math.NaN()
			if u, ok := sampled[key.Level(row)]; ok && inside(u) {
				values[row] = float64(u.Employees)
			}
		}
		list[i] = weighting.NewFrameVariable(label, population, values)
	}
	return list, nil
}

// levelsOf returns the function that gives a workplace's levels in columns.
func levelsOf(columns []string) func(frame.Unit) []string {
	return func(u frame.Unit) []string {
		levels := make([]string, len(columns))
		for i, c := range columns {
			levels[i], _ = frameLevel(u, c)
		}
		return levels
	}
}

// levelLabel names a level of a column that margins are counted by.
func levelLabel(column, level string) i18n.Text {
	if column == "subsector" {
		if c, ok := codebook.Subsectors().Code(level); ok {
			return c.Label
		}
	}
	return i18n.Same(level)
}

// population returns the number of workplaces of the frame that have all the
// levels, 0 where the margins do not tell.
func population(margins []margin.Margin, levels []design.Level) int {
	if len(levels) == 0 && len(margins) > 0 {
		return int(margins[0].Sum())
	}
	for _, m := range margins {
		for _, t := range m.Totals {
			if slices.Equal(m.Where(t), levels) {
				return int(t.Total)
			}
		}
	}
	return 0
}

// weighted reads the frozen wave with its weights, and the design to analyse
// them by.
func (w *wave) weighted(ctx context.Context) (*microdata.Wave, *microdata.Data, design.Spec, error) {
	frozen, err := w.frozen(ctx)
	if err != nil {
		return nil, nil, design.Spec{}, err
	}
	weights, err := duck.ReadData(ctx, w.archive.Path("weights.parquet"))
	if err != nil {
		return nil, nil, design.Spec{}, err
	}
	spec, err := load(w.archive.Path("design.json"), readJSON[design.Spec])
	return frozen, weights, spec, err
}
