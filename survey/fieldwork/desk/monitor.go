package desk

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/figure"
	"barometer/survey/response"
)

// monitorView is how a collection goes.
type monitorView struct {
	Wave      string
	State     *web.Tag
	Keys      []keyFigure
	Chart     *chartView
	Days      web.Table
	Strata    web.Table
	Outcomes  web.Table
	Rates     web.Table
	E         web.Field
	Faults    web.Faults
	Threshold string
	Path      string
	Pages     []web.Card
}

type keyFigure struct{ Value, Label, Note string }

// chartView is the drawing of the responses by day, in two widths.
type chartView struct {
	Title, Text  string
	Wide, Narrow template.HTML
}

func (p *Pages) monitor(w http.ResponseWriter, r *http.Request, wave Wave) {
	m, err := p.Fieldwork.Watch(r.Context(), wave.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	l := web.Lang(r)
	v := monitorView{
		Wave: wave.Title.In(l), State: p.stateTag(r, m), Path: wavePath(wave.ID),
		Keys: p.keyFigures(r, wave, m), Chart: p.chart(r, wave, m), Days: p.dayTable(r, wave, m), Strata: p.strataTable(r, wave, m),
		Outcomes: p.outcomeTable(r, m), Threshold: p.T(r, "threshold", "n", p.Fieldwork.Partial()),
		Pages: p.onward(r, wave),
	}
	e, typed, ok := eligible(r, m)
	v.E = web.Field{Control: web.Control{Name: "e", Label: p.T(r, "e.label"), Hint: p.T(r, "e.hint", "e", figure.Decimal(m.Total.EligibleShare(), 4, l))}, Value: typed, Short: true}
	if !ok {
		v.Faults = web.Faults{{Target: "e", Message: p.T(r, "e.fault")}}
		v.E.Fault = v.Faults.On("e")
	}
	v.Rates = p.rateTable(r, m, e)
	page := p.view(r, wave.Title.In(l), wavePath(wave.ID), wave)
	page.Fault = !ok
	status := http.StatusOK
	if !ok {
		status = http.StatusUnprocessableEntity
	}
	p.views.Render(w, r, status, page, "monitor", v)
}

// onward leads to the wave's other pages, those with names where the reader may
// see them.
func (p *Pages) onward(r *http.Request, wave Wave) (cards []web.Card) {
	card := func(page, name string) {
		cards = append(cards, web.Card{Anchor: web.Anchor{Href: p.link(r, wavePath(wave.ID)+page), Label: p.T(r, name+".title")}, Text: p.T(r, name+".card")})
	}
	if p.mayRead(r) {
		card("/contacts", "contacts")
	}
	card("/representativity", "represent")
	for _, page := range []string{"letters", "answers"} {
		if p.May(r, http.MethodGet, "/{lang:da|en}"+path+"/{wave}/"+page) {
			card("/"+page, page+".page")
		}
	}
	return cards
}

// mayRead reports whether the reader may see names and addresses.
func (p *Pages) mayRead(r *http.Request) bool {
	return p.May(r, http.MethodGet, "/{lang:da|en}"+path+"/{wave}/contacts")
}

// eligible is the share e that the reader states, with what was typed; where
// none is, it is estimated. ok is false for what is no share.
func eligible(r *http.Request, m *fieldwork.Monitor) (e float64, typed string, ok bool) {
	typed = strings.TrimSpace(r.URL.Query().Get("e"))
	if typed == "" {
		return m.Total.EligibleShare(), "", true
	}
	e, err := strconv.ParseFloat(strings.Replace(typed, ",", ".", 1), 64)
	if err != nil || !(e >= 0 && e <= 1) {
		return m.Total.EligibleShare(), typed, false
	}
	return e, typed, true
}

func (p *Pages) keyFigures(r *http.Request, wave Wave, m *fieldwork.Monitor) []keyFigure {
	l := web.Lang(r)
	rates, _ := m.Total.Rates(1) // 1 is a share
	note := p.T(r, "key.target.none")
	if wave.Target > 0 {
		note = p.T(r, "key.target", "rate", figure.Percent(wave.Target, 0, l), "n", figure.Count(targeted(wave, m)))
	}
	last := p.T(r, "key.deadline.none")
	if !wave.Deadline.IsZero() {
		last = i18n.Date(wave.Deadline, l)
	}
	return []keyFigure{
		{figure.Rate(rates.RR1, p.T(r, "undefined"), l), p.T(r, "key.rate"), note},
		{figure.Count(m.Total.Complete), p.T(r, "key.complete"), p.T(r, "key.of", "n", figure.Count(m.Total.Sampled))},
		{figure.Count(m.Total.Partial + m.Total.BreakOff), p.T(r, "key.begun"), p.T(r, "key.begun.note")},
		{p.daysLeft(r, wave, m), p.T(r, "key.left"), last},
	}
}

// targeted is the number of responses expected.
func targeted(wave Wave, m *fieldwork.Monitor) int {
	return int(wave.Target*float64(m.Total.Sampled) + 0.5)
}

// daysLeft counts the days on which can still be answered, today among them.
func (p *Pages) daysLeft(r *http.Request, wave Wave, m *fieldwork.Monitor) string {
	if wave.Deadline.IsZero() {
		return "–"
	}
	if !m.Closed.IsZero() {
		return "0"
	}
	today, _ := time.Parse(time.DateOnly, p.Now().In(p.Zone).Format(time.DateOnly))
	return figure.Count(max(0, int(wave.Deadline.Sub(today)/(24*time.Hour))+1))
}

func (p *Pages) dayTable(r *http.Request, wave Wave, m *fieldwork.Monitor) web.Table {
	l := web.Lang(r)
	t := web.Table{
		Name: "by-day", Caption: p.T(r, "days.caption"), None: p.T(r, "days.none"),
		Columns: p.columns(r, numbers, "day", "opened", "complete", "total", "share", "target"),
	}
	for i := len(m.Days) - 1; i >= 0; i-- {
		d := m.Days[i]
		target := "–"
		if at, ok := aim(wave, m, d.Date); ok {
			target = figure.Percent(at, 1, l)
		}
		t.Rows = append(t.Rows, web.Row{
			{Text: date(d.Date, l)}, {Text: figure.Count(d.Opened)}, {Text: figure.Count(d.Complete)}, {Text: figure.Count(d.Total)},
			{Text: figure.Percent(float64(d.Total)/float64(m.Total.Sampled), 1, l)}, {Text: target},
		})
	}
	return t
}

// aim is [fieldwork.Monitor.Aim] of a wave.
func aim(wave Wave, m *fieldwork.Monitor, day string) (float64, bool) {
	return m.Aim(wave.Target, wave.Deadline, day)
}

// numbers are the columns that hold numbers.
var numbers = map[string]bool{
	"opened": true, "complete": true, "total": true, "share": true, "target": true, "sampled": true, "invited": true, "partial": true,
	"break_off": true, "refused": true, "noncontact": true, "unknown": true, "ineligible": true, "units": true, "missing": true, "rate": true,
	"value": true, "between": true, "conditional": true,
}

func (p *Pages) strataTable(r *http.Request, wave Wave, m *fieldwork.Monitor) web.Table {
	t := web.Table{
		Name: "by-stratum", Caption: p.T(r, "strata.caption"),
		Columns: p.columns(r, numbers, "stratum", "sampled", "invited", "opened", "complete", "share", "missing",
			"partial", "break_off", "refused", "noncontact", "unknown", "ineligible"),
	}
	for _, st := range m.Strata {
		t.Rows = append(t.Rows, p.countRow(r, wave, stratumName(st.Code, web.Lang(r)), st.Code, st.Counts))
	}
	t.Rows = append(t.Rows, p.countRow(r, wave, p.T(r, "all"), "", m.Total))
	return t
}

func (p *Pages) countRow(r *http.Request, wave Wave, name, code string, c fieldwork.Counts) web.Row {
	head := web.Cell{Text: name}
	if code != "" && p.mayRead(r) {
		head.Href = p.link(r, wavePath(wave.ID)+"/contacts") + "?stratum=" + template.URLQueryEscaper(code)
	}
	share, missing := "–", "–"
	if c.Sampled > 0 {
		share = figure.Percent(float64(c.Complete)/float64(c.Sampled), 1, web.Lang(r))
	}
	if wave.Target > 0 {
		missing = figure.Count(max(0, int(wave.Target*float64(c.Sampled)+0.5)-c.Complete))
	}
	row := web.Row{head}
	for _, text := range []string{figure.Count(c.Sampled), figure.Count(c.Invited), figure.Count(c.Opened), figure.Count(c.Complete), share, missing,
		figure.Count(c.Partial), figure.Count(c.BreakOff), figure.Count(c.Refused), figure.Count(c.Noncontact), figure.Count(c.Unknown), figure.Count(c.Ineligible)} {
		row = append(row, web.Cell{Text: text})
	}
	return row
}

// outcomeTable lists the dispositions with their codes.
func (p *Pages) outcomeTable(r *http.Request, m *fieldwork.Monitor) web.Table {
	l, c := web.Lang(r), m.Total
	t := web.Table{Name: "outcomes", Caption: p.T(r, "outcomes.caption"), Columns: p.columns(r, numbers, "outcome", "aapor", "units", "share")}
	add := func(label, code string, n int) {
		share := "–"
		if c.Sampled > 0 {
			share = figure.Percent(float64(n)/float64(c.Sampled), 1, l)
		}
		t.Rows = append(t.Rows, web.Row{{Text: label}, {Text: code}, {Text: figure.Count(n)}, {Text: share}})
	}
	of := map[response.Disposition]int{
		response.Complete: c.Complete, response.Partial: c.Partial, response.Refused: c.Refused,
		response.Noncontact: c.Noncontact, response.Unknown: c.Unknown, response.Ineligible: c.Ineligible,
	}
	for _, d := range response.Dispositions {
		add(figure.Sentence(d.Label().In(l)), d.AAPOR(), of[d])
		if d == response.Partial {
			add(p.T(r, "break_off"), "2.12", c.BreakOff)
		}
	}
	return t
}

// rateTable lists the response rates at a stated e.
func (p *Pages) rateTable(r *http.Request, m *fieldwork.Monitor, e float64) web.Table {
	l := web.Lang(r)
	t := web.Table{Name: "rates", Caption: p.T(r, "rates.caption", "e", figure.Decimal(e, 4, l)), Columns: p.columns(r, numbers, "rate.name", "rate.formula", "value")}
	rates, err := m.Total.Rates(e)
	if err != nil {
		return t // e was checked
	}
	for i, one := range []fieldwork.Rate{rates.RR1, rates.RR2, rates.RR3, rates.RR4, rates.RR5, rates.RR6} {
		name := "RR" + strconv.Itoa(i+1)
		t.Rows = append(t.Rows, web.Row{{Text: name}, {Text: formulas[i]}, {Text: figure.Rate(one, p.T(r, "undefined"), l)}})
	}
	return t
}

// formulas of the rates: I complete, P partial, R refused or broken off, U
// unknown.
var formulas = []string{
	"I ÷ (I + P + R + U)", "(I + P) ÷ (I + P + R + U)", "I ÷ (I + P + R + eU)", "(I + P) ÷ (I + P + R + eU)", "I ÷ (I + P + R)", "(I + P) ÷ (I + P + R)",
}
