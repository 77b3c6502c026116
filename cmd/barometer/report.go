package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"barometer/analysis/disclosure"
	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/reports/brief"
	"barometer/reports/chart"
	"barometer/reports/pdf"
	"barometer/reports/quality"
)

// chartDPI is the resolution of published PNG charts, for screens.
const chartDPI = 200

// Documents that are written beside the charts, each in every language.
const (
	yearlyReport  = "report"
	qualityReport = "quality"
	sectorSheets  = "sectors"
)

var documentNames = []string{yearlyReport, qualityReport, sectorSheets}

// report writes the yearly report in each language with its charts, the quality
// report and the pages of the sectors, all of them as PDF too where a browser is
// installed to print it.
func (a *app) report(ctx context.Context, w *wave) (bool, error) {
	in, err := w.reportInput()
	if err != nil {
		return false, err
	}
	browser := pdf.Find()
	if browser == "" {
		fmt.Fprintln(a.stdout, "report      without PDF: no Chromium is installed to print it")
	}
	inputs, err := w.reportInputs()
	if err != nil {
		return false, err
	}
	stage := archive.Stage{
		Name: "report",
		Parameters: map[string]string{"pdf": fmt.Sprint(browser != ""), "frame": w.Reference.String(), "deadline": w.Deadline.String(),
			"published": w.Published.String(), "licence": w.Licence.Name, "doi": w.DOI, "contact": w.home.Contact, "publisher": w.home.Organisation.DA + w.home.Organisation.EN},
		Inputs:  inputs,
		Outputs: append(reportOutputs(in.Charts(), browser != ""), "charts.json"),
	}
	return w.archive.Run(stage, func() error {
		if err := os.MkdirAll(w.archive.Path("charts"), 0o755); err != nil {
			return err
		}
		documents, err := w.buildDocuments(ctx, in)
		if err != nil {
			return err
		}
		titles := map[string]i18n.Text{}
		for _, d := range documents {
			for _, c := range d.drawn() {
				titles[c.ID] = titled(titles[c.ID], c.Lang(), c.Title)
			}
		}
		if err := w.writeReports(ctx, documents, browser); err != nil {
			return err
		}
		return writeJSON(w.archive.Path("charts.json"), titles)
	})
}

// document is a built report with the name of its files.
type document struct {
	name string
	*brief.Report
}

// drawn are the charts that get files of their own: those of the yearly report.
func (d document) drawn() []*chart.Chart {
	if d.name == yearlyReport {
		return d.Charts
	}
	return nil
}

// buildDocuments makes every document in each language.
func (w *wave) buildDocuments(ctx context.Context, in brief.Input) ([]document, error) {
	evidence, errEvidence := w.evidence(ctx, in.Policy)
	text, errText := w.qualitySource()
	sheets, errSheets := brief.Sheets(in.Table)
	if err := errors.Join(errEvidence, errText, errSheets); err != nil {
		return nil, err
	}
	ofQuality, ofSectors := in, in
	ofQuality.Source, ofSectors.Source = text, sheets
	var list []document
	for _, l := range i18n.Languages {
		yearly, err := brief.Build(in, l)
		if err != nil {
			return nil, err
		}
		judged, err := quality.Build(ofQuality, evidence, l)
		if err != nil {
			return nil, err
		}
		sectors, err := brief.Build(ofSectors, l)
		if err != nil {
			return nil, err
		}
		list = append(list, document{yearlyReport, yearly}, document{qualityReport, judged}, document{sectorSheets, sectors})
	}
	return list, nil
}

func titled(t i18n.Text, l i18n.Lang, title string) i18n.Text {
	if l == i18n.English {
		t.EN = title
	} else {
		t.DA = title
	}
	return t
}

// reportInput reads what the report is made from.
func (w *wave) reportInput() (brief.Input, error) {
	t, errTable := w.table()
	policy, errPolicy := load(w.path("disclosure.yaml"), disclosure.LoadPolicy)
	source, errSource := w.reportSource()
	if err := errors.Join(errTable, errPolicy, errSource); err != nil {
		return brief.Input{}, err
	}
	past, errPast := w.history(t)
	models, errModels := w.models()
	return brief.Input{Table: t, History: past, Models: models, Policy: policy, Source: source}, errors.Join(errPast, errModels)
}

// reportInputs lists the files the report is made from.
func (w *wave) reportInputs() (map[string]string, error) {
	inputs, err := w.historyFiles()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(w.archive.Path(modelsFile)); err == nil {
		inputs["models"] = w.archive.Path(modelsFile)
	}
	inputs["wave"], inputs["weighting"], inputs["questionnaire"] = w.archive.Path(waveFile), w.archive.Path("weighting.json"), w.path("questionnaire.yaml")
	inputs["table"], inputs["policy"] = w.archive.Path("table.json"), w.path("disclosure.yaml")
	for _, folder := range []string{yearlyReport, qualityReport} {
		for _, name := range []string{"charts.yaml", folder + ".da.md", folder + ".en.md"} {
			path := filepath.Join(w.path(folder), name)
			if _, err := os.Stat(path); err == nil {
				inputs[folder+"/"+name] = path
			}
		}
	}
	return inputs, nil
}

// reportSource reads the wave's own report text where it has one, else the one
// that comes with the program.
func (w *wave) reportSource() (*brief.Source, error) {
	dir := w.path("report")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return brief.Default()
	}
	source, err := brief.ReadSource(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return source, nil
}

func documentFile(name string, l i18n.Lang, ext string) string {
	return name + "." + string(l) + "." + ext
}

func chartName(id string, l i18n.Lang, ext string) string {
	return "charts/" + id + "." + string(l) + "." + ext
}

func reportOutputs(charts []chart.Spec, withPDF bool) []string {
	var names []string
	for _, l := range i18n.Languages {
		for _, d := range documentNames {
			names = append(names, documentFile(d, l, "html"))
			if withPDF {
				names = append(names, documentFile(d, l, "pdf"))
			}
		}
		for _, c := range charts {
			for _, ext := range []string{"svg", "png", "csv"} {
				names = append(names, chartName(c.ID, l, ext))
			}
		}
	}
	return names
}

// writeReports writes the documents and what is made from them. Printing takes
// longest, so it begins first, and the charts are drawn beside it.
func (w *wave) writeReports(ctx context.Context, documents []document, browser string) error {
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(runtime.GOMAXPROCS(0))
	for _, d := range documents {
		html := w.archive.Path(documentFile(d.name, d.Lang, "html"))
		err := archive.WriteFile(html, func(out io.Writer) error {
			_, err := out.Write(d.HTML)
			return err
		})
		if err != nil {
			return errors.Join(err, tasks.Wait())
		}
		if browser != "" {
			tasks.Go(func() error { return w.printDocument(ctx, d, browser) })
		}
	}
	for _, d := range documents {
		for _, c := range d.drawn() {
			tasks.Go(func() error { return w.writeChart(c) })
		}
	}
	return tasks.Wait()
}

func (w *wave) printDocument(ctx context.Context, d document, browser string) error {
	return archive.Replace(w.archive.Path(documentFile(d.name, d.Lang, "pdf")), func(tmp string) error {
		return pdf.Print(ctx, browser, w.archive.Path(documentFile(d.name, d.Lang, "html")), tmp)
	})
}

func (w *wave) writeChart(c *chart.Chart) error {
	for ext, write := range map[string]func(io.Writer) error{
		"svg": c.SVG, "csv": c.CSV,
		"png": func(out io.Writer) error { return c.PNG(out, chartDPI) },
	} {
		if err := archive.WriteFile(w.archive.Path(chartName(c.ID, c.Lang(), ext)), write); err != nil {
			return err
		}
	}
	return nil
}
