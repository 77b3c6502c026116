package web

import "strings"

// Fault is one thing to put right in a form: what is wrong, and the id of the
// element where it is put right.
type Fault struct {
	Target  string
	Message string
}

// Faults are what must be put right in a form. {{template "summary" .}} lists
// them above it: the list takes focus when the page opens, so that a screen
// reader starts there, and each entry leads to its field.
type Faults []Fault

// On is what is wrong at one target; empty where nothing is.
func (f Faults) On(target string) string {
	for _, one := range f {
		if one.Target == target {
			return one.Message
		}
	}
	return ""
}

// Control is what all fields of a form have in common.
type Control struct {
	Name     string // of the value in the form, and id of the element
	Label    string
	Hint     string
	Fault    string
	Optional bool // says so at the label; other fields are required
}

// Described names the elements that describe the field: its hint and its fault.
func (c Control) Described() string {
	var ids []string
	if c.Hint != "" {
		ids = append(ids, c.Name+"-hint")
	}
	if c.Fault != "" {
		ids = append(ids, c.Name+"-fault")
	}
	return strings.Join(ids, " ")
}

// Field takes one line. {{template "field" .}}
type Field struct {
	Control
	Value        string
	Type         string // as in HTML; empty for text
	Autocomplete string // as in HTML; empty for off
	MaxLength    int    // in UTF-16 units; 0 for no bound
	Code         bool   // it is copied from paper, letter by letter
	Short        bool   // few characters are expected
}

// InputType is the type of the input element.
func (f Field) InputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// Fill is the element's autocomplete token.
func (f Field) Fill() string {
	if f.Autocomplete == "" {
		return "off"
	}
	return f.Autocomplete
}

// Area takes several lines. {{template "area" .}}
type Area struct {
	Control
	Value     string
	Rows      int
	MaxLength int
}

// Select takes one of many options. {{template "select" .}}
type Select struct {
	Control
	Options []Option
}

// Choices takes one of few options, or several of them. {{template "choices" .}}
type Choices struct {
	Control
	Several bool
	Options []Option
}

// Option is what can be chosen.
type Option struct {
	Value, Label, Hint string
	Chosen             bool
}

// Consent takes a yes. {{template "consent" .}}
type Consent struct {
	Control
	Chosen bool
}

// Date takes a day, month and year that the reader knows by heart, as three
// numbers: name-day, name-month, name-year. {{template "date" .}}
type Date struct {
	Control
	Day, Month, Year string
}

// Upload takes a file; its form needs enctype multipart/form-data.
// {{template "upload" .}}
type Upload struct {
	Control
	Accept string // types of file, as in HTML
}
