// Package gallery serves the page that shows a chart of every kind, drawn of the
// hardest cases, with the table of what each plots: what a change of the
// drawings is looked at on, in both languages and widths.
//
// The pictures come from package reports/gallery and are invented. The page asks
// for nothing and keeps nothing; it is made when it is first asked for.
package gallery

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"sync"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/reports/chart"
	"barometer/reports/gallery"
	"barometer/reports/number"
	"barometer/reports/prose"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// Page serves the gallery. It is safe for concurrent use.
type Page struct {
	shell *web.Shell
	views *web.Views
	made  map[i18n.Lang]func() (*web.Static, error)
}

const path = "/gallery"

// New returns the page.
func New(shell *web.Shell) (*Page, error) {
	messages, err := i18n.ParseCatalogue("publish/gallery/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Page{shell: shell, made: map[i18n.Lang]func() (*web.Static, error){}}
	if p.views, err = shell.Views(templateFiles, messages); err != nil {
		return nil, err
	}
	for _, l := range i18n.Languages {
		p.made[l] = sync.OnceValues(func() (*web.Static, error) { return p.make(l) })
	}
	return p, nil
}

// Routes mounts the page.
func (p *Page) Routes(r chi.Router) { r.Get("/{lang:da|en}"+path, p.show) }

func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	static, err := p.made[web.Lang(r)]()
	if err != nil {
		p.shell.Fail(w, r, err)
		return
	}
	static.ServeHTTP(w, r)
}

func (p *Page) make(l i18n.Lang) (*web.Static, error) {
	pictures, err := p.pictures(l)
	if err != nil {
		return nil, err
	}
	body, err := p.views.HTML(l, "gallery", pictures)
	if err != nil {
		return nil, err
	}
	parent := i18n.Text{DA: p.views.T(i18n.Danish, "parent"), EN: p.views.T(i18n.English, "parent")}
	return p.shell.Static(web.Page{Lang: l, Title: p.views.T(l, "title"), Description: p.views.T(l, "lead"), Path: path, NoIndex: true,
		Parent: web.Link{Path: "/about", Label: parent}, Body: body, Synthetic: true})
}

// picture is a chart as the page shows it, with the table of what it plots.
type picture struct {
	Shows, Title, Subtitle string
	Wide, Narrow           template.HTML
	Remarks                []string
	Table                  web.Table
}

func (p *Page) pictures(l i18n.Lang) ([]picture, error) {
	t, past, err := gallery.Table()
	if err != nil {
		return nil, err
	}
	var list []picture
	for _, g := range gallery.Pictures() {
		c, err := chart.Over(t, past, g.Spec, l)
		if err != nil {
			return nil, err
		}
		var wide, narrow bytes.Buffer
		if err := c.Inline(&wide, false); err != nil {
			return nil, err
		}
		if err := c.Inline(&narrow, true); err != nil {
			return nil, err
		}
		list = append(list, picture{Shows: g.Shows.In(l), Title: c.Title, Subtitle: c.Subtitle,
			Wide: template.HTML(wide.String()), Narrow: template.HTML(narrow.String()), // drawn by package chart, which escapes every text
			Remarks: append(c.Remarks(), c.Source), Table: p.table(c, l)})
	}
	return list, nil
}

// table lists what a chart plots.
func (p *Page) table(c *chart.Chart, l i18n.Lang) web.Table {
	t := web.Table{Name: "data-" + c.ID, Caption: c.Title, Columns: []web.Column{{Label: p.views.T(l, "indicator")}, {Label: p.views.T(l, "group")},
		{Label: p.views.T(l, "value", "unit", c.Unit()), Number: true}, {Label: p.views.T(l, "interval"), Number: true}}}
	for _, d := range c.Data() {
		value, interval := prose.Suppressed(d.Status, l), ""
		if d.Shown() {
			value, interval = number.Decimal(d.Value, 1, l), number.Interval(d.Low, d.High, 1, l)
		}
		group := d.DomainLabel
		for _, more := range []string{d.Series, d.Period} {
			if more != "" {
				group += ", " + more
			}
		}
		t.Rows = append(t.Rows, web.Row{{Text: d.IndicatorLabel}, {Text: group}, {Text: value}, {Text: interval}})
	}
	return t
}
