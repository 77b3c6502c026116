package main

import (
	"context"
	"errors"
	"io"
	"os"
	"regexp"

	"barometer/analysis/disclosure/anonymise"
	"barometer/analysis/table"
	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/publish/formats/setup"
	"barometer/publish/release"
	"barometer/reports/riskpage"
	"barometer/survey/microdata"
)

// researchFolder holds the research files, beside the releases and out of their
// reach.
const researchFolder = "research"

// Files that tell staff how well a workplace could be recognised.
const riskFile = "risk.json"

func riskPageFile(l i18n.Lang) string { return "risk." + string(l) + ".html" }

// researchAccess is who may have the research file.
var researchAccess = i18n.Text{
	DA: "Kun for forskere, hvis projekt er godkendt, og som har indgået aftale. Filen må ikke gives videre og ikke kobles med andre data om enkelte arbejdspladser, og den slettes, når projektet slutter.",
	EN: "For researchers alone whose project was approved and who have signed the agreement. The file must not be passed on, nor linked with other data on single workplaces, and is deleted when the project ends.",
}

// researchTerms stand where a public file has its licence.
var researchTerms = formats.Licence{Name: "Forskningsaftale / Research agreement"}

// anonymised makes a file of the wave under a policy, with its precision.
func (w *wave) anonymised(ctx context.Context, p anonymise.Policy) (*anonymise.File, error) {
	frozen, weights, spec, errWave := w.weighted(ctx)
	seed, errSeed := w.recordSeed()
	if err := errors.Join(errWave, errSeed); err != nil {
		return nil, err
	}
	f, err := anonymise.Make(frozen, weights, p, seed)
	if err != nil {
		return nil, err
	}
	return f, f.Assess(ctx, frozen, weights, spec)
}

// buildResearch builds the research file of a release, and tells staff of the
// risk in both files. It returns what takes the file away again.
func (w *wave) buildResearch(ctx context.Context, in release.Input) (undo func() error, err error) {
	research, err := w.anonymised(ctx, anonymise.Research())
	if err != nil {
		return nil, err
	}
	if err := w.writeRisk(in.Microdata, research); err != nil {
		return nil, err
	}
	dir := w.home.path(researchFolder)
	_, err = release.BuildRestricted(ctx, dir, release.Restricted{
		Version: in.Version, Title: in.Title, Publisher: in.Publisher, Contact: in.Contact, Terms: researchTerms, Access: researchAccess,
		Built: in.Built, Microdata: research, Example: in.Example,
	})
	return func() error { return os.RemoveAll(release.Folder(dir, w.ID, in.Version)) }, err
}

// writeRisk writes the report on risk into the archive.
func (w *wave) writeRisk(public, research *anonymise.File) error {
	page := riskpage.Page{Wave: w.Title, Synthetic: w.Synthetic, Files: []riskpage.File{
		{Name: i18n.Text{DA: "Filen til alle", EN: "The file for everyone"}, Report: public.Report},
		{Name: i18n.Text{DA: "Forskningsfilen", EN: "The research file"}, Report: research.Report},
	}}
	err := archive.WriteFile(w.archive.Path(riskFile), page.JSON)
	for _, l := range i18n.Languages {
		err = errors.Join(err, archive.WriteFile(w.archive.Path(riskPageFile(l)), func(out io.Writer) error { return page.Write(out, l) }))
	}
	return err
}

// yes is a numerator that is one yes/no variable.
var yes = regexp.MustCompile(`^\$\{([a-z0-9_]+)\} = 1$`)

// example finds a published figure that the set-up scripts can compute again from
// the file: a share of all workplaces that is the mean of one of its variables.
// There is none where the catalogue has no such indicator.
func (w *wave) example(ctx context.Context, t *table.Table, f *anonymise.File) (*setup.Example, error) {
	frozen, err := w.frozen(ctx)
	if err != nil {
		return nil, err
	}
	_, formulas, err := w.formulas(frozen.Codebook)
	if err != nil {
		return nil, err
	}
	for _, formula := range formulas {
		m := yes.FindStringSubmatch(formula.Numerator)
		cell, known := t.Cell(formula.ID, "total")
		figure, shown := cell.Figure()
		if m == nil || !known || !shown {
			continue
		}
		c, err := f.Data.Column(m[1])
		if err != nil || !c.IsNumeric() || figure.N != there(c) {
			continue
		}
		return &setup.Example{Variable: m[1], Label: formula.Label, Value: figure.Value, SE: figure.SE}, nil
	}
	return nil, nil
}

// there counts the values of a column that are not missing.
func there(c *microdata.Column) (n int) {
	for i := range c.Len() {
		if !c.Missing(i) {
			n++
		}
	}
	return n
}
