package runner

import (
	"html/template"
	"strings"
	"sync"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
)

// chosen keeps questions as they were drawn with one choice or a few made: many
// respondents make the same. It knows no respondent and no text of theirs.
type chosen struct {
	mu   sync.RWMutex
	kept map[drawing]web.Piece // by item and its codes
}

// mostChosen bounds what is kept, of a few kilobytes each; reached, it begins anew.
const mostChosen = 1024

// kept returns a question that stands as it was drawn before.
func (d *drawn) kept(item questionnaire.RoutedItem, a questionnaire.Answer, faults []questionnaire.Fault, l i18n.Lang) (web.Piece, bool) {
	key, ok := d.sameForAll(item, a, faults, l)
	switch {
	case !ok:
		return web.Piece{}, false
	case a.IsZero():
		return d.blank[key], true
	}
	d.chosen.mu.RLock()
	defer d.chosen.mu.RUnlock()
	piece, ok := d.chosen.kept[key]
	return piece, ok
}

// keep makes a piece of a question that was drawn, for others too where they would
// see the same.
func (d *drawn) keep(item questionnaire.RoutedItem, a questionnaire.Answer, faults []questionnaire.Fault, l i18n.Lang, html template.HTML) web.Piece {
	key, ok := d.sameForAll(item, a, faults, l)
	if !ok {
		return web.Loose(html)
	}
	piece := web.Fixed(html)
	d.chosen.mu.Lock()
	defer d.chosen.mu.Unlock()
	if d.chosen.kept == nil || len(d.chosen.kept) >= mostChosen {
		d.chosen.kept = map[drawing]web.Piece{}
	}
	d.chosen.kept[key] = piece
	return piece
}

// sameForAll names a question that whoever gave the same answer sees alike: in
// whole, with nothing of their own in it. Batteries have too many answers to be
// met again.
func (d *drawn) sameForAll(item questionnaire.RoutedItem, a questionnaire.Answer, faults []questionnaire.Fault, l i18n.Lang) (drawing, bool) {
	if len(faults) > 0 || !item.Whole() || item.Piped() || item.Notes != nil {
		return drawing{}, false
	}
	if a.IsZero() {
		return drawing{l, item.ID, ""}, true
	}
	onlyCodes := item.Kind.Chosen() && !item.Kind.HasRows() && !item.Kind.Beside() && len(item.Checks) == 0 && a.Equal(questionnaire.Answer{Codes: a.Codes})
	return drawing{l, item.ID, strings.Join(a.Codes, " ")}, onlyCodes && len(a.Codes) > 0
}
