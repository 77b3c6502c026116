package site

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/reports/chart"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// Addresses of the explorer, without language.
const (
	explorePath = "/explore"
	exploreSVG  = explorePath + "/chart.svg"
	explorePNG  = explorePath + "/chart.png"
	exploreCSV  = explorePath + "/figures.csv"
)

// pick is what a reader chooses in the explorer: one indicator of one wave by one
// breakdown.
type pick struct {
	Wave, Indicator, Breakdown string
}

// query is the one way a pick is written in an address.
func (p pick) query() string {
	return url.Values{"wave": {p.Wave}, "indicator": {p.Indicator}, "breakdown": {p.Breakdown}}.Encode()
}

// errPick says that what was asked for cannot be chosen: it is not there, or was
// given twice. Which of these is not told, since a wave that is not published
// must look like one that never will be.
var errPick = fmt.Errorf("no such choice")

// pickFrom reads a pick out of an address. What it does not name is the first
// there is; other names are of no concern.
func (s *Site) pickFrom(q url.Values) (pick, error) {
	p := s.firstPick()
	for name, at := range map[string]*string{"wave": &p.Wave, "indicator": &p.Indicator, "breakdown": &p.Breakdown} {
		switch values := q[name]; {
		case len(values) > 1:
			return s.firstPick(), errPick
		case len(values) == 1:
			*at = values[0]
		}
	}
	if !s.has(p) {
		return s.firstPick(), errPick
	}
	return p, nil
}

// firstPick is what the explorer opens with.
func (s *Site) firstPick() pick {
	p := pick{s.current.Wave, s.current.Indicators()[0].ID, s.current.breakdowns()[0]}
	if _, ok := s.current.Indicator(headline); ok {
		p.Indicator = headline
	}
	return p
}

func (s *Site) has(p pick) bool {
	e := s.edition(p.Wave)
	if e == nil || !slices.Contains(e.breakdowns(), p.Breakdown) {
		return false
	}
	_, ok := e.Indicator(p.Indicator)
	return ok
}

// edition is the newest release of a wave, nil where there is none.
func (s *Site) edition(wave string) *edition {
	for _, e := range s.editions {
		if e.Wave == wave {
			return e
		}
	}
	return nil
}

// exploreView is the page of one pick.
type exploreView struct {
	Action     string
	Fault      *web.Alert
	Families   []optionGroup
	Breakdowns []option
	Waves      []option
	Shown      *shownView // nil where what was asked for cannot be chosen
}

// optionGroup are the options of a select element that belong together.
type optionGroup struct {
	Label   string // "" where the option is alone
	Options []option
}

// shownView is what a pick shows.
type shownView struct {
	Title, Lead, Level string
	Chart              drawing
	Rows               []groupRow
	Counted            bool
	Link               string // complete where the site knows its address
	SVG, PNG, CSV      string
	Embed              string // what to paste into another site's page
	Indicator          string
}

func (s *Site) explore(w http.ResponseWriter, r *http.Request) {
	if s.current == nil {
		s.page(w, r)
		return
	}
	l := web.Lang(r)
	p, err := s.pickFrom(r.URL.Query())
	if err != nil {
		v := s.chooser(p, l)
		v.Fault = &web.Alert{Kind: web.Danger, Heading: s.views.T(l, "explore.none"), Text: s.views.T(l, "explore.none.text")}
		s.render(w, r, http.StatusBadRequest, content{title: s.views.T(l, "explore.title"), template: "explore", data: v}, explorePath)
		return
	}
	c, err := s.explored(p, l)
	if err != nil {
		s.shell.Fail(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, c, explorePath+"?"+p.query())
}

// chooser is the form, with a pick chosen.
func (s *Site) chooser(p pick, l i18n.Lang) exploreView {
	v := exploreView{Action: web.Localise(l, explorePath)}
	e := s.edition(p.Wave)
	for _, members := range e.families() {
		g := optionGroup{}
		if len(members) > 1 {
			g.Label = members[0].FamilyLabel.In(l)
		}
		for _, ind := range members {
			g.Options = append(g.Options, option{ind.ID, ind.Label.In(l), ind.ID == p.Indicator})
		}
		v.Families = append(v.Families, g)
	}
	for _, b := range e.breakdowns() {
		v.Breakdowns = append(v.Breakdowns, option{b, breakdownName(b, l), b == p.Breakdown})
	}
	for _, other := range s.editions {
		v.Waves = append(v.Waves, option{other.Wave, other.Title.In(l), other == e})
	}
	return v
}

func (s *Site) explored(p pick, l i18n.Lang) (content, error) {
	e := s.edition(p.Wave)
	ind, _ := e.Indicator(p.Indicator)
	c, err := e.picked(p, l)
	if err != nil {
		return content{}, err
	}
	d, err := draw(c)
	if err != nil {
		return content{}, err
	}
	title := s.views.T(l, "explore.caption", "indicator", name(ind, l), "breakdown", prose.Mid(breakdownName(p.Breakdown, l)), "period", e.Period.In(l))
	v := s.chooser(p, l)
	v.Shown = &shownView{
		Title: title, Lead: s.lead(ind, s.figure(ind, e.cell(ind, totalDomain), l), l), Level: number.Percent(e.Level, l),
		Chart: d, Rows: s.rowsIn(e, ind, e.groupsOf(p.Breakdown), l), Counted: ind.Counted,
		Link: s.BaseURL + web.Localise(l, explorePath+"?"+p.query()), Embed: s.snippet(p, title, len(e.groupsOf(p.Breakdown)), l),
		SVG: web.Localise(l, exploreSVG+"?"+p.query()), PNG: web.Localise(l, explorePNG+"?"+p.query()), CSV: web.Localise(l, exploreCSV+"?"+p.query()),
	}
	if e == s.current {
		v.Shown.Indicator = indicatorPath(ind)
	}
	return content{title: title, description: v.Shown.Lead, template: "explore", data: v, picture: s.cardOf(ind, l)}, nil
}

// rowsIn are the figures of an indicator in some domains of an edition.
func (s *Site) rowsIn(e *edition, ind table.Indicator, domains []table.Domain, l i18n.Lang) []groupRow {
	var rows []groupRow
	for _, d := range domains {
		rows = append(rows, groupRow{d.Label.In(l), s.figure(ind, e.cell(ind, d.ID()), l)})
	}
	return rows
}

// picked is the chart of a pick.
func (e *edition) picked(p pick, l i18n.Lang) (*chart.Chart, error) {
	return e.byBreakdown(p.Indicator, p.Breakdown, l)
}

// byBreakdown is the chart of an indicator by one breakdown.
func (e *edition) byBreakdown(indicator, breakdown string, l i18n.Lang) (*chart.Chart, error) {
	return chart.New(e.Table, chart.Spec{
		ID:   strings.NewReplacer(".", "-", "_", "-").Replace(indicator + "-" + breakdown),
		Kind: chart.Bar, Indicators: []string{indicator}, Domains: []string{totalDomain, breakdown + ":*"},
	}, l)
}

// exploredFile answers with a file of a pick. Files are kept for a while: a
// picture takes a fifth of a second to paint.
func (s *Site) exploredFile(w http.ResponseWriter, r *http.Request) {
	l, at := web.Lang(r), strings.TrimPrefix(r.URL.Path, web.Localise(web.Lang(r), ""))
	if s.current == nil {
		s.shell.NotFound(w, r)
		return
	}
	p, err := s.pickFrom(r.URL.Query())
	if err != nil {
		s.shell.Error(w, r, http.StatusBadRequest)
		return
	}
	ext := at[strings.LastIndexByte(at, '.'):]
	file, err := s.files.get(string(l)+at+"?"+p.query(), func() (*web.Static, error) { return s.edition(p.Wave).file(p, ext, l) })
	if err != nil {
		s.shell.Fail(w, r, err)
		return
	}
	m, as := s.edition(p.Wave).release.Manifest, p.Indicator+"-"+p.Breakdown+ext
	w.Header().Set("Content-Disposition", disposition(m, as))
	file.ServeHTTP(w, r)
}

// file makes the file of a pick with the given ending.
func (e *edition) file(p pick, ext string, l i18n.Lang) (*web.Static, error) {
	if ext == ".csv" {
		b, err := e.csv(func(field func(string) string) bool {
			b := field("breakdown")
			return field("indicator") == p.Indicator && (b == p.Breakdown || b == totalDomain)
		})
		if err != nil {
			return nil, err
		}
		return web.NewStatic(csvType, b)
	}
	c, err := e.picked(p, l)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if ext == ".svg" {
		if err := c.SVG(&b); err != nil {
			return nil, err
		}
		return web.NewStatic("image/svg+xml", b.Bytes())
	}
	if err := c.PNG(&b, pngDPI); err != nil {
		return nil, err
	}
	return web.NewStatic("image/png", b.Bytes())
}
