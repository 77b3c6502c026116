// Package xlsform carries a questionnaire to and from an XLSForm, the workbook
// format in which ODK, KoboToolbox and others take survey definitions.
//
// A checked questionnaire comes in and a workbook goes out ([Export]); a
// workbook comes in and a questionnaire file in YAML goes out ([Import]). What
// is exported and imported again is the same definition, to the hash. What the
// format or the questionnaire has no place for is refused whole, with every
// sheet, row and column, and never left out in silence.
//
// The subset: select_one, select_multiple, rank, integer, decimal, date, text
// and note; a group as a page, a group of the appearance table-list as a
// matrix; label and hint per language, required, relevant; constraint for the
// most options, options chosen alone, the length of a text, the bounds of a
// number or date, and hard checks; choice_filter for options chosen before.
// Columns of our own carry what the format lacks (short, asked, number,
// dont_know, decimals, unit, route), and sheets of their own the named
// conditions and the checks. Other programs pass them by, so relevant never
// names a condition but is written out, and so are hard checks.
//
// Other programs take an unanswered question for false where we take it for
// unknown; with required questions the routes agree. Left out: repeats, media,
// calculations, XPath beyond the routing language, and styles; and of ours
// shares, options beside a field or with a text, and places for earlier answers.
package xlsform

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"barometer/internal/i18n"
)

// introSuffix ends the name of the note that is a page's intro.
const introSuffix = ".intro"

// The sheets of the workbook.
const (
	survey     = "survey"
	choices    = "choices"
	settings   = "settings"
	conditions = "conditions"
	checks     = "checks"
)

// languages as XLSForm names them.
var languages = map[i18n.Lang]string{i18n.Danish: "Dansk (da)", i18n.English: "English (en)"}

// in names the column of a text in one language: label::Dansk (da).
func in(column string, l i18n.Lang) string { return column + "::" + languages[l] }

// columns of each sheet in order; those with :: once per language.
var columns = map[string][]string{
	survey:     perLanguage("type", "name", "label::", "hint::", "required", "relevant", "constraint", "choice_filter", "appearance", "short::", "asked::", "route", "decimals", "unit::", "soft_min", "soft_max", "constraint_message::"),
	choices:    perLanguage("list_name", "name", "label::", "short::", "number", "dont_know", "refused", "not_relevant"),
	settings:   perLanguage("form_title", "form_id", "version", "default_language", "wave", "title::", "period::", "intro::", "asked::"),
	conditions: perLanguage("name", "when", "short::", "phrase::", "asked::"),
	checks:     perLanguage("item", "name", "level", "when", "message::"),
}

func perLanguage(names ...string) []string {
	var list []string
	for _, name := range names {
		base, several := strings.CutSuffix(name, "::")
		if !several {
			list = append(list, name)
			continue
		}
		for _, l := range i18n.Languages {
			list = append(list, in(base, l))
		}
	}
	return list
}

// Fault is one thing that keeps a workbook from being a questionnaire, or a
// questionnaire from being a workbook.
type Fault struct {
	File    string `json:"file"`
	Sheet   string `json:"sheet,omitempty"`
	Row     int    `json:"row,omitempty"`    // from 1; 0 for the sheet as a whole
	Column  int    `json:"column,omitempty"` // from 1; 0 for the row as a whole
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

func (f Fault) String() string {
	s := f.File
	if f.Sheet != "" {
		s += ": sheet " + f.Sheet
	}
	if f.Row > 0 {
		s += fmt.Sprintf(", row %d", f.Row)
	}
	if name, err := excelize.ColumnNumberToName(f.Column); err == nil {
		s += ", column " + name
	}
	s += ": " + f.Message
	if f.Hint != "" {
		s += " (" + f.Hint + ")"
	}
	return s
}

// Faults is everything a workbook or questionnaire is refused for.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}
