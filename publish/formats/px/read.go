package px

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"barometer/internal/i18n"
	"barometer/publish/cube"
)

// Read reads a file that Write wrote. It refuses keywords that stand twice, a
// keyword that is missing in a language, another number of cells than the
// variables span, and cells that are none.
func Read(r io.Reader) (*cube.Cube, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(content) {
		return nil, errors.New("px: the file is no UTF-8")
	}
	f, rest, err := parse(string(content))
	if err != nil {
		return nil, fmt.Errorf("px: %w", err)
	}
	c, err := f.cube(rest)
	if err != nil {
		return nil, fmt.Errorf("px: %w", err)
	}
	return c, nil
}

// file is the keywords of a file with their values.
type file struct {
	values map[string][]string // by keyword with language and subkeys, as key writes it
	notes  []string            // keys of the notes on cells, in order
	fault  error               // the first that a look-up met
}

// parse reads the keywords up to DATA and returns what follows.
func parse(s string) (*file, string, error) {
	f := &file{values: make(map[string][]string)}
	for {
		if rest, ok := strings.CutPrefix(s, "DATA=\n"); ok {
			return f, rest, nil
		}
		keyword, rest, err := keyOf(s)
		if err != nil {
			return nil, "", err
		}
		if _, twice := f.values[keyword]; twice {
			return nil, "", fmt.Errorf("the keyword %.80s stands twice", keyword)
		}
		values, rest, err := valuesOf(rest)
		if err != nil {
			return nil, "", fmt.Errorf("keyword %.80s: %w", keyword, err)
		}
		f.values[keyword] = values
		if strings.HasPrefix(keyword, "DATANOTECELL") {
			f.notes = append(f.notes, keyword)
		}
		s = rest
	}
}

// keyOf cuts a keyword off, up to the equals sign outside quotes.
func keyOf(s string) (string, string, error) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '=' && !quoted && i > 0:
			return s[:i], s[i+1:], nil
		case s[i] == ';' && !quoted:
			return "", "", fmt.Errorf("%.40q is no keyword", s[:i])
		}
	}
	return "", "", errors.New("the file ends before its data")
}

// valuesOf reads values, divided by commas, up to the semicolon and the end of
// the line. Quoted texts that follow each other are one.
func valuesOf(s string) ([]string, string, error) {
	var values []string
	for {
		value, rest, err := valueOf(s)
		if err != nil {
			return nil, "", err
		}
		values = append(values, value)
		switch {
		case strings.HasPrefix(rest, ";\n"):
			return values, rest[2:], nil
		case strings.HasPrefix(rest, ",\n"):
			s = rest[2:]
		default:
			return nil, "", fmt.Errorf("%.20q follows a value", rest)
		}
	}
}

func valueOf(s string) (string, string, error) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ",;\"\n")
		if end < 1 {
			return "", "", fmt.Errorf("%.20q is no value", s)
		}
		return s[:end], s[end:], nil
	}
	var whole strings.Builder
	for {
		end := strings.IndexByte(s[1:], '"')
		if end < 0 {
			return "", "", errors.New("a text does not end")
		}
		whole.WriteString(s[1 : 1+end])
		s = s[end+2:]
		if !strings.HasPrefix(s, "\n\"") {
			return whole.String(), s, nil
		}
		s = s[1:]
	}
}

// list returns the values of a keyword, noting a fault where it is missing.
func (f *file) list(keyword string) []string {
	values, ok := f.values[keyword]
	if !ok && f.fault == nil {
		f.fault = fmt.Errorf("the keyword %.80s is missing", keyword)
	}
	return values
}

// one returns the single value of a keyword.
func (f *file) one(keyword string) string {
	values := f.list(keyword)
	if len(values) != 1 {
		if f.fault == nil {
			f.fault = fmt.Errorf("the keyword %.80s has %d values, not one", keyword, len(values))
		}
		return ""
	}
	return values[0]
}

// both returns a text in both languages.
func (f *file) both(keyword string) i18n.Text {
	return i18n.Text{DA: f.one(key(keyword, i18n.Danish)), EN: f.one(key(keyword, i18n.English))}
}

func (f *file) cube(data string) (*cube.Cube, error) {
	m := f.meta()
	dimensions := f.dimensions()
	if f.fault != nil {
		return nil, f.fault
	}
	uncertain, err := f.uncertain(dimensions)
	if err != nil {
		return nil, err
	}
	cells, err := cellsOf(data, dimensions, uncertain)
	if err != nil {
		return nil, err
	}
	m.Wave = dimensions[0].Codes[0].ID
	return cube.New(m, dimensions, cells)
}

func (f *file) meta() cube.Meta {
	m := cube.Meta{ID: f.one("MATRIX"), Title: f.both("TITLE"), Source: f.both("SOURCE")}
	if contact, ok := f.values["CONTACT"]; ok {
		m.Contact = strings.Join(contact, "")
	}
	if info := strings.Split(f.one("INFO"), separator); len(info) == 3 {
		m.Version, m.Licence.Name, m.Licence.URL = info[0], info[1], info[2]
	} else if f.fault == nil {
		f.fault = errors.New("the keyword INFO does not name version and licence")
	}
	updated, err := time.Parse(layout, f.one("CREATION-DATE"))
	if err != nil && f.fault == nil {
		f.fault = fmt.Errorf("the keyword CREATION-DATE: %w", err)
	}
	m.Updated = updated
	if _, any := f.values["NOTEX"]; any {
		notes := f.both("NOTEX")
		da, en := strings.Split(notes.DA, line), strings.Split(notes.EN, line)
		for i := range min(len(da), len(en)) {
			m.Notes = append(m.Notes, i18n.Text{DA: da[i], EN: en[i]})
		}
		if len(da) != len(en) && f.fault == nil {
			f.fault = errors.New("the keyword NOTEX has other notes in English")
		}
	}
	return m
}

// names lists the variables in one language, stub first.
func (f *file) names(l i18n.Lang) []string {
	return append(append([]string{}, f.list(key("STUB", l))...), f.list(key("HEADING", l))...)
}

func (f *file) dimensions() []cube.Dimension {
	da, en := f.names(i18n.Danish), f.names(i18n.English)
	if len(da) != len(en) || len(da) < 2 {
		if f.fault == nil {
			f.fault = fmt.Errorf("%d variables in Danish, %d in English", len(da), len(en))
		}
		return nil
	}
	var list []cube.Dimension
	for i := range da {
		d := f.dimension(i18n.Text{DA: da[i], EN: en[i]})
		if i == len(da)-1 {
			d.Role = cube.Metric
			f.measures(&d)
		}
		list = append(list, d)
	}
	return list
}

func (f *file) dimension(label i18n.Text) cube.Dimension {
	d := cube.Dimension{ID: f.one(key("VARIABLECODE", i18n.Danish, label.DA)), Label: label}
	if other := f.one(key("VARIABLECODE", i18n.English, label.EN)); other != d.ID && f.fault == nil {
		f.fault = fmt.Errorf("the variable %s has the code %s in English", d.ID, other)
	}
	da, en := f.list(key("VALUES", i18n.Danish, label.DA)), f.list(key("VALUES", i18n.English, label.EN))
	codes, again := f.list(key("CODES", i18n.Danish, label.DA)), f.list(key("CODES", i18n.English, label.EN))
	if len(da) != len(codes) || len(en) != len(codes) || strings.Join(codes, "\n") != strings.Join(again, "\n") {
		if f.fault == nil {
			f.fault = fmt.Errorf("the variable %s has other values than codes, or others in English", d.ID)
		}
		return d
	}
	for i, id := range codes {
		c := cube.Code{ID: id, Label: i18n.Text{DA: da[i], EN: en[i]}}
		c.Unit.DA, c.Note.DA = f.valueNote(key("VALUENOTE", i18n.Danish, label.DA, da[i]))
		c.Unit.EN, c.Note.EN = f.valueNote(key("VALUENOTE", i18n.English, label.EN, en[i]))
		d.Codes = append(d.Codes, c)
	}
	if _, timed := f.values[key("TIMEVAL", i18n.Danish, label.DA)]; timed {
		d.Role = cube.Time
	}
	if _, some := f.values[key("ELIMINATION", i18n.Danish, label.DA)]; some {
		all := f.one(key("ELIMINATION", i18n.Danish, label.DA))
		for _, c := range d.Codes {
			if c.Label.DA == all {
				d.Total = c.ID
			}
		}
	}
	return d
}

// valueNote reads the unit and the note of a value, none where there is no note.
func (f *file) valueNote(keyword string) (unit, note string) {
	if _, some := f.values[keyword]; !some {
		return "", ""
	}
	unit, note, _ = strings.Cut(f.one(keyword), line)
	return unit, note
}

// measures reads units and decimals.
func (f *file) measures(d *cube.Dimension) {
	for i, c := range d.Codes {
		unit := i18n.Text{DA: f.one(key("UNITS", i18n.Danish, c.Label.DA)), EN: f.one(key("UNITS", i18n.English, c.Label.EN))}
		decimals := "SHOWDECIMALS"
		if own := key("PRECISION", i18n.Danish, d.Label.DA, c.Label.DA); f.values[own] != nil {
			decimals = own
		}
		n, err := strconv.Atoi(f.one(decimals))
		if err != nil && f.fault == nil {
			f.fault = fmt.Errorf("the decimals of %s: %w", c.ID, err)
		}
		d.Codes[i].Unit, d.Codes[i].Decimals = unit, n
	}
}

// uncertain tells which rows bear the mark of an uncertain figure.
func (f *file) uncertain(dimensions []cube.Dimension) (map[int]bool, error) {
	rows := make(map[int]bool)
	for _, note := range f.notes {
		inside, ok := strings.CutPrefix(note, `DATANOTECELL("`)
		codes := strings.Split(strings.TrimSuffix(inside, `")`), `","`)
		if !ok || len(codes) != len(dimensions) || codes[len(codes)-1] != "*" || f.one(note) != cube.Uncertain.String() {
			return nil, fmt.Errorf("%.80s is no mark of an uncertain figure", note)
		}
		row := 0
		for i, d := range dimensions[:len(dimensions)-1] {
			at := d.Index(codes[i])
			if at < 0 {
				return nil, fmt.Errorf("%.80s: there is no code %s", note, codes[i])
			}
			row = row*len(d.Codes) + at
		}
		rows[row] = true
	}
	return rows, nil
}

// cellsOf reads the data: a line for each row, a space after each cell.
func cellsOf(data string, dimensions []cube.Dimension, uncertain map[int]bool) ([]cube.Cell, error) {
	want := 1
	for _, d := range dimensions {
		if want *= len(d.Codes); want > cube.MaxCells || want == 0 {
			return nil, fmt.Errorf("no cells, or more than %d", cube.MaxCells)
		}
	}
	width := len(dimensions[len(dimensions)-1].Codes)
	var cells []cube.Cell
	for row := range want / width {
		text, rest, ended := strings.Cut(data, " \n")
		fields := strings.Split(text, " ")
		if !ended || len(fields) != width {
			return nil, fmt.Errorf("data row %d has %d cells, %d are wanted, each with a space behind it", row+1, len(fields), width)
		}
		for _, field := range fields {
			c, err := cellOf(field, uncertain[row])
			if err != nil {
				return nil, fmt.Errorf("data row %d: %w", row+1, err)
			}
			cells = append(cells, c)
		}
		data = rest
	}
	if data != ";\n" {
		return nil, fmt.Errorf("%.20q follows the last cell", data)
	}
	return cells, nil
}

func cellOf(field string, uncertain bool) (cube.Cell, error) {
	if strings.HasPrefix(field, `"`) {
		s, err := cube.ParseStatus(field, func(m cube.Marks) bool { return m.PX != "" && quote(m.PX) == field })
		return cube.Gap(s), err
	}
	x, err := strconv.ParseFloat(field, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || strings.ContainsAny(field, "xXpPeE_+") {
		return cube.Cell{}, fmt.Errorf("the cell %.40q is no number", field)
	}
	return cube.Number(x, uncertain), nil
}
