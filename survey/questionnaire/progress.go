package questionnaire

import "slices"

// Progress tells how far a respondent has come: the place of the page on the
// route, from 1, and about how many pages the route has. Pages whose route is
// still open count, so that the number falls as answers settle it rather than
// growing under way. An empty or unknown page is after the last.
func (q *Questionnaire) Progress(a Answers, page string) (place, about int) {
	w := q.walk(a)
	defer w.end()
	at, known := q.pages[page]
	for i := range q.Pages {
		if !known || i < at {
			if w.reaches(&q.Pages[i]) {
				place++
			}
		}
		if w.mayReach(&q.Pages[i]) {
			about++
		}
	}
	return place + 1, about
}

// mayReach reports whether anything on the page is asked or may yet be.
func (w *walk) mayReach(p *Page) bool {
	return slices.ContainsFunc(p.Items, func(item *Item) bool {
		s := w.step(item)
		return s.asked.IsUnknown() || s.asked.Bool()
	})
}
