package pdf_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/reports/brief"
	"barometer/reports/internal/invented"
	"barometer/reports/pdf"
)

const page = `<!DOCTYPE html><html lang="da"><head><meta charset="utf-8"><title>Årsrapport</title></head>
<body><h1>Årsrapport</h1><h2>Første afsnit</h2><p>Rødgrød med fløde</p>
<table><tr><th scope="col">Sektor</th></tr><tr><td>Kommune</td></tr></table></body></html>`

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrint(t *testing.T) {
	chromium, pdfinfo := testenv.Need(t, "chromium"), testenv.Need(t, "pdfinfo")
	html := write(t, "side æøå #1.html", page)
	out := filepath.Join(filepath.Dir(html), "side.pdf")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := pdf.Print(ctx, chromium, html, out); err != nil {
		t.Fatal(err)
	}
	info := run(t, pdfinfo, out)
	for _, want := range []string{"Årsrapport", "Tagged:          yes", "Pages:           1"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
	structure := run(t, pdfinfo, "-struct", out)
	for _, want := range []string{"H1", "H2", "Table", "TH"} {
		if !strings.Contains(structure, want) {
			t.Errorf("the structure has no %s:\n%s", want, structure)
		}
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/Lang (da)", "/Outlines"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the file has no %s", want)
		}
	}
}

// Goal 24: the PDF of the report is tagged, has the language and the title of the
// page, bookmarks, headings, tables with header cells, and for every drawing its
// alternative text; the tables that a reader unfolds on screen are all in it.
func TestGoal24_PDFIsTaggedAndWhole(t *testing.T) {
	source, err := brief.Default()
	if err != nil {
		t.Fatal(err)
	}
	r, out := printed(t, invented.Table(), source)
	info := run(t, testenv.Need(t, "pdfinfo"), out)
	for _, want := range []string{"Tagged:          yes", "Title:           " + r.Title} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
	structure := run(t, testenv.Need(t, "pdfinfo"), "-struct", out)
	if strings.Contains(structure, "Syntax Error") {
		t.Errorf("the structure is faulty:\n%s", structure[:300])
	}
	for want, least := range map[string]int{"H1 (block)": 1, "H2 (block)": len(r.Sections), "Figure": len(r.Charts), "Table (block)": len(r.Charts), "TH": 5 * len(r.Charts), "Caption": len(r.Charts)} {
		if n := strings.Count(structure, want); n < least {
			t.Errorf("%d of %s in the structure, want at least %d", n, want, least)
		}
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for want, least := range map[string]int{"/Lang (en)": 1, "/Outlines": 1, "/Alt": len(r.Charts)} {
		if n := strings.Count(string(data), want); n < least {
			t.Errorf("%d of %s in the file, want at least %d", n, want, least)
		}
	}
	text := strings.Join(strings.Fields(run(t, testenv.Need(t, "pdftotext"), out, "-")), " ")
	for i, c := range r.Charts {
		if caption := fmt.Sprintf("Figure %d: %s", i+1, strings.ReplaceAll(c.Title, "\u00a0", " ")); !strings.Contains(text, caption) {
			t.Errorf("the print lacks the table %q", caption)
		}
	}
}

// Each sector has one page of the print, and its name stands on it.
func TestEachSectorIsOnePage(t *testing.T) {
	tab := invented.Table()
	source, err := brief.Sheets(tab)
	if err != nil {
		t.Fatal(err)
	}
	_, out := printed(t, tab, source)
	sectors := tab.Breakdown("sector")
	if info := run(t, testenv.Need(t, "pdfinfo"), out); !strings.Contains(info, fmt.Sprintf("Pages:           %d\n", len(sectors))) {
		t.Errorf("not a page for each of %d sectors:\n%s", len(sectors), info)
	}
	for i, d := range sectors {
		page := fmt.Sprint(i + 1)
		if text := run(t, testenv.Need(t, "pdftotext"), "-f", page, "-l", page, out, "-"); !strings.Contains(text, d.Label.EN) {
			t.Errorf("page %s does not name %s", page, d.Label.EN)
		}
	}
}

// printed builds a document in English and prints it.
func printed(t *testing.T, tab *table.Table, source *brief.Source) (*brief.Report, string) {
	t.Helper()
	chromium := testenv.Need(t, "chromium")
	r, err := brief.Build(brief.Input{Table: tab, Source: source}, i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	html := write(t, "report.html", string(r.HTML))
	out := filepath.Join(filepath.Dir(html), "report.pdf")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := pdf.Print(ctx, chromium, html, out); err != nil {
		t.Fatal(err)
	}
	return r, out
}

func TestPrintRefuses(t *testing.T) {
	html := write(t, "a.html", page)
	out := filepath.Join(filepath.Dir(html), "a.pdf")
	if err := pdf.Print(context.Background(), "", html, out); err == nil || !strings.Contains(err.Error(), "no Chromium") {
		t.Errorf("without a browser: %v", err)
	}
	silent := write(t, "browser", "#!/bin/sh\nexit 0\n")
	if err := os.Chmod(silent, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := pdf.Print(context.Background(), silent, html, out); err == nil || !strings.Contains(err.Error(), "wrote no PDF") {
		t.Errorf("with a browser that writes nothing: %v", err)
	}
	if err := pdf.Print(context.Background(), silent, html+"x", out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("with a page that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := pdf.Print(ctx, silent, html, out); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a failed print left a file")
	}
}

func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", program, err, out)
	}
	return string(out)
}
