package questionnaire

import (
	"slices"
	"sync"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

// RoutedPage is a page as one respondent meets it.
type RoutedPage struct {
	ID    string
	Title i18n.Text
	Intro i18n.Text
	Notes []i18n.Text
	Items []RoutedItem
}

// RoutedItem is an item as one respondent meets it. Its own Options and Rows,
// which hide those of the item, are the ones offered; its own Label and Hint,
// and the labels of those, have earlier answers in their places.
type RoutedItem struct {
	*Item
	Label   i18n.Text
	Hint    i18n.Text
	Options []Option
	Rows    []Option
	Notes   []i18n.Text // shown right before it
}

// Whole reports whether every option and row of the item is offered.
func (i RoutedItem) Whole() bool {
	return len(i.Options) == len(i.Item.Options) && len(i.Rows) == len(i.Item.Rows)
}

// Route returns the pages on the route of a, in order, each with the items on
// the route. A page without such items is left out.
func (q *Questionnaire) Route(a Answers) []RoutedPage {
	w := q.walk(a)
	defer w.end()
	var pages []RoutedPage
	for i := range q.Pages {
		if p, ok := w.page(&q.Pages[i]); ok {
			pages = append(pages, p)
		}
	}
	return pages
}

// RoutedPage returns one page on the route of a; ok is false when there is no
// such page or nothing on it is asked.
func (q *Questionnaire) RoutedPage(a Answers, page string) (p RoutedPage, ok bool) {
	i, known := q.pages[page]
	if !known {
		return RoutedPage{}, false
	}
	w := q.walk(a)
	defer w.end()
	return w.page(&q.Pages[i])
}

// Next returns the page that follows the given one on the route of a, the
// first page when page is "". ok is false when nothing is left to ask. The
// given page itself need not be on the route any more.
func (q *Questionnaire) Next(a Answers, page string) (next string, ok bool) {
	from := 0
	if i, known := q.pages[page]; known {
		from = i + 1
	}
	w := q.walk(a)
	defer w.end()
	for i := from; i < len(q.Pages); i++ {
		if w.reaches(&q.Pages[i]) {
			return q.Pages[i].ID, true
		}
	}
	return "", false
}

// Prev returns the page before the given one on the route of a, the last page
// when page is "" (so it leads back from the check of all answers). ok is
// false on the first page.
func (q *Questionnaire) Prev(a Answers, page string) (prev string, ok bool) {
	from := len(q.Pages)
	if i, known := q.pages[page]; known {
		from = i
	}
	w := q.walk(a)
	defer w.end()
	for i := from - 1; i >= 0; i-- {
		if w.reaches(&q.Pages[i]) {
			return q.Pages[i].ID, true
		}
	}
	return "", false
}

// Unanswered returns the first page on the route that still lacks an answer or
// holds one that no longer stands; ok is false when [Questionnaire.Complete]
// finds no fault.
func (q *Questionnaire) Unanswered(a Answers) (page string, ok bool) {
	w := q.walk(a)
	defer w.end()
	for i := range q.Pages {
		for _, item := range q.Pages[i].Items {
			if len(w.faults(item)) > 0 {
				return q.Pages[i].ID, true
			}
		}
	}
	return "", false
}

// OnRoute returns the answers that count: those to items on the route, with
// the options and rows that are offered. What is left out may return when an
// earlier answer is changed back, so the caller keeps it.
func (q *Questionnaire) OnRoute(a Answers) Answers {
	w := q.walk(a)
	defer w.end()
	out := make(Answers, len(a))
	for _, item := range q.items {
		if s := w.step(item); !s.answer.IsZero() {
			out[item.ID] = s.answer
		}
	}
	return out
}

// walk is one respondent's way through the questionnaire. It is the
// environment that routes are evaluated in: only answers on the route are seen.
// It goes no further than it is asked: each step is settled when it is first
// looked at, after the earlier ones that it depends on.
type walk struct {
	q          *Questionnaire
	answers    Answers
	steps      []step // one per item
	conditions []expr.Value
	evaluated  []bool // per condition
}

// step is what the walk found at one item.
type step struct {
	settled bool
	asked   expr.Value // whether the item is on the route
	options []Option   // offered, when asked
	rows    []Option
	answer  Answer // counted, when asked
}

func (s *step) onRoute() bool { return s.asked.Bool() }

// walk sets out on the route of a.
func (q *Questionnaire) walk(a Answers) *walk {
	w := q.blank()
	w.answers = a
	return w
}

// blank returns a walk without answers.
func (q *Questionnaire) blank() *walk {
	w := walks.Get().(*walk)
	w.q, w.steps = q, blankOf(w.steps, len(q.items))
	w.conditions, w.evaluated = blankOf(w.conditions, len(q.Conditions)), blankOf(w.evaluated, len(q.Conditions))
	return w
}

// walks are used again: a server goes several ways per request, each of which
// has room for every item.
var walks = sync.Pool{New: func() any { return new(walk) }}

// blankOf returns a list of n zero values, in the room of a list that is zero
// throughout where that will do.
func blankOf[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	return list[:n]
}

// end gives the walk up. What it returned before stands; nothing of the answers
// stays with it.
func (w *walk) end() {
	w.q, w.answers = nil, nil
	clear(w.steps)
	clear(w.conditions)
	clear(w.evaluated)
	walks.Put(w)
}

// step returns what the walk finds at an item.
func (w *walk) step(item *Item) *step {
	s := &w.steps[item.position]
	if !s.settled {
		w.take(item, w.answers[item.ID])
	}
	return s
}

// take settles whether an item is asked, what it offers and what of the answer
// counts.
func (w *walk) take(item *Item, a Answer) {
	s := &w.steps[item.position]
	s.settled = true
	s.asked = w.holds(item.Relevant)
	if s.asked.IsUnknown() || !s.asked.Bool() {
		return
	}
	var offers expr.Value
	s.options, offers = w.offered(w.filled(item.Options))
	if item.Kind.Chosen() && len(s.options) == 0 {
		s.asked = offers
		return
	}
	s.rows, offers = w.offered(w.filled(item.Rows))
	if item.Kind.HasRows() && len(s.rows) == 0 {
		s.asked = offers
		return
	}
	s.answer = s.counted(item, a)
}

// offered returns the options that are offered. When there are none, offers
// tells whether that is certain (false) or still open (unknown).
func (w *walk) offered(options []Option) (list []Option, offers expr.Value) {
	if !slices.ContainsFunc(options, routed) {
		return options, expr.BoolValue(len(options) > 0)
	}
	offers = expr.BoolValue(false)
	for i := range options {
		switch v := w.holds(options[i].Relevant); {
		case v.IsUnknown():
			offers = v
		case v.Bool():
			list = append(list, options[i])
		}
	}
	return list, offers
}

func routed(o Option) bool { return o.Relevant != nil }

// counted returns the part of a that answers the item as it is offered. Where
// that is all of it, as it mostly is, the two share their codes.
func (s *step) counted(item *Item, a Answer) Answer {
	switch {
	case a.IsZero():
		return Answer{}
	case item.Kind == Ranking:
		a.Codes = slices.DeleteFunc(slices.Clone(a.Codes), func(code string) bool { return indexOf(s.options, code) < 0 })
		return a
	case !item.Kind.HasRows():
		a.Codes = among(s.options, a.Codes)
		a.Specify = only(a.Specify, func(code string) bool { return a.Has(code) })
		return a
	case item.Kind == Share:
		a.Codes = among(s.options, a.Codes)
		a.Parts = only(a.Parts, func(row string) bool { return indexOf(s.rows, row) >= 0 })
		a.Typed = only(a.Typed, func(name string) bool { return indexOf(s.rows, name[1:]) >= 0 })
		return a
	}
	if s.countsWhole(a.Rows) {
		return a
	}
	rows := make(map[string][]string, len(s.rows))
	for i := range s.rows {
		code := s.rows[i].Code
		if codes := among(s.options, a.Rows[code]); len(codes) > 0 {
			rows[code] = codes
		}
	}
	a.Rows = rows
	return a
}

// only returns the entries whose keys count; where all do, the map itself.
func only(m map[string]string, counts func(key string) bool) map[string]string {
	var kept map[string]string
	for key, text := range m {
		if counts(key) {
			kept = put(kept, key, text)
		}
	}
	return kept
}

// countsWhole reports whether every row is offered and has codes that are.
func (s *step) countsWhole(rows map[string][]string) bool {
	found := 0
	for i := range s.rows {
		if codes := rows[s.rows[i].Code]; len(codes) > 0 && inOrder(s.options, codes) {
			found++
		}
	}
	return found == len(rows)
}

// among returns the codes that are offered, in the order of the options.
func among(options []Option, codes []string) []string {
	if inOrder(options, codes) {
		return codes
	}
	var list []string
	for i := range options {
		if slices.Contains(codes, options[i].Code) {
			list = append(list, options[i].Code)
		}
	}
	return list
}

// inOrder reports whether all codes are offered and stand in the order of the
// options.
func inOrder(options []Option, codes []string) bool {
	found := 0
	for i := range options {
		if found < len(codes) && options[i].Code == codes[found] {
			found++
		}
	}
	return found == len(codes)
}

// holds evaluates a route; no route holds always.
func (w *walk) holds(e expr.Expr) expr.Value {
	if e == nil {
		return expr.BoolValue(true)
	}
	return e.Eval(w)
}

// Value implements [expr.Env]: what is off the route or unanswered is unknown.
func (w *walk) Value(name string) expr.Value {
	b := w.q.names[name]
	if b.condition >= 0 {
		return w.condition(b.condition)
	}
	item := w.q.items[b.item]
	answer := w.step(item).answer
	switch {
	case item.Kind == Number:
		return numberValue(answer.Value)
	case item.Kind == Share:
		return numberValue(answer.Parts[b.row])
	case item.Kind.Dated():
		return dateValue(answer.Value)
	}
	if item.Kind.Written() {
		return proseValue(answer.Text)
	}
	codes := answer.Codes
	if b.row != "" {
		codes = answer.Rows[b.row]
	}
	switch {
	case len(codes) == 0:
		return expr.Value{}
	case item.Kind.Several():
		return expr.SetValue(codes)
	case item.Kind == Ranking:
		return w.step(item).order(codes)
	}
	return expr.TextValue(codes[0])
}

// order is the set of ranked options, unknown where the answer is another.
func (s *step) order(codes []string) expr.Value {
	for _, code := range codes {
		if o, _ := find(s.options, code); !o.Substantive() {
			return expr.Value{}
		}
	}
	return expr.SetValue(codes)
}

func numberValue(value string) expr.Value {
	if value == "" {
		return expr.Value{}
	}
	return expr.NumberValue(float(value))
}

func proseValue(text string) expr.Value {
	if text == "" {
		return expr.Value{}
	}
	return expr.ProseValue(text)
}

func dateValue(value string) expr.Value {
	n, ok := days(value)
	if !ok {
		return expr.Value{}
	}
	return expr.DateValue(n)
}

// condition evaluates a named condition once. Whatever asks for it stands on a
// later page than all it reads, so the value is final.
func (w *walk) condition(c int) expr.Value {
	if !w.evaluated[c] {
		w.evaluated[c] = true
		w.conditions[c] = w.q.Conditions[c].When.Eval(w)
	}
	return w.conditions[c]
}

// reaches reports whether anything on the page is asked.
func (w *walk) reaches(p *Page) bool {
	return slices.ContainsFunc(p.Items, func(item *Item) bool { return w.step(item).onRoute() })
}

// routed returns an item as the respondent meets it.
func (w *walk) routed(item *Item, s *step) RoutedItem {
	return RoutedItem{Item: item, Label: w.fill(item.Label), Hint: w.fill(item.Hint), Options: s.options, Rows: s.rows}
}

// notes returns what the notes that stand after so many items say.
func (w *walk) notes(p *Page, after int) []i18n.Text {
	var list []i18n.Text
	for _, n := range p.Notes {
		if n.After == after && w.holds(n.Relevant).Bool() {
			list = append(list, w.fill(n.Text))
		}
	}
	return list
}

// page returns the page as the respondent meets it.
func (w *walk) page(p *Page) (RoutedPage, bool) {
	out := RoutedPage{ID: p.ID, Title: p.Title, Intro: p.Intro, Notes: w.notes(p, 0)}
	var notes []i18n.Text // since the last item
	for i, item := range p.Items {
		if s := w.step(item); s.onRoute() {
			routed := w.routed(item, s)
			routed.Notes = notes
			out.Items = append(out.Items, routed)
			notes = nil
		}
		notes = append(notes, w.notes(p, i+1)...)
	}
	return out, len(out.Items) > 0
}
