package intake

import (
	"slices"
	"strings"
	"unicode"

	"barometer/survey/questionnaire"
)

// place is what the cells of a column are.
type place struct {
	item    *questionnaire.Item // nil: nothing that is asked
	row     string              // of a matrix or share
	option  string              // the column says whether it is chosen, or its rank
	specify string              // the column holds the text that goes with the option
	check   string              // the column says whether the soft check was confirmed
	rank    int                 // the column holds the option of this rank
}

// plain drops the signs in which programs join or write names differently.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// names lists every name that a column of answers can have.
func names(q *questionnaire.Questionnaire) map[string][]place {
	list := map[string][]place{}
	add := func(p place, parts ...string) {
		key := plain(parts[0]) + ":" + plain(strings.Join(parts[1:], ""))
		if !slices.Contains(list[key], p) {
			list[key] = append(list[key], p)
		}
	}
	for _, item := range q.Items() {
		add(place{item: item}, item.ID)
		for _, row := range item.Rows {
			add(place{item: item, row: row.Code}, item.ID, row.Code)
			if item.Kind.Several() {
				for _, o := range item.Options {
					add(place{item: item, row: row.Code, option: o.Code}, item.ID, row.Code, o.Code)
				}
			}
		}
		if !item.Kind.HasRows() {
			nameOptions(item, add)
		}
		for _, c := range item.Checks {
			add(place{item: item, check: c.ID}, item.ID, "check", c.ID)
		}
	}
	return list
}

// nameOptions lists the names of an item's options.
func nameOptions(item *questionnaire.Item, add func(place, ...string)) {
	var asking []string
	for i, o := range item.Options {
		if item.Kind.Several() || item.Kind == questionnaire.Ranking {
			add(place{item: item, option: o.Code}, item.ID, o.Code)
		}
		if item.Kind == questionnaire.Ranking {
			add(place{item: item, rank: i + 1}, item.ID, "rank", decimal(i+1))
			add(place{item: item, rank: i + 1}, item.ID, decimal(i+1))
		}
		if o.Specify > 0 {
			asking = append(asking, o.Code)
			add(place{item: item, specify: o.Code}, item.ID, o.Code, "text")
			add(place{item: item, specify: o.Code}, item.ID, o.Code, "comment")
		}
	}
	if len(asking) == 1 {
		add(place{item: item, specify: asking[0]}, item.ID, "other")
	}
}

// find finds what a column is: its whole name, or the name after the groups it
// stands in, divided anywhere.
func find(known map[string][]place, column string) []place {
	for at := 0; ; {
		if found := divided(known, column[at:]); len(found) > 0 {
			return found
		}
		next := strings.IndexAny(column[at:], "-/")
		if next < 0 {
			return nil
		}
		at += next + 1
	}
}

func divided(known map[string][]place, name string) []place {
	if found := known[plain(name)+":"]; len(found) > 0 {
		return found
	}
	for i, r := range name {
		if !strings.ContainsRune("_[./-#", r) {
			continue
		}
		if found := known[plain(name[:i])+":"+plain(name[i:])]; len(found) > 0 {
			return found
		}
	}
	return nil
}

// Columns that are no answers: which workplace, in which language, whether it
// was submitted.
var keys = []string{"unit", "code", "access_code", "token", "p_number", "pnumber", "p_nummer"}

var specials = map[string][]string{
	"language":  {"lang", "language", "startlanguage"},
	"submitted": {"submitdate"},
	"outcome":   {"disposition"},
	"review":    {"ReviewState"},
	"status":    {"Status"},
}

// passed are columns of the programs' own that tell nothing we keep, and of our
// own export what is known of every unit.
var passed = map[Layout][]string{
	CSV:        {"mode", "stratum", "stratum_n", "stratum_take", "inclusion_prob", "design_weight", "sector", "subsector", "size", "region", "panel"},
	LimeSurvey: {"id", "lastpage", "seed", "startdate", "datestamp", "ipaddr", "refurl", "interviewtime"},
	ODK: {"SubmissionDate", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected",
		"DeviceID", "Edits", "FormVersion", "instanceID", "instanceName", "start", "end", "today", "deviceid"},
}

// last is the name of a column without the groups it stands in.
func last(column string) string {
	return column[strings.LastIndexAny(column, "-/")+1:]
}

func named(list []string, column string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, last(column)) })
}

// lay finds what every column of the file is. A column that is nothing known is
// refused: what was asked elsewhere and not here must not get lost unseen.
func (r *reading) lay() {
	known := names(r.q)
	conditions := map[string]bool{}
	for _, c := range r.q.Conditions {
		conditions[plain(c.Name)] = true
	}
	r.places, r.key, r.special = make([]place, len(r.table.columns)), -1, map[string]int{}
	seen := map[string]bool{}
	for i, column := range r.table.columns {
		found := r.find(known, column)
		switch {
		case r.options.Layout == ODK && (last(column) == "PARENT_KEY" || strings.HasPrefix(column, "SET-OF-")):
			r.fault(0, column, say("hører til en gentaget gruppe: gentagelser kan ikke indlæses", "belongs to a repeated group: repeats cannot be imported"))
		case column == "" || seen[column]:
			r.fault(0, column, say("står to gange eller har intet navn", "stands twice or has no name"))
		case r.isKey(column):
			if r.key >= 0 {
				r.fault(0, column, say("fortæller, hvilken arbejdsplads det er, og det gør %s også: angiv, hvilken kolonne der gælder", "names the workplace, and so does %s: say which by --key", r.table.columns[r.key]))
			}
			r.key = i
		case r.isSpecial(i, column):
		case len(found) == 1:
			r.places[i] = found[0]
		case len(found) > 1:
			r.fault(0, column, say("kan betyde flere spørgsmål: giv den et andet navn", "can mean more than one question: rename it"))
		case named(passed[r.options.Layout], column), r.options.Key != "" && named(keys, column), conditions[plain(column)]:
		case r.options.Layout == LimeSurvey && (strings.HasSuffix(column, "Time") || strings.HasPrefix(column, "groupTime")):
		default:
			r.fault(0, column, say("er ikke et spørgsmål i skemaet: fjern den, eller giv den et andet navn", "is no question of the questionnaire: take it out or rename it"))
		}
		seen[column] = true
	}
	if r.key < 0 {
		r.fault(0, "", say("ingen kolonne fortæller, hvilke arbejdspladser det er: kald den en af %s, eller angiv en anden", "no column names the workplaces: one of %s, or another by --key", strings.Join(keys, ", ")))
		return
	}
	r.file.Key = r.table.columns[r.key]
}

// find finds what a column is. LimeSurvey can put the wording after the code.
func (r *reading) find(known map[string][]place, column string) []place {
	if r.options.Layout == LimeSurvey {
		if code, _, worded := strings.Cut(column, ". "); worded {
			return find(known, code)
		}
	}
	return find(known, column)
}

// isKey reports whether the column names the workplace.
func (r *reading) isKey(column string) bool {
	if r.options.Key != "" {
		return strings.EqualFold(r.options.Key, column)
	}
	return named(keys, column)
}

func (r *reading) isSpecial(i int, column string) bool {
	for what, list := range specials {
		if named(list, column) {
			r.special[what] = i
			return true
		}
	}
	return false
}
