package runner

import (
	"html/template"
	"slices"

	"barometer/internal/i18n"
	"barometer/internal/web"
)

// body puts the page of a view together around its questions. What the page says
// to one respondent alone is a few words; the rest is drawn once.
func (d *drawn) body(v pageView, page string, questions []web.Piece, l i18n.Lang) ([]web.Piece, error) {
	if v.Keyed != nil || v.Faults != nil || v.Notes != nil {
		v.Questions = web.Whole(questions)
		html, err := d.views.HTML(l, "page", v)
		return []web.Piece{web.Loose(html)}, err
	}
	pattern, err := d.pattern(v, page, l)
	if err != nil {
		return nil, err
	}
	words := v.words()
	return pattern.Fill(func(hole string) []web.Piece {
		if hole == questionsHole {
			return questions
		}
		return []web.Piece{web.Text(*words[hole])}
	}), nil
}

// questionsHole is where the questions stand.
const questionsHole = "questions"

// words are what a view says to one respondent alone, by the name of its hole.
func (v *pageView) words() map[string]*string {
	return map[string]*string{
		"progress": &v.Progress, "revision": &v.Revision, "response": &v.Response, "drawn": &v.Drawn,
		"until": &v.Session.Until, "seconds": &v.Session.Seconds,
	}
}

// patternKey tells apart the pages that differ in more than words.
type patternKey struct {
	lang         i18n.Lang
	page, from   string
	saved, drawn bool
}

// pattern returns the page of a view with holes for its words, drawn when it is
// first asked for. There are as many as the questionnaire has pages, a few times.
func (d *drawn) pattern(v pageView, page string, l i18n.Lang) (web.Pattern, error) {
	key := patternKey{l, page, v.From, v.Saved, v.Drawn != ""}
	if p, ok := d.patterns.Load(key); ok {
		return p.(web.Pattern), nil
	}
	holes := []string{questionsHole}
	for name, word := range v.words() {
		if *word != "" {
			*word, holes = web.Hole(name), append(holes, name)
		}
	}
	slices.Sort(holes) // of two that are missing, the same one is named
	v.Questions = template.HTML(web.Hole(questionsHole))
	p, err := d.views.Pattern(l, "page", v, holes...)
	if err == nil {
		d.patterns.Store(key, p)
	}
	return p, err
}
