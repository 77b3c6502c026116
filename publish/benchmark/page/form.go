package page

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/benchmark"
	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
)

// formView is the short form.
type formView struct {
	Action, Rooms string
	Period        i18n.Text
	Faults        web.Faults
	Sector        web.Select
	Subsector     web.Select
	Size          web.Select
	Always        []group
	Latest        []group // about the latest innovation
}

// group is a question: one field, or one for each row.
type group struct {
	Heading string // of a question with rows
	Fields  []web.Choices
}

func (p *Pages) form(w http.ResponseWriter, r *http.Request) {
	wave := p.current()
	if wave == nil {
		p.pending(w, r, openPath)
		return
	}
	p.showForm(w, r, http.StatusOK, wave, nil, nil)
}

// showForm shows the form as it was filled in, with what is to be put right.
func (p *Pages) showForm(w http.ResponseWriter, r *http.Request, status int, wave *Wave, sent url.Values, faults web.Faults) {
	l := web.Lang(r)
	v := formView{
		Action: web.Localise(l, openPath), Rooms: web.Localise(l, roomsPath), Period: wave.Table.Period, Faults: faults,
		Sector:    p.classes(codebook.Sectors(), "sector", "form.choose", sent, faults, l),
		Subsector: p.classes(codebook.Subsectors(), "subsector", "form.whole", sent, faults, l),
		Size:      p.classes(codebook.Sizes(), "size", "form.every", sent, faults, l),
	}
	v.Subsector.Optional, v.Size.Optional = true, true
	for _, q := range wave.Short() {
		g := groupOf(q, sent, l)
		if q.Always {
			v.Always = append(v.Always, g)
		} else {
			v.Latest = append(v.Latest, g)
		}
	}
	p.render(w, r, status, "form", place{path: openPath, fault: faults != nil, switches: "answers"}, v)
}

// classes is a field that takes a class; none is the first of its options.
func (p *Pages) classes(c codebook.Classification, name, none string, sent url.Values, faults web.Faults, l i18n.Lang) web.Select {
	s := web.Select{Control: web.Control{Name: name, Label: c.Label.In(l), Fault: faults.On(name)},
		Options: []web.Option{{Label: p.views.T(l, none)}}}
	for _, code := range c.Codes {
		s.Options = append(s.Options, web.Option{Value: code.Value, Label: code.Label.In(l), Chosen: sent.Get(name) == code.Value})
	}
	return s
}

// groupOf is a question with what was answered.
func groupOf(q benchmark.Question, sent url.Values, l i18n.Lang) group {
	choices := func(name, label string) web.Choices {
		c := web.Choices{Control: web.Control{Name: name, Label: label}, Several: q.Kind.Several()}
		for _, o := range q.Options {
			c.Options = append(c.Options, web.Option{Value: o.Code, Label: o.Label.In(l), Chosen: slices.Contains(sent[name], o.Code)})
		}
		return c
	}
	if !q.Kind.HasRows() {
		c := choices(q.ID, q.Label.In(l))
		c.Hint = q.Hint.In(l)
		return group{Fields: []web.Choices{c}}
	}
	g := group{Heading: q.Label.In(l)}
	for _, row := range q.Rows {
		g.Fields = append(g.Fields, choices(questionnaire.Field(q.ID, row.Code), row.Label.In(l)))
	}
	return g
}

// compare answers the short form with the comparison. Nothing of it is kept.
func (p *Pages) compare(w http.ResponseWriter, r *http.Request) {
	if c, sent, ok := p.posted(w, r); ok {
		l := web.Lang(r)
		v := p.resultOf(c, l)
		v.Book = web.Localise(l, bookPath)
		v.Sent = hidden(sent)
		p.render(w, r, http.StatusOK, "result", place{path: openPath, private: true, switches: "answers"}, v)
	}
}

// comparison is a workplace beside its peers.
type comparison struct {
	wave     *Wave
	place    benchmark.Place
	lines    []benchmark.Line
	included bool
}

// posted reads the short form and compares it; where that is not possible it has
// answered.
func (p *Pages) posted(w http.ResponseWriter, r *http.Request) (c comparison, sent url.Values, ok bool) {
	c.wave = p.current()
	if c.wave == nil {
		p.Shell.Error(w, r, http.StatusBadRequest)
		return c, nil, false
	}
	sent, ok = p.values(w, r)
	if !ok {
		return c, nil, false
	}
	if switched(sent) == unfinished { // the form in another language, as it was filled in
		p.showForm(w, r, http.StatusOK, c.wave, sent, nil)
		return c, nil, false
	}
	answers, faults := p.read(&c, sent, web.Lang(r))
	if faults == nil {
		var err error
		if c.lines, err = c.wave.Compare(answers, c.place, false); err != nil {
			p.Shell.Fail(w, r, err)
			return c, nil, false
		}
		if len(c.lines) == 0 {
			faults = web.Faults{{Target: "B1", Message: p.views.T(web.Lang(r), "fault.none")}}
		}
	}
	if faults != nil {
		p.showForm(w, r, http.StatusBadRequest, c.wave, sent, faults)
		return c, nil, false
	}
	return c, sent, true
}

// How the language switch of a page was pressed.
const (
	pressed    = iota // it was not: the page's own button was
	unfinished        // on the form
	finished          // on the comparison
)

// switched tells whether a form was sent by the language switch, and takes out of it
// what is no answer. The comparison carries a mark of its own.
func switched(sent url.Values) int {
	language, mark := sent.Get("action") == "language", sent.Get("compared") == "yes"
	for _, name := range []string{"action", "compared"} {
		if len(sent[name]) == 1 {
			delete(sent, name)
		}
	}
	switch {
	case !language:
		return pressed
	case mark:
		return finished
	}
	return unfinished
}

// values reads what was posted.
func (p *Pages) values(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		p.Shell.Error(w, r, http.StatusRequestEntityTooLarge)
	case err != nil:
		p.Shell.Error(w, r, http.StatusBadRequest)
	default:
		return r.PostForm, true
	}
	return nil, false
}

// read takes place and answers out of a form, and says what is wrong with it.
func (p *Pages) read(c *comparison, sent url.Values, l i18n.Lang) (questionnaire.Answers, web.Faults) {
	var faults web.Faults
	fault := func(target, key string) {
		faults = append(faults, web.Fault{Target: target, Message: p.views.T(l, key)})
	}
	rest := url.Values{}
	for name, values := range sent {
		switch name {
		case "sector", "subsector", "size":
			if len(values) > 1 {
				fault(name, "fault.twice")
			}
		default:
			rest[name] = values
		}
	}
	c.place = benchmark.Place{Sector: sent.Get("sector"), Subsector: sent.Get("subsector"), Size: sent.Get("size")}
	if c.place.Sector == "" { // a subsector tells it
		c.place.Sector = codebook.SectorOf(c.place.Subsector)
	}
	var place *benchmark.PlaceError
	if err := c.place.Check(); errors.As(err, &place) {
		fault(place.Part, "fault."+place.Part)
	}
	answers, err := benchmark.ReadShort(c.wave.Short(), rest)
	var form *benchmark.FormError
	if errors.As(err, &form) {
		fault(targetOf(c.wave, form.Field), "fault.answer")
	}
	return answers, faults
}

// targetOf is the element to lead to for a fault in a field: the field, or where
// the form has none of the name its beginning.
func targetOf(wave *Wave, field string) string {
	for _, q := range wave.Short() {
		if slices.Contains(q.Fields(), field) {
			return field
		}
	}
	return "sector"
}

// hidden are values that a form carries on, in the order of their names.
func hidden(sent url.Values) (list []web.Hidden) {
	names := make([]string, 0, len(sent))
	for name := range sent {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range sent[name] {
			list = append(list, web.Hidden{Name: name, Value: v})
		}
	}
	return list
}

func seconds(wait time.Duration) string {
	return strconv.Itoa(int((wait + time.Second - 1) / time.Second))
}
