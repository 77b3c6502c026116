package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/publish/embargo"
	"barometer/publish/formats"
	"barometer/publish/release"
)

// operator is whoever runs commands in the home folder.
var operator = policy.Subject{Roles: []policy.Role{policy.Operator}}

// releaseStage builds the wave's release as the operator.
func (a *app) releaseStage(ctx context.Context, w *wave) (ran bool, err error) {
	c, err := openCollection(ctx, w.home, a.now)
	if err != nil {
		return false, err
	}
	ran, err = w.buildRelease(ctx, c, operator)
	return ran, errors.Join(err, c.close())
}

// releaseBuildCommand builds the wave's release for the operator or a person.
func releaseBuildCommand(a *app, flags *flag.FlagSet) action {
	dir, who := homeFlag(flags), a.acting(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			by, err := who(ctx, w.home, c)
			if err != nil {
				return err
			}
			return a.told(w, "release", func() (bool, error) { return w.buildRelease(ctx, c, by) })
		})
	}
}

// buildRelease builds the wave's release folder and enters it. A version is
// built once: the same version again is unchanged when nothing it is made of has
// changed, and an error when something has.
func (w *wave) buildRelease(ctx context.Context, c *collection, by policy.Subject) (bool, error) {
	version, err := release.ParseVersion(w.Version)
	if err != nil {
		return false, fmt.Errorf("%s: %w", w.path("wave.yaml"), err)
	}
	stage := archive.Stage{
		Name:       "release",
		Outputs:    []string{riskFile, riskPageFile(i18n.Danish), riskPageFile(i18n.English)},
		Parameters: map[string]string{"version": w.Version},
		Inputs: map[string]string{
			"wave": w.archive.Path("wave.parquet"), "weights": w.archive.Path("weights.parquet"), "design": w.archive.Path("design.json"),
			"table": w.archive.Path("table.json"), "report": w.archive.Path("report.provenance.json"),
			"wave settings": w.path("wave.yaml"), "record ids": w.home.path("secrets", "release.key"),
		},
	}
	if _, err := os.Stat(w.archive.Path(modelsFile)); err == nil {
		stage.Inputs["models"] = w.archive.Path(modelsFile)
	}
	if _, err := secret(stage.Inputs["record ids"]); err != nil {
		return false, err
	}
	ran, err := w.archive.Run(stage, func() error {
		basis, err := c.releases.MayBuild(ctx, by, w.ID)
		if err != nil {
			return err
		}
		in, err := w.releaseInput(ctx, version, basis)
		if err != nil {
			return err
		}
		undo, err := w.buildResearch(ctx, in)
		if err != nil {
			return err
		}
		if _, err = release.Build(ctx, w.home.path("releases"), in); err != nil {
			return errors.Join(err, undo())
		}
		return nil
	})
	if err == nil {
		_, _, err = c.releases.Enter(ctx, by, embargo.Name{Wave: w.ID, Version: version})
	}
	return ran, err
}

// releaseInput gathers what the release is made of.
func (w *wave) releaseInput(ctx context.Context, v release.Version, basis embargo.Basis) (release.Input, error) {
	t, errTable := w.table()
	documents, errDocuments := w.documents()
	if err := errors.Join(errTable, errDocuments); err != nil {
		return release.Input{}, err
	}
	past, errPast := w.history(t)
	models, errModels := w.models()
	if err := errors.Join(errPast, errModels); err != nil {
		return release.Input{}, err
	}
	public, err := w.anonymised(ctx, anonymise.Public())
	if err != nil {
		return release.Input{}, err
	}
	example, err := w.example(ctx, t, public)
	if err != nil {
		return release.Input{}, err
	}
	return release.Input{
		Version: v, Title: w.Title, Publisher: w.home.Organisation, Contact: w.home.Contact,
		Licence: formats.Licence(w.Licence), DOI: w.DOI, Built: w.Published.Time, Reason: w.Reason, Withdrawn: basis.Withdrawn,
		Table: t, Changes: past.Changes, Models: models, External: past.External, Microdata: public, Example: example, Documents: documents,
	}, nil
}

// recordSeed decides the random record ids of the research file. It is drawn
// from a secret, so that nobody can find a record from what is published.
func (w *wave) recordSeed() (uint64, error) {
	key, err := secret(w.home.path("secrets", "release.key"))
	if err != nil {
		return 0, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("record ids of wave " + w.ID))
	return binary.BigEndian.Uint64(mac.Sum(nil)), nil
}

// documents lists the report and charts as they stand in the archive.
func (w *wave) documents() ([]release.Document, error) {
	record, err := w.archive.Record("report")
	if err != nil {
		return nil, fmt.Errorf("the report is not written yet: barometer report %s", w.ID)
	}
	in, err := w.reportInput()
	if err != nil {
		return nil, err
	}
	titles, err := load(w.archive.Path("charts.json"), readJSON[map[string]i18n.Text])
	if err != nil {
		return nil, err
	}
	var list []release.Document
	for _, name := range reportOutputs(in.Charts(), record.Outputs[documentFile(yearlyReport, i18n.Danish, "pdf")] != "") {
		list = append(list, release.Document{Name: name, Title: documentTitle(name, titles), Path: w.archive.Path(name)})
	}
	return list, nil
}

// documentTitles names the documents for readers.
var documentTitles = map[string]i18n.Text{
	yearlyReport:  {DA: "Årsrapport", EN: "Yearly report"},
	qualityReport: {DA: "Kvalitetsrapport", EN: "Quality report"},
	sectorSheets:  {DA: "Sektorerne på en side hver", EN: "The sectors on a page each"},
}

// documentTitle names a file for readers: a chart by what it shows, with its
// language where that is not the reader's.
func documentTitle(name string, charts map[string]i18n.Text) i18n.Text {
	stem, _, _ := strings.Cut(name, ".")
	title := documentTitles[stem]
	if id, ok := strings.CutPrefix(stem, "charts/"); ok {
		title = charts[id]
	}
	if strings.Contains(name, ".en.") {
		title.DA += " (på engelsk)"
	} else {
		title.EN += " (in Danish)"
	}
	return title
}

func releaseVerifyCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "the folder of one release", args); err != nil {
			return err
		}
		if err := release.Verify(args[0]); err != nil {
			return err
		}
		r, err := release.Open(args[0])
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "%s: release %s, %d files as built\n", args[0], r.Manifest.ID(), len(r.Manifest.Files))
		return err
	}
}
