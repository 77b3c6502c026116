package page

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/benchmark"
	"barometer/publish/benchmark/own"
	"barometer/publish/formats/xlsx"
	"barometer/reports/number"
	"barometer/reports/prose"
	"barometer/survey/codebook"
)

// resultView is a workplace beside its peers.
type resultView struct {
	Place    string
	Included bool
	Families []family
	Rules    []string
	Level    string
	Release  string // path, without language
	Title    i18n.Text

	Book    string       // address that gives the workbook
	Sent    []web.Hidden // what the form of the workbook carries, nil where a link gives it
	Expires string       // until when the link works, "" without one
}

// family are lines on one subject.
type family struct {
	Name, Label string
	Lines       []lineView
}

// lineView is one indicator.
type lineView struct {
	Label, Own, Peers, Interval, N string
	Group                          string
	Widened, Few                   bool
	Verdict                        web.Tag
	Strip                          strip
}

// strip is a line from 0 to 100: the peers' interval and value, and the own mark.
type strip struct {
	Shown                 bool
	Low, Width, Dot, Mark string
}

// stripWidth and stripEdge are its length, and what is left free for marks.
const (
	stripWidth = 200.0
	stripEdge  = 8.0
)

// words makes the strip's marks of values between 0 and 1.
func stripOf(ownValue, value, low, high float64) strip {
	at := func(x float64) float64 { return stripEdge + x*(stripWidth-2*stripEdge) }
	text := func(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
	x := at(ownValue)
	return strip{
		Shown: true, Low: text(at(low)), Width: text(at(high) - at(low)), Dot: text(at(value)),
		Mark: "M" + text(x) + " 3l6 7l-6 7l-6 -7z",
	}
}

var tagOf = map[benchmark.Verdict]web.Kind{benchmark.Above: web.Info, benchmark.Below: web.Info}

func (p *Pages) resultOf(c comparison, l i18n.Lang) resultView {
	t := c.wave.Table
	v := resultView{
		Place: p.placeIn(c.place, l), Included: c.included, Level: number.Percent(t.Level, l),
		Release: c.wave.Release, Title: t.Title, Rules: p.rules(c, l),
	}
	for _, line := range c.lines {
		name := line.Indicator.Family
		if n := len(v.Families); n == 0 || v.Families[n-1].Name != name {
			v.Families = append(v.Families, family{Name: name, Label: line.Indicator.FamilyLabel.In(l)})
		}
		f := &v.Families[len(v.Families)-1]
		f.Lines = append(f.Lines, p.line(line, l))
	}
	return v
}

func (p *Pages) line(line benchmark.Line, l i18n.Lang) lineView {
	ind := line.Indicator
	v := lineView{Label: ind.Label.In(l), Own: p.ownIn(line, l), Verdict: web.Tag{Kind: tagOf[line.Verdict], Text: line.Verdict.Words().In(l)}}
	if line.Verdict == benchmark.TooFew {
		v.Few = true
		return v
	}
	f, scale := line.Peers.Figure, 1.0
	v.Peers, v.Interval = prose.Value(f.Value, ind.Kind, l), number.PercentInterval(f.Low, f.High, l)
	if ind.Kind == table.Score {
		scale = 100
		v.Peers, v.Interval = p.views.T(l, "result.points", "value", v.Peers), number.Interval(f.Low, f.High, 0, l)
	}
	if line.Peers.Status == table.Uncertain {
		v.Peers = "(" + v.Peers + ")"
	}
	v.N, v.Group, v.Widened = number.Integer(f.N, l), line.Peers.Domain.Label.In(l), line.Peers.Widened
	v.Strip = stripOf(line.Own/scale, f.Value/scale, f.Low/scale, f.High/scale)
	return v
}

// ownIn says the own answer.
func (p *Pages) ownIn(line benchmark.Line, l i18n.Lang) string {
	switch {
	case line.Indicator.Kind == table.Score:
		return p.views.T(l, "result.points", "value", number.Decimal(line.Own, 0, l))
	case line.Own > 0.5:
		return p.views.T(l, "result.yes")
	}
	return p.views.T(l, "result.no")
}

// placeIn says where a workplace belongs.
func (p *Pages) placeIn(at benchmark.Place, l i18n.Lang) string {
	label := func(c codebook.Classification, value, otherwise string) string {
		if code, ok := c.Code(value); ok {
			return code.Label.In(l)
		}
		return p.views.T(l, otherwise)
	}
	return label(codebook.Sectors(), at.Sector, "form.choose") + " · " +
		label(codebook.Subsectors(), at.Subsector, "form.whole") + " · " + label(codebook.Sizes(), at.Size, "form.every")
}

// rules say how the comparison is made, in the order in which they matter.
func (p *Pages) rules(c comparison, l i18n.Lang) []string {
	least := strconv.Itoa(benchmark.LeastPeers)
	list := []string{
		p.views.T(l, "rule.one"),
		p.views.T(l, "rule.ladder"),
		p.views.T(l, "rule.least", "least", least),
	}
	if c.included {
		list = append(list, p.views.T(l, "rule.self"))
	}
	return append(list, p.views.T(l, "rule.verdict"), p.views.T(l, "rule.score"), p.views.T(l, "rule.rank"))
}

// own shows the answers that a link opens. A token that opens none is answered in
// one way, whatever is wrong with it.
func (p *Pages) own(w http.ResponseWriter, r *http.Request) {
	c, saved, ok := p.opened(w, r)
	if !ok {
		return
	}
	l, token := web.Lang(r), chi.URLParam(r, "token")
	at := place{path: OwnPath(token), private: true}
	if c.wave == nil {
		p.render(w, r, http.StatusOK, "wait", at, struct{ Expires string }{i18n.Date(saved.Expires, l)})
		return
	}
	v := p.resultOf(c, l)
	v.Book, v.Expires = web.Localise(l, OwnPath(token)+"/workbook"), i18n.Date(saved.Expires, l)
	p.render(w, r, http.StatusOK, "result", at, v)
}

// opened compares what a link opens; without a wave its results are not out.
func (p *Pages) opened(w http.ResponseWriter, r *http.Request) (c comparison, saved own.Saved, ok bool) {
	saved, err := p.Links.Open(r.Context(), chi.URLParam(r, "token"))
	if errors.Is(err, own.ErrNoLink) {
		p.render(w, r, http.StatusNotFound, "nolink", place{path: openPath, private: true}, nil)
		return c, saved, false
	}
	if err == nil {
		c = comparison{wave: p.wave(saved.Wave), place: saved.Place, included: true}
		if c.wave != nil {
			c.lines, err = c.wave.Compare(saved.Answers, saved.Place, true)
		}
	}
	if err != nil {
		p.fail(w, r, err)
		return c, saved, false
	}
	return c, saved, true
}

// workbook gives the comparison of a posted form as a file.
func (p *Pages) workbook(w http.ResponseWriter, r *http.Request) {
	if c, _, ok := p.posted(w, r); ok {
		p.giveBook(w, r, c)
	}
}

func (p *Pages) ownWorkbook(w http.ResponseWriter, r *http.Request) {
	c, _, ok := p.opened(w, r)
	switch {
	case !ok:
	case c.wave == nil:
		p.render(w, r, http.StatusNotFound, "nolink", place{path: openPath, private: true}, nil)
	default:
		p.giveBook(w, r, c)
	}
}

func (p *Pages) giveBook(w http.ResponseWriter, r *http.Request, c comparison) {
	l := web.Lang(r)
	about := benchmark.About{
		Author: p.Shell.Owner().In(l), Created: p.Now(), Source: p.views.T(l, "book.source", "title", c.wave.Table.Title.In(l)), Rules: p.rules(c, l),
	}
	if c.wave.Table.Synthetic {
		about.Synthetic = p.views.T(l, "book.synthetic")
	}
	var b bytes.Buffer
	if err := xlsx.Write(&b, benchmark.Book(c.lines, about, l)); err != nil {
		p.Shell.Fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="`+p.views.T(l, "book.name")+`.xlsx"`)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.Write(b.Bytes())
}
