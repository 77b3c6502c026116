package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"barometer/analysis/disclosure"
	"barometer/analysis/duck"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/internal/archive"
	"barometer/publish/embargo"
	"barometer/publish/release"
	"barometer/survey/codebook"
	"barometer/survey/freeze"
	"barometer/survey/microdata"
	"barometer/survey/response"
	"barometer/weighting"
	"barometer/weighting/design"
	"barometer/weighting/margin"
)

// indicators estimates every indicator of the wave and lets through what the
// disclosure policy allows, and the changes since the wave before where one is
// named. The derived variables are written as a file of their own: estimation
// scans that file.
func (a *app) indicators(ctx context.Context, w *wave) (bool, error) {
	stage := archive.Stage{
		Name: "indicators",
		Inputs: map[string]string{
			"wave": w.archive.Path("wave.parquet"), "weights": w.archive.Path("weights.parquet"),
			"design": w.archive.Path("design.json"), "margins": w.archive.Path("margins.yaml"),
			"questionnaire": w.path("questionnaire.yaml"), "wave settings": w.path("wave.yaml"),
			"catalogue": w.path("indicators.yaml"), "policy": w.path("disclosure.yaml"),
		},
		Outputs: []string{"variables.parquet", "table.json"},
	}
	earlier, err := w.earlier(ctx)
	if err != nil {
		return false, err
	}
	for _, r := range earlier {
		stage.Inputs["table of "+r.Manifest.ID()] = filepath.Join(r.Dir, "table.json")
	}
	previous, err := w.previous()
	if err != nil {
		return false, err
	}
	if previous != nil {
		stage.Inputs["previous table"] = previous.archive.Path("table.json")
		stage.Inputs["previous variables"] = previous.archive.Path("variables.parquet")
		stage.Inputs["previous design"] = previous.archive.Path("design.json")
		stage.Outputs = append(stage.Outputs, changesFile)
	}
	catalogue, err := load(w.path("indicators.yaml"), indicator.Load)
	if err != nil {
		return false, err
	}
	if catalogue.Variance == indicator.Replicated {
		if err := w.hasReplicates(); err != nil {
			return false, err
		}
		stage.Inputs["replicates"], stage.Inputs["replication"] = w.archive.Path(replicatesFile), w.archive.Path(replicationFile)
	}
	if len(catalogue.SmallAreas) > 0 {
		maps.Copy(stage.Inputs, w.modelInputs())
		stage.Outputs = append(stage.Outputs, modelsFile)
	}
	if w.has(imputationFile) {
		stage.Inputs["imputation"] = w.path(imputationFile)
		stage.Outputs = append(stage.Outputs, imputedFile)
	}
	return w.archive.Run(stage, func() error {
		t, err := w.estimateTable(ctx)
		if err != nil {
			return err
		}
		if err := writeJSON(w.archive.Path("table.json"), t); err != nil {
			return err
		}
		return errors.Join(a.writeModels(w, t, catalogue), a.writeChanges(ctx, w, previous))
	})
}

// writeModels writes the model-based figures that the catalogue asks for.
func (a *app) writeModels(w *wave, t *table.Table, catalogue *indicator.Catalogue) error {
	if len(catalogue.SmallAreas) == 0 {
		return removeIfThere(w.archive.Path(modelsFile))
	}
	models, err := w.model(t, catalogue)
	if err != nil {
		return err
	}
	for _, m := range models.List {
		for _, warning := range m.Warnings {
			fmt.Fprintf(a.stderr, "indicators  warning: model of %s by %s: %s\n", m.Indicator, m.Breakdown, warning)
		}
	}
	return writeJSON(w.archive.Path(modelsFile), models)
}

// writeChanges writes the changes since the wave before, where one is named.
func (a *app) writeChanges(ctx context.Context, w, previous *wave) error {
	if previous == nil {
		return removeIfThere(w.archive.Path(changesFile))
	}
	changes, warnings, err := w.changesSince(ctx, previous, "")
	if err != nil {
		return err
	}
	for _, warning := range warnings {
		fmt.Fprintln(a.stderr, "indicators  warning:", warning)
	}
	return writeJSON(w.archive.Path(changesFile), changes)
}

// changesFile holds the changes since the wave before, where one is named.
const changesFile = "changes.json"

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// estimateTable computes the wave's table from its archive.
func (w *wave) estimateTable(ctx context.Context) (*table.Table, error) {
	frozen, weights, spec, err := w.weighted(ctx)
	if err != nil {
		return nil, err
	}
	catalogue, formulas, err := w.formulas(frozen.Codebook)
	if err != nil {
		return nil, err
	}
	policy, err := load(w.path("disclosure.yaml"), disclosure.LoadPolicy)
	if err != nil {
		return nil, err
	}
	domains := catalogue.Domains()
	joined, err := microdata.New(append(slices.Clone(frozen.Columns()), weights.Columns()[1:]...)...)
	if err != nil {
		return nil, err
	}
	data, err := variables(joined, spec, formulas)
	if err != nil {
		return nil, err
	}
	completed, err := w.impute(joined, spec, formulas)
	if err != nil {
		return nil, err
	}
	src, err := w.scanned(ctx, data, completed.flags())
	if err != nil {
		return nil, err
	}
	reps, err := w.replicates(ctx, catalogue)
	if err != nil {
		return nil, errors.Join(err, src.Close())
	}
	estimates, err := indicator.EstimateBy(ctx, src, spec, reps, formulas, domains)
	if err = errors.Join(err, src.Close()); err != nil {
		return nil, err
	}
	if completed != nil {
		if estimates, err = completed.estimate(ctx, w, estimates, data, request{spec, reps, formulas, domains}); err != nil {
			return nil, err
		}
	}
	sizes, err := w.domainSizes(frozen, domains)
	if err != nil {
		return nil, err
	}
	meta, err := w.meta(frozen, weights)
	if err != nil {
		return nil, err
	}
	indicators := make([]table.Indicator, len(formulas))
	candidates := make([]disclosure.Candidate, len(estimates))
	for i, e := range estimates {
		indicators[i/len(domains)] = formulas[i/len(domains)].Indicator
		candidates[i] = disclosure.Candidate{Estimate: e,
			Population: sizes[i%len(domains)].population, Sampled: sizes[i%len(domains)].sampled}
	}
	links, err := w.links(ctx, indicators, data)
	if err != nil {
		return nil, err
	}
	return disclosure.Apply(policy, meta, indicators, domains, candidates, links)
}

// links gathers what the disclosure audit has to know beside the estimates:
// how the indicators hang together, and what earlier versions have shown.
func (w *wave) links(ctx context.Context, indicators []table.Indicator, data *microdata.Data) (links disclosure.Links, err error) {
	values := make([][]float64, len(indicators))
	for i, ind := range indicators {
		column, err := data.Column(ind.ID)
		if err != nil {
			return links, err
		}
		values[i] = column.Number
	}
	if links.Relations, err = disclosure.FindRelations(indicators, values); err != nil {
		return links, err
	}
	earlier, err := w.earlier(ctx)
	if err != nil {
		return links, err
	}
	for _, r := range earlier {
		t, err := r.Table()
		if err != nil {
			return links, err
		}
		links.Earlier = append(links.Earlier, t)
	}
	return links, nil
}

// earlier lists the releases of the wave before the version that is being made,
// which readers know or may come to know: those withdrawn before they came out
// are not among them.
func (w *wave) earlier(ctx context.Context) ([]*release.Release, error) {
	version, err := release.ParseVersion(w.Version)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.path("wave.yaml"), err)
	}
	all, err := release.List(w.home.path("releases"))
	if err != nil {
		return nil, err
	}
	before := slices.DeleteFunc(all, func(r *release.Release) bool {
		return r.Manifest.Wave != w.ID || r.Manifest.Version.Compare(version) >= 0
	})
	if len(before) == 0 {
		return nil, nil
	}
	withdrawn, err := w.withdrawn(ctx)
	return slices.DeleteFunc(before, func(r *release.Release) bool { return slices.Contains(withdrawn, r.Manifest.Version) }), err
}

// withdrawn lists the versions of the wave that never came out.
func (w *wave) withdrawn(ctx context.Context) (versions []release.Version, err error) {
	c, err := openCollection(ctx, w.home, time.Now)
	if err != nil {
		return nil, err
	}
	all, err := c.releases.List(ctx)
	for _, e := range all {
		if e.Wave == w.ID && e.State == embargo.Withdrawn {
			versions = append(versions, e.Version)
		}
	}
	return versions, errors.Join(err, c.close())
}

// formulas reads the catalogue and binds it to the wave's questionnaire and
// codebook.
func (w *wave) formulas(book codebook.Codebook) (*indicator.Catalogue, []indicator.Formula, error) {
	catalogue, err := load(w.path("indicators.yaml"), indicator.Load)
	if err != nil {
		return nil, nil, err
	}
	q, err := w.questionnaire()
	if err != nil {
		return nil, nil, err
	}
	defs, err := catalogue.Expand(q)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", w.path("indicators.yaml"), err)
	}
	formulas, err := indicator.Compile(defs, book)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", w.path("indicators.yaml"), err)
	}
	return catalogue, formulas, nil
}

// variables puts what estimation needs into one table.
func variables(joined *microdata.Data, spec design.Spec, formulas []indicator.Formula) (*microdata.Data, error) {
	kept := indicator.Needed(spec)
	if _, err := joined.Column(freeze.PanelColumn); err == nil {
		kept = append(kept, freeze.PanelColumn) // the next wave asks which workplaces it shares
	}
	return indicator.Variables(formulas, joined, kept)
}

// scanned writes the variables as one file, with what says which answers are
// imputed, and opens it for scanning.
func (w *wave) scanned(ctx context.Context, data *microdata.Data, flags []microdata.Column) (*duck.Parquet, error) {
	file, err := microdata.New(append(slices.Clone(data.Columns()), flags...)...)
	if err != nil {
		return nil, err
	}
	path := w.archive.Path("variables.parquet")
	if err := duck.WriteData(ctx, path, file, nil); err != nil {
		return nil, err
	}
	return duck.OpenParquet(ctx, path)
}

// domainSize is how many workplaces of a domain the frame and the sample have.
type domainSize struct{ population, sampled int }

// domainSizes counts each domain in the sample, and in the frame through the
// strata: their counts stand beside every sampled unit.
func (w *wave) domainSizes(frozen *microdata.Wave, domains []table.Domain) ([]domainSize, error) {
	margins, err := load(w.archive.Path("margins.yaml"), margin.Read)
	if err != nil {
		return nil, err
	}
	sizes := make([]domainSize, len(domains))
	for i, d := range domains {
		if sizes[i].sampled, err = countUnits(frozen.Data, indicator.Levels(d)); err != nil {
			return nil, err
		}
		sizes[i].population = population(margins, indicator.Levels(d))
	}
	return sizes, nil
}

// countUnits counts the rows that have all the levels.
func countUnits(data *microdata.Data, levels []design.Level) (int, error) {
	columns := make([]*microdata.Column, len(levels))
	for i, l := range levels {
		c, err := data.Column(l.Column)
		if err != nil {
			return 0, err
		}
		columns[i] = c
	}
	n := 0
	for row := range data.Rows() {
		inside := true
		for i, l := range levels {
			inside = inside && columns[i].Level(row) == l.Level
		}
		if inside {
			n++
		}
	}
	return n, nil
}

// meta says what the wave's table is about.
func (w *wave) meta(frozen *microdata.Wave, weights *microdata.Data) (table.Meta, error) {
	disposition, err := frozen.Column("disposition")
	if err != nil {
		return table.Meta{}, err
	}
	count := func(d response.Disposition) (n int) {
		for i := range frozen.Rows() {
			if disposition.Level(i) == string(d) {
				n++
			}
		}
		return n
	}
	margins, err := load(w.archive.Path("margins.yaml"), margin.Read)
	if err != nil {
		return table.Meta{}, err
	}
	final, err := weights.Column("weight")
	if err != nil {
		return table.Meta{}, err
	}
	complete, ineligible := count(response.Complete), count(response.Ineligible)
	return table.Meta{
		Wave: w.ID, Period: w.Period, Synthetic: w.Synthetic, Title: w.Title,
		Frame: population(margins, nil), Sample: frozen.Rows(), Respondents: complete, Ineligible: ineligible,
		Level: indicator.Level, Weighting: w.Weighting,
		EffectiveN:   weighting.Summarise(final.Number).EffectiveN,
		ResponseRate: float64(complete) / float64(frozen.Rows()-ineligible),
	}, nil
}
