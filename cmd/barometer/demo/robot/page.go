package robot

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is what a browser could press and fill in on one page.
type page struct {
	forms []*form
	alert string // what the page reports as wrong
}

// form is one form of a page.
type form struct {
	action  string
	post    bool
	fields  []field // questions and hidden values, in order
	buttons []button
}

// field is all controls of one name.
type field struct {
	name    string
	kind    string   // "radio", "checkbox", "text", "select" or "hidden"
	options []string // values offered
	checked bool     // one of them is chosen already
	value   string   // of a hidden field
}

type button struct{ name, value string }

// asks reports whether the form has a question to answer.
func (f *form) asks() bool {
	return slices.ContainsFunc(f.fields, func(fd field) bool { return fd.kind != "hidden" })
}

// has reports whether the form has a button of that name or leads to an
// address that ends so.
func (f *form) has(button string) bool {
	address, _, _ := strings.Cut(f.action, "?")
	return path.Base(address) == button || slices.ContainsFunc(f.buttons, named(button))
}

func named(name string) func(button) bool {
	return func(b button) bool { return b.name == name }
}

// read finds the forms of a page.
func read(body []byte) *page {
	r := reader{page: &page{}, tokens: html.NewTokenizer(bytes.NewReader(body))}
	for r.next() {
	}
	r.page.alert = strings.Join(strings.Fields(r.page.alert), " ")
	return r.page
}

type reader struct {
	*page
	tokens *html.Tokenizer
	form   *form  // open form
	alerts int    // depth inside an alert, 0 = outside
	attrs  []attr // of the tag at hand
}

type attr struct{ key, value string }

func (r *reader) attr(key string) string {
	for _, a := range r.attrs {
		if a.key == key {
			return a.value
		}
	}
	return ""
}

func (r *reader) has(key string) bool {
	return slices.ContainsFunc(r.attrs, func(a attr) bool { return a.key == key })
}

func (r *reader) next() bool {
	switch r.tokens.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if r.alerts > 0 {
			r.alert += " " + string(r.tokens.Text())
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		r.open()
	case html.EndTagToken:
		name, _ := r.tokens.TagName()
		switch atom.Lookup(name) {
		case atom.Form:
			r.form = nil
		case atom.Div:
			r.alerts = max(0, r.alerts-1)
		}
	}
	return true
}

func (r *reader) open() {
	name, more := r.tokens.TagName()
	tag := atom.Lookup(name)
	switch tag {
	case atom.Div, atom.Form, atom.Input, atom.Textarea, atom.Select, atom.Button:
	default:
		return // most of a page: its attributes are not worth reading
	}
	r.attrs = r.attrs[:0]
	for more {
		var key, value []byte
		key, value, more = r.tokens.TagAttr()
		r.attrs = append(r.attrs, attr{string(key), string(value)})
	}
	switch {
	case tag == atom.Div:
		if r.alerts > 0 || r.attr("role") == "alert" {
			r.alerts++
		}
	case tag == atom.Form:
		r.form = &form{action: r.attr("action"), post: strings.EqualFold(r.attr("method"), "post")}
		r.forms = append(r.forms, r.form)
	case r.form != nil && !r.has("disabled"):
		r.control(tag)
	}
}

func (r *reader) control(tag atom.Atom) {
	kind := strings.ToLower(r.attr("type"))
	switch {
	case kind == "submit" || tag == atom.Button && kind == "":
		r.form.buttons = append(r.form.buttons, button{r.attr("name"), r.attr("value")})
	case tag == atom.Button, r.attr("name") == "":
	case kind == "radio", kind == "checkbox":
		r.offer(kind, r.attr("name"), r.attr("value"))
	case kind == "hidden":
		r.form.fields = append(r.form.fields, field{name: r.attr("name"), kind: kind, value: r.attr("value")})
	case tag == atom.Select:
		r.form.fields = append(r.form.fields, field{name: r.attr("name"), kind: "select"})
	default:
		r.form.fields = append(r.form.fields, field{name: r.attr("name"), kind: "text"})
	}
}

// offer adds an option to the field of its name.
func (r *reader) offer(kind, name, value string) {
	i := slices.IndexFunc(r.form.fields, func(f field) bool { return f.name == name && f.kind == kind })
	if i < 0 {
		r.form.fields = append(r.form.fields, field{name: name, kind: kind})
		i = len(r.form.fields) - 1
	}
	r.form.fields[i].options = append(r.form.fields[i].options, value)
	r.form.fields[i].checked = r.form.fields[i].checked || r.has("checked")
}
