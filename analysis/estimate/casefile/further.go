package casefile

import "strings"

// Statistics tells what a case's request.stat can be, beside the keys that are
// the same for all.
const Statistics = `stat is one of
  mean, total, ratio, share, count   vars; by, where; options level, df, deff
  proportion_ci, quantile            the same, with options methods, probs, rule, interval
  contrast, wave_change, chisq       comparisons between domains, waves and categories
  linear, logistic                   model
  weights                            the weights that the adjust steps give

and further
  variance, sd, gini        vars; by, where; options level, df
  covariance, correlation   two vars; by, where; options level, df
  ttest                     one var by one column: the means of two levels (options levels, or the
                            two there are); without by, the mean of one var, or of the difference
                            of two, against options null
  ranktest                  one var by one column; options score (wilcoxon, van_der_waerden,
                            median) and levels, for some of the groups
  wald                      of and contrasts, as contrast has them and all linear: whether each is
                            options null, jointly
  margins                   average marginal effects of a model with kind linear or logistic

Those are linearised: replicates are for wald and margins alone.
`

// furtherOptions refine the further statistics.
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
