package estimate

import (
	"fmt"
	"math"
	"strings"

	"barometer/weighting/design"
)

// Stat is what is estimated of an item.
//
// Sums are over the rows of the domain in which every column of the item has a
// value, w are the weights, N̂ = Σw. The error is the square root of the design
// variance of Σwu with u the linearised variable, 0 outside the domain, less
// what calibration explains of it (Woodruff 1971; Binder 1983; Deville 1999;
// after calibration Deville & Särndal 1992). Assumption: weights are
// inverse inclusion probabilities, adjusted or not, and samples large enough for
// the ratio of two totals to be nearly linear. The interval is value ± t·SE.
// Reference implementation: R survey, as named; agreement is to 1e-8.
type Stat string

const (
	// Mean is ȳ = Σwy / Σw, in units of y; u = (y − ȳ)/N̂. Source: Särndal,
	// Swensson & Wretman 1992, §5.7 (Hájek's estimator). R: svymean.
	Mean Stat = "mean"

	// Total is Ŷ = Σwy, in units of y over the whole domain; u = y. Unbiased
	// without linearisation. Source: Horvitz & Thompson 1952. R: svytotal.
	Total Stat = "total"

	// Ratio is R̂ = Σwy / Σwx, in units of y per unit of x; u = (y − R̂x)/Σwx.
	// Source: Särndal, Swensson & Wretman 1992, §5.6. R: svyratio.
	Ratio Stat = "ratio"

	// Share is the mean of 1{y = level}: a proportion, 0 to 1, of those with an
	// answer. For intervals that stay inside see [ProportionInterval]. R: svymean.
	Share Stat = "share"

	// Count is the total of 1{y = level}: a number of units. R: svytotal.
	Count Stat = "count"
)

// Item is one thing to estimate. A row enters when every column of the item
// has a value: item nonresponse is a domain of its own, item by item, and the
// row stays in the design.
type Item struct {
	Stat  Stat
	Var   string // numeric; categorical for Share and Count
	Den   string // denominator of a Ratio
	Level string // category of a Share or Count
}

// Name is the item's name in results: "y", "y/x", "y=level".
func (it Item) Name() string {
	switch it.Stat {
	case Ratio:
		return it.Var + "/" + it.Den
	case Share, Count:
		return it.Var + "=" + it.Level
	}
	return it.Var
}

// Breakdown asks for every domain made by crossing the columns By, within the
// rows that have all the levels of Where. No columns: the whole of it. Rows
// without a value in one of the columns are in no domain.
type Breakdown struct {
	By    []string
	Where []design.Level
}

// DF chooses the degrees of freedom of the intervals.
type DF struct {
	Rule  DFRule
	Fixed float64 // with FixedDF; may be +Inf for the normal distribution
}

// DFRule is a way to count degrees of freedom.
type DFRule int

const (
	// DesignDF counts units less strata of the whole sample.
	DesignDF DFRule = iota
	// DomainDF counts the units and strata that hold rows of the estimate
	// (Korn & Graubard 1999, §5.2).
	DomainDF
	// FixedDF takes the number given.
	FixedDF
)

// Deff chooses the design effect: which simple random sample is compared with.
type Deff string

const (
	NoDeff Deff = ""
	WOR    Deff = "wor" // without replacement from a population of Σw
	WR     Deff = "wr"  // with replacement
)

// Request is everything to estimate in one run over the data.
type Request struct {
	Items      []Item
	Breakdowns []Breakdown // none: the whole population
	Level      float64     // of the intervals; 0 means 0.95
	DF         DF
	Deff       Deff
}

func (r Request) level() float64 {
	if r.Level == 0 {
		return 0.95
	}
	return r.Level
}

func (r Request) breakdowns() []Breakdown {
	if len(r.Breakdowns) == 0 {
		return []Breakdown{{}}
	}
	return r.Breakdowns
}

// check refuses a request that says nothing clear, naming the item.
func (r Request) check() error {
	if len(r.Items) == 0 {
		return fmt.Errorf("the request has no items")
	}
	if l := r.level(); !(l > 0 && l < 1) {
		return fmt.Errorf("level %v is not between 0 and 1", r.Level)
	}
	if r.DF.Rule == FixedDF && math.IsNaN(r.DF.Fixed) {
		return fmt.Errorf("the number of degrees of freedom is missing")
	}
	switch r.Deff {
	case NoDeff, WOR, WR:
	default:
		return fmt.Errorf("design effect %q is none of wor, wr", r.Deff)
	}
	for _, it := range r.Items {
		if err := it.check(); err != nil {
			return fmt.Errorf("item %s: %w", it.Name(), err)
		}
	}
	return nil
}

func (it Item) check() error {
	switch {
	case it.Var == "":
		return fmt.Errorf("no variable")
	case it.Stat == Ratio && it.Den == "":
		return fmt.Errorf("a ratio needs a denominator")
	case it.Stat != Ratio && it.Den != "":
		return fmt.Errorf("a denominator belongs to a ratio, not to a %s", it.Stat)
	}
	switch it.Stat {
	case Mean, Total, Ratio, Share, Count:
		return nil
	}
	return fmt.Errorf("unknown statistic %q", it.Stat)
}

// domainText is a domain in words, for messages.
func domainText(levels []design.Level) string {
	if len(levels) == 0 {
		return "the whole population"
	}
	parts := make([]string, len(levels))
	for i, l := range levels {
		parts[i] = l.Column + " = " + l.Level
	}
	return strings.Join(parts, ", ")
}
