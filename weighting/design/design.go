// Package design describes how a sample was drawn and adjusted, in the names
// of its data's columns: all that a variance needs to know.
//
// It is the border between weighting, which writes it, and analysis, which
// reads it. It holds no data and computes nothing.
package design

// LonelyPSU is the rule for a stratum with a single sampled unit of several.
type LonelyPSU string

const (
	Fail      LonelyPSU = "fail"      // refuse, naming the strata
	Remove    LonelyPSU = "remove"    // the stratum adds no variance
	Certainty LonelyPSU = "certainty" // the unit is taken to be selected with certainty
	Adjust    LonelyPSU = "adjust"    // centred at the mean over all strata
	Average   LonelyPSU = "average"   // given the average variance of the other strata
)

// Spec names the columns of a sampling design, stage by stage.
type Spec struct {
	IDs    []string  `json:"ids"`     // sampling units; empty = every row is its own unit
	Strata []string  `json:"strata"`  // strata; a stage beyond the list is unstratified within its parent
	FPC    []string  `json:"fpc"`     // population counts; empty = with replacement
	Weight string    `json:"weights"` // final weight; "" = product of count / sample count
	Nest   bool      `json:"nest"`    // unit codes are unique only inside their stratum
	Lonely LonelyPSU `json:"lonely_psu"`

	// Adjustments are the calibration steps, in the order they were made. Each
	// takes its regression residuals into the variance.
	Adjustments []Adjustment `json:"adjustments,omitempty"`
}

// Adjustment is one calibration: the weights it started from and the auxiliary
// variables it made agree with known totals.
type Adjustment struct {
	Before    string      `json:"before"` // column with the weights before the step
	Auxiliary []Auxiliary `json:"auxiliary"`
}

// Auxiliary is one calibration variable: x = 1{Where} · Value.
type Auxiliary struct {
	Where []Level `json:"where"`
	Value string  `json:"value,omitempty"` // numeric column; "" = 1
}

// Level is a category of a column.
type Level struct {
	Column string `json:"column"`
	Level  string `json:"level"`
}
