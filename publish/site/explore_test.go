package site_test

import (
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/release"
	"barometer/publish/site"
	"barometer/reports/number"
)

// Every choice has a page and files, with the figures of the table.
func TestExplorerShowsEveryChoice(t *testing.T) {
	h := ordinary(t)
	tab, err := made.release.Table()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for i, ind := range tab.Indicators() {
		for j, b := range []string{"sector", "subsector", "size", "region", "sector_size"} {
			if (i+j)%4 != 0 && ind.ID != "culture" && ind.ID != "innov_rate" { // a quarter of all
				continue
			}
			tried++
			l := i18n.Languages[(i+j)%2]
			address := "/" + string(l) + "/explore?" + url.Values{"indicator": {ind.ID}, "breakdown": {b}, "wave": {"2025"}}.Encode()
			rows := rowsOf(parse(t, h, address))
			for _, d := range tab.Breakdown(b) {
				c, _ := tab.Cell(ind.ID, d.ID())
				f, shown := c.Figure()
				cells := strings.Join(rows[d.Label.In(l)], "|")
				if shown && ind.Kind == table.Share && !strings.Contains(cells, text(textNode(number.Percent(f.Value, l)))) {
					t.Errorf("%s: %s says %q, want %s", address, d.ID(), cells, number.Percent(f.Value, l))
				}
				if !shown && digit.MatchString(cells) {
					t.Errorf("%s: %s is not shown and says %q", address, d.ID(), cells)
				}
			}
			for _, file := range []string{"chart.svg", "figures.csv"} {
				if resp := ask(t, h, http.MethodGet, strings.Replace(address, "/explore?", "/explore/"+file+"?", 1)); resp.StatusCode != http.StatusOK || resp.Header.Get("ETag") == "" {
					t.Errorf("%s of %s: %d", file, address, resp.StatusCode)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d choices were tried", tried)
	}
	if resp := ask(t, h, http.MethodGet, "/da/explore/chart.png?indicator=culture"); resp.Header.Get("Content-Type") != "image/png" {
		t.Errorf("a picture: %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
}

// What cannot be chosen is refused with what can; a wave that will come looks like
// one that never will.
func TestExplorerRefusesWhatCannotBeChosen(t *testing.T) {
	h := ordinary(t)
	said := map[string]bool{}
	for _, q := range []string{"wave=2027", "wave=2099", "indicator=nothing", "breakdown=total", "breakdown=sector_region", "wave=2025&wave=2025",
		"indicator=", "indicator=" + strings.Repeat("x", 5000), "breakdown=%ff"} {
		resp := ask(t, h, http.MethodGet, "/da/explore?"+q)
		page := body(t, resp)
		if resp.StatusCode != http.StatusBadRequest || !strings.Contains(page, "kan ikke vælges") || !strings.Contains(page, `value="culture"`) || strings.Contains(page, "<figure") {
			t.Errorf("%.40s: %d", q, resp.StatusCode)
		}
		said[page] = true
		for _, file := range []string{"chart.svg", "chart.png", "figures.csv"} {
			if resp := ask(t, h, http.MethodGet, "/da/explore/"+file+"?"+q); resp.StatusCode != http.StatusBadRequest {
				t.Errorf("%s of %.40s: %d", file, q, resp.StatusCode)
			}
		}
	}
	if len(said) != 1 {
		t.Errorf("what cannot be chosen is refused in %d ways", len(said))
	}
	if got, want := ask(t, h, http.MethodGet, "/da/embed/innov_rate?wave=2027"), ask(t, h, http.MethodGet, "/da/embed/nothing"); got.StatusCode != http.StatusNotFound || body(t, got) != body(t, want) {
		t.Errorf("a frame of a wave to come: %d", got.StatusCode)
	}
}

// An earlier wave can be chosen, with its own figures.
func TestExplorerGoesBackToEarlierWaves(t *testing.T) {
	dir := t.TempDir()
	old := newDraft(t, "2023", false)
	*old.cell("innov_rate", "sector:stat") = storedCell{Figure: &table.Figure{Value: 0.31, Low: 0.29, High: 0.33, SE: 0.01, DF: 300, N: 777}}
	build(t, dir, old.table(t), release.First)
	build(t, dir, newDraft(t, "2025", false).table(t), release.First)
	releases, err := release.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := mount(t, releases, site.Options{BaseURL: ownAddress})
	page := text(parse(t, h, "/en/explore?wave=2023&indicator=innov_rate&breakdown=sector"))
	if !strings.Contains(page, "31%") || !strings.Contains(page, "777") {
		t.Errorf("the figures of 2023 are not there: %.400s", page)
	}
	if newest := text(parse(t, h, "/en/explore")); strings.Contains(newest, "777") {
		t.Error("the explorer opens with an earlier wave")
	}
}

// Goal 5: what looks through releases knows none before the first is out, and no
// more of one to come than of one that will never be.
func TestGoal5_NothingIsFoundBeforeTheFirstRelease(t *testing.T) {
	h := mount(t, nil, site.Options{BaseURL: ownAddress})
	for _, address := range []string{"/da/feed.xml", "/da/embed/innov_rate", "/da/explore/chart.png", "/da/explore/figures.csv?indicator=innov_rate", "/da/indicators/innov_rate/card.png"} {
		got, never := ask(t, h, http.MethodGet, address), ask(t, h, http.MethodGet, "/da/indicators/never")
		if got.StatusCode != http.StatusNotFound || body(t, got) != body(t, never) {
			t.Errorf("%s: %d, and not as what never was", address, got.StatusCode)
		}
	}
	for _, address := range []string{"/da/explore", "/da/releases"} {
		if page := body(t, ask(t, h, http.MethodGet, address)); !strings.Contains(page, "ikke udgivet endnu") {
			t.Errorf("%s does not say that nothing is out", address)
		}
	}
	if page := body(t, ask(t, h, http.MethodGet, "/da/search?q=genbrug")); !strings.Contains(page, "Intet fundet") {
		t.Error("the search finds a figure before the first release")
	}
	if page := body(t, ask(t, h, http.MethodGet, "/da/search?q=usikkerhed")); !strings.Contains(page, `href="/da/about"`) {
		t.Error("the search does not find the documentation")
	}
}

func TestSearchFindsFiguresQuestionsReportAndPages(t *testing.T) {
	h := ordinary(t)
	for query, want := range map[string]string{
		"samarbejdede": `href="/da/indicators/collab_any"`, "vaerdi kvalitet": `href="/da/indicators/value.kvalitet"`,
		"tilfældig fortrolighed": `href="/da/about"`, "nyt tilpasset": "", "rapport": `/report.da.html`, "cookies": `href="/da/privacy"`,
	} {
		page := body(t, ask(t, h, http.MethodGet, "/da/search?"+url.Values{"q": {query}}.Encode()))
		if want != "" && !strings.Contains(page, want) {
			t.Errorf("%q does not find %s", query, want)
		}
	}
	for _, q := range []string{"q=" + strings.Repeat("x", 201), "q=%ff", "q=a&q=b", "q=a%00"} {
		resp := ask(t, h, http.MethodGet, "/da/search?"+q)
		if page := body(t, resp); resp.StatusCode != http.StatusBadRequest || !strings.Contains(page, "højst 200 tegn") {
			t.Errorf("%.20s: %d", q, resp.StatusCode)
		}
	}
	if page := body(t, ask(t, h, http.MethodGet, "/da/search?q=%3Cscript%3E")); strings.Contains(page, "<script>") {
		t.Error("a query is not escaped")
	}
}

// The feed is what RFC 4287 asks for: unique ids, dates with their zone, an author,
// and a link of its own; a correction says what it corrects.
func TestFeedIsAtom(t *testing.T) {
	dir := t.TempDir()
	d := newDraft(t, "2025", false)
	build(t, dir, d.table(t), release.First)
	d.cell("innov_rate", "total").Figure.N++
	build(t, dir, d.table(t), release.Version{Major: 2})
	releases, err := release.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range releases {
		r.Published = time.Date(2026, 4, 7+r.Manifest.Version.Major, 6, 0, 0, 0, time.UTC)
	}
	h := mount(t, releases, site.Options{BaseURL: ownAddress + "/"})
	for _, l := range i18n.Languages {
		resp := ask(t, h, http.MethodGet, "/"+string(l)+"/feed.xml")
		if resp.Header.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
			t.Errorf("type %s", resp.Header.Get("Content-Type"))
		}
		checkAtom(t, body(t, resp), l)
	}
	if resp := ask(t, mount(t, releases, site.Options{}), http.MethodGet, "/da/feed.xml"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a feed without addresses: %d", resp.StatusCode)
	}
}

func checkAtom(t *testing.T, source string, l i18n.Lang) {
	t.Helper()
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      []string `xml:"id"`
		Title   []string `xml:"title"`
		Updated []string `xml:"updated"`
		Author  []struct {
			Name string `xml:"name"`
		} `xml:"author"`
		Links   []link `xml:"link"`
		Entries []struct {
			ID      []string `xml:"id"`
			Title   []string `xml:"title"`
			Updated []string `xml:"updated"`
			Summary string   `xml:"summary"`
			Links   []link   `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(source), &f); err != nil {
		t.Fatal(err)
	}
	if len(f.ID) != 1 || len(f.Title) != 1 || len(f.Updated) != 1 || len(f.Author) != 1 || f.Author[0].Name == "" || len(f.Entries) != 2 {
		t.Fatalf("the feed has %+v", f)
	}
	if f.Links[0] != (link{"self", ownAddress + "/" + string(l) + "/feed.xml"}) {
		t.Errorf("the feed is at %+v", f.Links[0])
	}
	ids := map[string]bool{f.ID[0]: true}
	for _, e := range f.Entries {
		if len(e.ID) != 1 || ids[e.ID[0]] || !strings.HasPrefix(e.ID[0], "tag:barometer.example,2026-01-01:") {
			t.Errorf("id %v is none, or stands twice", e.ID)
		}
		ids[e.ID[0]] = true
		if len(e.Title) != 1 || e.Title[0] == "" || len(e.Updated) != 1 || len(e.Links) != 1 || !strings.HasPrefix(e.Links[0].Href, ownAddress) {
			t.Errorf("entry %+v", e)
		}
		if _, err := time.Parse(time.RFC3339, e.Updated[0]); err != nil {
			t.Error(err)
		}
	}
	if f.Updated[0] != "2026-04-09T06:00:00Z" || f.Entries[0].Summary != (i18n.Text{DA: "Et tal er rettet.", EN: "A figure was corrected."}).In(l) {
		t.Errorf("updated %s, newest %+v", f.Updated[0], f.Entries[0])
	}
}

var metaOf = regexp.MustCompile(`<meta property="([a-z:_]+)" content="([^"]*)">`)

// Pages tell other sites what to show of them: complete addresses, a picture of
// the right size with a text, and the same bytes each time.
func TestPagesCarryPicturesForLinks(t *testing.T) {
	h := ordinary(t)
	for _, address := range []string{"/da/", "/en/indicators/culture", "/da/explore?breakdown=size&indicator=reuse&wave=2025", "/en/report", "/da/indicators/response_rate"} {
		page := body(t, ask(t, h, http.MethodGet, address))
		meta := map[string]string{}
		for _, m := range metaOf.FindAllStringSubmatch(page, -1) {
			meta[m[1]] = strings.ReplaceAll(m[2], "&amp;", "&")
		}
		if meta["og:url"] != ownAddress+address || !strings.HasPrefix(meta["og:image"], ownAddress+"/") || len(meta["og:image:alt"]) < 20 || meta["og:title"] == "" {
			t.Errorf("%s: %v", address, meta)
			continue
		}
		if !strings.Contains(page, `<link rel="canonical" href="`) || strings.Count(page, `hreflang="`) < 3 {
			t.Errorf("%s has no canonical address, or not both languages", address)
		}
		picture := body(t, ask(t, h, http.MethodGet, strings.TrimPrefix(meta["og:image"], ownAddress)))
		size, err := png.DecodeConfig(strings.NewReader(picture))
		if err != nil || strconv.Itoa(size.Width) != meta["og:image:width"] || size.Width != 1200 || size.Height != 630 {
			t.Errorf("%s: picture of %d × %d, %v", address, size.Width, size.Height, err)
		}
	}
	other := mount(t, []*release.Release{made.release}, site.Options{BaseURL: ownAddress})
	a, b := ask(t, h, http.MethodGet, "/da/indicators/reuse/card.png"), ask(t, other, http.MethodGet, "/da/indicators/reuse/card.png")
	if body(t, a) != body(t, b) {
		t.Error("two sites draw other pictures of one figure")
	}
}

// Every indicator has a card in both languages whose texts fit.
func TestEveryCardCanBeDrawn(t *testing.T) {
	h := ordinary(t)
	tab, err := made.release.Table()
	if err != nil {
		t.Fatal(err)
	}
	for i, ind := range tab.Indicators() {
		if l := i18n.Languages[i%2]; i%3 == 0 { // a third of a second each where both processors are busy
			if resp := ask(t, h, http.MethodGet, "/"+string(l)+"/indicators/"+ind.ID+"/card.png"); resp.StatusCode != http.StatusOK {
				t.Errorf("%s in %s: %d", ind.ID, l, resp.StatusCode)
			}
		}
	}
}

// A frame may stand on any site, and does nothing there: no script, form or cookie.
func TestEmbeddedChartStandsInForeignFrames(t *testing.T) {
	h := ordinary(t)
	resp := ask(t, h, http.MethodGet, "/da/embed/innov_rate?breakdown=subsector&wave=2025")
	page := body(t, resp)
	policy := resp.Header.Get("Content-Security-Policy")
	if resp.StatusCode != http.StatusOK || !strings.Contains(policy, "frame-ancestors *") || strings.Contains(policy, "script-src") || len(resp.Cookies()) > 0 {
		t.Fatalf("%d %s", resp.StatusCode, policy)
	}
	for _, bad := range []string{"<script", "<form", "<nav"} {
		if strings.Contains(page, bad) {
			t.Errorf("the frame holds %s", bad)
		}
	}
	for _, want := range []string{"Kilde: Innovationsbarometeret 2025, version 1.0", ownAddress + "/da/explore?breakdown=subsector&amp;indicator=innov_rate&amp;wave=2025", "<title>", "<main>", "Syntetiske"} {
		if !strings.Contains(page, want) {
			t.Errorf("the frame does not hold %q", want)
		}
	}
	if other := ask(t, h, http.MethodGet, "/da/indicators/innov_rate"); !strings.Contains(other.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("an ordinary page may stand in a frame")
	}
	snippet := text(parse(t, h, "/da/explore?breakdown=subsector&indicator=innov_rate&wave=2025"))
	if !strings.Contains(snippet, `<iframe src="`+ownAddress+`/da/embed/innov_rate?breakdown=subsector&amp;wave=2025" title="`) {
		t.Error("the page has nothing to paste")
	}
}

var loaded = regexp.MustCompile(`<link rel="(?:stylesheet|icon|preload)"[^>]* href="([^"]+)"|<link rel="(?:stylesheet|icon|preload)" href="([^"]+)"|<script src="([^"]+)"`)

// transferred is what a first visit to a page takes, all that it loads compressed
// as it is sent: page, style sheets, script, icon, and every font.
func transferred(t testing.TB, address string) (sum int, parts []string) {
	t.Helper()
	h := ordinary(t)
	take := func(address string) string {
		resp := ask(t, h, http.MethodGet, address, "Accept-Encoding", "gzip")
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", address, resp.StatusCode, err)
		}
		sum += len(b)
		parts = append(parts, fmt.Sprintf("%s %d", address, len(b)))
		return string(b)
	}
	take(address)
	plain := body(t, ask(t, h, http.MethodGet, address))
	seen := map[string]bool{}
	for _, m := range loaded.FindAllStringSubmatch(plain, -1) {
		seen[m[1]+m[2]+m[3]] = true
	}
	for asset := range seen {
		take(asset)
		if strings.HasSuffix(asset, ".css") {
			for _, font := range regexp.MustCompile(`url\(["']?([^)"']+\.woff2)`).FindAllStringSubmatch(body(t, ask(t, h, http.MethodGet, asset)), -1) {
				if at := "/assets/" + font[1][strings.LastIndexByte(font[1], '/')+1:]; !seen[at] {
					take(at)
				}
			}
		}
	}
	return sum, parts
}

// The front page is at most 100 kB, fonts and all.
func TestFrontPageIsSmall(t *testing.T) {
	for _, l := range i18n.Languages {
		sum, parts := transferred(t, "/"+string(l)+"/")
		t.Logf("%s: %d bytes: %s", l, sum, strings.Join(parts, ", "))
		if sum > 100_000 {
			t.Errorf("the front page takes %d bytes: %s", sum, strings.Join(parts, ", "))
		}
		if len(parts) < 6 {
			t.Errorf("only %v were counted", parts)
		}
	}
}

// No page sets a cookie.
func TestPublicPagesSetNoCookie(t *testing.T) {
	h := ordinary(t)
	for _, path := range append(pages, "/embed/innov_rate", "/feed.xml") {
		if resp := ask(t, h, http.MethodGet, "/da"+path); len(resp.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s sets %v", path, resp.Header.Values("Set-Cookie"))
		}
	}
}
