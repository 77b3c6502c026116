package cube

import (
	"fmt"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// Marks are how a status is written in each format. No two statuses are alike
// in any of them.
type Marks struct {
	Letter string // in CSV, Parquet, workbooks and JSON-stat
	PX     string // in place of a number; "" = the number stands
	Obs    string // OBS_STATUS of SDMX (code list CL_OBS_STATUS 2.2)
	Conf   string // CONF_STATUS of SDMX (code list CL_CONF_STATUS 1.3)
}

// marks by status. Five or six dots are left out: a reader of PX takes them for
// three.
var marks = [...]Marks{
	Shown:         {"", "", "A", "F"},
	Uncertain:     {"u", "", "U", "F"},
	Confidential:  {"c", "..", "Q", "C"},
	Unreliable:    {"x", "...", "Q", "F"},
	Empty:         {"e", ".", "O", "F"},
	NotApplicable: {"z", "....", "M", "F"},
}

// Statuses are all statuses in order.
var Statuses = []Status{Shown, Uncertain, Confidential, Unreliable, Empty, NotApplicable}

// Marks returns how the status is written.
func (s Status) Marks() Marks { return marks[s] }

// String is the letter of the status, "" for an ordinary figure.
func (s Status) String() string { return marks[s].Letter }

// ParseStatus finds the status whose marks are as wanted.
func ParseStatus(what string, is func(Marks) bool) (Status, error) {
	for _, s := range Statuses {
		if is(marks[s]) {
			return s, nil
		}
	}
	return 0, fmt.Errorf("there is no status %q", what)
}

// Label says in words what the status means.
func (s Status) Label() i18n.Text {
	switch s {
	case Shown:
		return i18n.Text{DA: "Almindeligt tal", EN: "Ordinary figure"}
	case NotApplicable:
		return i18n.Text{DA: "Findes ikke: optalte tal har intet interval", EN: "Does not exist: counted figures have no interval"}
	}
	return formats.Remark(table.Status(s.String()))
}

// statusOf translates the status of a table's cell.
func statusOf(s table.Status) (Status, error) {
	return ParseStatus(string(s), func(m Marks) bool { return m.Letter == string(s) && s != "z" })
}
