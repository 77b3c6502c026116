package casefile_test

import (
	"strings"
	"testing"

	"barometer/analysis/estimate/casefile"
)

// twelve is a sample of two strata of three units of two rows. N and M are
// population counts of units and, within a unit, of rows.
const twelve = `row,h,psu,N,M,w,y,x,g,k,code
1,a,a1,9,4,2,1,10,p,1,R
2,a,a1,9,4,2,0,12,q,1,R
3,a,a2,9,4,2,1,11,p,2,R
4,a,a2,9,4,2,1,10,q,2,N
5,a,a3,9,4,2,0,15,p,1,R
6,a,a3,9,4,2,1,12,q,1,N
7,b,b1,8,4,3,0,11,p,2,R
8,b,b1,8,4,3,1,13,q,2,R
9,b,b2,8,4,3,0,10,p,1,R
10,b,b2,8,4,3,1,11,q,1,U
11,b,b3,8,4,3,1,14,p,2,R
12,b,b3,8,4,3,0,12,q,2,R
`

// with changes fields of twelve: "7 w -3" writes -3 into column w of row 7, and
// "* w 0" into all rows.
func with(t *testing.T, changes ...string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(twelve), "\n")
	names := strings.Split(lines[0], ",")
	for _, change := range changes {
		part := strings.SplitN(change, " ", 3)
		for i, line := range lines[1:] {
			fields := strings.Split(line, ",")
			for k, name := range names {
				if name == part[1] && (part[0] == "*" || part[0] == fields[0]) {
					fields[k] = part[2]
				}
			}
			lines[i+1] = strings.Join(fields, ",")
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// Every code of a refusal, reached in several ways, with a message that says
// where and what. R gives a number for many of these.
func TestEveryCodeNamesItsPlace(t *testing.T) {
	const (
		strata   = `"design":{"strata":["h"],"weights":"w"}`
		clusters = `"design":{"ids":["psu"],"strata":["h"],"weights":"w"}`
		counted  = `"design":{"ids":["psu"],"strata":["h"],"fpc":["N"],"weights":"w"}`
		staged   = `"design":{"ids":["psu","row"],"strata":["h"],"fpc":["N","M"],"weights":"w"}`
		weighted = `"design":{"weights":"w"}`
		mean     = `,"request":{"stat":"mean","vars":["y"]}`
	)
	adjust := func(step string) string { return strata + `,"adjust":[` + step + `]` + mean }
	totals := func(column string, pairs ...string) string {
		var list []string
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, `{"level":{"`+column+`":"`+pairs[i]+`"},"total":`+pairs[i+1]+`}`)
		}
		return `"vars":["` + column + `"],"totals":[` + strings.Join(list, ",") + `]`
	}
	post := func(margin string) string { return adjust(`{"kind":"poststratify",` + margin + `}`) }
	rake := func(margins ...string) string {
		return adjust(`{"kind":"rake","margins":[{` + strings.Join(margins, "},{") + `}]}`)
	}
	calibrate := func(bounds, constraints string) string {
		return adjust(`{"kind":"calibrate","method":"linear","bounds":` + bounds + `,"constraints":[` + constraints + `]}`)
	}
	byClass := adjust(`{"kind":"nonresponse_class","status":"code","respondents":["R"],"nonrespondents":["N","U"],"classes":["h"]}`)
	for _, c := range []struct {
		name, code string
		changes    []string
		text, says string
	}{
		{"one unit in a stratum", "lonely_psu", []string{"12 h c", "12 psu c1"}, clusters + mean, "stratum c"},
		{"one row in a stratum", "lonely_psu", []string{"12 h c"}, strata + mean, "stratum c"},
		{"one unit in all", "lonely_psu", []string{"* psu a1"}, `"design":{"ids":["psu"],"weights":"w"}` + mean, "single sampled unit"},
		{"one row in a unit", "lonely_psu", []string{"12 psu b4", "12 N 9", "11 N 9", "7 N 9", "8 N 9", "9 N 9", "10 N 9"}, staged + mean, "b psu b3 (stage 2)"},
		{"a total, too", "lonely_psu", []string{"12 h c"}, strata + `,"request":{"stat":"total","vars":["y"]}`, "stratum c"},
		{"a quantile, too", "lonely_psu", []string{"12 h c"}, strata + `,"request":{"stat":"quantile","vars":["x"],"options":{"probs":[0.5]}}`, "stratum c"},
		{"a test, too", "lonely_psu", []string{"12 h c"}, strata + `,"request":{"stat":"chisq","vars":["g","k"]}`, "stratum c"},
		{"a regression, too", "lonely_psu", []string{"12 h c"}, strata + `,"request":{"stat":"linear","model":{"outcome":"y","numeric":["x"]}}`, "stratum c"},
		{"a jackknife", "lonely_psu", []string{"12 h c", "12 psu c1"}, `"design":{"ids":["psu"],"strata":["h"],"weights":"w","replicates":{"type":"JKn","mse":true}}` + mean, "c (1)"},

		{"a code in two strata", "not_nested", []string{"* psu u1"}, clusters + mean, "unit u1"},
		{"one row astray", "not_nested", []string{"7 psu a3"}, clusters + mean, "unit a3"},
		{"with counts", "not_nested", []string{"12 psu a1"}, counted + mean, "unit a1"},
		{"in two stages", "not_nested", []string{"12 psu a1"}, staged + mean, "row 12"},

		{"a count below the sample", "fpc_too_small", []string{"7 N 2", "8 N 2", "9 N 2", "10 N 2", "11 N 2", "12 N 2"}, counted + mean, "stratum b"},
		{"a fraction", "fpc_too_small", []string{"* N 0.4"}, counted + mean, "stratum a"},
		{"a count of nought", "fpc_too_small", []string{"* N 0"}, counted + mean, "stratum a"},
		{"a negative count", "fpc_too_small", []string{"* N -9"}, counted + mean, "stratum a"},
		{"rows of a unit", "fpc_too_small", []string{"3 M 1", "4 M 1"}, staged + mean, "a2"},

		{"no stratum", "missing_design_value", []string{"7 h "}, strata + mean, "row 7"},
		{"no unit", "missing_design_value", []string{"7 psu "}, clusters + mean, "row 7"},
		{"no count", "missing_design_value", []string{"7 N "}, counted + mean, "row 7"},
		{"no count of a later stage", "missing_design_value", []string{"7 M "}, staged + mean, "row 7"},
		{"no weight", "missing_design_value", []string{"7 w "}, strata + mean, "row 7"},
		{"a weight that is none", "missing_design_value", []string{"7 w NaN"}, weighted + mean, "row 7"},
		{"no class", "missing_design_value", []string{"7 h "}, weighted + `,"adjust":[{"kind":"nonresponse_class","status":"code","respondents":["R"],"nonrespondents":["N","U"],"classes":["h"]}]` + mean, "row 7"},
		{"no status", "missing_design_value", []string{"7 code "}, byClass, "row 7"},
		{"no level of a margin", "missing_design_value", []string{"7 g "}, post(totals("g", "p", "15", "q", "15")), "row 7"},

		{"a negative weight", "invalid_weights", []string{"7 w -3"}, strata + mean, "row 7"},
		{"an endless weight", "invalid_weights", []string{"7 w Inf"}, strata + mean, "row 7"},
		{"no weight above nought", "invalid_weights", []string{"* w 0"}, strata + mean, "column w"},
		{"a negative weight before a step", "invalid_weights", []string{"7 w -3"}, byClass, "row 7"},

		{"a cell nobody is in", "cell_empty", nil, post(totals("g", "p", "15", "q", "15", "r", "2")), "g=r"},
		{"a margin nobody is in", "cell_empty", nil, rake(totals("g", "p", "15", "q", "15"), totals("k", "1", "10", "2", "10", "3", "10")), "k=3"},
		{"a constraint on nobody", "cell_empty", nil, calibrate("null", `{"total":30},{"where":{"g":"z"},"total":3}`), "g=z"},
		{"nobody responded", "cell_empty", []string{"7 code N", "8 code N", "9 code N", "11 code N", "12 code N"}, byClass, "b"},
		{"nobody is known", "cell_empty", []string{"7 code U", "8 code U", "9 code U", "11 code U", "12 code U"},
			adjust(`{"kind":"unknown_eligibility","status":"code","unknown":["U"],"classes":["h"]}`), "b"},

		{"totals two in a hundred apart", "margins_inconsistent", nil, rake(totals("g", "p", "15", "q", "15"), totals("k", "1", "15.3", "2", "15.3")), "k"},
		{"totals a hair apart", "margins_inconsistent", nil, rake(totals("g", "p", "15", "q", "15"), totals("k", "1", "15", "2", "15.0001")), "k"},
		{"constraints that disagree", "margins_inconsistent", nil, calibrate("null", `{"total":30},{"where":{"g":"p"},"total":15},{"where":{"g":"q"},"total":16}`), "margin g to 31"},
		{"the same twice", "margins_inconsistent", nil, calibrate("null", `{"value":"x","total":360},{"value":"x","total":361}`), "x"},
		{"a level left out", "margins_inconsistent", nil, post(totals("g", "p", "15")), "q"},
		{"a level left out of raking", "margins_inconsistent", nil, rake(totals("g", "p", "15", "q", "15"), totals("k", "1", "30")), "2"},

		{"bounds too narrow", "calibration_infeasible", nil, calibrate("[0.9,1.1]", `{"total":60}`), "total"},
		{"one of two too far", "calibration_infeasible", nil, calibrate("[0.9,1.1]", `{"where":{"g":"p"},"total":15},{"where":{"g":"q"},"total":30}`), "g=q"},
		{"a sum out of reach", "calibration_infeasible", nil, calibrate("[0.5,2]", `{"total":30},{"value":"x","total":900}`), "x"},
		{"negative by logit", "calibration_infeasible", nil, adjust(`{"kind":"calibrate","method":"logit","bounds":[0.5,2],"constraints":[{"value":"x","total":-15}]}`), "x"},
		{"negative by raking", "calibration_infeasible", nil, adjust(`{"kind":"calibrate","method":"raking","constraints":[{"value":"x","total":-15}]}`), "x"},
	} {
		t.Run(c.code+"/"+c.name, func(t *testing.T) {
			_, err := solveFile(t, "d.csv", with(t, c.changes...), c.text)
			checkError(t, err, c.code)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

// Differences below what counts as rounding are no contradiction.
func TestNearlyEqualMarginsAreRaked(t *testing.T) {
	for _, last := range []string{"15", "15.00000000001", "15.00001"} {
		_, err := solveFile(t, "d.csv", twelve, `"design":{"strata":["h"],"weights":"w"},"adjust":[{"kind":"rake","margins":[
			{"vars":["g"],"totals":[{"level":{"g":"p"},"total":15},{"level":{"g":"q"},"total":15}]},
			{"vars":["k"],"totals":[{"level":{"k":1},"total":15},{"level":{"k":2},"total":`+last+`}]}]}],"request":{"stat":"mean","vars":["y"]}`)
		if err != nil {
			t.Errorf("a total of %s for 15: %v", last, err)
		}
	}
}

// A case is refused for any key or value it should not have, wherever it is.
func TestCasesThatAreNone(t *testing.T) {
	const good = `"design":{"strata":["h"],"weights":"w"}`
	const mean = `,"request":{"stat":"mean","vars":["y"]}`
	request := func(s string) string { return good + `,"request":{` + s + `}` }
	step := func(s string) string { return good + `,"adjust":[` + s + `]` + mean }
	for name, c := range map[string]struct{ text, says string }{
		"key of the case":        {good + `,"datas":1` + mean, "datas"},
		"key of the design":      {`"design":{"weight":"w"}` + mean, "weight"},
		"key of replicates":      {`"design":{"weights":"w","replicates":{"type":"JK1","seed":1}}` + mean, "seed"},
		"key of the request":     {request(`"stat":"mean","vars":["y"],"group":["g"]`), "group"},
		"key of options":         {request(`"stat":"mean","vars":["y"],"options":{"conf":0.9}`), "conf"},
		"key of a contrast":      {request(`"stat":"contrast","of":{"stat":"mean","vars":["y"],"by":["g"]},"contrasts":[{"name":"d","weights":[1]}]`), "weights"},
		"key of a term":          {request(`"stat":"contrast","of":{"stat":"mean","vars":["y"],"by":["g"]},"contrasts":[{"name":"d","terms":[{"by":{"g":"p"},"c":1}]}]`), "c"},
		"key of a base":          {request(`"stat":"contrast","of":{"stat":"mean","var":"y"},"contrasts":[]`), "var"},
		"key of a model":         {request(`"stat":"linear","model":{"outcome":"y","formula":"x"}`), "formula"},
		"key of a step":          {step(`{"kind":"trim","upper":3,"cap":1}`), "cap"},
		"key of a margin":        {step(`{"kind":"rake","margins":[{"vars":["g"],"totals":[],"sum":"g"}]}`), "sum"},
		"key of a total":         {step(`{"kind":"poststratify","vars":["g"],"totals":[{"level":{"g":"p"},"count":3}]}`), "count"},
		"key of a constraint":    {step(`{"kind":"calibrate","method":"linear","constraints":[{"sum":"x","total":3}]}`), "sum"},
		"key of the tolerance":   {good + `,"tolerance":{"relative":1}` + mean, "relative"},
		"type of nest":           {`"design":{"weights":"w","nest":"yes"}` + mean, "nest"},
		"type of weights":        {`"design":{"weights":["w"]}` + mean, "weights"},
		"type of a list":         {`"design":{"strata":{"h":1},"weights":"w"}` + mean, "list"},
		"type of where":          {request(`"stat":"mean","vars":["y"],"where":["g"]`), "column"},
		"type of a level":        {request(`"stat":"mean","vars":["y"],"where":{"g":["p"]}`), "level"},
		"type of the confidence": {request(`"stat":"mean","vars":["y"],"options":{"level":"95%"}`), "level"},
		"type of a step":         {step(`"rake"`), "step"},
		"type of a total":        {step(`{"kind":"poststratify","vars":["g"],"totals":[{"level":{"g":"p"},"total":"many"}]}`), "many"},
		"type of adjust":         {good + `,"adjust":"rake"` + mean, "adjust"},
		"confidence of one":      {request(`"stat":"mean","vars":["y"],"options":{"level":1}`), "level"},
		"unknown df":             {request(`"stat":"mean","vars":["y"],"options":{"df":"residual"}`), "residual"},
		"unknown rule":           {request(`"stat":"quantile","vars":["x"],"options":{"probs":[0.5],"rule":"hf8"}`), "hf8"},
		"unknown interval":       {request(`"stat":"quantile","vars":["x"],"options":{"probs":[0.5],"interval":"score"}`), "score"},
		"unknown method":         {request(`"stat":"proportion_ci","vars":["y"],"options":{"methods":["exact"]}`), "exact"},
		"unknown deff":           {request(`"stat":"mean","vars":["y"],"options":{"deff":"replace"}`), "replace"},
		"unknown adjustment":     {request(`"stat":"contrast","of":{"stat":"mean","vars":["y"],"by":["g"]},"contrasts":[{"name":"d","terms":[{"by":{"g":"p"}}]}],"options":{"adjust_p":["sidak"]}`), "sidak"},
		"unknown form":           {request(`"stat":"contrast","of":{"stat":"mean","vars":["y"],"by":["g"]},"contrasts":[{"name":"d","form":"odds","terms":[{"by":{"g":"p"}},{"by":{"g":"q"}}]}]`), "odds"},
		"unknown distance":       {step(`{"kind":"calibrate","method":"chi","constraints":[{"total":3}]}`), "chi"},
		"unknown redistribution": {step(`{"kind":"trim","upper":2.5,"redistribute":"none"}`), "none"},
		"unknown step":           {step(`{"kind":"smooth"}`), "smooth"},
		"unknown statistic":      {request(`"stat":"median","vars":["x"]`), "median"},
		"probability above one":  {request(`"stat":"quantile","vars":["x"],"options":{"probs":[1.5]}`), "1.5"},
		"no bounds for logit":    {step(`{"kind":"calibrate","method":"logit","constraints":[{"total":30}]}`), "bounds"},
		"bounds the wrong way":   {step(`{"kind":"calibrate","method":"linear","bounds":[1.5,0.5],"constraints":[{"total":30}]}`), "bounds"},
		"Fay of one":             {`"design":{"weights":"w","replicates":{"type":"Fay","rho":1}}` + mean, "rho"},
		"a domain nobody is in":  {request(`"stat":"contrast","of":{"stat":"mean","vars":["y"],"by":["g"]},"contrasts":[{"name":"d","terms":[{"by":{"g":"z"}}]}]`), "contrast d"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := solveFile(t, "d.csv", twelve, c.text)
			checkError(t, err, casefile.BadCase)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

// Columns that are not there, and text where a number belongs, name the column
// and the row, whichever part of the case asks for them.
func TestDataThatDoNotFit(t *testing.T) {
	const good = `"design":{"strata":["h"],"weights":"w"}`
	const mean = `,"request":{"stat":"mean","vars":["y"]}`
	for name, c := range map[string]struct {
		changes    []string
		text, says string
	}{
		"no variable":      {nil, good + `,"request":{"stat":"mean","vars":["z"]}`, "no column z"},
		"no domain":        {nil, good + `,"request":{"stat":"mean","vars":["y"],"by":["z"]}`, "no column z"},
		"no restriction":   {nil, good + `,"request":{"stat":"mean","vars":["y"],"where":{"z":1}}`, "no column z"},
		"no stratum":       {nil, `"design":{"strata":["z"],"weights":"w"}` + mean, "no column z"},
		"no status":        {nil, good + `,"adjust":[{"kind":"nonresponse_class","status":"z","respondents":["R"],"nonrespondents":["N"],"classes":["h"]}]` + mean, "no column z"},
		"no auxiliary":     {nil, good + `,"adjust":[{"kind":"calibrate","method":"linear","constraints":[{"value":"z","total":3}]}]` + mean, "no column z"},
		"no replicate":     {nil, `"design":{"weights":"w","replicates":{"supplied":true,"prefix":"r","count":2,"scale":1,"rscales":1,"mse":true}}` + mean, "no column r1"},
		"no outcome":       {nil, good + `,"request":{"stat":"linear","model":{"outcome":"z","numeric":["x"]}}`, "no column z"},
		"text in a mean":   {[]string{"7 y many"}, good + mean, "column y, row 7"},
		"text in a total":  {nil, good + `,"request":{"stat":"total","vars":["g"]}`, "column g, row 1"},
		"text in a ratio":  {[]string{"7 x .."}, good + `,"request":{"stat":"ratio","vars":["y","x"]}`, "column x, row 7"},
		"text of weights":  {[]string{"7 w two"}, good + mean, "column w, row 7"},
		"text of counts":   {[]string{"7 N few"}, `"design":{"strata":["h"],"fpc":["N"],"weights":"w"}` + mean, "column N, row 7"},
		"counts that vary": {[]string{"9 N 7"}, `"design":{"ids":["psu"],"strata":["h"],"fpc":["N"],"weights":"w"}` + mean, "column N, row 9: population count 7 in stratum b"},
		"text to calibrate": {[]string{"7 x big"}, good + `,"adjust":[{"kind":"calibrate","method":"linear","constraints":[{"value":"x","total":3}]}]` + mean,
			"column x"},
		"text to regress": {[]string{"7 x big"}, good + `,"request":{"stat":"linear","model":{"outcome":"y","numeric":["x"]}}`, "column x, row 7"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := solveFile(t, "d.csv", with(t, c.changes...), c.text)
			checkError(t, err, casefile.BadData)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

// Where no row answers, the list of rows is empty and not missing.
func TestNoRowsAreAnEmptyList(t *testing.T) {
	answer, err := solveFile(t, "d.csv", with(t), `"design":{"weights":"w"},"request":{"stat":"mean","vars":["x"],"by":["g"],"where":{"g":"nowhere"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Rows == nil || len(answer.Rows) != 0 {
		t.Errorf("rows %v", answer.Rows)
	}
}
