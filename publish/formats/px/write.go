// Package px writes cubes as PX files (PX file format of 2013) and reads them
// back.
//
// A cube.Cube in both languages comes in; a file goes out that PxWeb, its
// editors and their descendants read: UTF-8, Danish first, every keyword of
// texts again in English, codes beside values. Readers in use fuse two numbers
// across a line, take a quotation mark within a text for its end, and a dash for
// a missing number; so every cell ends with a space, texts hold no straight
// quotation marks, and zero is written 0. The mark of an uncertain figure is a
// note on its cell. The reader is strict: it takes files of this writer, for
// tests and for whoever wants to check a release.
package px

import (
	"io"
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats"
)

// Extension ends the names of PX files.
const Extension = ".px"

// MediaType is what servers call a PX file; none is registered with IANA.
const MediaType = "text/x-pc-axis; charset=utf-8"

const (
	layout    = "20060102 15:04" // of the time of the last change
	separator = " | "            // between the parts of INFO
	line      = "#"              // what PX writes for a line break in a note
	longest   = 240              // bytes of a text before it goes on in a further pair of quotes
)

// Write writes a cube. It refuses one that lacks a language, or texts that PX
// would change, before the first byte.
func Write(w io.Writer, c *cube.Cube) error {
	if err := check(c); err != nil {
		return err
	}
	p := &printer{Cube: c, out: make([]byte, 0, 1<<16+8*len(c.Cells()))}
	p.head()
	for _, l := range i18n.Languages {
		p.texts(l)
	}
	p.numbers()
	p.marks()
	p.data()
	_, err := w.Write(p.out)
	return err
}

func check(c *cube.Cube) error {
	var faults formats.Faults
	formats.CheckTranslated(&faults, "table "+c.ID+": title", c.Title)
	formats.CheckTranslated(&faults, "table "+c.ID+": source", c.Source)
	notes := append([]i18n.Text{}, c.Notes...)
	for _, d := range c.Dimensions() {
		for _, code := range d.Codes {
			notes = append(notes, code.Note, code.Unit)
		}
	}
	for _, n := range notes {
		if strings.Contains(n.DA+n.EN, line) {
			faults.Addf("table %s: the note %.80q holds a %s, which PX takes for a line break", c.ID, n.DA, line)
		}
	}
	for _, s := range []string{c.Contact, c.Version, c.Licence.Name, c.Licence.URL} {
		if strings.ContainsAny(s, "\"\n|") {
			faults.Addf("table %s: the text %.80q holds a quotation mark, a line break or a bar", c.ID, s)
		}
	}
	return faults.Err()
}

// printer collects a file.
type printer struct {
	*cube.Cube
	out []byte
}

// say writes a keyword and its values as they are, a line for each but the
// first where there are several.
func (p *printer) say(keyword string, values ...string) {
	p.out = append(append(p.out, keyword...), '=')
	p.out = append(p.out, strings.Join(values, ",\n")...)
	p.out = append(p.out, ";\n"...)
}

// head writes what is the same in every language.
func (p *printer) head() {
	p.say("CHARSET", quote("ANSI"))
	p.say("AXIS-VERSION", quote("2013"))
	p.say("CODEPAGE", quote("utf-8"))
	p.say("LANGUAGE", quote(string(i18n.Danish)))
	p.say("LANGUAGES", quotes([]string{string(i18n.Danish), string(i18n.English)})...)
	p.say("CREATION-DATE", quote(p.Updated.UTC().Format(layout)))
	p.say("DECIMALS", strconv.Itoa(p.decimals()))
	p.say("SHOWDECIMALS", strconv.Itoa(p.fewest()))
	p.say("MATRIX", quote(p.ID))
	p.say("SUBJECT-CODE", quote("INNO"))
	p.say("COPYRIGHT", "NO")
	p.say("INFO", text(strings.Join([]string{p.Version, p.Licence.Name, p.Licence.URL}, separator)))
}

// decimals is the largest number of decimals of a measure.
func (p *printer) decimals() int {
	most := 0
	for _, m := range p.Measures().Codes {
		most = max(most, m.Decimals)
	}
	return most
}

// fewest is the smallest number of decimals of a measure. PRECISION can only ask
// for more than SHOWDECIMALS.
func (p *printer) fewest() int {
	least := p.decimals()
	for _, m := range p.Measures().Codes {
		least = min(least, m.Decimals)
	}
	return least
}

// texts writes everything worded in one language.
func (p *printer) texts(l i18n.Lang) {
	in := func(keyword string, about ...string) string { return key(keyword, l, about...) }
	say := func(da, en string) string { return i18n.Text{DA: da, EN: en}.In(l) }
	p.say(in("SUBJECT-AREA"), quote(say("Innovation", "Innovation")))
	p.say(in("CONTENTS"), text(p.Title.In(l)))
	p.say(in("TITLE"), text(p.Title.In(l)))
	p.say(in("DESCRIPTION"), text(p.Title.In(l)))
	measures := p.Measures()
	p.say(in("UNITS"), text(measures.Codes[0].Unit.In(l)))
	var stub []string
	for _, d := range p.Dimensions()[:len(p.Dimensions())-1] {
		stub = append(stub, d.Label.In(l))
	}
	p.say(in("STUB"), quotes(stub)...)
	p.say(in("HEADING"), quote(measures.Label.In(l)))
	p.say(in("CONTVARIABLE"), quote(measures.Label.In(l)))
	for _, d := range p.Dimensions() {
		p.dimension(d, l)
	}
	for _, m := range measures.Codes {
		p.say(in("UNITS", m.Label.In(l)), text(m.Unit.In(l)))
		p.say(in("LAST-UPDATED", m.Label.In(l)), quote(p.Updated.UTC().Format(layout)))
	}
	p.say(in("SOURCE"), text(p.Source.In(l)))
	if p.Contact != "" {
		p.say(in("CONTACT"), text(p.Contact))
	}
	p.notes(l)
}

// dimension writes a variable: its values and codes in order, the value that
// stands for all, and whether it is time.
func (p *printer) dimension(d cube.Dimension, l i18n.Lang) {
	name := d.Label.In(l)
	labels := make([]string, len(d.Codes))
	for i, c := range d.Codes {
		labels[i] = c.Label.In(l)
	}
	p.say(key("VARIABLECODE", l, name), quote(d.ID))
	p.say(key("VALUES", l, name), quotes(labels)...)
	p.say(key("CODES", l, name), quotes(d.IDs())...)
	if d.Role == cube.Time {
		p.say(key("TIMEVAL", l, name), append([]string{"TLIST(A1)"}, quotes(d.IDs())...)...)
	}
	if d.Total != "" {
		p.say(key("ELIMINATION", l, name), quote(d.Codes[d.Index(d.Total)].Label.In(l)))
	}
	if d.Role == cube.Metric {
		return
	}
	for _, c := range d.Codes {
		if !c.Unit.IsZero() || !c.Note.IsZero() {
			p.say(key("VALUENOTE", l, name, c.Label.In(l)), text(c.Unit.In(l)+line+c.Note.In(l)))
		}
	}
}

// notes writes the notes of the table, and what stands in place of a number.
func (p *printer) notes(l i18n.Lang) {
	var notes []string
	for _, n := range p.Notes {
		notes = append(notes, n.In(l))
	}
	if notes != nil {
		p.say(key("NOTEX", l), text(strings.Join(notes, line)))
	}
	p.say(key("NOTE", l), text(cube.Uncertain.String()+": "+cube.Uncertain.Label().In(l)))
	for _, s := range cube.Statuses {
		if dots := s.Marks().PX; dots != "" {
			p.say(key("DATASYMBOL"+strconv.Itoa(len(dots)), l), text(dots+" "+s.Label().In(l)))
		}
	}
}

// numbers says how many decimals the measures have that have more than fewest.
func (p *printer) numbers() {
	measures := p.Measures()
	for _, m := range measures.Codes {
		if m.Decimals > p.fewest() {
			p.say(key("PRECISION", i18n.Danish, measures.Label.DA, m.Label.DA), strconv.Itoa(m.Decimals))
		}
	}
}

// marks writes the note on each uncertain figure, for all its measures.
func (p *printer) marks() {
	for row := range p.Observations() {
		if cube.RowStatus(p.Observation(row)) != cube.Uncertain {
			continue
		}
		codes := make([]string, 0, 8)
		for i, at := range p.Place(row) {
			codes = append(codes, p.Dimensions()[i].Codes[at].ID)
		}
		p.say(key("DATANOTECELL", i18n.Danish, append(codes, "*")...), quote(cube.Uncertain.String()))
	}
}

// data writes the cells, a line for each row, with a space after every one.
func (p *printer) data() {
	p.out = append(p.out, "DATA=\n"...)
	decimals := p.Measures().Codes
	for row := range p.Observations() {
		for i, c := range p.Observation(row) {
			if x, shown := c.Number(); shown {
				p.out = strconv.AppendFloat(p.out, x, 'f', decimals[i].Decimals, 64)
			} else {
				p.out = append(append(append(p.out, '"'), c.Status().Marks().PX...), '"')
			}
			p.out = append(p.out, ' ')
		}
		p.out = append(p.out, '\n')
	}
	p.out = append(p.out, ";\n"...)
}

// key is a keyword with its language, where that is not the first, and with what
// it is about.
func key(keyword string, l i18n.Lang, about ...string) string {
	if l != i18n.Languages[0] {
		keyword += "[" + string(l) + "]"
	}
	if about == nil {
		return keyword
	}
	return keyword + "(" + strings.Join(quotes(about), ",") + ")"
}

func quote(s string) string { return `"` + s + `"` }

func quotes(list []string) []string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return quoted
}

// text quotes a text, a long one in several pairs of quotes that end at spaces.
func text(s string) string {
	var b strings.Builder
	for len(s) > longest {
		cut := strings.LastIndexByte(s[:longest], ' ') + 1
		if cut == 0 {
			break
		}
		b.WriteString(quote(s[:cut]) + "\n")
		s = s[cut:]
	}
	b.WriteString(quote(s))
	return b.String()
}
