package site

import (
	"io"
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/search"
)

// searchPath is the page that finds others.
const searchPath = "/search"

// mostFound is how many hits a page shows.
const mostFound = 30

// findView is the page of a query.
type findView struct {
	Action string
	Query  web.Field
	Asked  bool
	Count  string
	Found  []foundView
	Faults web.Faults
}

type foundView struct {
	Href, Title, Kind, Text string
}

// find answers a query. Everything that may be found is in an index of what is
// out; a word of what is not takes the same path as one that nobody ever wrote.
func (s *Site) find(w http.ResponseWriter, r *http.Request) {
	l := web.Lang(r)
	asked := r.URL.Query()["q"]
	v := findView{Action: web.Localise(l, searchPath), Query: web.Field{
		Control: web.Control{Name: "q", Label: s.views.T(l, "search.label"), Optional: false}, Type: "search", MaxLength: search.MostQuery,
	}}
	status, query := http.StatusOK, strings.Join(asked, " ")
	if err := search.Check(query); err != nil || len(asked) > 1 {
		status = http.StatusBadRequest
		v.Query.Fault = s.views.T(l, "search.fault", "most", search.MostQuery)
		v.Faults = web.Faults{{Target: "q", Message: v.Query.Fault}}
	} else if strings.TrimSpace(query) != "" {
		index, err := s.index[l]()
		if err != nil {
			s.shell.Fail(w, r, err)
			return
		}
		v.Query.Value = query
		s.found(&v, index, query, l)
	}
	s.render(w, r, status, content{title: s.views.T(l, "search.title"), template: "search", data: v, hidden: true, fault: v.Faults != nil}, searchPath)
}

func (s *Site) found(v *findView, index *search.Index, query string, l i18n.Lang) {
	entries, all := index.Find(query, mostFound)
	v.Asked = true
	switch {
	case all == 0:
		v.Count = s.views.T(l, "search.none")
	case all > len(entries):
		v.Count = s.views.T(l, "search.more", "shown", len(entries), "all", all)
	default:
		v.Count = s.views.T(l, "search.count", "all", all)
	}
	for _, e := range entries {
		v.Found = append(v.Found, foundView{e.Path, e.Title, s.views.T(l, "search.kind."+e.Kind), excerpt(e.Text)})
	}
}

// excerpt is the beginning of a text.
func excerpt(text string) string {
	const most = 180
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= most {
		return text
	}
	cut := strings.LastIndexByte(text[:most], ' ')
	if cut < 0 {
		return ""
	}
	return text[:cut] + " …"
}

// makeIndex gathers all that may be found in a language.
func (s *Site) makeIndex(l i18n.Lang) (*search.Index, error) {
	var list []search.Entry
	if s.current != nil {
		list = append(s.indicatorEntries(l), s.questionEntries(l)...)
		sections, err := s.reportEntries(l)
		if err != nil {
			return nil, err
		}
		list = append(list, sections...)
	}
	for _, t := range s.texts {
		c, err := t.write(l)
		if err != nil {
			return nil, err
		}
		body, err := s.views.HTML(l, c.template, c.data)
		if err != nil {
			return nil, err
		}
		for _, part := range parts(strings.NewReader(string(body))) {
			list = append(list, search.Entry{Kind: "page", Path: web.Localise(l, t.path), Title: part.title, Text: part.text})
		}
	}
	return search.New(l, list), nil
}

func (s *Site) indicatorEntries(l i18n.Lang) (list []search.Entry) {
	for _, ind := range s.current.Indicators() {
		list = append(list, search.Entry{Kind: "indicator", Path: web.Localise(l, indicatorPath(ind)), Title: name(ind, l),
			Text: s.lead(ind, s.figure(ind, s.current.cell(ind, totalDomain), l), l) + " " + ind.Question.In(l)})
	}
	return list
}

// questionEntries are the questions as they were put, each once.
func (s *Site) questionEntries(l i18n.Lang) (list []search.Entry) {
	seen := map[i18n.Text]bool{}
	for _, ind := range s.current.Indicators() {
		if ind.Item == "" || seen[ind.Question] {
			continue
		}
		seen[ind.Question] = true
		list = append(list, search.Entry{Kind: "question", Path: web.Localise(l, s.questionPath(ind)),
			Title: s.views.T(l, "indicator.item", "item", ind.Item), Text: ind.Question.In(l)})
	}
	return list
}

// questionPath is where the answers to a question stand: with those of its
// family where it has one.
func (s *Site) questionPath(ind table.Indicator) string {
	if len(s.current.Family(ind.Family)) > 1 {
		return choice{ind.Family, s.current.breakdowns()[0]}.path()
	}
	return indicatorPath(ind)
}

// reportEntries are the sections of the report.
func (s *Site) reportEntries(l i18n.Lang) ([]search.Entry, error) {
	m, file := s.current.release.Manifest, reportFile(l, ".html")
	if _, ok := m.File(file); !ok {
		return nil, nil
	}
	f, _, err := s.current.release.OpenFile(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []search.Entry
	for _, part := range parts(f) {
		e := search.Entry{Kind: "report", Path: filePath(m, file), Title: part.title, Text: part.text}
		if part.id != "" {
			e.Path += "#" + part.id
		}
		list = append(list, e)
	}
	return list, nil
}

// part is a heading of a document with what stands below it.
type part struct{ id, title, text string }

// parts divides a document at its headings; drawings, tables, scripts and style
// sheets are left out.
func parts(r io.Reader) (list []part) {
	z := html.NewTokenizer(r)
	skipped, heading := 0, false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return list
		}
		t := z.Token()
		switch starts := kind == html.StartTagToken; {
		case kind == html.TextToken && skipped == 0 && len(list) > 0:
			last := &list[len(list)-1]
			at := &last.text
			if heading {
				at = &last.title
			}
			*at = strings.TrimSpace(*at + " " + strings.TrimSpace(t.Data))
		case kind == html.TextToken:
		case t.Data == "svg" || t.Data == "table" || t.Data == "style" || t.Data == "script" || t.Data == "head":
			skipped += delta(kind)
		case t.Data == "h1" || t.Data == "h2" || t.Data == "h3":
			if heading = starts; starts {
				list = append(list, part{id: idOf(t)})
			}
		}
	}
}

// delta is by how much a tag deepens what it opens or closes.
func delta(kind html.TokenType) int {
	switch kind {
	case html.StartTagToken:
		return 1
	case html.EndTagToken:
		return -1
	}
	return 0
}

func idOf(t html.Token) string {
	for _, a := range t.Attr {
		if a.Key == "id" {
			return a.Val
		}
	}
	return ""
}
