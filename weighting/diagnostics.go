package weighting

// StepReport is what a statistician needs to judge one step.
type StepReport struct {
	Kind    string  `json:"kind"`
	As      string  `json:"as,omitempty"` // column that holds the result
	Summary Summary `json:"summary"`      // the weights after the step

	Classes     []ClassReport      `json:"classes,omitempty"`     // eligibility, nonresponse
	Merged      []Merge            `json:"merged,omitempty"`      // collapsed classes
	Constraints []ConstraintReport `json:"constraints,omitempty"` // poststratify, rake, calibrate
	Solver      *SolverReport      `json:"solver,omitempty"`      // rake, calibrate
	Trimmed     *TrimReport        `json:"trimmed,omitempty"`     // trim
	Rounded     *RoundReport       `json:"rounded,omitempty"`     // round
	Propensity  *PropensityReport  `json:"propensity,omitempty"`  // nonresponse_propensity
}

// ClassReport is one class of a step that moves weight within classes.
type ClassReport struct {
	Class    string  `json:"class"`
	Carriers int     `json:"carriers"` // units that stay and take over
	Leavers  int     `json:"leavers"`  // units whose weight they take over
	Factor   float64 `json:"factor"`
}

// ConstraintReport is one total the weights were made to agree with.
type ConstraintReport struct {
	Name      string  `json:"name"`
	Total     float64 `json:"total"`
	Before    float64 `json:"before"` // what the weights gave before the step
	After     float64 `json:"after"`
	Redundant bool    `json:"redundant,omitempty"` // follows from the others
}

// SolverReport says how a calibration was reached.
type SolverReport struct {
	Iterations int     `json:"iterations"`
	Deviation  float64 `json:"deviation"`  // largest |T − T̂| / (1 + |T|)
	Worst      string  `json:"worst"`      // the constraint it belongs to
	MinFactor  float64 `json:"min_factor"` // new weight / old weight
	MaxFactor  float64 `json:"max_factor"`
	AtBounds   int     `json:"at_bounds"` // units held by a bound
}

// TrimReport says what a trim cut.
type TrimReport struct {
	Lower  float64 `json:"lower,omitempty"` // 0 = none
	Upper  float64 `json:"upper,omitempty"` // 0 = none
	Raised int     `json:"raised"`          // units below the lower limit
	Cut    int     `json:"cut"`             // units above the upper limit
	Passes int     `json:"passes"`
	Moved  float64 `json:"moved"` // weight taken from the cut units, less that given to the raised

	Candidates int `json:"candidates,omitempty"` // limits compared by their mean squared error
}

// PropensityReport describes a response model.
type PropensityReport struct {
	Coefficients []Coefficient `json:"coefficients"`
	Iterations   int           `json:"iterations"`
	Min          float64       `json:"min"` // smallest estimated propensity
	Max          float64       `json:"max"`
}

// Coefficient is one term of a response model, on the logit scale.
type Coefficient struct {
	Term  string  `json:"term"`
	Value float64 `json:"value"` // 0 for an aliased term
}
