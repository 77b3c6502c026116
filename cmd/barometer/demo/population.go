package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// Population is all workplaces of a frame with what they would answer.
type Population struct {
	questionnaire *questionnaire.Questionnaire
	model         Model
	units         []frame.Unit
	seed          uint64
}

// NewPopulation makes the population of a frame. It refuses a model that does
// not fit the questionnaire, naming every item and option concerned.
func NewPopulation(q *questionnaire.Questionnaire, m Model, units []frame.Unit, seed uint64) (*Population, error) {
	if err := m.fits(q); err != nil {
		return nil, err
	}
	return &Population{questionnaire: q, model: m, units: units, seed: seed}, nil
}

// workplace is one unit while its answers are drawn.
type workplace struct {
	dice
	codes    []string // of the frame: sector, subsector, size
	latent   float64  // disposition to innovate, standard normal
	lang     i18n.Lang
	answered questionnaire.Answers
}

func (p *Population) workplace(u frame.Unit) *workplace {
	w := &workplace{
		dice:     newDice(p.seed, u.PNumber),
		codes:    []string{u.Sector, u.Subsector, codebook.SizeOf(u.Employees)},
		answered: make(questionnaire.Answers),
		lang:     i18n.Danish,
	}
	w.latent = w.normal(latent)
	if w.uniform("language") < p.model.Fieldwork.English/100 {
		w.lang = i18n.English
	}
	return w
}

// Answers returns the unit's true answers to every item on its route.
func (p *Population) Answers(u frame.Unit) questionnaire.Answers {
	return p.fill(p.workplace(u))
}

// fill answers item by item as the questionnaire asks, so that the answers
// follow its routes.
func (p *Population) fill(w *workplace) questionnaire.Answers {
	return p.questionnaire.Fill(func(item questionnaire.RoutedItem) questionnaire.Answer {
		a := w.answer(item, p.model.Items[item.ID])
		w.answered[item.ID] = a
		return a
	})
}

func (w *workplace) answer(item questionnaire.RoutedItem, r Rule) questionnaire.Answer {
	switch item.Kind {
	case questionnaire.Text:
		return questionnaire.Answer{Text: w.text(item.ID, r)}
	case questionnaire.Matrix:
		rows := make(map[string][]string, len(item.Rows))
		for _, row := range item.Rows {
			rows[row.Code] = []string{w.choose(item.ID+"."+row.Code, item.Options, r.Rows[row.Code], r.Shift)}
		}
		return questionnaire.Answer{Rows: rows}
	case questionnaire.MatrixMulti:
		rows := make(map[string][]string, len(item.Rows))
		for _, row := range item.Rows {
			rows[row.Code] = w.several(item.ID+"."+row.Code, item, r)
		}
		return questionnaire.Answer{Rows: rows}
	case questionnaire.Multiple:
		return questionnaire.Answer{Codes: w.several(item.ID, item, r)}
	}
	return questionnaire.Answer{Codes: []string{w.choose(item.ID, item.Options, r.Weights, r.Shift)}}
}

func (w *workplace) text(name string, r Rule) string {
	if w.uniform(name) >= r.Answered/100 {
		return ""
	}
	return r.Sentences[w.below(name+" sentence", len(r.Sentences))].In(w.lang)
}

// choose draws one of the options with a chance in proportion to its shifted
// weight.
func (w *workplace) choose(name string, options []questionnaire.Option, weights map[string]float64, shift map[string]adjustments) string {
	cumulated, total := make([]float64, len(options)), 0.0
	for i, o := range options {
		total += weights[o.Code] * math.Exp(w.shift(shift[o.Code]))
		cumulated[i] = total
	}
	at := w.uniform(name) * total
	for i, c := range cumulated {
		if at < c {
			return options[i].Code
		}
	}
	return options[len(options)-1].Code
}

// several draws each option by itself, after the exclusive ones. Where none
// falls the likeliest does, and beyond the item's limit the least likely leave.
func (w *workplace) several(name string, item questionnaire.RoutedItem, r Rule) []string {
	for _, o := range item.Options {
		if chance, exclusive := r.Alone[o.Code]; exclusive && w.uniform(name+" "+o.Code) < w.chance(chance, r.Shift[o.Code]) {
			return []string{o.Code}
		}
	}
	var list []candidate
	for _, o := range item.Options {
		if chance, free := r.Chances[o.Code]; free {
			list = append(list, candidate{o.Code, w.uniform(name+" "+o.Code) / w.chance(chance, r.Shift[o.Code])})
		}
	}
	return chosen(list, item)
}

// candidate is an option that falls when its margin, a uniform number over its
// chance, is below one.
type candidate struct {
	code   string
	margin float64
}

// chosen returns the candidates that fall, at least one and at most as many as
// the item allows, in the order of the options.
func chosen(list []candidate, item questionnaire.RoutedItem) []string {
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.margin, b.margin) })
	n := 1
	for n < len(list) && list[n].margin < 1 && (item.Max == 0 || n < item.Max) {
		n++
	}
	var codes []string
	for _, o := range item.Options {
		if slices.ContainsFunc(list[:n], func(c candidate) bool { return c.code == o.Code }) {
			codes = append(codes, o.Code)
		}
	}
	return codes
}

// chance turns percent into a shifted probability.
func (w *workplace) chance(percent float64, adj adjustments) float64 {
	odds := percent / (100 - percent) * math.Exp(w.shift(adj))
	if math.IsInf(odds, 1) {
		return 1
	}
	return odds / (1 + odds)
}

// shift adds up the adjustments that hold for the workplace.
func (w *workplace) shift(list adjustments) float64 {
	sum := 0.0
	for _, a := range list {
		switch {
		case a.condition == latent:
			sum += a.by * w.latent
		case w.holds(a):
			sum += a.by
		}
	}
	return sum
}

func (w *workplace) holds(a adjustment) bool {
	if a.item != "" {
		return w.answered[a.item].Has(a.code)
	}
	return slices.Contains(w.codes, a.condition)
}

// fates are what can become of an eligible unit, in the order they are drawn.
var fates = []response.Disposition{response.Complete, response.Partial, response.Refused, response.Noncontact}

// fate draws what becomes of the unit if it is sampled.
func (p *Population) fate(w *workplace) response.Disposition { return p.fateIn(w, "fate") }

// Fate draws what becomes of a sampled unit in one of many repetitions of the
// fieldwork. Whether it belongs to the population is the same in all of them.
func (p *Population) Fate(u frame.Unit, repetition int) response.Disposition {
	return p.fateIn(p.workplace(u), fmt.Sprint("fate ", repetition))
}

func (p *Population) fateIn(w *workplace, event string) response.Disposition {
	f := p.model.Fieldwork
	if w.uniform("eligible") < f.Ineligible/100 {
		return response.Ineligible
	}
	total, cumulated := 0.0, make([]float64, len(fates))
	for i, d := range fates {
		total += f.Fates[d] * math.Exp(w.shift(f.Shift[d]))
		cumulated[i] = total
	}
	at := w.uniform(event) * total
	for i, c := range cumulated {
		if at < c {
			return fates[i]
		}
	}
	return response.Noncontact
}
