package site_test

import (
	"net/http"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/publish/release"
	"barometer/publish/site"
)

// An indicator page shows what others published apart from our figure, with its
// source, and says that invented figures are no continuation of it.
func TestPublishedFiguresOnAnIndicatorPage(t *testing.T) {
	h := ordinary(t)
	first := rowOf(t, h, "reuse", "2013–14")
	if len(first) != 3 || first[0] != "73 pct." || first[1] != "–" || first[2] != "–" {
		t.Errorf("the row of the first survey is %q", first)
	}
	if about := rowOf(t, h, "evaluated", "2018–19"); len(about) == 0 || about[0] != "ca. 40 pct." {
		t.Errorf("a figure published in words is shown as %q", about)
	}
	if rowOf(t, h, "reuse", "2013–14 Danmarks Statistik/COI, offentliggjort") == nil {
		t.Error("the row of the first survey does not say who published it")
	}
	page := text(parse(t, h, "/en/indicators/reuse"))
	for _, part := range []string{"Development", "must not be read as a trend", "The sampling error was not computed by the source", "New questionnaire with its own wording"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	if resp := ask(t, h, http.MethodGet, "/en/indicators/reuse/trend.svg"); resp.StatusCode != http.StatusOK || !strings.Contains(body(t, resp), "Statistics Denmark/COI") {
		t.Errorf("the time line as a file: status %d", resp.StatusCode)
	}
}

// Where nothing is known before the wave there is no development to show.
func TestNoDevelopmentWithoutAPast(t *testing.T) {
	h := ordinary(t)
	if page := text(parse(t, h, "/da/indicators/shared")); strings.Contains(page, "Udvikling som SVG") {
		t.Error("the page has a section on development and nothing to show in it")
	}
	if resp := ask(t, h, http.MethodGet, "/da/indicators/shared/trend.svg"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a time line of nothing: status %d", resp.StatusCode)
	}
}

// rowOf returns the figure of a period on an indicator's page, nil where there
// is none.
func rowOf(t *testing.T, h http.Handler, indicator, period string) []string {
	t.Helper()
	for heading, cells := range rowsOf(parse(t, h, "/da/indicators/"+indicator)) {
		if strings.Contains(" / "+heading, " / "+period) {
			return cells
		}
	}
	return nil
}

// An earlier release of ours stands in the time line of a later one, but a real
// wave never in that of an invented one.
func TestEarlierReleasesJoinTheTimeLine(t *testing.T) {
	dir := t.TempDir()
	for wave, synthetic := range map[string]bool{"2025": false, "2026": false, "2027": true} {
		d := newDraft(t, wave, synthetic)
		d.Meta.Period = i18n.Same("perioden " + wave)
		build(t, dir, d.table(t), release.First)
	}
	releases, err := release.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	real, invented := mount(t, releases[:2], site.Options{}), mount(t, releases, site.Options{})
	if rowOf(t, real, "shared", "perioden 2025") == nil || rowOf(t, real, "shared", "perioden 2026") == nil {
		t.Error("the wave before is missing from the development")
	}
	if rowOf(t, invented, "reuse", "perioden 2027") == nil || rowOf(t, invented, "reuse", "perioden 2026") != nil {
		t.Error("an invented wave is shown as the continuation of a real one")
	}
}
