package cube

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// Bounds of what every format can hold.
const (
	MaxLabel = 256     // characters of a label or a title: PX knows no longer ones
	MaxCells = 5000000 // cells of a cube
)

var (
	dimensionForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	codeForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.+-]{0,59}$`)
	year          = regexp.MustCompile(`^[0-9]{4}$`)
)

// New makes a cube. It refuses, naming the cube and the place in it, whatever
// some format could not hold unchanged, or a reader would take amiss.
func New(m Meta, dimensions []Dimension, cells []Cell) (*Cube, error) {
	c := &Cube{Meta: m, dimensions: dimensions, cells: cells}
	var faults formats.Faults
	c.checkMeta(&faults)
	c.checkDimensions(&faults)
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("table %s: %w", m.ID, err)
	}
	c.checkCells(&faults)
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("table %s: %w", m.ID, err)
	}
	return c, nil
}

func (c *Cube) checkMeta(faults *formats.Faults) {
	if c.ID == "" || strings.ContainsAny(c.ID, " \"\n@/") {
		faults.Addf("the id %q is empty or holds characters that an address cannot", c.ID)
	}
	c.label(faults, "title", c.Title)
	c.label(faults, "source", c.Source)
	for i, n := range c.Notes {
		c.note(faults, fmt.Sprintf("note %d", i+1), n)
	}
	if !c.Updated.Equal(c.Updated.Truncate(time.Minute)) {
		faults.Addf("the time of its last change %v has parts of a minute, which PX does not know", c.Updated)
	}
}

func (c *Cube) checkDimensions(faults *formats.Faults) {
	if len(c.dimensions) < 2 {
		faults.Addf("it has %d dimensions, two at least: what is measured and the measures", len(c.dimensions))
		return
	}
	taken := map[string]bool{}
	for i, d := range c.dimensions {
		if !dimensionForm.MatchString(d.ID) || taken[d.ID] {
			faults.Addf("dimension %d: the id %q is malformed or stands twice", i+1, d.ID)
		}
		taken[d.ID] = true
		if (d.Role == Metric) != (i == len(c.dimensions)-1) {
			faults.Addf("dimension %s: the measures, and they alone, are the last dimension", d.ID)
		}
		if d.Total != "" && d.Index(d.Total) < 0 {
			faults.Addf("dimension %s: there is no code %s, which is to stand for all", d.ID, d.Total)
		}
		c.label(faults, "dimension "+d.ID, d.Label)
		c.checkCodes(faults, d)
	}
	for _, l := range c.Spoken() {
		c.apart(faults, "dimensions", l, len(c.dimensions), func(i int) (string, i18n.Text) { return c.dimensions[i].ID, c.dimensions[i].Label })
	}
}

func (c *Cube) checkCodes(faults *formats.Faults, d Dimension) {
	if len(d.Codes) == 0 {
		faults.Addf("dimension %s has no codes", d.ID)
	}
	taken := map[string]bool{}
	for _, code := range d.Codes {
		at := "dimension " + d.ID + ", code " + code.ID
		switch {
		case !codeForm.MatchString(code.ID):
			faults.Addf("dimension %s: the code %.80q is malformed: up to 60 letters, digits and _ . + -", d.ID, code.ID)
		case taken[strings.ToLower(code.ID)]:
			faults.Addf("%s: it stands twice, or differs from another by case only", at)
		case d.Role == Time && !year.MatchString(code.ID):
			faults.Addf("%s: it is no year", at)
		case code.Decimals < 0 || code.Decimals > 6:
			faults.Addf("%s: %d decimals, 0 to 6 are possible", at, code.Decimals)
		}
		taken[strings.ToLower(code.ID)] = true
		c.label(faults, at, code.Label)
		if d.Role == Metric || !code.Unit.IsZero() {
			c.label(faults, at+", unit", code.Unit)
		}
		if !code.Note.IsZero() {
			c.note(faults, at+", note", code.Note)
		}
	}
	for _, l := range c.Spoken() {
		c.apart(faults, "dimension "+d.ID, l, len(d.Codes), func(i int) (string, i18n.Text) { return d.Codes[i].ID, d.Codes[i].Label })
	}
}

// apart refuses two labels that read alike: some formats know codes by them.
func (c *Cube) apart(faults *formats.Faults, what string, l i18n.Lang, n int, of func(int) (string, i18n.Text)) {
	first := make(map[string]string, n)
	for i := range n {
		id, label := of(i)
		if other, taken := first[label.In(l)]; taken && label.In(l) != "" {
			faults.Addf("%s: %s and %s have the same label %q (%s); word one differently", what, other, id, label.In(l), l)
		}
		first[label.In(l)] = id
	}
}

// label refuses a text that is missing in a language of the cube, or that
// cannot stand in a heading.
func (c *Cube) label(faults *formats.Faults, what string, t i18n.Text) {
	for _, l := range c.Spoken() {
		s := t.In(l)
		switch {
		case s == "":
			faults.Addf("%s: the %s text is missing", what, map[i18n.Lang]string{i18n.Danish: "Danish", i18n.English: "English"}[l])
		case len([]rune(s)) > MaxLabel:
			faults.Addf("%s: the text %.40q… is %d characters long, %d at most", what, s, len([]rune(s)), MaxLabel)
		case strings.ContainsAny(s, "\"\n"):
			faults.Addf("%s: the text %.80q holds a straight quotation mark or a line break; use »« or “”", what, s)
		case strings.ContainsRune("=+-@", rune(s[0])):
			faults.Addf("%s: a spreadsheet would run %.80q as a formula; word it differently", what, s)
		case strings.TrimSpace(s) != s:
			faults.Addf("%s: the text %.80q begins or ends with a space", what, s)
		default:
			if err := formats.CheckText(s); err != nil {
				faults.Addf("%s: %w", what, err)
			}
		}
	}
}

// note refuses a text that cannot stand in a note.
func (c *Cube) note(faults *formats.Faults, what string, t i18n.Text) {
	for _, l := range c.Spoken() {
		switch err := formats.CheckText(t.In(l)); {
		case t.In(l) == "":
			faults.Addf("%s: the %s text is missing", what, map[i18n.Lang]string{i18n.Danish: "Danish", i18n.English: "English"}[l])
		case err != nil:
			faults.Addf("%s: %w", what, err)
		case strings.ContainsAny(t.In(l), "\"\n"):
			faults.Addf("%s: the text %.80q holds a straight quotation mark or a line break; use »« or “”", what, t.In(l))
		}
	}
}

func (c *Cube) checkCells(faults *formats.Faults) {
	want := 1
	for _, n := range c.Sizes() {
		if want *= n; want > MaxCells {
			faults.Addf("more than %d cells", MaxCells)
			return
		}
	}
	if len(c.cells) != want {
		faults.Addf("%d cells for dimensions of %v", len(c.cells), c.Sizes())
		return
	}
	limits := c.limits()
	for row := range c.Observations() {
		c.checkRow(faults, row, limits)
	}
}

// limits are the places of low, value and high among the measures, -1 where one
// is missing.
func (c *Cube) limits() [3]int {
	m := c.Measures()
	return [3]int{m.Index("low"), m.Index("value"), m.Index("high")}
}

func (c *Cube) checkRow(faults *formats.Faults, row int, limits [3]int) {
	cells := c.Observation(row)
	status := RowStatus(cells)
	for i, cell := range cells {
		x, shown := cell.Number()
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0):
			faults.Addf("cell %s: %v is no number a file can hold", c.Address(row, i), x)
		case cell.status != status && (cell.status != NotApplicable || status.Suppressed()):
			faults.Addf("cell %s: its status %q is not that of its row, %q", c.Address(row, i), cell.status, status)
		case shown && Round(x, c.Measures().Codes[i].Decimals) != x:
			faults.Addf("cell %s: %v has more than %d decimals", c.Address(row, i), x, c.Measures().Codes[i].Decimals)
		}
	}
	for i := range 2 {
		below, above := limits[i], limits[i+1]
		if below < 0 || above < 0 || cells[below].status.Suppressed() || cells[above].status.Suppressed() {
			continue
		}
		if cells[below].number > cells[above].number {
			faults.Addf("cell %s: %v is above %s of %v", c.Address(row, below), cells[below].number, c.Measures().Codes[above].ID, cells[above].number)
		}
	}
}

// Address names a cell by its codes, for errors: "innov_rate × kommune × low".
// The wave is left out.
func (c *Cube) Address(row, measure int) string {
	var codes []string
	for i, p := range c.Place(row) {
		if c.dimensions[i].ID != WaveDimension {
			codes = append(codes, c.dimensions[i].Codes[p].ID)
		}
	}
	return strings.Join(append(codes, c.Measures().Codes[measure].ID), " × ")
}
