package questionnaire_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
)

// every is the questionnaire of every kind.
func every(t testing.TB) *questionnaire.Questionnaire {
	t.Helper()
	src, err := os.ReadFile("testdata/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	q, err := questionnaire.Load(bytes.NewReader(src), "kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// plus is a form with one field more, or another value in it.
func plus(form url.Values, name, value string) url.Values {
	out := maps.Clone(form)
	out.Set(name, value)
	return out
}

// rules lists faults by field and rule.
func rules(faults []questionnaire.Fault) string {
	var list []string
	for _, f := range faults {
		list = append(list, f.Field()+" "+string(f.Rule))
	}
	return strings.Join(list, ", ")
}

// feature loads one of the small questionnaires.
func feature(t testing.TB, name string) *questionnaire.Questionnaire {
	t.Helper()
	src, err := os.ReadFile("testdata/features/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	q, err := questionnaire.Load(bytes.NewReader(src), name)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestGoal23_NumbersAreReadAsWritten: Danish and English, grouped or not; what
// can be read in two ways is asked about and never guessed.
func TestGoal23_NumbersAreReadAsWritten(t *testing.T) {
	whole, decimals := "number", "number-bounds" // Q1 with 0 and with 2 decimals from 0 to 168
	tests := []struct {
		feature, typed string
		lang           i18n.Lang
		want           string // value, "" for none
		faults         string
	}{
		{whole, "1250", "da", "1250", ""},
		{whole, " 0012 ", "da", "12", ""},
		{whole, "1.250", "da", "1250", ""}, // a whole number has no decimals
		{whole, "1,250", "en", "1250", ""},
		{whole, "1,250", "da", "", "Q1 two_ways"}, // a comma begins decimals in Danish
		{whole, "1.250", "en", "", "Q1 two_ways"},
		{whole, "12.345.678", "da", "12345678", ""},
		{whole, "12,345,678", "da", "12345678", ""}, // one reading, whatever the language
		{whole, "1 250", "da", "1250", ""},
		{whole, "1\u00a0250", "en", "1250", ""},
		{whole, "−5", "da", "-5", ""},
		{whole, "-0", "da", "0", ""},
		{whole, "+7", "da", "7", ""},
		{whole, "12,5", "da", "", "Q1 no_number"},
		{whole, "1.25", "da", "", "Q1 no_number"},
		{whole, "0.250", "da", "", "Q1 no_number"}, // no thousands begin with 0, and no decimals are asked for
		{whole, "1.25.000", "da", "", "Q1 no_number"},
		{whole, "ti", "da", "", "Q1 no_number"},
		{whole, "1e3", "da", "", "Q1 no_number"},
		{whole, "٣", "da", "", "Q1 no_number"},
		{whole, "1234567890123456", "da", "", "Q1 no_number"},
		{decimals, "12,5", "da", "12.5", ""},
		{decimals, "12.5", "da", "12.5", ""},
		{decimals, "12.50", "en", "12.5", ""},
		{decimals, "12,5 timer", "da", "12.5", ""},
		{decimals, ",5", "da", "0.5", "Q1--confirm doubtful"},
		{decimals, "5,", "da", "", "Q1 no_number"},
		{decimals, "12,555", "da", "", "Q1 two_ways"},
		{decimals, "12.555", "da", "12555", "Q1 outside"},
		{decimals, "1.000,25", "da", "1000.25", "Q1 outside"},
		{decimals, "1,000.25", "da", "1000.25", "Q1 outside"},
		{decimals, "-1", "da", "-1", "Q1 outside"},
		{decimals, "100", "da", "100", "Q1--confirm doubtful"},
		{decimals, "", "da", "", "Q1 required"},
	}
	for _, tt := range tests {
		q := feature(t, tt.feature)
		a, faults, err := q.ReadPage("en", plus(form(""), "Q1", tt.typed), tt.lang, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := a["Q1"].Value; got != tt.want || rules(faults) != tt.faults {
			t.Errorf("%q in %s is %q with %q, want %q with %q", tt.typed, tt.lang, got, rules(faults), tt.want, tt.faults)
		}
		if tt.want == "" && tt.typed != "" && a["Q1"].Typed[""] != strings.TrimSpace(tt.typed) {
			t.Errorf("%q was not kept as typed: %+v", tt.typed, a["Q1"])
		}
	}
}

// TestGoal23_AmbiguityIsSettledByTheRespondent: both readings are offered, the
// one that is pointed out counts, and neither a reading of another text nor one
// that is none is taken.
func TestGoal23_AmbiguityIsSettledByTheRespondent(t *testing.T) {
	q := every(t)
	k2, _ := q.Item("K2")
	if got := k2.Readings("1.234"); !slices.Equal(got, []string{"1234", "1.234"}) {
		t.Fatalf("readings %v", got)
	}
	page := form("K1=10&K3--none=ved_ikke")
	for _, tt := range []struct{ typed, reading, want string }{
		{"1.234", "1.234", "1.234"}, {"1.234", "1234", "1234"}, {"1,234", "1234", "1234"},
		{"1.234", "12.34", ""}, {"1.235", "1.234", ""}, {"7", "1.234", "7"},
	} {
		a, _, err := q.ReadPage("tal", plus(plus(page, "K2", tt.typed), "K2--reading", tt.reading), "da", nil)
		if err != nil || a["K2"].Value != tt.want {
			t.Errorf("%+v: %+v %v", tt, a["K2"], err)
		}
	}
	if _, _, err := q.ReadPage("tal", plus(plus(page, "K2", "1.234"), "K2--reading", "1,234"), "da", nil); err == nil {
		t.Error("a reading that no page offers was taken")
	}
	for _, l := range i18n.Languages { // shown again, it has one reading
		if got := questionnaire.Entry("1.234", l); len(k2.Readings(got)) != 1 {
			t.Errorf("%s stands on the page as %s, which has readings %v", l, got, k2.Readings(got))
		}
	}
}

// TestGoal24_SoftChecksAreOverriddenDeliberately: a doubt stops the page until
// its own box is ticked; that is stored, and ends with the answer it was for.
func TestGoal24_SoftChecksAreOverriddenDeliberately(t *testing.T) {
	q := feature(t, "checks")
	first := questionnaire.Answers{"Q1": {Value: "10"}}
	a, faults, err := q.ReadPage("to", form("Q2=8"), "da", first)
	if err != nil || rules(faults) != "Q2--confirm doubtful" {
		t.Fatalf("%v %v", rules(faults), err)
	}
	doubts := q.Doubts(a, "Q2")
	if len(doubts) != 1 || doubts[0].Check.ID != "mange" || doubts[0].Confirmed {
		t.Fatalf("%+v", doubts)
	}
	yes := plus(form("Q2=8"), "Q2--confirm", doubts[0].Mark)
	a, faults, err = q.ReadPage("to", yes, "da", first)
	if err != nil || len(faults) > 0 || !slices.Equal(a["Q2"].Confirmed, []string{doubts[0].Mark}) {
		t.Fatalf("%v %v %+v", faults, err, a["Q2"])
	}
	if faults := q.Complete(a); len(faults) > 0 {
		t.Errorf("confirmed, yet %v", faults)
	}
	if got := column(t, q, a, "q2_check_mange"); got != (questionnaire.Cell{Number: 1}) {
		t.Errorf("the column says %+v", got)
	}
	if _, faults, _ = q.ReadPage("to", plus(yes, "Q2", "9"), "da", a); rules(faults) != "Q2--confirm doubtful" {
		t.Errorf("another answer took over the confirmation: %v", faults)
	}
	changed := questionnaire.Answers{"Q1": {Value: "11"}, "Q2": a["Q2"]}
	if faults := q.Complete(changed); rules(faults) != "Q2--confirm doubtful" {
		t.Errorf("what was compared with has changed: %v", faults)
	}
	settled, faults, _ := q.ReadPage("to", plus(yes, "Q2", "3"), "da", a)
	if len(faults) > 0 || settled["Q2"].Confirmed != nil {
		t.Errorf("nothing to confirm, yet %+v, %v", settled["Q2"], faults)
	}
	for _, mark := range []string{"mange", "mange.xyz", "hoejst.12345678", "andet.12345678"} {
		if _, _, err := q.ReadPage("to", plus(form("Q2=8"), "Q2--confirm", mark), "da", first); err == nil {
			t.Errorf("%q was taken for a confirmation", mark)
		}
	}
}

// TestGoal24_HardChecksCannotBeOverridden, and compare only what is known.
func TestGoal24_HardChecksCannotBeOverridden(t *testing.T) {
	q := feature(t, "checks")
	if _, faults, _ := q.ReadPage("to", form("Q2=12"), "da", questionnaire.Answers{"Q1": {Value: "10"}}); rules(faults) != "Q2 checked" {
		t.Errorf("%v", faults)
	}
	if _, faults, _ := q.ReadPage("to", form("Q2=12"), "da", questionnaire.Answers{}); len(faults) > 0 {
		t.Errorf("Q1 is unanswered, so nothing is known to be wrong: %v", faults)
	}
	// A check sees the other answers of its page as they are sent.
	if _, faults, _ := q.ReadPage("to", form("Q2=0&Q3--day=5&Q3--month=2&Q3--year=2026"), "da", questionnaire.Answers{"Q1": {Value: "10"}}); rules(faults) != "Q3--confirm doubtful" {
		t.Errorf("%v", faults)
	}
	if _, faults, _ := q.ReadPage("to", form("Q2=2&Q3--day=5&Q3--month=2&Q3--year=2026"), "da", questionnaire.Answers{"Q1": {Value: "10"}}); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
}

func column(t *testing.T, q *questionnaire.Questionnaire, a questionnaire.Answers, name string) questionnaire.Cell {
	t.Helper()
	for i, v := range q.Variables() {
		if v.Name == name {
			return q.Row(a)[i]
		}
	}
	t.Fatalf("no column %s", name)
	return questionnaire.Cell{}
}

// TestGoal25_NoAnswersStayApart: not known, declined, not relevant, left open,
// not asked and not reached are six different things in the data, beside every
// kind of field.
func TestGoal25_NoAnswersStayApart(t *testing.T) {
	beside, plain := feature(t, "beside"), feature(t, "number-bounds")
	answers := func(code string) questionnaire.Answers {
		a := questionnaire.Answers{}
		for _, id := range []string{"Q1", "Q2", "Q3", "Q4", "Q5"} {
			a[id] = one(code)
		}
		return a
	}
	for code, want := range map[string]codebook.Missing{"ved_ikke": codebook.DontKnow, "nej_tak": codebook.Refused, "ikke_relevant": codebook.NotRelevant} {
		a := answers(code)
		if faults := beside.Complete(a); len(faults) > 0 {
			t.Fatal(faults)
		}
		for i, v := range beside.Variables() {
			if got := beside.Row(a)[i]; got.Missing != want {
				t.Errorf("%s, answered %s, is missing for %q", v.Name, code, got.Missing)
			}
		}
	}
	single := feature(t, "not-an-answer")
	for _, tt := range []struct {
		q      *questionnaire.Questionnaire
		a      questionnaire.Answers
		column string
		want   questionnaire.Cell
	}{
		{plain, questionnaire.Answers{"Q1": {Value: "8"}}, "q2", questionnaire.Cell{Missing: codebook.Skipped}},
		{plain, questionnaire.Answers{}, "q1", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{plain, questionnaire.Answers{"Q1": {Typed: map[string]string{"": "mange"}}}, "q1", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{plain, questionnaire.Answers{"Q1": {Value: "900"}}, "q1", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{plain, questionnaire.Answers{"Q1": {Value: "12.25"}}, "q1", questionnaire.Cell{Number: 12.25}},
		{single, questionnaire.Answers{"Q1": one("nej_tak")}, "q1", questionnaire.Cell{Missing: codebook.Refused}},
		{single, questionnaire.Answers{"Q1": one("ved_ikke")}, "q1", questionnaire.Cell{Level: "ved_ikke"}},
		{single, questionnaire.Answers{"Q2": one("ved_ikke")}, "q2_ved_ikke", questionnaire.Cell{Number: 1}},
		{single, questionnaire.Answers{"Q2": one("ikke_relevant")}, "q2_tid", questionnaire.Cell{Missing: codebook.NotRelevant}},
		{single, questionnaire.Answers{"Q3": {Rows: map[string][]string{"drift": {"ikke_relevant"}, "nyt": {"meget"}}}}, "q3_drift", questionnaire.Cell{Missing: codebook.NotRelevant}},
		{single, questionnaire.Answers{"Q3": {Rows: map[string][]string{"drift": {"ikke_relevant"}, "nyt": {"meget"}}}}, "q3_nyt", questionnaire.Cell{Level: "meget"}},
		{feature(t, "route-number"), questionnaire.Answers{"Q1": {Value: "5"}, "Q2": {Value: "5"}}, "q3", questionnaire.Cell{Missing: codebook.NotAsked}},
		{feature(t, "route-number"), questionnaire.Answers{"Q1": {Value: "150"}, "Q2": {Value: "1.5"}}, "q3", questionnaire.Cell{Missing: codebook.Nonresponse}},
	} {
		if got := column(t, tt.q, tt.a, tt.column); got != tt.want {
			t.Errorf("%s: %s of %v is %+v, want %+v", tt.q.ID, tt.column, tt.a, got, tt.want)
		}
	}
}

// TestGoal21_FieldsOfEveryKindAreChecked reads forms of the questionnaire of
// every kind.
func TestGoal21_FieldsOfEveryKindAreChecked(t *testing.T) {
	q := every(t)
	tests := []struct {
		name, page, form string
		before           questionnaire.Answers
		item             string
		want             questionnaire.Answer
		faults           string
	}{
		{"nothing", "tal", "", nil, "K1", questionnaire.Answer{}, "K1 required, K3 required"},
		{"beside the field", "tal", "K1--none=vil_ikke&K3--none=ved_ikke", nil, "K1", one("vil_ikke"), ""},
		{"newly chosen beside the field", "tal", "K1=5&K1--none=vil_ikke&K3--none=ved_ikke", nil, "K1", one("vil_ikke"), ""},
		{"added to what stood beside it", "tal", "K1=5&K1--none=vil_ikke&K3--none=ved_ikke", questionnaire.Answers{"K1": one("vil_ikke")}, "K1",
			questionnaire.Answer{Codes: []string{"vil_ikke"}, Value: "5"}, "K1--none clash"},
		{"two beside the field", "tal", "K1--none=vil_ikke&K1--none=ved_ikke&K3--none=ved_ikke", nil, "K1", several("ved_ikke", "vil_ikke"), "K1--none clash"},
		{"shares", "tal", "K1=5&K3.drift=60&K3.forny=25,0&K3.andet=15", nil, "K3", share("60", "25", "15"), ""},
		{"shares that miss some", "tal", "K1=5&K3.drift=60&K3.forny=25", nil, "K3", share("60", "25", ""), "K3 not_whole"},
		{"the rest", "tal", "K1=5&K3.drift=60&K3.forny=25&K3--rest=andet", nil, "K3", share("60", "25", "15"), ""},
		{"the rest of another row", "tal", "K1=5&K3.drift=60&K3.forny=25&K3--rest=drift", nil, "K3", share("60", "25", ""), "K3 not_whole"},
		{"nothing is left", "tal", "K1=5&K3.drift=60&K3.forny=40", nil, "K3", share("60", "40", "0"), ""},
		{"too much", "tal", "K1=5&K3.drift=60&K3.forny=50", nil, "K3", share("60", "50", ""), "K3 not_whole"},
		{"above all", "tal", "K1=5&K3.drift=160&K3.forny=-60", nil, "K3", share("160", "-60", "0"), "K3.drift outside, K3.forny outside"},
		{"half per cents", "tal", "K1=5&K3.drift=33,5&K3.forny=66,5", nil, "K3", questionnaire.Answer{Typed: map[string]string{".drift": "33,5", ".forny": "66,5"}}, "K3.drift no_number, K3.forny no_number"},
		{"a date", "tid", "K4--day=01&K4--month=2&K4--year=2024", nil, "K4", questionnaire.Answer{Value: "2024-02-01"}, ""},
		{"no such day", "tid", "K4--day=30&K4--month=2&K4--year=2024", nil, "K4", typed("--day", "30", "--month", "2", "--year", "2024"), "K4--day no_date"},
		{"no year", "tid", "K4--day=3&K4--month=2", nil, "K4", typed("--day", "3", "--month", "2"), "K4--year no_date"},
		{"year of two digits", "tid", "K4--day=3&K4--month=2&K4--year=24", nil, "K4", typed("--day", "3", "--month", "2", "--year", "24"), "K4--year no_date"},
		{"month in letters", "tid", "K4--day=3&K4--month=maj&K4--year=2024", nil, "K4", typed("--day", "3", "--month", "maj", "--year", "2024"), "K4--month no_date"},
		{"before the first", "tid", "K4--day=31&K4--month=12&K4--year=2019", nil, "K4", questionnaire.Answer{Value: "2019-12-31"}, "K4--day outside"},
		{"a month", "tid", "K4--none=ved_ikke&K5--month=5&K5--year=2023", nil, "K5", questionnaire.Answer{Value: "2023-05"}, ""},
		{"thirteenth month", "tid", "K4--none=ved_ikke&K5--month=13&K5--year=2023", nil, "K5", typed("--month", "13", "--year", "2023"), "K5--month no_date"},
		{"after what it led to", "tid", "K4--day=1&K4--month=2&K4--year=2024&K5--month=3&K5--year=2024", nil, "K5", questionnaire.Answer{Value: "2024-03"}, "K5 checked"},
		{"text of an option", "ord", "K6=Ny&K8=andre&K8--text.andre=+Naboen+", nil, "K8", questionnaire.Answer{Codes: []string{"andre"}, Specify: map[string]string{"andre": "Naboen"}}, ""},
		{"an option without its text", "ord", "K6=Ny&K8=andre", nil, "K8", one("andre"), "K8--text.andre unnamed"},
		{"a text without its option", "ord", "K6=Ny&K8=borgere&K8--text.andre=Naboen", nil, "K8", one("borgere"), ""},
		{"a line too long", "ord", "K6=" + strings.Repeat("x", 61) + "&K8=borgere", nil, "K6", questionnaire.Answer{Text: strings.Repeat("x", 61)}, "K6 too_long"},
		{"declined stands alone", "ord", "K6=Ny&K8=borgere&K8=vil_ikke", nil, "K8", one("vil_ikke"), ""},
		{"an order", "orden", "K9.penge=1&K9.tid=2&K12.kvalitet=stort&K12.trivsel=lille", nil, "K9", several("penge", "tid"), ""},
		{"a tie", "orden", "K9.penge=1&K9.tid=1&K12.kvalitet=stort&K12.trivsel=lille", nil, "K9", typed(".penge", "1", ".tid", "1"), "K9.penge tied"},
		{"a gap", "orden", "K9.penge=2&K12.kvalitet=stort&K12.trivsel=lille", nil, "K9", typed(".penge", "2"), "K9 gap"},
		{"half an order", "orden", "K9.penge=1&K12.kvalitet=stort&K12.trivsel=lille", nil, "K9", one("penge"), "K9 gap"},
		{"all in order", "orden", "K9--none=ved_ikke&K10.samfund=1&K10.borgere=3&K10.ansatte=2&K12.kvalitet=stort&K12.trivsel=lille", nil, "K10", several("samfund", "ansatte", "borgere"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, faults, err := q.ReadPage(tt.page, form(tt.form), i18n.Danish, tt.before)
			if err != nil {
				t.Fatal(err)
			}
			if !got[tt.item].Equal(tt.want) || rules(faults) != tt.faults {
				t.Errorf("%s is %+v with %q, want %+v with %q", tt.item, got[tt.item], rules(faults), tt.want, tt.faults)
			}
			for _, f := range faults {
				if len(f.Message.Missing()) > 0 || strings.Contains(f.Message.DA+f.Message.EN, "%!") {
					t.Errorf("a fault without words: %+v", f)
				}
			}
			if again := q.Complete(got); len(faults) > 0 && !strings.Contains(rules(again), rules(faults)) {
				t.Errorf("the check before submitting finds %q, not %q", rules(again), rules(faults))
			}
		})
	}
}

func share(values ...string) questionnaire.Answer {
	a := questionnaire.Answer{Parts: map[string]string{}}
	for i, row := range []string{"drift", "forny", "andet"} {
		if values[i] != "" {
			a.Parts[row] = values[i]
		}
	}
	return a
}

func typed(pairs ...string) questionnaire.Answer {
	a := questionnaire.Answer{Typed: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		a.Typed[pairs[i]] = pairs[i+1]
	}
	return a
}

// TestGoal22_RefusesWhatNoPageOfAnyKindSends names the field.
func TestGoal22_RefusesWhatNoPageOfAnyKindSends(t *testing.T) {
	q := every(t)
	for name, tt := range map[string]struct{ page, form, field string }{
		"two numbers":             {"tal", "K1=1&K1=2", "K1"},
		"a number of two lines":   {"tal", "K1=1%0A2", "K1"},
		"a long number":           {"tal", "K1=" + strings.Repeat("1", 300), "K1"},
		"NUL in a number":         {"tal", "K1=1%00", "K1"},
		"another option":          {"tal", "K1--none=ja", "K1--none"},
		"an option twice":         {"tal", "K1--none=ved_ikke&K1--none=ved_ikke", "K1--none"},
		"a share in the field":    {"tal", "K3=50", "K3"},
		"a row that is none":      {"tal", "K3.ferie=50", "K3.ferie"},
		"a day of a month":        {"tid", "K5--day=1", "K5--day"},
		"a date in one field":     {"tid", "K4=2024-01-01", "K4"},
		"not UTF-8 in a date":     {"tid", "K4--day=%ff", "K4--day"},
		"a line of two":           {"ord", "K6=a%0Ab", "K6"},
		"a text of no option":     {"ord", "K8--text.borgere=x", "K8--text.borgere"},
		"a text of two lines":     {"ord", "K8=andre&K8--text.andre=a%0Ab", "K8--text.andre"},
		"a rank that is none":     {"orden", "K9.tid=0", "K9.tid"},
		"a rank beyond the last":  {"orden", "K9.tid=3", "K9.tid"},
		"a rank in letters":       {"orden", "K9.tid=foerst", "K9.tid"},
		"a rank of what is aside": {"orden", "K9.ved_ikke=1", "K9.ved_ikke"},
		"an order in the field":   {"orden", "K9=tid", "K9"},
		"off the route":           {"orden", "K11=ja", "K11"},
		"a text off the route":    {"orden", "K11--text.anden=x", "K11--text.anden"},
	} {
		_, _, err := q.ReadPage(tt.page, form(tt.form), i18n.Danish, questionnaire.Answers{"K1": {Value: "5"}, "K3": share("90", "10", "0")})
		if fault, ok := err.(*questionnaire.FormError); !ok || fault.Field != tt.field {
			t.Errorf("%s: got %v, want field %s refused", name, err, tt.field)
		}
	}
}

// TestGoal06_RoutesByNumberAreProven, on both sides of every point; what has no
// bound is not claimed.
func TestGoal06_RoutesByNumberAreProven(t *testing.T) {
	base := func(kind, route string) string {
		return string(replace(t, "id: proeve", "id: proeve")) + "  - id: tal\n    title: {da: Tal, en: Numbers}\n    items:\n      - id: N1\n        kind: " + kind +
			"\n        short: {da: N, en: N}\n        label: {da: N, en: N}\n  - id: sidst\n    title: {da: S, en: L}\n    items:\n      - id: N2\n        kind: single\n        scale: yn\n        short: {da: N, en: N}\n        label: {da: N, en: N}\n        relevant: \"" + route + "\"\n"
	}
	for _, tt := range []struct{ kind, route, want string }{
		{"number\n        min: 0\n        max: 100", "${N1} >= 100", ""},
		{"number\n        min: 0\n        max: 100", "${N1} > 100", "can never"},
		{"number\n        min: 0\n        max: 100", "${N1} < 0", "can never"},
		{"number\n        min: 0\n        max: 100", "${N1} > 3 and ${N1} < 4", "can never"},
		{"number\n        decimals: 1\n        min: 0\n        max: 100", "${N1} > 3 and ${N1} < 4", ""},
		{"number", "${N1} < -123456", ""},
		{"number", "${N1} > 7 and ${N1} < 7", "can never"},
		{"number\n        min: 0\n        max: 100", "${N1} * 2 = 84", ""},
		{"number\n        min: 0\n        max: 100", "${N1} * 2 = 85", "can never"},
		{"number", "${N1} * 2 = 85", "not proven"},
		{"number\n        min: 0\n        max: 100", "coalesce(${N1}, 0) = 17", ""},
		{"date\n        min: 2024-01-01", "${N1} < date('2024-01-02')", ""},
		{"date\n        min: 2024-01-01", "${N1} < date('2024-01-01')", "can never"},
		{"month\n        max: 2024-12", "${N1} > date('2024-12-01')", "can never"},
		{"month\n        max: 2024-12", "${N1} > date('2024-11-30')", ""},
	} {
		findings := questionnaire.Lint(strings.NewReader(base(tt.kind, tt.route)), "q.yaml")
		got := ""
		for _, f := range findings {
			got += f.Message + "\n"
		}
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) || tt.want == "can never" && strings.Contains(got, "not proven") {
			t.Errorf("%q, %s: got %q, want %q", tt.kind, tt.route, got, tt.want)
		}
	}
}

// TestGoal09_PlacesForAnswers show the answer as text, and what the author says
// where there is none in substance.
func TestGoal09_PlacesForAnswers(t *testing.T) {
	q := feature(t, "piping")
	label := func(a questionnaire.Answers, item string) i18n.Text {
		p, _ := q.RoutedPage(a, "to")
		for _, i := range p.Items {
			if i.ID == item {
				return i18n.Text{DA: i.Label.DA + i.Hint.DA, EN: i.Label.EN + i.Hint.EN}
			}
		}
		t.Fatalf("no %s", item)
		return i18n.Text{}
	}
	for _, tt := range []struct {
		a    questionnaire.Answers
		item string
		want i18n.Text
	}{
		{nil, "Q4", i18n.Text{DA: "I brugte nogen tid på fornyelsen. Er det rigtigt?", EN: "You spent some time on the innovation. Is that right?"}},
		{questionnaire.Answers{"Q1": one("ved_ikke")}, "Q4", i18n.Text{DA: "I brugte nogen tid på fornyelsen. Er det rigtigt?", EN: "You spent some time on the innovation. Is that right?"}},
		{questionnaire.Answers{"Q1": {Value: "1250"}, "Q3": {Text: "<b>${Q1|x}</b>\n{period}"}}, "Q4",
			i18n.Text{DA: "I brugte 1250 timer på <b>${Q1|x}</b> {period}. Er det rigtigt?", EN: "You spent 1250 hours on <b>${Q1|x}</b> {period}. Is that right?"}},
		{questionnaire.Answers{"Q1": {Typed: map[string]string{"": "mange"}}}, "Q4", i18n.Text{DA: "I brugte nogen tid på fornyelsen. Er det rigtigt?", EN: "You spent some time on the innovation. Is that right?"}},
		{questionnaire.Answers{"Q2": several("tid", "viden", "ledelse")}, "Q5", i18n.Text{DA: "Hvad gælder her?I valgte Tid, Viden og Ledelse", EN: "What applies here?You chose Time, Knowledge and Management"}},
	} {
		if got := label(tt.a, tt.item); got != tt.want {
			t.Errorf("%v: %+v, want %+v", tt.a, got, tt.want)
		}
	}
	for _, v := range q.Variables() {
		if v.Item == "Q4" && v.Question.DA != "I brugte [svaret på Q1] på [svaret på Q3]. Er det rigtigt?" {
			t.Errorf("the codebook says %q", v.Question.DA)
		}
	}
}

// What is published before the program knew of a feature keeps its hash.
func TestGoal07_HashesOfBeforeStand(t *testing.T) {
	const want = "4fec5942be377fd951562b844323ca4103fffe1ed509554421f07ef9bee8ab4b"
	if got := wave(t).Hash; got != want {
		t.Errorf("the wave's questionnaire has the hash %s, it was published as %s", got, want)
	}
}

// FuzzReadEveryKind holds ReadPage to the same as FuzzReadPage, for every kind.
func FuzzReadEveryKind(f *testing.F) {
	q := every(f)
	for seed := range uint64(8) {
		person := questionnairetest.Respondent{Rand: rand.New(rand.NewPCG(seed, 5))}
		for _, page := range []string{"tal", "tid", "ord", "orden"} {
			p, _ := q.RoutedPage(nil, page)
			f.Add(page, person.Form(p).Encode(), seed%2 == 0)
		}
	}
	f.Add("tal", "K1=1.234,5&K2=1.234&K3.drift=1&K3--rest=andet", true)
	f.Fuzz(func(t *testing.T, page, query string, danish bool) {
		l := i18n.English
		if danish {
			l = i18n.Danish
		}
		sent, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		a, faults, err := q.ReadPage(page, sent, l, nil)
		if err != nil || len(faults) > 0 {
			return
		}
		p, _ := q.RoutedPage(a, page)
		again := url.Values{}
		for _, item := range p.Items {
			maps.Copy(again, item.Entries(a[item.ID], l))
		}
		b, faults, err := q.ReadPage(page, again, l, a)
		if err != nil || len(faults) > 0 {
			t.Fatalf("taken once, then %v %v", err, faults)
		}
		for id := range a {
			if !a[id].Equal(b[id]) {
				t.Fatalf("%s became %+v, then %+v", id, a[id], b[id])
			}
		}
	})
}

// FuzzReadings holds the reading of numbers to: each reading is in the spelling
// it is kept in, and is read back as itself in either language.
func FuzzReadings(f *testing.F) {
	q := every(f)
	k2, _ := q.Item("K2")
	for _, s := range []string{"1.234", "1,234.5", "-0,5", "1 000", "12.345.678", "1.2.3", "mio. kr.", "5 mio. kr.", "٣", "--1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, v := range k2.Readings(typed) {
			for _, l := range i18n.Languages {
				if again := k2.Readings(questionnaire.Entry(v, l)); !slices.Equal(again, []string{v}) {
					t.Errorf("%q reads as %s, which stands in %s as %s and reads as %v", typed, v, l, questionnaire.Entry(v, l), again)
				}
			}
		}
	})
}

// TestGoal03_MissingTranslationNamesIdAndLanguage, and nothing that lacks one
// loads, so nothing that lacks one is published.
func TestGoal03_MissingTranslationNamesIdAndLanguage(t *testing.T) {
	src, err := os.ReadFile("testdata/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ old, want string }{
		{", en: employees}", "item K1 unit: the English text is missing"},
		{`, en: "Others, please specify"`, "item K8 option andre: the English text is missing"},
		{", en: How large has the benefit been?}", "item K12 label: the English text is missing"},
		{", en: \"That is many years ago. Is the month right?\"}", "check tidligt of item K5 message: the English text is missing"},
	} {
		rest := ""
		if strings.HasSuffix(tt.old, "}") {
			rest = "}"
		}
		if !bytes.Contains(src, []byte(tt.old)) {
			t.Fatalf("kinds.yaml does not contain %q", tt.old)
		}
		_, err := questionnaire.Load(bytes.NewReader(bytes.Replace(src, []byte(tt.old), []byte(rest), 1)), "q.yaml")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("without %q: %v", tt.old, err)
		}
	}
}
