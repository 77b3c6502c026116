package questionnaire

import (
	"fmt"
	"slices"
	"strings"

	"barometer/internal/i18n"

	"go.yaml.in/yaml/v4"
)

// Keys an option may carry. On a scale it is the same for every item, so it
// has no route; a row is a question, so it has no number and excludes nothing.
var (
	optionKeys    = []string{"code", "number", "da", "en", "short", "exclusive", "dont_know", "refused", "not_relevant"}
	ownOptionKeys = append(slices.Clone(optionKeys), "specify", "relevant")
	rowKeys       = []string{"code", "da", "en", "short", "relevant"}
)

// Keys an item may carry, whatever its kind; checkKind narrows them down.
var itemKeys = []string{
	"id", "kind", "short", "label", "hint", "asked", "relevant", "optional",
	"scale", "options", "options_from", "rows", "rows_from", "max", "max_length",
	"min", "soft_min", "soft_max", "decimals", "unit", "checks",
}

var kinds = []Kind{Single, Multiple, Matrix, MatrixMulti, Ranking, Number, Share, Date, Month, Line, Text}

const (
	kindNames     = "single, multiple, matrix, matrix_multi, ranking, number, share, date, month, line or text"
	maxTextLength = 4000
	fewestOptions = 2
)

// item reads one item of page p.
func (d *definition) item(p int, n *yaml.Node) *Item {
	m := d.mapping(n, "item "+value(n, "id"), itemKeys...)
	item := &Item{ID: m.must("id", isName, "upper-case letters and digits"), position: len(d.q.items)}
	item.Kind = Kind(m.must("kind", func(s string) bool { return slices.Contains(kinds, Kind(s)) }, kindNames))
	item.Short = m.text("short", true)
	item.Label = d.piped(m, p, func(m fields) i18n.Text { return m.text("label", true) })
	item.Hint = d.piped(m, p, func(m fields) i18n.Text { return m.text("hint", false) })
	item.Asked = m.text("asked", false)
	item.Required = !m.flag("optional")
	d.itemValue(m, item)
	d.itemOptions(m, item, p)
	d.itemRows(m, item, p)
	d.route(m, "relevant", m.what, p, &item.Relevant)
	d.checks(m, item, p)
	d.checkKind(m, item)
	item.piped = hasPlace(item.Label) || hasPlace(item.Hint) || slices.ContainsFunc(item.Options, Option.Piped) || slices.ContainsFunc(item.Rows, Option.Piped)
	if at := m.at["id"]; at != nil {
		d.bind(at, item.ID, binding{item: len(d.q.items), condition: -1})
		for _, r := range item.Rows {
			d.q.names[Field(item.ID, r.Code)] = binding{item: len(d.q.items), row: r.Code, condition: -1}
		}
	}
	d.q.items = append(d.q.items, item)
	d.pageOf = append(d.pageOf, p)
	return item
}

// itemOptions reads the options from where the item has them: its own list, a
// scale, or the options chosen in an earlier item.
func (d *definition) itemOptions(m fields, item *Item, p int) {
	sources := 0
	for _, key := range []string{"options", "scale", "options_from"} {
		if m.at[key] != nil {
			sources++
		}
	}
	if sources > 1 {
		d.fault(m.node, "", "%s: more than one of options, scale and options_from", m.what)
		return
	}
	if name := m.scalar("scale"); m.at["scale"] != nil {
		options, ok := d.scales[name]
		d.used[name] = true
		if !ok && m.at["scale"].Kind == yaml.ScalarNode {
			d.fault(m.at["scale"], "scales here: "+strings.Join(sortedNames(d.scales), ", "), "%s: there is no scale %q", m.what, name)
		}
		item.Options = slices.Clone(options)
	}
	if m.at["options_from"] != nil {
		item.Options = d.chosenIn(m, "options_from", p)
	}
	if nodes := m.list("options"); nodes != nil {
		item.Options = d.options(nodes, m.what, ownOptionKeys, p)
		d.optionRoutes(nodes, item.Options, m.what, p)
	}
	d.routesFrom(m, "options_from", item.Options, p)
}

func (d *definition) itemRows(m fields, item *Item, p int) {
	if !item.Kind.HasRows() {
		return
	}
	if m.at["rows"] != nil && m.at["rows_from"] != nil {
		d.fault(m.node, "", "%s: both rows and rows_from", m.what)
		return
	}
	if m.at["rows_from"] != nil {
		item.Rows = asRows(d.chosenIn(m, "rows_from", p))
	}
	if nodes := m.list("rows"); nodes != nil {
		item.Rows = d.options(nodes, m.what+" row", rowKeys, p)
		d.optionRoutes(nodes, item.Rows, m.what+" row", p)
	}
	d.routesFrom(m, "rows_from", item.Rows, p)
}

func sortedNames(scales map[string][]Option) []string {
	var names []string
	for name := range scales {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// noPage is the page of a scale, which items of any page use: no earlier answer
// can stand in it.
const noPage = -1

// options reads a list of options or rows of page p, with the keys each may
// carry.
func (d *definition) options(nodes []*yaml.Node, what string, keys []string, p int) []Option {
	options := make([]Option, len(nodes))
	codes, numbers := map[string]int{}, map[int]int{}
	numbered := slices.Contains(keys, "number")
	for i, n := range nodes {
		m := d.mapping(n, what+" option "+value(n, "code"), keys...)
		o := &options[i]
		o.Code = m.must("code", isCode, "lower-case letters a–z, digits and _")
		d.optionWording(m, o, p)
		o.Exclusive, o.DontKnow = m.flag("exclusive"), m.flag("dont_know")
		o.Refused, o.NotRelevant = m.flag("refused"), m.flag("not_relevant")
		o.Specify = m.count("specify")
		d.checkOption(m, o)
		if line := codes[o.Code]; line > 0 && o.Code != "" {
			d.fault(n, fmt.Sprintf("first on line %d", line), "%s: the code stands twice", m.what)
		}
		codes[o.Code] = n.Line
		if !numbered {
			continue
		}
		switch o.Number = m.count("number"); {
		case m.at["number"] == nil:
			d.fault(n, "the number stands for the code in SPSS and Stata files", "%s: number is missing", m.what)
		case numbers[o.Number] > 0:
			d.fault(m.at["number"], fmt.Sprintf("first on line %d", numbers[o.Number]), "%s: the number %d stands twice", m.what, o.Number)
		}
		numbers[o.Number] = n.Line
	}
	return options
}

// optionWording reads the label of an option or row, in which earlier answers
// may stand, and its name in tables, which is the same for everyone.
func (d *definition) optionWording(m fields, o *Option, p int) {
	if p == noPage {
		o.Label = m.wording()
	} else {
		o.Label = d.piped(m, p, fields.wording)
		o.piped = hasPlace(o.Label)
	}
	o.Short = m.text("short", o.Piped())
	if o.Short.IsZero() && !o.Piped() {
		o.Short = o.Label
	}
}

// optionRoutes notes down when each option is offered.
func (d *definition) optionRoutes(nodes []*yaml.Node, options []Option, what string, p int) {
	for i, n := range nodes {
		m := fields{d: &d.decoder, node: n, what: what, at: map[string]*yaml.Node{"relevant": child(n, "relevant")}}
		d.route(m, "relevant", fmt.Sprintf("%s option %s", what, options[i].Code), p, &options[i].Relevant)
	}
}

// chosenIn returns the options of an earlier multiple answer that mean
// something chosen: all but the exclusive ones.
func (d *definition) chosenIn(m fields, key string, p int) []Option {
	id := m.scalar(key)
	source, ok := d.q.Item(id)
	switch {
	case !ok:
		d.fault(m.at[key], "name an item of an earlier page", "%s: %s: no item %s before this", m.what, key, id)
		return nil
	case !slices.Contains(kinds, source.Kind):
		return nil // which is reported where it stands
	case source.Kind != Multiple:
		d.fault(m.at[key], "", "%s: %s: item %s is not a multiple answer", m.what, key, id)
		return nil
	}
	var options []Option
	for _, o := range source.Options {
		if !o.Alone() {
			o.Specify = 0
			options = append(options, o)
		}
	}
	return options
}

// asRows makes rows of options. A row is a question, so what an option says of
// the answer does not go with it.
func asRows(options []Option) []Option {
	for i := range options {
		options[i] = Option{Code: options[i].Code, Label: options[i].Label, Short: options[i].Short, Relevant: options[i].Relevant, piped: options[i].piped}
	}
	return options
}

// routesFrom offers each option where it was chosen in the item it is taken from.
func (d *definition) routesFrom(m fields, key string, options []Option, p int) {
	if m.at[key] == nil {
		return
	}
	for i := range options {
		d.routes = append(d.routes, route{source: chosen(m.scalar(key), options[i].Code), node: m.at[key], what: m.what, page: p, target: &options[i].Relevant})
	}
}

// chosen is the route of what was chosen in an earlier item.
func chosen(item, code string) string { return fmt.Sprintf("selected(${%s}, '%s')", item, code) }

// checkKind checks that the item has what its kind needs and nothing else.
func (d *definition) checkKind(m fields, item *Item) {
	if !slices.Contains(kinds, item.Kind) {
		return
	}
	d.forbid(m, !item.Kind.HasRows(), "only a matrix or share has rows", "rows", "rows_from")
	d.forbid(m, !item.Kind.Chosen(), "options beside a field are written out", "options_from")
	d.checkValue(m, item)
	switch {
	case item.Kind.Chosen() && m.at["options"] == nil && m.at["scale"] == nil && m.at["options_from"] == nil:
		d.fault(m.node, "add options, scale or options_from", "%s has no options", m.what)
	case item.Kind.Chosen() && m.at["options"] != nil && len(item.Options) > 0 && len(item.Options) < fewestOptions:
		d.fault(m.at["options"], "", "%s has only one option", m.what)
	case item.Kind.HasRows() && m.at["rows"] == nil && m.at["rows_from"] == nil:
		d.fault(m.node, "add rows or rows_from", "%s has no rows", m.what)
	case item.Kind == Ranking && m.at["options"] != nil && item.rankable() < fewestOptions:
		d.fault(m.at["options"], "", "%s has fewer than two options to put in order", m.what)
	case (item.Kind == Multiple || item.Kind == Ranking) && len(item.Options) > 0 && item.Max != 0 && (item.Max < 2 || item.Max >= item.rankable()):
		d.fault(m.at["max"], "from 2 to one less than there are options", "%s: max does not limit the answer", m.what)
	}
	for _, o := range item.Options {
		d.checkOptionKind(m, item, o)
	}
	d.checkAside(m, item)
}

// checkAside checks that what stands beside a field says why there is no answer.
func (d *definition) checkAside(m fields, item *Item) {
	i := slices.IndexFunc(item.Options, func(o Option) bool { return o.Substantive() && o.Code != "" })
	if item.Kind.Chosen() || i < 0 || m.at["options_from"] != nil {
		return
	}
	at := m.at["options"]
	if at == nil {
		at = m.at["scale"]
	}
	d.fault(at, "mark it dont_know, refused or not_relevant", "%s is of kind %s, and option %s beside its field is an answer in substance", m.what, item.Kind, item.Options[i].Code)
}

// rankable is how many options there are to choose among: in a ranking those
// that can be put in order.
func (item *Item) rankable() int {
	n := 0
	for _, o := range item.Options {
		if item.Kind != Ranking || o.Substantive() {
			n++
		}
	}
	return n
}

// checkOption checks what an option says of itself.
func (d *definition) checkOption(m fields, o *Option) {
	marks := 0
	for _, marked := range []bool{o.DontKnow, o.Refused, o.NotRelevant} {
		if marked {
			marks++
		}
	}
	if marks > 1 {
		d.fault(m.node, "one of dont_know, refused and not_relevant", "%s is no answer in two ways", m.what)
	}
	if o.Specify > maxTextLength {
		d.fault(m.at["specify"], "", "%s: specify is more than %d", m.what, maxTextLength)
	}
}

// checkOptionKind checks an option against the kind of its item.
func (d *definition) checkOptionKind(m fields, item *Item, o Option) {
	switch {
	case o.Exclusive && !item.Kind.Several():
		d.fault(m.node, "in an answer of this kind every option is", "%s: option %s is marked exclusive", m.what, o.Code)
	case o.Specify > 0 && item.Kind != Single && item.Kind != Multiple:
		d.fault(m.node, "only an option of a single or multiple answer does", "%s: option %s asks for a text", m.what, o.Code)
	case o.Specify > 0 && !o.Substantive():
		d.fault(m.node, "", "%s: option %s is no answer and asks for a text", m.what, o.Code)
	}
}

func (d *definition) forbid(m fields, when bool, why string, keys ...string) {
	for _, key := range keys {
		if n := m.at[key]; when && n != nil {
			d.fault(n, why, "%s is of kind %s and cannot have %s", m.what, m.scalar("kind"), key)
		}
	}
}
