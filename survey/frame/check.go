package frame

import (
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"barometer/survey/codebook"
)

// columns are the columns of a frame file, which may hold them in any order.
// The first nine are needed; a file leaves out the others where it knows
// nothing of them.
var columns = []string{"p_number", "cvr", "name", "email", "sector", "subsector", "municipality", "region", "employees",
	"attention", "phone", "address", "postcode", "city"}

const needed = 9

// Check applies to units made in the program the checks that [Read] applies to
// a file. Rows are counted as [Write] would write them.
func Check(units []Unit, file string) error {
	c := newChecker(file)
	for i, u := range units {
		c.unit(i+2, u.record(), nil)
	}
	return c.result()
}

// record returns the fields of the unit in the order of columns.
func (u Unit) record() []string {
	known := []string{u.PNumber, u.CVR, u.Name, u.Email, u.Sector, u.Subsector, u.Municipality, u.Region, strconv.Itoa(u.Employees)}
	return append(known, u.Contact.Fields()...)
}

// checker finds the faults of a frame, row by row.
type checker struct {
	faults   Faults
	seen     map[uint64]uint32 // row of each P-number
	trusted  bool              // the file was checked before
	classes  map[string]map[string]bool
	sector   map[string]string // of each subsector
	region   map[string]string // of each municipality
	rows     int
	row      int
	fields   []string // of the row at hand, in the order of columns
	position []int    // where each of them stands in the file
}

func newChecker(file string) *checker {
	c := &checker{seen: make(map[uint64]uint32), classes: make(map[string]map[string]bool),
		sector: make(map[string]string), region: make(map[string]string)}
	c.faults.File = file
	for _, cl := range []codebook.Classification{codebook.Sectors(), codebook.Subsectors(), codebook.Municipalities(), codebook.Regions()} {
		known := make(map[string]bool, len(cl.Codes))
		for _, v := range cl.Values() {
			known[v] = true
		}
		c.classes[cl.Name] = known
	}
	for s := range c.classes["subsector"] {
		c.sector[s] = codebook.SectorOf(s)
	}
	for m := range c.classes["municipality"] {
		c.region[m] = codebook.RegionOf(m)
	}
	return c
}

func (c *checker) result() error {
	if c.rows == 0 && len(c.faults.List) == 0 {
		c.faults.add(Fault{Row: 1, Message: "there is no unit below the header"})
	}
	if len(c.faults.List) > 0 {
		return &c.faults
	}
	return nil
}

// unit checks one row and returns its unit, which is sound only if no fault
// was found. The values stand in the order of columns; position tells where
// each stood in the file, nil meaning in that order.
func (c *checker) unit(row int, values []string, position []int) Unit {
	c.rows++
	c.row, c.fields, c.position = row, values, position
	u := Unit{
		PNumber: values[0], CVR: values[1], Name: values[2], Email: values[3],
		Sector: values[4], Subsector: values[5], Municipality: values[6], Region: values[7],
		Contact: ContactOf(values[needed:]),
	}
	if c.trusted {
		u.Employees, _ = strconv.Atoi(values[8])
		return u
	}
	for i := range columns {
		c.text(i)
	}
	c.numbers(u)
	c.contact(u)
	c.codes(u)
	u.Employees = c.employees(values[8])
	return u
}

func (c *checker) fault(column int, message, hint string) {
	at := column
	if c.position != nil {
		at = c.position[column]
	}
	c.faults.add(Fault{Row: c.row, Column: at + 1, Name: columns[column], Value: c.fields[column], Message: message, Hint: hint})
}

// text refuses what is no text in any column.
func (c *checker) text(column int) {
	s := c.fields[column]
	switch {
	case printable(s):
	case !utf8.ValidString(s):
		c.fault(column, "is not valid UTF-8", "save the file as UTF-8; æ, ø and å come out wrong otherwise")
	case strings.ContainsFunc(s, unicode.IsControl):
		c.fault(column, "contains a control character", "remove line breaks and tabs")
	}
}

// printable reports whether all of s is ASCII that shows, as nearly all values are:
// they need no closer look.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isAddress reports whether s is an e-mail address and nothing else. Those that
// most people have are told at a glance.
func isAddress(s string) bool {
	name, domain, ok := strings.Cut(s, "@")
	if ok && atoms(name) && atoms(domain) {
		return true
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// atoms reports whether s is words of letters, digits, hyphens and underscores
// with one full stop between them: an atom with dots of RFC 5322.
func atoms(s string) bool {
	word := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			if !word {
				return false
			}
			word = false
		case c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			word = true
		default:
			return false
		}
	}
	return word
}

func (c *checker) numbers(u Unit) {
	number, err := strconv.ParseUint(u.PNumber, 10, 64)
	switch first, again := c.seen[number]; {
	case err != nil || !ValidPNumber(u.PNumber):
		c.fault(0, "is no P-number", "ten digits, the first not zero")
	case again:
		c.fault(0, fmt.Sprintf("stands already in row %d", first), "remove one of the two rows")
	default:
		c.seen[number] = uint32(c.row)
	}
	switch {
	case !digits(u.CVR, 8):
		c.fault(1, "is no CVR number", "eight digits")
	case !ValidCVR(u.CVR):
		c.fault(1, "fails the check of CVR numbers (modulus 11)", "look for a mistyped digit")
	}
}

func (c *checker) contact(u Unit) {
	if u.Name == "" {
		c.fault(2, "is empty", "give the name of the workplace")
	}
	if u.Email != "" && !isAddress(u.Email) {
		c.fault(3, "is no e-mail address", "correct it or leave it empty")
	}
	if u.Contact == (Contact{}) {
		return
	}
	for _, f := range u.Contact.faults() {
		c.fault(slices.Index(columns, f.column), f.message, f.hint)
	}
}

func (c *checker) codes(u Unit) {
	sector := c.code(4, u.Sector, "kommune, region or stat")
	subsector := c.code(5, u.Subsector, "K-DAG to S-UNG")
	municipality := c.code(6, u.Municipality, "four digits, 0101 to 0860; a spreadsheet may have dropped the leading zero")
	region := c.code(7, u.Region, "1081 to 1085")
	if want := c.sector[u.Subsector]; sector && subsector && want != u.Sector {
		c.fault(5, "does not belong to sector "+u.Sector, "its sector is "+want)
	}
	if want := c.region[u.Municipality]; municipality && region && want != u.Region {
		c.fault(6, "does not lie in region "+u.Region, "its region is "+want)
	}
}

func (c *checker) code(column int, value, hint string) bool {
	switch {
	case value == "":
		c.fault(column, "is empty", hint)
	case !c.classes[columns[column]][value]:
		c.fault(column, "is no known code", hint)
	default:
		return true
	}
	return false
}

// mostEmployees is far above the largest workplace in Denmark: a number beyond
// it is a mistyped one.
const mostEmployees = 100_000

func (c *checker) employees(s string) int {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil || n < 1 || strings.HasPrefix(s, "+"):
		c.fault(8, "is no positive whole number", "digits only, without separators")
	case n > mostEmployees:
		c.fault(8, fmt.Sprintf("is above %d", mostEmployees), "look for a mistyped digit")
	}
	return n
}
