package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// write gives the chart its title, subtitle, notes, source and alternative
// text, all from the table.
func (c *Chart) write(t *table.Table, past History, list []table.Indicator) error {
	if err := c.checkParts(); err != nil {
		return err
	}
	p := prose.New(t, c.lang)
	title := c.spec.Title.In(c.lang)
	if title == "" {
		title = c.finding(list)
	}
	var err error
	if c.Title, err = p.Write("chart "+c.ID+", title", title); err != nil {
		return err
	}
	if c.spec.Title.IsZero() {
		c.Title += c.sequel(past, list)
	}
	measure, err := p.Write("chart "+c.ID+", measure", c.spec.Measure.In(c.lang))
	if err != nil {
		return err
	}
	note, err := p.Write("chart "+c.ID+", note", c.spec.Note.In(c.lang))
	if err != nil {
		return err
	}
	c.unit = wordPercent.In(c.lang)
	if c.score {
		c.unit = wordPoints.In(c.lang)
	}
	c.Subtitle = c.subtitle(t.Meta, list[0], measure)
	c.Basis = c.basis(t.Meta, list[0])
	c.Notes = c.notes(list, note)
	switch c.spec.Kind {
	case TimeLine:
		c.Notes = append(c.Notes, c.pastNotes(t, past, list[0])...)
	case Slope:
		c.Notes = append(c.Notes, sentence(c.slopeNote(past)))
	case Scale, Diverging:
		c.Notes = append(c.Notes, c.apartNotes()...)
	}
	c.Source = wordSource.In(c.lang) + t.Title.In(c.lang)
	if t.Synthetic {
		c.Source += ". " + wordSynthetic.In(c.lang)
	}
	c.alt = c.describe()
	return c.checkAlt()
}

// checkAlt refuses an alternative text that says too little or too much.
func (c *Chart) checkAlt() error {
	const shortest, longest = 50, 300
	if n := utf8.RuneCountInString(c.alt); n < shortest || n > longest {
		return fmt.Errorf("chart %s: the alternative text has %d characters, not %d to %d: %q", c.ID, n, shortest, longest, c.alt)
	}
	return nil
}

// sequel ends a title of the chart's own with what its tests tell.
func (c *Chart) sequel(past History, list []table.Indicator) string {
	switch c.spec.Kind {
	case TimeLine:
		return c.development(past, list[0])
	case Slope:
		return c.moved()
	case Funnel:
		return c.unexpected()
	case Scale:
		return c.agreed()
	}
	return ""
}

// agreed counts the rows in which those for surely outnumber those against: where
// the interval of their difference lies above zero.
func (c *Chart) agreed() string {
	shown, ahead := 0, 0
	for _, r := range c.rows {
		if r.net == nil || !r.net.Shown() {
			continue
		}
		shown++
		if r.net.Low > 0 {
			ahead++
		}
	}
	if shown < 2 {
		return ""
	}
	return fmt.Sprintf(wordAgreed.In(c.lang), number.Integer(ahead, c.lang), number.Integer(shown, c.lang))
}

// moved names the figures that surely changed, up to three.
func (c *Chart) moved() string {
	var parts []string
	for _, v := range []table.Verdict{table.Up, table.Down} {
		var names []string
		for _, r := range c.rows {
			if r.verdict == v {
				names = append(names, prose.Mid(r.label))
			}
		}
		if len(names) > 0 && len(names) <= 3 {
			parts = append(parts, slopeWords(v).In(c.lang)+": "+strings.Join(names, ", "))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, "; ")
}

// unexpected names the groups of a funnel outside its outer limit, up to three.
func (c *Chart) unexpected() string {
	names := c.apart()
	switch {
	case !c.expected.shown || len(names) > 3:
		return ""
	case len(names) == 0:
		return wordInside.In(c.lang)
	}
	return wordOutside.In(c.lang) + strings.Join(names, ", ")
}

// finding is the template of a title for a chart that has none of its own.
func (c *Chart) finding(list []table.Indicator) string {
	english := c.lang == i18n.English
	first := list[0]
	head := fmt.Sprintf(`{{label %q}}`, first.ID)
	if len(list) > 1 && c.spec.Kind != Key {
		head = fmt.Sprintf(`{{family %q}}`, first.Family)
	}
	if _, empty := c.nothing(); empty {
		return head
	}
	switch domain := c.rows[0].points[0].Domain; {
	case c.spec.Kind == TimeLine:
		return head + fmt.Sprintf(`: {{cell %q %q}}`, first.ID, domain)
	case c.spec.Kind == Funnel:
		return head + fmt.Sprintf(`: {{cell %q "total"}}`, first.ID)
	case c.spec.Kind == Slope:
		return head
	case c.spec.Kind == Scale || c.spec.Kind == Diverging:
		return fmt.Sprintf(`{{question %q}}`, first.ID)
	case len(list) == 1 && len(c.rows) > 1:
		head += fmt.Sprintf(`: {{cell %q %q}}`, first.ID, domain)
		if first.Counted {
			return head // a count has no sampling error: there is no test to speak of
		}
		return head + c.contrast(first.ID)
	case len(list) == 1:
		return head + fmt.Sprintf(`: {{cell %q %q}}`, first.ID, domain)
	default:
		return head + fmt.Sprintf(pick(english, `{{with leaders %q %q}}: highest for {{join .}}{{end}}`,
			`{{with leaders %q %q}}: højest for {{join .}}{{end}}`), first.Family, domain)
	}
}

// contrast ends a title with the parts of the last breakdown that are surely
// ahead; with none ahead it denies a difference only where no breakdown of the
// chart has one.
func (c *Chart) contrast(indicator string) string {
	var breakdowns []string
	for _, r := range c.rows {
		name, _, _ := strings.Cut(r.points[0].Domain, ":")
		if name != "total" && !slices.Contains(breakdowns, name) {
			breakdowns = append(breakdowns, name)
		}
	}
	if len(breakdowns) == 0 {
		return ""
	}
	english := c.lang == i18n.English
	last := breakdowns[len(breakdowns)-1]
	var tested strings.Builder
	fmt.Fprintf(&tested, `{{with ahead %q %q}}; %s: {{join .}}{{else}}{{if false}}`, indicator, last, pick(english, "highest", "højest"))
	for _, name := range breakdowns {
		fmt.Fprintf(&tested, `{{else if differ %q %q}}`, indicator, name)
	}
	fmt.Fprintf(&tested, `{{else}}; %s{{end}}{{end}}`, pick(english, "no certain difference between the groups", "ingen sikker forskel mellem grupperne"))
	return tested.String()
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// subtitle tells measure, population, period, unit and the meaning of the
// interval.
func (c *Chart) subtitle(m table.Meta, ind table.Indicator, measure string) string {
	base := ind.Base.In(c.lang)
	spread := intervalWords(m.Level, c.spec.Kind, c.lang)
	if ind.Counted {
		spread = ""
	}
	period := ", " + m.Period.In(c.lang)
	if c.spec.Kind == TimeLine || c.spec.Kind == Slope {
		period = ""
	}
	return sentences(measure, capital(base)+period, c.unit, spread)
}

// notes give what the reader must know to read the figures.
func (c *Chart) notes(list []table.Indicator, own string) []string {
	first := list[0]
	var remarks []string
	for _, r := range []struct {
		say   bool
		words i18n.Text
	}{
		{first.Multiple && len(list) > 1 && c.spec.Kind != Stacked && len(c.spec.Against) == 0, wordMultiple},
		{c.spec.Kind == Stacked || c.spec.Kind == Scale || c.spec.Kind == Diverging, wordRounded},
		{c.spec.Kind == Funnel, wordFunnel},
		{c.spec.Kind == Tiles && c.regional(), wordTiles},
		{c.spec.Kind == Slope && slices.ContainsFunc(c.rows, func(r row) bool { return r.verdict == table.Incomparable }), wordBreakEnds},
		{c.any(func(p Point) bool { return p.Status == table.Uncertain }), wordUncertain},
		{(c.spec.Kind == Panels || c.spec.Kind == Pairs || c.spec.Kind == TimeLine || c.spec.Kind == Slope) && c.any(func(p Point) bool { return !p.Shown() }), wordDots},
		{c.cut(), wordCut},
		{slices.ContainsFunc(list, func(i table.Indicator) bool { return !i.Note.IsZero() }), wordImputed},
	} {
		if r.say {
			remarks = append(remarks, sentence(r.words.In(c.lang)))
		}
	}
	if own != "" {
		remarks = append(remarks, sentence(own))
	}
	if len(remarks) == 0 {
		return nil
	}
	return []string{strings.Join(remarks, " ")}
}

// basis tells what the figures rest on: the question, who was asked and how
// answers were weighted.
func (c *Chart) basis(m table.Meta, first table.Indicator) string {
	asked := wordAsked.In(c.lang) + prose.Mid(first.Base.In(c.lang)) + c.answers()
	return sentences(c.question(first), asked, c.weighting(m, first))
}

// question quotes the questionnaire; a count of the sample is explained instead.
func (c *Chart) question(ind table.Indicator) string {
	words := ind.Question.In(c.lang)
	if ind.Item == "" {
		return words
	}
	return fmt.Sprintf(pick(c.lang == i18n.English, "%s %s: “%s”", "%s %s: »%s«"), wordQuestion.In(c.lang), ind.Item, words)
}

func (c *Chart) weighting(m table.Meta, ind table.Indicator) string {
	if ind.Counted {
		return wordCounted.In(c.lang)
	}
	return m.Weighting.In(c.lang)
}

// answers is the number of respondents behind the chart: ", 1352 answers".
func (c *Chart) answers() string {
	low, high := 0, 0
	for _, r := range c.rows {
		for _, p := range r.points {
			if p.N > 0 && (low == 0 || p.N < low) {
				low = p.N
			}
			high = max(high, p.N)
		}
	}
	switch {
	case high == 0:
		return ""
	case low == high:
		return ", " + number.Integer(high, c.lang) + wordAnswers.In(c.lang)
	}
	return ", " + number.Integer(low, c.lang) + "–" + number.Integer(high, c.lang) + wordAnswers.In(c.lang)
}

func (c *Chart) any(is func(Point) bool) bool {
	for _, r := range c.rows {
		if slices.ContainsFunc(r.points, is) {
			return true
		}
	}
	return false
}

// cut reports whether the axis starts above zero.
func (c *Chart) cut() bool {
	_, empty := c.nothing()
	return !empty && (c.spec.Kind == Dots || c.spec.Kind == TimeLine || c.spec.Kind == Slope || c.spec.Kind == Funnel) && c.axis().low > 0
}

// describe writes the alternative text: the kind of chart, the finding, the
// range of the figures, and where they can be read.
func (c *Chart) describe() string {
	const longest = 300
	kind, table := kindName(c.spec.Kind).In(c.lang), wordInTable.In(c.lang)
	for _, parts := range [][]string{
		{kind + ": " + c.Title, c.extent(), table},
		{kind + ": " + c.Title, table},
	} {
		if text := sentences(parts...); utf8.RuneCountInString(text) <= longest {
			return text
		}
	}
	room := longest - utf8.RuneCountInString(kind+": … "+table)
	return kind + ": " + string([]rune(c.Title)[:room]) + "… " + table
}

// extent names the lowest and the highest figure of the chart.
func (c *Chart) extent() string {
	var shown []Point
	for _, r := range c.rows {
		for _, p := range r.points {
			if p.Shown() && p.Indicator != "rest" {
				shown = append(shown, p)
			}
		}
	}
	if len(shown) == 0 {
		message, _ := c.nothing()
		return message
	}
	byValue := func(a, b Point) int { return cmp.Compare(a.Value, b.Value) }
	low, high := slices.MinFunc(shown, byValue), slices.MaxFunc(shown, byValue)
	unit := " " + c.sign()
	if c.spec.Kind == TimeLine {
		return c.course(shown, unit)
	}
	if len(shown) == 1 {
		return i18n.Text{DA: "Tallet er ", EN: "The figure is "}.In(c.lang) + low.Label + unit
	}
	return fmt.Sprintf(pick(c.lang == i18n.English, "The figures run from %s (%s) to %s (%s)", "Tallene går fra %s (%s) til %s (%s)"),
		low.Label+unit, c.nameOf(low), high.Label+unit, c.nameOf(high))
}

// course lists the figures of a time line, those of others apart.
func (c *Chart) course(shown []Point, unit string) string {
	var parts []string
	for _, external := range []bool{true, false} {
		var list []string
		name := ""
		for _, p := range shown {
			if p.External == external {
				list, name = append(list, p.Period+" "+p.Label+unit), p.Series
			}
		}
		if len(list) > 0 {
			parts = append(parts, name+": "+strings.Join(list, ", "))
		}
	}
	return sentences(parts...)
}

// nameOf tells a point from its neighbours.
func (c *Chart) nameOf(p Point) string {
	sameIndicator, sameDomain := true, true
	first := c.rows[0].points[0]
	for _, r := range c.rows {
		for _, q := range r.points {
			sameIndicator = sameIndicator && q.Indicator == first.Indicator
			sameDomain = sameDomain && q.Domain == first.Domain
		}
	}
	switch {
	case sameIndicator:
		return p.DomainLabel
	case sameDomain && len(c.spec.Against) == 0:
		return p.IndicatorLabel
	case sameDomain:
		return p.Series + ": " + p.IndicatorLabel
	}
	return p.IndicatorLabel + ", " + p.DomainLabel
}

// sign is the unit written after a number.
func (c *Chart) sign() string {
	switch {
	case c.score:
		return i18n.Text{DA: "point", EN: "points"}.In(c.lang)
	case c.lang == i18n.English:
		return "%"
	}
	return "pct."
}

// withSign writes a number with its unit: "83 pct." or "83%".
func (c *Chart) withSign(text string) string {
	if c.lang == i18n.English && !c.score {
		return text + c.sign()
	}
	return text + " " + c.sign()
}

// capital begins a sentence with a label.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// sentences sets texts after one another, each ended by a point.
func sentences(parts ...string) string {
	var list []string
	for _, p := range parts {
		if p != "" {
			list = append(list, sentence(p))
		}
	}
	return strings.Join(list, " ")
}
