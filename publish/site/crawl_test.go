package site_test

import (
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"barometer/internal/i18n/i18ntest"
	"barometer/publish/api"
)

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	built := []string{"accessibility.title", "privacy.title", "downloads.language.da", "downloads.language.en"}
	for _, section := range []string{"report", "tables", "microdata", "cubes", "charts", "other"} {
		built = append(built, "downloads."+section)
	}
	for _, mark := range []string{"published", "uncertain", "confidential", "unreliable", "empty"} {
		built = append(built, "mark."+mark, "mark."+mark+".sign")
	}
	for _, status := range []string{"shown", "c", "x", "e", "absent"} {
		built = append(built, "downloads.status."+status)
	}
	for _, kind := range []string{"indicator", "question", "report", "page"} {
		built = append(built, "search.kind."+kind)
	}
	for _, address := range []string{"tables", "table", "version", "cell", "indicators", "releases"} {
		built = append(built, "api.gives."+address)
	}
	for _, f := range api.Formats() {
		built = append(built, "api.use."+f.Name)
	}
	built = append(built, "api.example.whole", "api.example.part", "api.example.cell")
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}

// ownAddress is the site's as visitors see it.
const ownAddress = "https://barometer.example"

// pages are the addresses a visitor starts from, without language.
var pages = []string{"/", "/report", "/indicators", "/indicators/innov_rate", "/indicators/culture", "/indicators/response_rate",
	"/tables", "/tables?breakdown=subsector&family=promote", "/downloads", "/downloads/2025/1.0", "/releases", "/search", "/search?q=vaerdi",
	"/explore", "/explore?breakdown=sector_size&indicator=culture&wave=2025",
	"/api", "/about", "/accessibility", "/privacy"}

func TestEveryPageAnswersInBothLanguages(t *testing.T) {
	h := ordinary(t)
	for _, path := range pages {
		for _, l := range []string{"da", "en"} {
			target := "/" + l + path
			resp := ask(t, h, http.MethodGet, target)
			page := body(t, resp)
			if resp.StatusCode != http.StatusOK || !strings.Contains(page, `<html lang="`+l+`">`) {
				t.Errorf("%s: status %d, language not %s", target, resp.StatusCode, l)
			}
			if head := ask(t, h, http.MethodHead, target); head.StatusCode != http.StatusOK || body(t, head) != "" {
				t.Errorf("HEAD %s: status %d", target, head.StatusCode)
			}
		}
	}
}

// TestLinksResolve follows every link of the site from its front pages, and
// checks each page it comes to.
func TestLinksResolve(t *testing.T) {
	h := ordinary(t)
	queue := []string{"/da/", "/en/"}
	seen := map[string]bool{"/da/": true, "/en/": true}
	visited, images := 0, 0
	for len(queue) > 0 {
		target := queue[0]
		queue = queue[1:]
		if path.Ext(target) == ".png" {
			if images++; images > 5 { // a quarter of a second each
				continue
			}
		}
		resp := ask(t, h, http.MethodGet, target)
		content := body(t, resp)
		visited++
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", target, resp.StatusCode)
		}
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") || strings.HasPrefix(target, "/download/") {
			continue
		}
		page, err := html.Parse(strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, target, page)
		for _, link := range links(t, target, page) {
			if !seen[link] {
				seen[link] = true
				queue = append(queue, link)
			}
		}
	}
	if visited < 400 {
		t.Errorf("only %d addresses were reached", visited)
	}
}

// links lists the addresses within the site that a page leads to or loads.
func links(t *testing.T, from string, page *html.Node) []string {
	base, err := url.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for n := range page.Descendants() {
		ids[attribute(n, "id")] = true
	}
	var list []string
	for n := range page.Descendants() {
		for _, name := range []string{"href", "src", "action"} {
			value := attribute(n, name)
			if value == "" || strings.HasPrefix(value, "mailto:") || n.Data == "a" && strings.HasPrefix(value, "https://creativecommons.org/") {
				continue
			}
			u, err := base.Parse(value)
			switch {
			case err != nil:
				t.Errorf("%s: address %q: %v", from, value, err)
			case n.Data == "link" && strings.HasPrefix(value, ownAddress+"/"):
				list = append(list, strings.TrimPrefix(value, ownAddress))
			case u.IsAbs() || u.Host != "":
				t.Errorf("%s: leads to or loads from another site: %q", from, value)
			case strings.HasPrefix(value, "#"):
				if !ids[u.Fragment] {
					t.Errorf("%s: nothing has the id %q", from, u.Fragment)
				}
			default:
				list = append(list, u.RequestURI())
			}
		}
	}
	return list
}

var (
	messageKey = regexp.MustCompile(`\b(front|report|explore|embed|search|releases|feed|indicators?|tables?|downloads|about|accessibility|privacy|mark|figure|pending)\.[a-z]+(\.[a-z0-9]+)*\b`)
	badNumber  = regexp.MustCompile(`NaN|Inf\b|%!|<nil>|pct\.\.`)
)

// checkPage checks what every page owes a reader who cannot see it.
func checkPage(t *testing.T, target string, page *html.Node) {
	t.Helper()
	headings, level := 0, 0
	ids := map[string]bool{}
	for n := range page.Descendants() {
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("%s: the id %q stands twice", target, id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "h1", "h2", "h3", "h4":
			if next := int(n.Data[1] - '0'); next > level+1 {
				t.Errorf("%s: heading %q skips a level", target, text(n))
			} else {
				level = next
			}
			if n.Data == "h1" {
				headings++
			}
		case "th":
			if attribute(n, "scope") == "" {
				t.Errorf("%s: the table heading %q has no scope", target, text(n))
			}
		case "svg":
			checkDrawing(t, target, n)
		case "select", "input":
			checkLabel(t, target, page, attribute(n, "id"))
		case "style", "script":
			if n.FirstChild != nil {
				t.Errorf("%s: inline %s, which the content policy forbids", target, n.Data)
			}
		}
		if attribute(n, "style") != "" {
			t.Errorf("%s: inline style on %s", target, n.Data)
		}
	}
	if headings != 1 {
		t.Errorf("%s: %d main headings", target, headings)
	}
	words := text(page)
	if key := messageKey.FindString(words); key != "" && !slices.Contains([]string{".csv", ".html", ".pdf", ".svg", ".json", ".xlsx", ".parquet", ".da", ".en"}, path.Ext(key)) {
		t.Errorf("%s: shows the message key %q", target, key)
	}
	if bad := badNumber.FindString(words); bad != "" {
		t.Errorf("%s: shows %q", target, bad)
	}
}

// checkDrawing checks that a drawing has a text alternative; icons beside text
// are hidden.
func checkDrawing(t *testing.T, target string, svg *html.Node) {
	if attribute(svg, "aria-hidden") == "true" {
		return
	}
	for n := range svg.Descendants() {
		if n.Data == "desc" && len(text(n)) >= 50 && attribute(svg, "role") == "img" {
			return
		}
	}
	t.Errorf("%s: a drawing has no text alternative", target)
}

func checkLabel(t *testing.T, target string, page *html.Node, id string) {
	for n := range page.Descendants() {
		if n.Data == "label" && attribute(n, "for") == id && text(n) != "" {
			return
		}
	}
	t.Errorf("%s: the field %q has no label", target, id)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
