// Package plainpage lays out a page for those who make the statistics: one HTML
// file of headed tables, with a chart where there is one, that needs nothing
// beside it.
package plainpage

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"barometer/internal/i18n"
	"barometer/weighting"
)

//go:embed page.html
var pageSource string

//go:embed style.css
var styleSheet string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// Page is what the file says, in one language.
type Page struct {
	Lang      i18n.Lang
	Wave      string // "Innovationsbarometeret 2025"
	Title     string
	Lead      string
	Synthetic string // empty for real data
	Figure    *Figure
	Sections  []weighting.Section
}

// Figure is a chart in two widths.
type Figure struct {
	Title, Subtitle string
	Wide, Phone     template.HTML // drawn by package chart, which escapes every text
}

// Write writes the page.
func (p Page) Write(w io.Writer) error {
	v := view{Page: p, Style: template.CSS(styleSheet), Policy: policy()}
	for _, s := range p.Sections {
		v.Sections = append(v.Sections, section{s, fmt.Sprintf("s%d", len(v.Sections)+1)})
	}
	return pageTemplate.Execute(w, v)
}

// view is what the template sees.
type view struct {
	Page
	Style    template.CSS
	Policy   string
	Sections []section
}

type section struct {
	weighting.Section
	ID string
}

// Named reports whether a column holds names, not figures.
func (s section) Named(column int) bool { return column < s.Names }

// policy lets the file use its own style sheet and nothing else.
func policy() string {
	sum := sha256.Sum256([]byte(styleSheet))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}
