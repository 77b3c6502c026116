package questionnaire

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"

	"go.yaml.in/yaml/v4"
)

// Load reads a questionnaire file. file names it in messages. The error is a
// [Faults] with everything wrong in the file; then there is no questionnaire.
func Load(r io.Reader, file string) (*Questionnaire, error) {
	d := load(r, file)
	if len(d.findings) > 0 {
		sortFindings(d.findings)
		return nil, Faults(d.findings)
	}
	return d.q, nil
}

func load(r io.Reader, file string) *definition {
	d := &definition{
		decoder: decoder{file: file},
		q:       &Questionnaire{names: map[string]binding{}, pages: map[string]int{}},
		scales:  map[string][]Option{},
		used:    map[string]bool{},
		first:   map[string]*yaml.Node{},
	}
	if root := d.document(r); root != nil {
		d.read(root)
	}
	if len(d.findings) == 0 {
		d.q.Hash = d.q.hash()
	}
	return d
}

// definition is a questionnaire in the reading. Wordings and codes are read
// first; routes are parsed when every name they may use is known.
type definition struct {
	decoder
	q      *Questionnaire
	scales map[string][]Option
	used   map[string]bool       // scales
	first  map[string]*yaml.Node // where a name was first used
	pageOf []int                 // per item
	routes []route
	ways   int // tried by Lint
}

// route is an expression to be parsed.
type route struct {
	source string
	node   *yaml.Node // where faults are reported
	what   string
	page   int // it may read items of earlier pages
	target *expr.Expr
	of     *Item // whose check it is: it may read that item and those before it

	negated bool // the target holds where this is known not to
}

// Shapes of the names in a file. Items and conditions are upper case and
// codes lower, so that a column of the wave joins them with _ unambiguously.
const (
	nameShape    = `^[A-Z][A-Z0-9]*$`
	codeShape    = `^[a-z0-9][a-z0-9_]*$`
	pageShape    = `^[a-z0-9][a-z0-9-]*$`
	versionShape = `^[A-Za-z0-9][A-Za-z0-9.-]*$`
)

var (
	isName    = regexp.MustCompile(nameShape).MatchString
	isCode    = regexp.MustCompile(codeShape).MatchString
	isPage    = regexp.MustCompile(pageShape).MatchString
	isVersion = regexp.MustCompile(versionShape).MatchString
)

func (d *definition) read(root *yaml.Node) {
	m := d.mapping(root, "questionnaire", "id", "version", "wave", "languages", "title", "intro", "period", "asked", "scales", "conditions", "pages")
	d.period = m.text("period", true)
	d.q.ID = m.must("id", isPage, "lower-case letters, digits and -")
	d.q.Version = m.must("version", isVersion, "letters, digits, . and -")
	d.q.Wave = m.must("wave", isVersion, "letters, digits, . and -")
	d.q.Title = m.text("title", true)
	d.q.Intro = m.text("intro", false)
	d.q.Asked = m.text("asked", true)
	d.q.Period = d.period
	d.languages(m)
	d.readScales(m)
	d.readPages(m)
	d.readConditions(m)
	d.parseRoutes()
	if len(d.findings) == 0 {
		d.finish(root)
	}
}

// languages checks that the file is written in every language of the program.
func (d *definition) languages(m fields) {
	if n := m.at["languages"]; n != nil && n.Kind != yaml.SequenceNode {
		m.list("languages")
		return
	}
	var have []string
	for _, n := range m.list("languages") {
		if _, err := i18n.ParseLang(n.Value); err != nil {
			d.fault(n, "", "questionnaire: %v", err)
		}
		have = append(have, n.Value)
	}
	for _, l := range i18n.Languages {
		if !slices.Contains(have, string(l)) {
			d.fault(m.node, "write languages: [da, en]", "questionnaire: languages lacks %s", l)
		}
	}
}

func (d *definition) readScales(m fields) {
	n := m.at["scales"]
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.fault(n, "write name: and a list of options", "questionnaire: scales must be a mapping")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		what := "scale " + key.Value
		if !isCode(key.Value) {
			d.fault(key, "lower-case letters, digits and _", "%s: not a name", what)
		}
		if !d.unique(key, what) {
			continue
		}
		list := fields{d: &d.decoder, what: what, at: map[string]*yaml.Node{"options": n.Content[i+1]}}
		d.scales[key.Value] = d.options(list.list("options"), what, optionKeys, noPage)
	}
}

// unique reports whether nothing of that description stood before.
func (d *definition) unique(n *yaml.Node, what string) bool {
	if first := d.first[what]; first != nil {
		d.fault(n, fmt.Sprintf("first on line %d", first.Line), "%s stands twice", what)
		return false
	}
	d.first[what] = n
	return true
}

func (d *definition) readConditions(m fields) {
	nodes := m.list("conditions")
	d.q.Conditions = make([]Condition, len(nodes))
	d.q.conditions = make([][]int, len(nodes))
	for i, n := range nodes {
		c := d.mapping(n, "condition "+value(n, "name"), "name", "short", "phrase", "asked", "when")
		name := c.must("name", isName, "upper-case letters and digits")
		if at := c.at["name"]; at != nil {
			d.bind(at, name, binding{condition: i})
		}
		d.q.Conditions[i] = Condition{Name: name, Short: c.text("short", true), Phrase: c.text("phrase", true), Asked: c.text("asked", true)}
		if c.at["when"] == nil {
			d.fault(n, "", "%s: when is missing", c.what)
		}
		d.route(c, "when", c.what, len(d.q.Pages), &d.q.Conditions[i].When)
	}
}

// bind gives a name its meaning in expressions.
func (d *definition) bind(n *yaml.Node, name string, b binding) {
	if d.unique(n, "name "+name) {
		d.q.names[name] = b
	}
}

func (d *definition) readPages(m fields) {
	nodes := m.list("pages")
	if m.at["pages"] == nil {
		d.fault(m.node, "", "questionnaire: pages is missing")
	}
	d.q.Pages = make([]Page, len(nodes))
	for i, n := range nodes {
		d.page(i, n)
	}
}

func (d *definition) page(i int, n *yaml.Node) {
	m := d.mapping(n, "page "+value(n, "id"), "id", "title", "intro", "notes", "items")
	p := &d.q.Pages[i]
	p.ID = m.must("id", isPage, "lower-case letters, digits and -")
	if at := m.at["id"]; at != nil && d.unique(at, m.what) {
		d.q.pages[p.ID] = i
	}
	p.Title = m.text("title", true)
	p.Intro = m.text("intro", false)
	notes, items := m.list("notes"), m.list("items")
	p.Notes = make([]Note, 0, len(notes)+len(items)) // routes point into it
	for _, n := range notes {
		d.note(i, n, m.what)
	}
	if m.at["items"] == nil {
		d.fault(n, "text before a question goes in its page's intro", "%s has no items", m.what)
	}
	for _, n := range items {
		if note := child(n, "note"); note != nil {
			d.mapping(n, "note on "+m.what, "note")
			d.note(i, note, m.what)
			continue
		}
		p.Items = append(p.Items, d.item(i, n))
	}
	if last := len(p.Notes) - 1; last >= 0 && len(p.Items) > 0 && p.Notes[last].After == len(p.Items) {
		d.fault(items[len(items)-1], "move it before the question it is about", "%s ends with a note", m.what)
	}
	if len(items) > 0 && len(p.Items) == 0 {
		d.fault(n, "text before a question goes in its page's intro", "%s has no questions", m.what)
	}
}

// note reads a remark on page i: at its top, or between its items.
func (d *definition) note(i int, n *yaml.Node, page string) {
	p := &d.q.Pages[i]
	m := d.mapping(n, "note on "+page, "da", "en", "relevant")
	p.Notes = append(p.Notes, Note{Text: d.piped(m, i, fields.wording), After: len(p.Items)})
	d.route(m, "relevant", m.what, i, &p.Notes[len(p.Notes)-1].Relevant)
}

// route notes down an expression to be parsed when all names are known.
func (d *definition) route(m fields, key, what string, page int, target *expr.Expr) {
	if src := m.scalar(key); src != "" {
		d.routes = append(d.routes, route{source: src, node: m.at[key], what: what, page: page, target: target})
	} else if n := m.at[key]; n != nil && n.Kind == yaml.ScalarNode {
		d.fault(n, "remove the key to ask everyone", "%s: %s is empty", what, key)
	}
}

// finish checks what can only be seen in the whole, and fills in what follows
// from the rest.
func (d *definition) finish(root *yaml.Node) {
	for _, item := range d.q.items {
		if item.Asked.IsZero() {
			item.Asked = d.q.askedInWords(item)
		}
	}
	d.q.columns = d.q.layOut()
	d.checkColumns(root)
}

// maxColumnName is what Stata allows; every other format allows more.
const maxColumnName = 32

func (d *definition) checkColumns(root *yaml.Node) {
	taken := map[string]bool{}
	for _, v := range d.q.Variables() {
		if taken[v.Name] {
			d.fault(root, "rename a code", "two columns of the wave would be named %s", v.Name)
		}
		taken[v.Name] = true
		if len(v.Name) > maxColumnName {
			d.fault(d.first["name "+v.Item], fmt.Sprintf("Stata allows %d characters: shorten a code", maxColumnName), "column %s would have %d characters", v.Name, len(v.Name))
		}
	}
}

// askedInWords puts an item's route in words where the file does not.
func (q *Questionnaire) askedInWords(item *Item) i18n.Text {
	if item.Relevant == nil {
		return q.Asked
	}
	if names := item.Relevant.Names(); len(names) == 1 && item.Relevant.String() == "${"+names[0]+"}" {
		return q.Conditions[q.names[names[0]].condition].Asked
	}
	words := q.inWords(item.Relevant)
	return i18n.Text{DA: "dem, hvor " + words.DA, EN: "those where " + words.EN}
}

// inWords puts a route in words, naming items by their ids.
func (q *Questionnaire) inWords(e expr.Expr) i18n.Text {
	return i18n.Text{DA: expr.Words(e, i18n.Danish, vocabulary{q}), EN: expr.Words(e, i18n.English, vocabulary{q})}
}

// vocabulary gives expressions the words of a questionnaire.
type vocabulary struct{ q *Questionnaire }

// Name implements [expr.Vocabulary].
func (v vocabulary) Name(name string, l i18n.Lang) string {
	b := v.q.names[name]
	if b.condition >= 0 {
		return v.q.Conditions[b.condition].Phrase.In(l)
	}
	if row, ok := find(v.q.items[b.item].Rows, b.row); ok {
		return v.q.items[b.item].ID + " (" + row.fixed().In(l) + ")"
	}
	return v.q.items[b.item].ID
}

// Code implements [expr.Vocabulary].
func (v vocabulary) Code(name, code string, l i18n.Lang) string {
	b := v.q.names[name]
	if o, ok := find(v.q.items[b.item].Options, code); ok {
		return strings.TrimSuffix(o.fixed().In(l), ".")
	}
	return code
}
