package indicator

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"barometer/analysis/estimate"
	"barometer/analysis/table"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// Level is the confidence level of every published interval.
const Level = 0.95

// countWeight is the column of ones that counted indicators are weighted by.
const countWeight = "count_weight"

// Unweighted is the design of a plain count: every row weighs one.
func Unweighted() design.Spec { return design.Spec{Weight: countWeight, Lonely: design.Fail} }

// Needed lists the columns of the wave and its weights that estimation under
// spec reads, beside the derived variables: design, calibration and domains.
func Needed(spec design.Spec) []string {
	names := slices.Concat(spec.IDs, spec.Strata, spec.FPC, []string{spec.Weight})
	for _, a := range spec.Adjustments {
		names = append(names, a.Before)
		for _, x := range a.Auxiliary {
			for _, l := range x.Where {
				names = append(names, l.Column)
			}
			names = append(names, x.Value)
		}
	}
	for breakdown := range breakdowns {
		names = append(names, BreakdownColumns(breakdown)...)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" || name == countWeight })
}

// Variables binds what the estimation of the formulas reads to one table: the
// kept columns of data and one derived variable per formula.
func Variables(formulas []Formula, data *microdata.Data, kept []string) (*microdata.Data, error) {
	var columns []microdata.Column
	for _, name := range kept {
		c, err := data.Column(name)
		if err != nil {
			return nil, err
		}
		columns = append(columns, *c)
	}
	derived, err := Derive(formulas, data)
	if err != nil {
		return nil, err
	}
	ones := slices.Repeat([]float64{1}, data.Rows())
	columns = append(columns, microdata.Numbers(countWeight, ones))
	return microdata.New(append(columns, derived...)...)
}

// Estimate computes every formula in every domain from a source that holds
// [Variables]. It returns one estimate per formula and domain, formula by
// formula, domains in order; a domain without rows has N = 0 and NaN numbers.
//
// A counted formula is a plain share of the sample: it has no weights and no
// sampling error.
func Estimate(ctx context.Context, src estimate.Source, spec design.Spec, formulas []Formula, domains []table.Domain) ([]estimate.Estimate, error) {
	return EstimateBy(ctx, src, spec, nil, formulas, domains)
}

// EstimateBy is [Estimate] with standard errors from replicate weights, whose
// rows are those of the source; nil = linearised. A share's interval is formed on
// the logit scale either way.
func EstimateBy(ctx context.Context, src estimate.Source, spec design.Spec, reps *estimate.Replicates, formulas []Formula, domains []table.Domain) ([]estimate.Estimate, error) {
	at := make(map[string]estimate.Estimate)
	for _, counted := range []bool{false, true} {
		found, err := run(ctx, src, spec, reps, formulas, domains, counted)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			at[address(e.Item, e.Domain)] = e
		}
	}
	cells := make([]estimate.Estimate, 0, len(formulas)*len(domains))
	for _, f := range formulas {
		for _, d := range domains {
			levels := Levels(d)
			e, ok := at[address(f.ID, levels)]
			if !ok {
				e = nothing(f.ID, levels)
			}
			cells = append(cells, e)
		}
	}
	return cells, nil
}

// run estimates the formulas that are counted, or those that are not.
func run(ctx context.Context, src estimate.Source, spec design.Spec, reps *estimate.Replicates, formulas []Formula, domains []table.Domain, counted bool) ([]estimate.Estimate, error) {
	req := estimate.Request{Breakdowns: requested(domains), Level: Level, DF: estimate.DF{Rule: estimate.DomainDF}}
	for _, f := range formulas {
		if f.Counted == counted {
			req.Items = append(req.Items, estimate.Item{Stat: estimate.Mean, Var: f.ID})
		}
	}
	if len(req.Items) == 0 {
		return nil, nil
	}
	if counted {
		spec, reps = Unweighted(), nil
	}
	found, err := estimated(ctx, src, spec, reps, req)
	if err != nil {
		return nil, err
	}
	if counted {
		for i := range found {
			e := &found[i]
			e.SE, e.Low, e.High, e.DF = 0, e.Value, e.Value, 0
		}
		return found, nil
	}
	return found, setIntervals(found, formulas, req.Level)
}

func estimated(ctx context.Context, src estimate.Source, spec design.Spec, reps *estimate.Replicates, req estimate.Request) (found []estimate.Estimate, err error) {
	if reps != nil {
		found, _, err = estimate.RunReplicated(ctx, src, spec, req, reps)
	} else {
		found, _, err = estimate.Run(ctx, src, spec, req)
	}
	return found, err
}

// setIntervals gives every estimate the interval that is published with it.
func setIntervals(found []estimate.Estimate, formulas []Formula, level float64) error {
	shares := sharesOf(formulas)
	deff := pooledDeffs(found, shares)
	for i := range found {
		e := &found[i]
		if e.DF < leastDF {
			e.DF = leastDF
			half := estimate.TQuantile(level, e.DF) * e.SE
			e.Low, e.High = e.Value-half, e.Value+half
		}
		if shares[e.Item] {
			if err := shareInterval(e, level, deff[address("", e.Domain)]); err != nil {
				return err
			}
		}
	}
	return nil
}

func sharesOf(formulas []Formula) map[string]bool {
	shares := make(map[string]bool, len(formulas))
	for _, f := range formulas {
		shares[f.ID] = f.Kind == table.Share
	}
	return shares
}

// pooledDeffs returns the design effect that the shares of each domain have in
// common, by the domain's address.
func pooledDeffs(found []estimate.Estimate, shares map[string]bool) map[string]float64 {
	byDomain := make(map[string][]estimate.Estimate)
	for _, e := range found {
		if shares[e.Item] {
			at := address("", e.Domain)
			byDomain[at] = append(byDomain[at], e)
		}
	}
	deff := make(map[string]float64, len(byDomain))
	for at, list := range byDomain {
		deff[at] = estimate.PooledDeff(list)
	}
	return deff
}

// leastDF is the degrees of freedom of a domain that holds one unit of each of
// its strata, of which nothing is left: the interval then says next to nothing,
// as it should, and not nothing.
const leastDF = 1

// shareInterval gives a share an interval that stays between 0 and 1: on the
// logit scale, or Korn & Graubard's where the share is rare, with the design
// effect that the other shares of its domain have. A share without sampling
// error keeps the interval of its value.
func shareInterval(e *estimate.Estimate, level, deff float64) (err error) {
	switch {
	case math.IsNaN(e.Value) || e.SE == 0 && e.Value != 0 && e.Value != 1:
	case e.Rare():
		e.Low, e.High = estimate.RareInterval(*e, level, e.EffectiveRows(deff))
	default:
		e.Low, e.High, err = estimate.ProportionInterval(estimate.Logit, *e, level)
	}
	return err
}

// Levels gives a domain as levels of the wave's columns.
func Levels(d table.Domain) []design.Level {
	var levels []design.Level
	for i, column := range BreakdownColumns(d.Breakdown) {
		levels = append(levels, design.Level{Column: column, Level: d.Codes[i]})
	}
	return levels
}

// requested lists the breakdowns of the domains, each once.
func requested(domains []table.Domain) []estimate.Breakdown {
	var list []estimate.Breakdown
	seen := map[string]bool{}
	for _, d := range domains {
		if !seen[d.Breakdown] {
			seen[d.Breakdown] = true
			list = append(list, estimate.Breakdown{By: BreakdownColumns(d.Breakdown)})
		}
	}
	return list
}

func address(item string, levels []design.Level) string {
	var b strings.Builder
	b.WriteString(item)
	for _, l := range levels {
		fmt.Fprintf(&b, "|%s=%s", l.Column, l.Level)
	}
	return b.String()
}

func nothing(item string, levels []design.Level) estimate.Estimate {
	nan := math.NaN()
	return estimate.Estimate{Item: item, Domain: levels, Value: nan, SE: nan, Low: nan, High: nan, DF: nan, Deff: nan}
}
