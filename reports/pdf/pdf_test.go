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

// The tables that a reader unfolds on screen are all in the print, and every
// drawing keeps its alternative text.
func TestGoal24_PDFIsTaggedAndWhole(t *testing.T) {
	chromium, pdftotext, pdfinfo := testenv.Need(t, "chromium"), testenv.Need(t, "pdftotext"), testenv.Need(t, "pdfinfo")
	source, err := brief.Default()
	if err != nil {
		t.Fatal(err)
	}
	r, err := brief.Build(brief.Input{Table: invented.Table(), Source: source}, i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	html := write(t, "report.html", string(r.HTML))
	out := filepath.Join(filepath.Dir(html), "report.pdf")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := pdf.Print(ctx, chromium, html, out); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(run(t, pdftotext, out, "-")), " ")
	structure := run(t, pdfinfo, "-struct", out)
	for i, c := range r.Charts {
		if caption := fmt.Sprintf("Figure %d: %s", i+1, strings.ReplaceAll(c.Title, "\u00a0", " ")); !strings.Contains(text, caption) {
			t.Errorf("the print lacks the table %q", caption)
		}
	}
	if n := strings.Count(structure, "Figure"); n < len(r.Charts) {
		t.Errorf("%d figures in the structure, want %d", n, len(r.Charts))
	}
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
