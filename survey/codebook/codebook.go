// Package codebook describes the variables of a wave and the classifications
// its units are coded by.
//
// It is the leaf that every stage after collection reads labels from: the
// frozen wave, the weighting margins, the indicators, each table, workbook and
// data file. It holds descriptions only: no data, no files, no clock.
package codebook

import "barometer/internal/i18n"

// Kind says how the values of a variable are to be read.
type Kind string

const (
	Categorical Kind = "categorical" // one code out of Variable.Codes
	Binary      Kind = "binary"      // 0 or 1: one option of a multiple-answer item
	Numeric     Kind = "numeric"     // a number in Variable.Unit
	Key         Kind = "key"         // a random unit key that tells nothing of the unit
)

// Role says where in the flow a variable comes from, and so who may see it.
type Role string

const (
	RoleKey         Role = "key"         // joins files of one wave
	RolePanel       Role = "panel"       // joins the waves that are to be compared; never released
	RoleDesign      Role = "design"      // stratum, counts, probabilities, design weight
	RoleFrame       Role = "frame"       // known for every sampled unit before collection
	RoleDisposition Role = "disposition" // what became of the unit in the fieldwork
	RoleAnswer      Role = "answer"      // given by the respondent
)

// Missing is the reason why a unit has no value for a variable. The reasons
// stay apart from freeze to every export, since each means something else to
// the person who analyses the file. Their numbers stand in archived waves.
type Missing uint8

const (
	Present     Missing = iota
	NotAsked            // routed past: the question did not apply
	Skipped             // asked, optional, left open
	Refused             // asked, declined to answer
	Nonresponse         // the unit never reached the question
	DontKnow            // asked, answered that it does not know
	NotRelevant         // asked, answered that the question does not apply
)

// String returns the code of the reason as it stands in data files.
func (m Missing) String() string {
	return [...]string{"", "not_asked", "skipped", "refused", "nonresponse", "dont_know", "not_relevant"}[m]
}

// Mark is how a data file writes that a value is missing, and why. The brackets
// set it apart from every code, and make a calculation that forgets missing
// values fail instead of err.
func (m Missing) Mark() string { return "[" + m.String() + "]" }

// Label returns the reason in words.
func (m Missing) Label() i18n.Text {
	return [...]i18n.Text{
		{},
		{DA: "ikke stillet", EN: "not asked"},
		{DA: "sprunget over", EN: "skipped"},
		{DA: "ønsker ikke at svare", EN: "refused"},
		{DA: "ikke besvaret", EN: "no response"},
		{DA: "ved ikke", EN: "don’t know"},
		{DA: "ikke relevant", EN: "not relevant"},
	}[m]
}

// Reasons lists the reasons a value can be missing for, Present left out.
var Reasons = []Missing{NotAsked, Skipped, Refused, Nonresponse, DontKnow, NotRelevant}

// Code is one value of a categorical variable.
type Code struct {
	Value    string    `json:"value" yaml:"value"`   // stable identifier: "ved_ikke"
	Number   int       `json:"number" yaml:"number"` // stable number for SPSS and Stata
	Label    i18n.Text `json:"label" yaml:"label"`
	DontKnow bool      `json:"dont_know,omitempty" yaml:"dont_know,omitempty"` // an answer, but not a substantive one
}

// Variable describes one column of a wave.
type Variable struct {
	Name     string    `json:"name"`
	Kind     Kind      `json:"kind"`
	Role     Role      `json:"role"`
	Label    i18n.Text `json:"label"`
	Question i18n.Text `json:"question,omitzero"` // as worded in the questionnaire
	Asked    i18n.Text `json:"asked,omitzero"`    // who was asked, in words
	Item     string    `json:"item,omitempty"`    // questionnaire item, "C4"
	Unit     i18n.Text `json:"unit,omitzero"`     // of a numeric variable
	Codes    []Code    `json:"codes,omitempty"`
}

// Code returns the code with the given value.
func (v Variable) Code(value string) (Code, bool) {
	for _, c := range v.Codes {
		if c.Value == value {
			return c, true
		}
	}
	return Code{}, false
}

// Codebook is the ordered description of all variables of a wave.
type Codebook struct {
	Variables []Variable `json:"variables"`
}

// Variable returns the description of the named variable.
func (c Codebook) Variable(name string) (Variable, bool) {
	for _, v := range c.Variables {
		if v.Name == name {
			return v, true
		}
	}
	return Variable{}, false
}
