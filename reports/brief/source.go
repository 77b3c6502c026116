package brief

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/prose"
)

//go:embed source
var embedded embed.FS

// Source is the report as its editors write it: the charts, and one text in
// each language. The text is Markdown with cells bound in it (package prose)
// and lines that begin with "!" where something is set in:
//
//	!keys innov_rate reuse       key figures, of the total
//	!keys sector:stat innov_rate the same of a group, beside all
//	!figure values               a chart by its id
//	!figures types values        two charts of half the width, side by side
//	!quality !questions !tables  generated tables
//	!changes                     the changes since the wave before
//	!models                      the model-based figures
//
// Other documents of this form have commands of their own (see [Read]).
//
// A section is left out when none of its figures and tables has anything to
// show: a report on a first wave has nothing to say of its development.
type Source struct {
	Charts  []chart.Spec
	texts   map[i18n.Lang]document
	insets  []string // commands of the document's own
	compact bool     // a section a page, without the tables behind the charts
}

// document is one text, taken apart.
type document struct {
	file     string
	title    string // a template
	intro    []block
	sections []section
}

type section struct {
	id, title string
	blocks    []block
}

// block is a piece of running text or a line that sets something in.
type block struct {
	line    int
	text    string   // Markdown template
	command string   // "figure"
	args    []string // of the command
}

// Default is the report that comes with the program.
func Default() (*Source, error) {
	sub, err := fs.Sub(embedded, "source")
	if err != nil {
		return nil, err
	}
	return ReadSource(sub)
}

// ReadSource reads the yearly report: charts.yaml, report.da.md and
// report.en.md.
func ReadSource(files fs.FS) (*Source, error) { return Read(files, "report") }

// Read reads a document of a name: charts.yaml, NAME.da.md and NAME.en.md. Beside
// the commands above, its texts may set in those of insets, which [Input.Insets]
// then makes. Faults of the texts are reported together: numbers typed in the
// text, untested comparisons, unknown figures, and sections that the languages
// do not share.
func Read(files fs.FS, name string, insets ...string) (*Source, error) {
	f, err := files.Open("charts.yaml")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	charts, err := chart.ReadSpecs(f, "charts.yaml")
	if err != nil {
		return nil, err // without charts every figure would be unknown
	}
	texts := make(map[i18n.Lang]string)
	for _, l := range i18n.Languages {
		text, err := fs.ReadFile(files, textName(name, l))
		if err != nil {
			return nil, err
		}
		texts[l] = string(text)
	}
	return compose(name, charts, texts, insets)
}

// textName is the file of a document's text: "report.da.md".
func textName(name string, l i18n.Lang) string { return name + "." + string(l) + ".md" }

// compose takes the texts of a document apart and checks them.
func compose(name string, charts []chart.Spec, texts map[i18n.Lang]string, insets []string) (*Source, error) {
	s := &Source{Charts: charts, insets: insets, texts: make(map[i18n.Lang]document)}
	var faults []error
	for _, l := range i18n.Languages {
		doc, err := parse(textName(name, l), texts[l])
		s.texts[l] = doc
		faults = append(faults, err, s.check(doc, l))
	}
	faults = append(faults, s.sameShape())
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return s, nil
}

var heading = regexp.MustCompile(`^(#{1,2}) (.+?)(?: \{#([a-z][a-z-]*)\})?$`)

// parse takes a text apart line by line.
func parse(file, text string) (document, error) {
	doc := document{file: file}
	var faults []error
	into := &doc.intro
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		m := heading.FindStringSubmatch(line)
		switch {
		case m != nil && m[1] == "#":
			doc.title = m[2]
		case m != nil && m[3] == "":
			faults = append(faults, fmt.Errorf("%s:%d: the section %q needs an id: {#name}", file, i+1, m[2]))
		case m != nil:
			doc.sections = append(doc.sections, section{id: m[3], title: m[2]})
			into = &doc.sections[len(doc.sections)-1].blocks
		case strings.HasPrefix(line, "!"):
			words := strings.Fields(line[1:])
			if len(words) == 0 {
				faults = append(faults, fmt.Errorf("%s:%d: nothing follows the !", file, i+1))
				continue
			}
			*into = append(*into, block{line: i + 1, command: words[0], args: words[1:]})
		default:
			*into = appendText(*into, line, i+1)
		}
	}
	if doc.title == "" {
		faults = append(faults, fmt.Errorf("%s: no title: begin with a line \"# …\"", file))
	}
	return doc, errors.Join(faults...)
}

// appendText adds a line to the running text that ends the blocks.
func appendText(blocks []block, line string, number int) []block {
	if n := len(blocks); n > 0 && blocks[n-1].command == "" {
		blocks[n-1].text += "\n" + line
		return blocks
	}
	if line == "" {
		return blocks
	}
	return append(blocks, block{line: number, text: line})
}

// made reports whether a section has figures or tables.
func (s section) made() bool {
	return slices.ContainsFunc(s.blocks, func(b block) bool { return b.command != "" })
}

// source gives a block's template with its line numbers kept.
func (b block) source() string { return strings.Repeat("\n", b.line-1) + b.text }

func (d document) blocks() []block {
	list := append([]block(nil), d.intro...)
	for _, s := range d.sections {
		list = append(list, s.blocks...)
	}
	return list
}

// check reports texts that break the rules of package prose and commands that
// name nothing.
func (s *Source) check(doc document, l i18n.Lang) error {
	faults := []error{prose.Check(doc.file, doc.title, l)}
	for _, sec := range doc.sections {
		faults = append(faults, prose.Check(doc.file+", #"+sec.id, sec.title, l))
	}
	for _, b := range doc.blocks() {
		if b.command == "" {
			faults = append(faults, prose.Check(doc.file, b.source(), l))
			continue
		}
		if why := s.unknown(b); why != "" {
			faults = append(faults, fmt.Errorf("%s:%d: %s", doc.file, b.line, why))
		}
	}
	return errors.Join(faults...)
}

func (s *Source) unknown(b block) string {
	switch b.command {
	case "quality", "questions", "tables", "changes", "models":
		return ""
	case "keys":
		if len(b.args) == 0 {
			return "!keys needs the ids of indicators"
		}
		return ""
	case "figure", "figures":
		return s.unknownFigure(b)
	}
	if slices.Contains(s.insets, b.command) {
		return ""
	}
	known := append([]string{"keys", "figure", "figures", "quality", "questions", "tables", "changes", "models"}, s.insets...)
	return fmt.Sprintf("!%s is unknown: use one of %s", b.command, strings.Join(known, ", "))
}

func (s *Source) unknownFigure(b block) string {
	want := map[string]int{"figure": 1, "figures": 2}[b.command]
	if len(b.args) != want {
		return fmt.Sprintf("!%s needs the ids of charts: %d of them", b.command, want)
	}
	for _, id := range b.args {
		if _, ok := s.spec(id); !ok {
			return fmt.Sprintf("charts.yaml has no chart %q", id)
		}
	}
	return ""
}

func (s *Source) spec(id string) (chart.Spec, bool) {
	for _, c := range s.Charts {
		if c.ID == id {
			return c, true
		}
	}
	return chart.Spec{}, false
}

// sameShape refuses languages that do not have the same sections with the same
// figures in the same order.
func (s *Source) sameShape() error {
	first := s.texts[i18n.Languages[0]]
	for _, l := range i18n.Languages[1:] {
		other := s.texts[l]
		if a, b := first.shape(), other.shape(); a != b {
			return fmt.Errorf("%s and %s differ in sections or figures:\n%s\n%s", first.file, other.file, a, b)
		}
	}
	return nil
}

func (d document) shape() string {
	var parts []string
	for _, sec := range d.sections {
		parts = append(parts, "#"+sec.id)
		for _, b := range sec.blocks {
			if b.command != "" {
				parts = append(parts, strings.Join(append([]string{"!" + b.command}, b.args...), " "))
			}
		}
	}
	return strings.Join(parts, " ")
}
