package response

import (
	"maps"
	"slices"

	"barometer/survey/questionnaire"
)

// changes returns what leads from one set of answers to another: the items
// that differ with their new answer, an empty Answer where one was cleared.
func changes(from, to questionnaire.Answers) questionnaire.Answers {
	changed := questionnaire.Answers{}
	for item, a := range to {
		if !from[item].Equal(a) {
			changed[item] = a
		}
	}
	for item, a := range from {
		if _, kept := to[item]; !kept && !a.IsZero() {
			changed[item] = questionnaire.Answer{}
		}
	}
	return changed
}

// apply carries changes out on a.
func apply(a, changed questionnaire.Answers) {
	for item, answer := range changed {
		if answer.IsZero() {
			delete(a, item)
			continue
		}
		a[item] = answer
	}
}

// conflicts lists the items that two sides changed to different answers.
func conflicts(mine, theirs questionnaire.Answers) []string {
	var items []string
	for item, a := range mine {
		if b, both := theirs[item]; both && !a.Equal(b) {
			items = append(items, item)
		}
	}
	slices.Sort(items)
	return items
}

// only drops changes to items that are not listed; nil lists all.
func only(changed questionnaire.Answers, items []string) questionnaire.Answers {
	if items == nil {
		return changed
	}
	maps.DeleteFunc(changed, func(item string, _ questionnaire.Answer) bool {
		return !slices.Contains(items, item)
	})
	return changed
}

func clone(a questionnaire.Answers) questionnaire.Answers {
	if a == nil {
		return questionnaire.Answers{}
	}
	return maps.Clone(a)
}
