package xlsform

import (
	"slices"
	"strconv"
	"strings"

	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/expr"
)

// Appearances of questions that are written.
const (
	multiline = "multiline"
	monthYear = "month-year"
)

// onlyCheck is the name of a hard check that stands in constraint alone, with
// its message beside it.
const onlyCheck = "constraint"

// written writes what may be written as the answer to an item.
func (x *exporter) written(c cells, item *questionnaire.Item) {
	if len(item.Options) > 0 {
		x.refuse("ask whether it is known in a question before it", "item %s: options beside a field", item.ID)
	}
	switch item.Kind {
	case questionnaire.Number:
		c["type"] = "integer"
		if item.Decimals > 0 {
			c["type"], c["decimals"] = "decimal", strconv.Itoa(item.Decimals)
		}
		c.text("unit", item.Unit)
	case questionnaire.Date:
		c["type"] = "date"
	case questionnaire.Month:
		c["type"], c["appearance"] = "date", monthYear
	case questionnaire.Line:
		c["type"] = "text"
	default:
		c["type"], c["appearance"] = "text", multiline
	}
	c["soft_min"], c["soft_max"] = item.Usual.Low, item.Usual.High
}

// literal is a bound of an item as expressions write it.
func literal(k questionnaire.Kind, bound string) string {
	switch k {
	case questionnaire.Date:
		return "date('" + bound + "')"
	case questionnaire.Month:
		return "date('" + bound + "-01')"
	}
	return bound
}

// checks writes the checks of an item on their own sheet, and returns the hard
// ones written out for other programs. The one that Usual stands for has
// columns of its own.
func (x *exporter) checks(c cells, item *questionnaire.Item) []string {
	own := slices.DeleteFunc(slices.Clone(item.Checks), func(check questionnaire.Check) bool {
		return check.ID == "range" && item.Usual != questionnaire.Bounds{}
	})
	only := len(own) == 1 && own[0].Hard && own[0].ID == onlyCheck
	var parts []string
	for _, check := range own {
		if check.Hard {
			parts = append(parts, x.required(item, check))
		}
		if only {
			c.text("constraint_message", check.Message)
			break
		}
		row := cells{"item": item.ID, "name": check.ID, "level": "soft", "when": check.When.String()}
		if check.Hard {
			row["level"] = "hard"
		}
		row.text("message", check.Message)
		x.add(checks, row)
	}
	return parts
}

// required is what a hard check requires, with a dot for the answer.
func (x *exporter) required(item *questionnaire.Item, check questionnaire.Check) string {
	full, ok := x.q.Expand(expr.Not(check.When))
	if !ok {
		x.refuse("simplify its conditions", "item %s: check %s is too long when its conditions are written out", item.ID, check.ID)
		return ""
	}
	return "(" + strings.ReplaceAll(full.String(), "${"+item.ID+"}", ".") + ")"
}
