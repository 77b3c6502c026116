package runner_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser follows pages as a browser without script does. Every page it is
// shown is checked against the rules all pages keep.
type browser struct {
	t      testing.TB
	s      *survey
	client *http.Client
	page   *document
}

// document is one page as received.
type document struct {
	Status int
	Path   string
	Header http.Header
	Source string
	root   *html.Node
}

func (s *survey) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	client := s.server.Client()
	return &browser{t: s.t, s: s, client: &http.Client{Transport: client.Transport, Jar: jar}}
}

// signedIn is a browser that has entered the code.
func (s *survey) signedIn() *browser {
	b := s.browser()
	b.post("/da/survey", url.Values{"code": {s.code}})
	return b
}

func (b *browser) get(path string) *document {
	b.t.Helper()
	resp, err := b.client.Get(b.s.server.URL + path)
	must(b.t, err)
	return b.read(resp)
}

func (b *browser) post(path string, form url.Values) *document {
	b.t.Helper()
	resp, err := b.client.PostForm(b.s.server.URL+path, form)
	must(b.t, err)
	return b.read(resp)
}

func (b *browser) read(resp *http.Response) *document {
	b.t.Helper()
	defer resp.Body.Close()
	source, err := io.ReadAll(resp.Body)
	must(b.t, err)
	root, err := html.Parse(strings.NewReader(string(source)))
	must(b.t, err)
	b.page = &document{Status: resp.StatusCode, Path: resp.Request.URL.RequestURI(), Header: resp.Header, Source: string(source), root: root}
	for _, broken := range b.page.brokenRules() {
		b.t.Errorf("%s: %s", b.page.Path, broken)
	}
	return b.page
}

// fill returns the main form as it stands on the page: what is checked, what
// is typed, what is hidden.
func (d *document) fill() url.Values {
	form := url.Values{}
	for n := range d.mainForm().Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch {
		case n.Data == "textarea":
			form.Add(name, strings.TrimPrefix(text(n), "\n"))
		case n.Data == "input" && (attr(n, "type") == "hidden" || attr(n, "type") == "text" || has(n, "checked")):
			form.Add(name, attr(n, "value"))
		}
	}
	return form
}

func (d *document) mainForm() *html.Node {
	for n := range d.root.Descendants() {
		if n.Data == "form" && attr(n, "id") == "answers" {
			return n
		}
	}
	return &html.Node{}
}

// send posts the main form of the page with changes.
func (b *browser) send(form url.Values) *document {
	b.t.Helper()
	return b.post(attr(b.page.mainForm(), "action"), form)
}

// offered lists the choices of the main form by field.
func (d *document) offered() map[string][]string {
	fields := map[string][]string{}
	for n := range d.mainForm().Descendants() {
		if n.Data == "input" && (attr(n, "type") == "radio" || attr(n, "type") == "checkbox") {
			fields[attr(n, "name")] = append(fields[attr(n, "name")], attr(n, "value"))
		}
	}
	return fields
}

func (d *document) has(wording string) bool {
	return strings.Contains(d.words(), wording)
}

// words is the visible text of the page, spaces joined.
func (d *document) words() string { return strings.Join(strings.Fields(text(d.root)), " ") }

func (d *document) title() string {
	for n := range d.root.Descendants() {
		if n.Data == "title" {
			return text(n)
		}
	}
	return ""
}

// brokenRules lists what a page gets wrong of the rules for all pages: one
// main heading, a language, unique ids, a name for every control, references
// that lead somewhere, nothing untranslated.
func (d *document) brokenRules() []string {
	var broken []string
	ids, headings := map[string]bool{}, 0
	labelled := map[string]bool{}
	for n := range d.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				broken = append(broken, "id "+id+" is used twice")
			}
			ids[id] = true
		}
		switch n.Data {
		case "h1":
			headings++
		case "label":
			labelled[attr(n, "for")] = true
		case "html":
			if l := attr(n, "lang"); l != "da" && l != "en" {
				broken = append(broken, "page has no language")
			}
		}
	}
	if headings != 1 {
		broken = append(broken, "page does not have one main heading")
	}
	for n := range d.root.Descendants() {
		switch {
		case n.Data == "input" && attr(n, "type") != "hidden" || n.Data == "textarea":
			if !labelled[attr(n, "id")] {
				broken = append(broken, "control "+attr(n, "name")+" has no label")
			}
		case n.Data == "fieldset" && (n.FirstChild == nil || !hasLegend(n)):
			broken = append(broken, "fieldset "+attr(n, "id")+" has no legend")
		case n.Data == "button" && strings.TrimSpace(text(n)) == "" && attr(n, "aria-hidden") == "":
			broken = append(broken, "button without a name")
		}
		for _, reference := range []string{"aria-describedby", "aria-labelledby"} {
			for _, id := range strings.Fields(attr(n, reference)) {
				if !ids[id] {
					broken = append(broken, reference+" leads to missing id "+id)
				}
			}
		}
		if target, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && !ids[target] {
			broken = append(broken, "link leads to missing id "+target)
		}
		if n.Data == "form" && attr(n, "method") == "post" && !strings.HasPrefix(attr(n, "action"), "/") {
			broken = append(broken, "form posts to "+attr(n, "action"))
		}
	}
	return broken
}

func hasLegend(n *html.Node) bool {
	return slices.ContainsFunc(slices.Collect(n.ChildNodes()), func(c *html.Node) bool {
		return c.Data == "legend" && strings.TrimSpace(text(c)) != ""
	})
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
