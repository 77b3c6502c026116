package site_test

import (
	"encoding/csv"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/release"
	"barometer/publish/site"
	"barometer/reports/number"
)

func parse(t *testing.T, h http.Handler, target string) *html.Node {
	t.Helper()
	resp := ask(t, h, http.MethodGet, target)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d", target, resp.StatusCode)
	}
	page, err := html.Parse(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// rowsOf returns the texts of a page's table rows by their row heading and, below a
// heading that spans them, that heading.
func rowsOf(page *html.Node) map[string][]string {
	rows := map[string][]string{}
	group := ""
	for n := range page.Descendants() {
		if n.Data != "tr" {
			continue
		}
		heading := ""
		var cells []string
		for c := range n.ChildNodes() {
			switch {
			case c.Data == "th" && attribute(c, "scope") == "rowgroup":
				group = text(c) + " / "
			case c.Data == "th" && attribute(c, "scope") == "row":
				heading = text(c)
			case c.Data == "td":
				cells = append(cells, text(c))
			}
		}
		if heading != "" {
			rows[group+heading] = cells
		}
	}
	return rows
}

func TestIndicatorPageShowsEveryCellAsPublished(t *testing.T) {
	h := ordinary(t)
	tab, err := made.release.Table()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Languages {
		rows := rowsOf(parse(t, h, "/"+string(l)+"/indicators/shared"))
		if len(rows) != len(tab.Domains()) {
			t.Errorf("%s: %d rows for %d domains", l, len(rows), len(tab.Domains()))
		}
		for _, d := range tab.Domains() {
			c, _ := tab.Cell("shared", d.ID())
			f, shown := c.Figure()
			var cells []string
			for heading, r := range rows {
				if heading == d.Label.In(l) || strings.HasSuffix(heading, " / "+d.Label.In(l)) {
					cells = r
				}
			}
			if !shown || cells == nil {
				continue
			}
			value := number.Percent(f.Value, l)
			if c.Status() == table.Uncertain {
				value = "(" + value + ") " + i18n.Text{DA: "usikkert tal", EN: "uncertain figure"}.In(l)
			}
			want := []string{text(textNode(value)), strings.ReplaceAll(text(textNode(number.PercentInterval(f.Low, f.High, l))), "–", "\u2060–\u2060"), number.Integer(f.N, l)}
			for i := range want {
				if cells[i] != want[i] {
					t.Errorf("%s, %s: %q, want %q", l, d.ID(), cells[i], want[i])
				}
			}
		}
	}
}

func textNode(s string) *html.Node {
	p := &html.Node{Type: html.ElementNode, Data: "p"}
	p.AppendChild(&html.Node{Type: html.TextNode, Data: s})
	return p
}

var digit = regexp.MustCompile(`[0-9]`)

// TestSuppressedCellsShowNoNumber looks at what pages and files say of cells
// that are not shown: two dots, and why.
func TestSuppressedCellsShowNoNumber(t *testing.T) {
	h := ordinary(t)
	for _, tt := range []struct{ target, row, reason string }{
		{"/da/indicators/innov_rate", "Delsektor / Regional administration", "vises ikke af hensyn til fortrolighed"},
		{"/en/indicators/innov_rate", "Subsector / Regional administration", "not shown for confidentiality"},
		{"/da/indicators/culture", "Sektor og størrelse / Region, 1–19 ansatte", "vises ikke, da tallet er for usikkert"},
		{"/da/tables?breakdown=subsector&family=promote", "Regional administration", "vises ikke af hensyn til fortrolighed"},
		{"/da/tables?breakdown=sector_size&family=culture", "Region, 1–19 ansatte", "vises ikke, da tallet er for usikkert"},
	} {
		cells, ok := rowsOf(parse(t, h, tt.target))[tt.row]
		said := strings.Join(cells, "|")
		if !ok || digit.MatchString(said) || !strings.Contains(said, "..") || !strings.Contains(said, tt.reason) {
			t.Errorf("%s, row %s: %q, want .. and %q", tt.target, tt.row, cells, tt.reason)
		}
	}
	for _, target := range []string{"/da/indicators/innov_rate/figures.csv", "/da/tables/figures.csv?breakdown=subsector&family=promote"} {
		for _, r := range records(t, h, target) {
			if r["status"] == "c" && digit.MatchString(r["value"]+r["low"]+r["high"]+r["se"]+r["n"]) {
				t.Errorf("%s: a confidential cell has numbers: %v", target, r)
			}
		}
	}
}

func TestSuppressedHeadlineIsSaidInWords(t *testing.T) {
	d := newDraft(t, "2025", false)
	for _, dom := range []string{"total", "sector:kommune"} {
		*d.cell("innov_rate", dom) = storedCell{Status: table.Confidential}
	}
	*d.cell("reuse", "total") = storedCell{Status: table.Unreliable}
	h := mount(t, []*release.Release{build(t, t.TempDir(), d.table(t), release.First)}, site.Options{})
	front := text(parse(t, h, "/da/"))
	if !strings.Contains(front, "vises ikke af hensyn til fortrolighed") || !strings.Contains(front, "Innovationsbarometeret 2025") {
		t.Errorf("front page: %s", front)
	}
	if page := text(parse(t, h, "/da/indicators/innov_rate")); !strings.Contains(page, "Tallet for alle") {
		t.Errorf("the page of a suppressed figure does not say so: %s", page)
	}
}

// records reads a CSV file by the names of its columns.
func records(t *testing.T, h http.Handler, target string) []map[string]string {
	t.Helper()
	resp := ask(t, h, http.MethodGet, target)
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment; filename=\"barometer-2025-1.0-") {
		t.Fatalf("%s: status %d, %s", target, resp.StatusCode, resp.Header.Get("Content-Disposition"))
	}
	lines, err := csv.NewReader(resp.Body).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	var list []map[string]string
	for _, line := range lines[1:] {
		r := map[string]string{}
		for i, name := range lines[0] {
			r[name] = line[i]
		}
		list = append(list, r)
	}
	return list
}

func TestFilesHoldTheChosenCells(t *testing.T) {
	h := ordinary(t)
	tab, err := made.release.Table()
	if err != nil {
		t.Fatal(err)
	}
	one := records(t, h, "/da/indicators/innov_rate/figures.csv")
	if len(one) != len(tab.Domains()) {
		t.Errorf("the file of an indicator has %d records for %d domains", len(one), len(tab.Domains()))
	}
	for _, r := range one {
		if r["indicator"] != "innov_rate" {
			t.Errorf("the file of innov_rate holds %s", r["indicator"])
		}
	}
	chosen := records(t, h, "/en/tables/figures.csv?family=value&breakdown=region")
	if want := len(tab.Family("value")) * (1 + len(tab.Breakdown("region"))); len(chosen) != want {
		t.Errorf("the file of a table has %d records, want %d", len(chosen), want)
	}
}

func TestTableKeepsTheChoice(t *testing.T) {
	h := ordinary(t)
	page := parse(t, h, "/da/tables?family=value&breakdown=region&utm_source=mail")
	var chosen []string
	swap := ""
	for n := range page.Descendants() {
		if n.Data == "option" && hasAttribute(n, "selected") {
			chosen = append(chosen, attribute(n, "value"))
		}
		if attribute(n, "class") == "language-switch" {
			swap = attribute(n, "href")
		}
	}
	if strings.Join(chosen, " ") != "value region" || swap != "/en/tables?breakdown=region&family=value" {
		t.Errorf("chosen: %v, language switch: %s", chosen, swap)
	}
	other := parse(t, h, swap)
	if !strings.Contains(text(other), "Capital") && len(rowsOf(other)) == 0 {
		t.Error("the language switch leads to no table")
	}
}

func hasAttribute(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func TestUnknownAddressesAreNotFound(t *testing.T) {
	h := ordinary(t)
	for _, target := range []string{
		"/da/indicators/no_such", "/da/indicators/", "/da/indicators/innov_rate/figures.xlsx", "/da/indicators/no_such/chart.svg",
		"/da/tables?family=value", "/da/tables?family=value&breakdown=municipality", "/da/tables?family=%00&breakdown=%22%3E%3Cscript%3E",
		"/da/tables/figures.csv", "/da/downloads/2025/9.9", "/da/downloads/2025", "/sv/report", "/download/2025/1.0/",
	} {
		resp := ask(t, h, http.MethodGet, target)
		if page := body(t, resp); resp.StatusCode != http.StatusNotFound || !strings.Contains(page, "<h1>") || strings.Contains(page, "script>\"") {
			t.Errorf("%s: status %d", target, resp.StatusCode)
		}
	}
	if resp := ask(t, h, http.MethodPost, "/da/tables"); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", resp.StatusCode)
	}
}

func TestPagesAreKeptByTheBrowserUntilTheyChange(t *testing.T) {
	h := ordinary(t)
	for _, encoding := range []string{"", "gzip"} {
		first := ask(t, h, http.MethodGet, "/da/indicators", "Accept-Encoding", encoding)
		tag := first.Header.Get("ETag")
		again := ask(t, h, http.MethodGet, "/da/indicators", "Accept-Encoding", encoding, "If-None-Match", tag)
		if tag == "" || again.StatusCode != http.StatusNotModified || body(t, again) != "" {
			t.Errorf("%q: tag %q, then status %d", encoding, tag, again.StatusCode)
		}
		if got := first.Header.Get("Content-Encoding"); got != encoding {
			t.Errorf("asked for %q, got %q", encoding, got)
		}
		if cookie := first.Header.Get("Set-Cookie"); cookie != "" {
			t.Errorf("sets a cookie: %s", cookie)
		}
	}
}

func TestSyntheticFiguresAreMarkedOnEveryPage(t *testing.T) {
	real := mount(t, []*release.Release{build(t, t.TempDir(), newDraft(t, "2025", false).table(t), release.First)}, site.Options{BaseURL: "https://barometer.example"})
	for _, path := range pages {
		if strings.HasPrefix(path, "/indicators/") && path != "/indicators/innov_rate" {
			continue
		}
		const mark = "synthetic-banner"
		if !strings.Contains(body(t, ask(t, ordinary(t), http.MethodGet, "/da"+path)), mark) {
			t.Errorf("%s: synthetic figures without a mark", path)
		}
		if strings.Contains(body(t, ask(t, real, http.MethodGet, "/da"+path)), mark) {
			t.Errorf("%s: real figures are marked synthetic", path)
		}
	}
	if robots := body(t, ask(t, ordinary(t), http.MethodGet, "/robots.txt")); !strings.Contains(robots, "Disallow: /\n") {
		t.Errorf("search engines are let in to synthetic figures:\n%s", robots)
	}
	robots := body(t, ask(t, real, http.MethodGet, "/robots.txt"))
	if strings.Contains(robots, "Disallow: /\n") || !strings.Contains(robots, "Sitemap: https://barometer.example/sitemap.xml") {
		t.Errorf("robots.txt of real figures:\n%s", robots)
	}
}

func TestSitemapListsPagesThatAnswer(t *testing.T) {
	h := ordinary(t)
	sitemap := body(t, ask(t, h, http.MethodGet, "/sitemap.xml"))
	locations := regexp.MustCompile(`<loc>https://barometer\.example(/[^<]*)</loc>`).FindAllStringSubmatch(sitemap, -1)
	if len(locations) < 150 {
		t.Fatalf("only %d addresses:\n%.400s", len(locations), sitemap)
	}
	for _, l := range locations {
		if resp := ask(t, h, http.MethodHead, l[1]); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", l[1], resp.StatusCode)
		}
	}
	if resp := ask(t, mount(t, nil, site.Options{}), http.MethodGet, "/sitemap.xml"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a sitemap without a base address: status %d", resp.StatusCode)
	}
}

func TestSiteBeforeTheFirstRelease(t *testing.T) {
	for _, survey := range []bool{true, false} {
		h := mount(t, nil, site.Options{Survey: survey})
		for _, path := range []string{"/", "/report", "/indicators", "/tables", "/downloads", "/about", "/accessibility", "/privacy"} {
			page := parse(t, h, "/da"+path)
			checkPage(t, "/da"+path, page)
		}
		front := body(t, ask(t, h, http.MethodGet, "/da/"))
		if !strings.Contains(front, "ikke udgivet endnu") || strings.Contains(front, `href="/da/survey"`) != survey {
			t.Errorf("survey %t: front page %s", survey, front)
		}
		if resp := ask(t, h, http.MethodGet, "/da/indicators/innov_rate"); resp.StatusCode != http.StatusNotFound {
			t.Errorf("an indicator before the first release: status %d", resp.StatusCode)
		}
	}
}

// A page tells what a version corrects, from what to what, and the day on which
// the release came out where that is known.
func TestCorrectionIsToldFromWhatToWhat(t *testing.T) {
	dir := t.TempDir()
	d := newDraft(t, "2025", false)
	was := *d.cell("innov_rate", "total").Figure
	build(t, dir, d.table(t), release.First)
	is := table.Figure{Value: 0.77, Low: 0.75, High: 0.79, SE: 0.01, DF: 300, N: 1611}
	*d.cell("innov_rate", "total") = storedCell{Figure: &is}
	rel := build(t, dir, d.table(t), release.Version{Major: 2})
	rel.Published = time.Date(2026, 4, 9, 8, 0, 0, 0, time.UTC)
	h := mount(t, []*release.Release{rel}, site.Options{})
	page := parse(t, h, "/da/downloads/2025/2.0")
	said := ""
	for heading, cells := range rowsOf(page) {
		if strings.Contains(strings.Join(cells, "|"), "611 svar") {
			said += heading + "|" + strings.Join(cells, "|")
		}
	}
	for _, want := range []string{number.Percent(was.Value, i18n.Danish), number.Percent(is.Value, i18n.Danish)} {
		if !strings.Contains(said, text(textNode(want))) {
			t.Errorf("the correction %q does not say %s", said, want)
		}
	}
	if !strings.Contains(text(page), "udgivet 9. april 2026") {
		t.Error("the page does not say when the release came out")
	}
}

func TestNewestReleaseIsShownAndOlderOnesStay(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, newDraft(t, "2023", false).table(t), release.First)
	d := newDraft(t, "2025", false)
	build(t, dir, d.table(t), release.First)
	*d.cell("innov_rate", "total") = storedCell{Figure: &table.Figure{Value: 0.77, Low: 0.75, High: 0.79, SE: 0.01, DF: 300, N: 1611}}
	build(t, dir, d.table(t), release.Version{Major: 2})
	releases, err := release.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := mount(t, releases, site.Options{})
	if front := text(parse(t, h, "/en/")); !strings.Contains(front, "77% of public workplaces are innovative") {
		t.Errorf("front page: %.300s", front)
	}
	for path, want := range map[string]string{
		"/da/downloads":          "Innovationsbarometeret 2025. Version 2.0",
		"/da/downloads/2025/1.0": "Tal i denne version er rettet. Et tal er rettet. Brug version 2.0 i stedet.",
		"/en/downloads/2025/2.0": "Figures that this version corrects",
		"/da/downloads/2023/1.0": "Innovationsbarometeret 2023. Version 1.0",
	} {
		if page := text(parse(t, h, path)); !strings.Contains(page, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	if page := text(parse(t, h, "/da/downloads/2023/1.0")); strings.Contains(page, "erstattet") || strings.Contains(page, "rettet.") {
		t.Error("the only version of a wave is said to be replaced")
	}
	if resp := ask(t, h, http.MethodHead, "/download/2025/1.0/tables.csv"); resp.Header.Get("Link") != `</da/downloads/2025/2.0>; rel="latest-version"` {
		t.Errorf("a file of an older version leads to %q", resp.Header.Get("Link"))
	}
	if resp := ask(t, h, http.MethodHead, "/download/2025/2.0/tables.csv"); resp.Header.Get("Link") != "" {
		t.Errorf("a file of the newest version leads to %q", resp.Header.Get("Link"))
	}
	if resp := ask(t, h, http.MethodGet, "/download/2025/1.0/table.json"); resp.StatusCode != http.StatusOK {
		t.Errorf("a file of an older version: status %d", resp.StatusCode)
	}
}

// The quality report is a page of the site like the yearly report: linked, served,
// and under a policy that lets it use nothing but its own style.
func TestQualityReportIsAPage(t *testing.T) {
	h := ordinary(t)
	for _, l := range i18n.Languages {
		path := "/download/2025/1.0/quality." + string(l) + ".html"
		if page := body(t, ask(t, h, http.MethodGet, "/"+string(l)+"/report")); !strings.Contains(page, `href="`+path+`"`) {
			t.Errorf("%s: the page of the report does not lead to %s", l, path)
		}
		answer := ask(t, h, http.MethodGet, path)
		if policy := answer.Header.Get("Content-Security-Policy"); answer.StatusCode != http.StatusOK || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: %s, %s", path, answer.Status, policy)
		}
	}
}
