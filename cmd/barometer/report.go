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
)

// chartDPI is the resolution of published PNG charts, for screens.
const chartDPI = 200

// report writes the yearly report in each language with its charts, and as PDF
// where a browser is installed to print it.
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
		Name:       "report",
		Parameters: map[string]string{"pdf": fmt.Sprint(browser != "")},
		Inputs:     inputs,
		Outputs:    append(reportOutputs(in.Charts(), browser != ""), "charts.json"),
	}
	return w.archive.Run(stage, func() error {
		if err := os.MkdirAll(w.archive.Path("charts"), 0o755); err != nil {
			return err
		}
		var reports []*brief.Report
		titles := map[string]i18n.Text{}
		for _, l := range i18n.Languages {
			r, err := brief.Build(in, l)
			if err != nil {
				return err
			}
			for _, c := range r.Charts {
				titles[c.ID] = titled(titles[c.ID], l, c.Title)
			}
			reports = append(reports, r)
		}
		if err := w.writeReports(ctx, reports, browser); err != nil {
			return err
		}
		return writeJSON(w.archive.Path("charts.json"), titles)
	})
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
	inputs["table"], inputs["policy"] = w.archive.Path("table.json"), w.path("disclosure.yaml")
	for _, name := range []string{"charts.yaml", "report.da.md", "report.en.md"} {
		path := filepath.Join(w.path("report"), name)
		if _, err := os.Stat(path); err == nil {
			inputs[name] = path
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

func reportName(l i18n.Lang, ext string) string { return "report." + string(l) + "." + ext }

func chartName(id string, l i18n.Lang, ext string) string {
	return "charts/" + id + "." + string(l) + "." + ext
}

func reportOutputs(charts []chart.Spec, withPDF bool) []string {
	var names []string
	for _, l := range i18n.Languages {
		names = append(names, reportName(l, "html"))
		if withPDF {
			names = append(names, reportName(l, "pdf"))
		}
		for _, c := range charts {
			for _, ext := range []string{"svg", "png", "csv"} {
				names = append(names, chartName(c.ID, l, ext))
			}
		}
	}
	return names
}

// writeReports writes the reports and what is made from them. Printing takes
// longest, so it begins first, and the charts are drawn beside it.
func (w *wave) writeReports(ctx context.Context, reports []*brief.Report, browser string) error {
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(runtime.GOMAXPROCS(0))
	for _, r := range reports {
		html := w.archive.Path(reportName(r.Lang, "html"))
		err := archive.WriteFile(html, func(out io.Writer) error {
			_, err := out.Write(r.HTML)
			return err
		})
		if err != nil {
			return errors.Join(err, tasks.Wait())
		}
		if browser != "" {
			tasks.Go(func() error { return w.printReport(ctx, r.Lang, browser) })
		}
	}
	for _, r := range reports {
		for _, c := range r.Charts {
			tasks.Go(func() error { return w.writeChart(c) })
		}
	}
	return tasks.Wait()
}

func (w *wave) printReport(ctx context.Context, l i18n.Lang, browser string) error {
	return archive.Replace(w.archive.Path(reportName(l, "pdf")), func(tmp string) error {
		return pdf.Print(ctx, browser, w.archive.Path(reportName(l, "html")), tmp)
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
