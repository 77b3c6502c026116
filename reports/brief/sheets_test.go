package brief_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/reports/brief"
	"barometer/reports/internal/invented"
)

func buildSheets(t *testing.T, d *invented.Draft, l i18n.Lang) *brief.Report {
	t.Helper()
	tab := d.Table()
	s, err := brief.Sheets(tab)
	if err != nil {
		t.Fatal(err)
	}
	r, err := brief.Build(brief.Input{Table: tab, Policy: policy(), Source: s}, l)
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, r)
	return r
}

// Each sector has a page with its figures beside those of all, and the words
// between them follow a test.
func TestASheetForEachSector(t *testing.T) {
	d := invented.New()
	d.Set("innov_rate", "total", 80, 78, 82)
	d.Set("innov_rate", "sector:kommune", 79, 76, 82)
	d.Set("innov_rate", "sector:region", 93, 90, 96)
	d.Set("innov_rate", "sector:stat", 65, 61, 69)
	for _, l := range i18n.Languages {
		r := buildSheets(t, d, l)
		if got := strings.Join(r.Sections, " "); got != "kommune region stat" {
			t.Errorf("%s: the sections are %q", l, got)
		}
		if *out != "" {
			if err := os.WriteFile(filepath.Join(*out, "sectors."+string(l)+".html"), r.HTML, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	page := string(buildSheets(t, d, i18n.Danish).HTML)
	for _, want := range []string{"80\u00a0pct. – ingen sikker forskel", "80\u00a0pct. – klart over", "80\u00a0pct. – klart under", "Hospital og psykiatri"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	d.Suppress("innov_rate", "sector:stat", "c")
	if page := string(buildSheets(t, d, i18n.Danish).HTML); strings.Contains(page, "klart under") {
		t.Error("a suppressed figure is held against all")
	}
}
