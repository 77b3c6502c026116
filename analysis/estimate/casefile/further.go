package casefile

import "strings"

// Further statistics, beside those of the cases' contract:
//
//	variance, sd, gini       vars; by, where, level, df
//	covariance, correlation  two vars; by, where, level, df
//	ttest                    one var by one column: the means of two levels (options.levels,
//	                         or the two there are); one var, or the difference of two, without
//	                         by: its mean against options.null
//	ranktest                 one var by one column; options.score wilcoxon, van_der_waerden or
//	                         median; options.levels for some of the groups
//	wald                     of and contrasts as contrast has them, all linear: that each is
//	                         options.null, jointly
//	margins                  model with kind linear or logistic: average marginal effects
//
// Variances are linearised: a design of replicates is refused but by wald and
// margins.
type furtherOptions struct {
	Levels texts    `json:"levels"`
	Null   *float64 `json:"null"`
	Score  string   `json:"score"`
}

// takes lists the statistics that each of the further options is for.
var takes = map[string]string{"levels": "ttest ranktest", "null": "ttest wald", "score": "ranktest"}

// check refuses an option that the statistic does not take: it would be
// ignored, and the answer be to another question.
func (o furtherOptions) check(stat string) error {
	given := map[string]bool{"levels": len(o.Levels) > 0, "null": o.Null != nil, "score": o.Score != ""}
	for _, key := range []string{"levels", "null", "score"} {
		if given[key] && !contains(takes[key], stat) {
			return badCase("key request.options.%s is for %s, not for %s", key, strings.ReplaceAll(takes[key], " ", " and "), stat)
		}
	}
	return nil
}

func (o furtherOptions) null() float64 {
	if o.Null == nil {
		return 0
	}
	return *o.Null
}

// linearised refuses replicates where a statistic does not use them.
func (p *problem) linearised() error {
	if p.Design.Replicates != nil {
		return badCase("key design.replicates: %s is not estimated from replicates", p.Request.Stat)
	}
	return nil
}
