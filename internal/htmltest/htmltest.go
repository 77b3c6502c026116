// Package htmltest reads the source of a page as strictly as a validator does.
//
// Browsers forgive: they close what was left open, move what may not stand
// where it stands, and take the first of two equal ids, each in silence. What
// they forgive here would be a fault of a template, so that every element must
// be closed where it was opened, stand where HTML lets it, and lead to an
// element that is there. It serves tests only.
package htmltest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Faults lists what is wrong with the source of a page.
func Faults(source []byte) []string {
	// A summary of faults may stand above the heading of the page.
	r := &reader{ids: map[string]bool{}, labels: map[string]bool{}, heading: 1}
	tokens := html.NewTokenizer(bytes.NewReader(source))
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			r.end()
			return r.faults
		case html.StartTagToken, html.SelfClosingTagToken:
			r.open(tokens.Token(), kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			r.close(tokens.Token().Data)
		case html.TextToken:
			r.text(tokens.Token().Data)
		}
	}
}

// reader is a page as far as it is read.
type reader struct {
	stack    []string
	faults   []string
	ids      map[string]bool
	labels   map[string]bool
	leads    []lead
	controls []string
	heading  int // level of the last one
	firsts   int // headings of the first level
	title    string
}

// lead is a reference from one element to another.
type lead struct{ from, id string }

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

func (r *reader) open(t html.Token, closed bool) {
	r.place(t.Data)
	attrs := r.attributes(t)
	r.lead(t.Data, attrs)
	r.element(t.Data, attrs)
	if !closed && !slices.Contains(void, t.Data) {
		r.stack = append(r.stack, t.Data)
	}
}

func (r *reader) close(tag string) {
	if n := len(r.stack); n > 0 && r.stack[n-1] == tag {
		r.stack = r.stack[:n-1]
		return
	}
	r.fault("</%s> closes nothing in %s", tag, strings.Join(r.stack, " "))
}

func (r *reader) parent() string {
	if len(r.stack) == 0 {
		return ""
	}
	return r.stack[len(r.stack)-1]
}

// within are the only parents an element may have.
var within = map[string][]string{
	"li": {"ul", "ol"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "option": {"select", "optgroup"},
	"tr": {"thead", "tbody", "tfoot"}, "td": {"tr"}, "th": {"tr"}, "caption": {"table"},
	"thead": {"table"}, "tbody": {"table"}, "legend": {"fieldset"}, "figcaption": {"figure"}, "summary": {"details"},
}

// only are the only children an element may have.
var only = map[string][]string{
	"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}, "tr": {"td", "th"}, "select": {"option", "optgroup"},
	"table": {"caption", "colgroup", "thead", "tbody", "tfoot"}, "tbody": {"tr"}, "thead": {"tr"},
}

// inline elements hold text and what belongs in a line of it.
var inline = []string{"p", "span", "strong", "em", "h1", "h2", "h3", "h4", "label", "button", "dt"}

// blocks stand for themselves.
var blocks = []string{"p", "div", "ul", "ol", "dl", "table", "form", "fieldset", "section", "article", "aside", "nav",
	"header", "footer", "main", "figure", "details", "h1", "h2", "h3", "h4", "pre", "hr"}

// alone may not stand within one another.
var alone = []string{"a", "button", "form", "label"}

func (r *reader) place(tag string) {
	parent := r.parent()
	if parents, ok := within[tag]; ok && !slices.Contains(parents, parent) {
		r.fault("<%s> in <%s>", tag, parent)
	}
	if children, ok := only[parent]; ok && !slices.Contains(children, tag) {
		r.fault("<%s> in <%s>", tag, parent)
	}
	if slices.Contains(inline, parent) && slices.Contains(blocks, tag) {
		r.fault("block <%s> in <%s>", tag, parent)
	}
	if slices.Contains(alone, tag) && slices.Contains(r.stack, tag) || tag == "button" && slices.Contains(r.stack, "a") {
		r.fault("<%s> within %s", tag, strings.Join(r.stack, " "))
	}
}

func (r *reader) attributes(t html.Token) map[string]string {
	attrs := map[string]string{}
	for _, a := range t.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			r.fault("<%s %s> needs what the content policy forbids", t.Data, a.Key)
		}
		attrs[a.Key] = a.Val
	}
	if id, ok := attrs["id"]; ok {
		if id == "" || strings.ContainsAny(id, " \t\n") {
			r.fault("<%s> has the id %q", t.Data, id)
		}
		if r.ids[id] {
			r.fault("id %q twice", id)
		}
		r.ids[id] = true
	}
	return attrs
}

// lead notes which elements this one names.
func (r *reader) lead(tag string, attrs map[string]string) {
	for _, key := range []string{"for", "form", "aria-labelledby", "aria-describedby", "aria-controls", "data-counter"} {
		for _, id := range strings.Fields(attrs[key]) {
			r.leads = append(r.leads, lead{tag + " " + key, id})
		}
	}
	if id, ok := strings.CutPrefix(attrs["href"], "#"); ok {
		r.leads = append(r.leads, lead{tag + " href", id})
	}
}

// element checks what single elements need.
func (r *reader) element(tag string, attrs map[string]string) {
	switch tag {
	case "html":
		if attrs["lang"] == "" {
			r.fault("the page names no language")
		}
	case "img":
		if _, ok := attrs["alt"]; !ok {
			r.fault("image %s without a text", attrs["src"])
		}
	case "label":
		r.labels[attrs["for"]] = true
	case "input", "select", "textarea":
		if attrs["type"] != "hidden" && attrs["aria-label"] == "" {
			r.controls = append(r.controls, attrs["id"])
		}
	case "button":
		if attrs["type"] == "" {
			r.fault("button %s without a type", attrs["name"])
		}
	case "th":
		if attrs["scope"] == "" {
			r.fault("head of a table without scope")
		}
	case "h1", "h2", "h3", "h4", "h5", "h6":
		r.headed(int(tag[1] - '0'))
	}
}

func (r *reader) headed(level int) {
	if level > r.heading+1 {
		r.fault("heading of level %d after %d", level, r.heading)
	}
	if level == 1 {
		r.firsts++
	}
	r.heading = level
}

func (r *reader) text(words string) {
	if r.parent() == "title" {
		r.title += words
	}
	if _, strict := only[r.parent()]; strict && strings.TrimSpace(words) != "" {
		r.fault("text %.30q in <%s>", words, r.parent())
	}
}

func (r *reader) end() {
	if len(r.stack) > 0 {
		r.fault("never closed: %s", strings.Join(r.stack, " "))
	}
	if strings.TrimSpace(r.title) == "" {
		r.fault("the page has no title")
	}
	if r.firsts != 1 {
		r.fault("%d headings of level 1", r.firsts)
	}
	for _, l := range r.leads {
		if !r.ids[l.id] {
			r.fault("%s leads to %q, which is not there", l.from, l.id)
		}
	}
	for _, id := range r.controls {
		if !r.labels[id] {
			r.fault("control %q has no label", id)
		}
	}
}
