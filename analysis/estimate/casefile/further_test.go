package casefile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"barometer/analysis/estimate/casefile"
	"barometer/analysis/internal/livedata"
	"barometer/survey/microdata"
)

// furtherDesigns are the designs of the samples in the terms of a case.
var furtherDesigns = map[string]string{
	"strata":   `{"strata":["stype"],"fpc":["fpc"],"weights":"pw"}`,
	"clusters": `{"ids":["dnum"],"fpc":["fpc"],"weights":"pw"}`,
}

// furtherCases are requests with the item and the numbers to compare.
var furtherCases = []struct {
	stat, name, request, item string
	keys                      []string
}{
	{"variance", "api00", `"vars":["api00"]`, "variance(api00)", []string{"estimate", "se"}},
	{"sd", "api00", `"vars":["api00"]`, "sd(api00)", []string{"estimate", "se"}},
	{"covariance", "api00", `"vars":["api00","enroll"]`, "covariance(api00,enroll)", []string{"estimate", "se"}},
	{"correlation", "api00", `"vars":["api00","enroll"]`, "correlation(api00,enroll)", []string{"estimate", "se"}},
	{"ttest", "groups", `"vars":["api00"],"by":["awards"]`, "difference", []string{"estimate", "statistic", "df", "p", "ci_low", "ci_high"}},
	{"ttest", "pairs", `"vars":["api00","api99"],"options":{"null":20}`, "difference", []string{"estimate", "statistic"}},
	{"ranktest", "two", `"vars":["untied"],"by":["awards"]`, "difference", []string{"statistic", "p"}},
	{"ranktest", "three", `"vars":["untied"],"by":["stype"],"options":{"score":"van_der_waerden"}`, "F", []string{"statistic", "p"}},
	{"wald", "stype", `"of":{"stat":"mean","vars":["api00"],"by":["stype"]},"contrasts":[
		{"name":"H","terms":[{"by":{"stype":"H"}},{"by":{"stype":"E"},"coef":-1}]},
		{"name":"M","terms":[{"by":{"stype":"M"}},{"by":{"stype":"E"},"coef":-1}]}]`, "wald_F", []string{"statistic", "p"}},
	{"margins", "api99", `"model":{"kind":"logistic","outcome":"award","factors":{"stype":["E","H","M"]},"numeric":["api99"]}`, "api99", []string{"estimate"}},
	{"margins", "stype=H", `"model":{"kind":"logistic","outcome":"award","factors":{"stype":["E","H","M"]},"numeric":["api99"]}`, "stype=H", []string{"estimate", "se"}},
}

func solveFurther(t *testing.T, sample *microdata.Data, design, stat, request string) (*casefile.Answer, error) {
	t.Helper()
	text := fmt.Sprintf(`{"id":"further","data":"api","design":%s,"request":{"stat":%q,%s}}`, design, stat, request)
	return casefile.Solve(t.Context(), strings.NewReader(text), func(context.Context, string, []string) (*microdata.Data, error) {
		return microdata.New(sample.Columns()...)
	})
}

// TestFurtherStatisticsAgainstRLive asks R's survey package for every further
// statistic of a case on its own data.
func TestFurtherStatisticsAgainstRLive(t *testing.T) {
	samples, answers := livedata.Run(t, "testdata/further.R")
	for sample, design := range furtherDesigns {
		for _, c := range furtherCases {
			answer, err := solveFurther(t, samples[sample], design, c.stat, c.request)
			if err != nil {
				t.Errorf("%s, %s: %v", sample, c.stat, err)
				continue
			}
			for _, key := range c.keys {
				got := 0.0
				for _, row := range answer.Rows {
					if row.Item == c.item {
						got, _ = row.Figure(key)
					}
				}
				livedata.Check(t, answers, strings.Join([]string{sample, c.stat, c.name, key}, "|"), got)
			}
		}
	}
}

// Requests that a further statistic cannot answer are bad cases that say why.
func TestFurtherStatisticsRefuse(t *testing.T) {
	y := microdata.Numbers("y", []float64{1, 2, 3, 4, 5, 7})
	x := microdata.Numbers("x", []float64{2, 1, 4, 3, 6, 5})
	w := microdata.Numbers("w", []float64{1, 1, 2, 2, 1, 1})
	g, err := microdata.Categories("g", []string{"a", "b", "c"}, []string{"a", "b", "c", "a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := microdata.New(microdata.Numbers("row", []float64{1, 2, 3, 4, 5, 6}), y, x, w, g)
	if err != nil {
		t.Fatal(err)
	}
	const plain, replicated = `{"weights":"w"}`, `{"weights":"w","replicates":{"type":"JK1","mse":true}}`
	cases := []struct{ design, stat, request, says string }{
		{plain, "correlation", `"vars":["y"]`, "of two variables, 1 are named"},
		{plain, "variance", `"vars":[]`, "no variable is named"},
		{plain, "variance", `"vars":["y"],"options":{"deff":"wor"}`, "no design effect"},
		{replicated, "variance", `"vars":["y"]`, "not estimated from replicates"},
		{plain, "ttest", `"vars":["y"],"by":["g"]`, "g has 3: name two in options.levels"},
		{plain, "ttest", `"vars":["y","x"],"by":["g"]`, "2 variables by 1 columns"},
		{plain, "ttest", `"vars":["y"],"by":["g"],"options":{"levels":["a","b"],"null":1}`, "tested against 0"},
		{plain, "ranktest", `"vars":["y"],"by":["g"],"options":{"score":"savage"}`, "savage"},
		{plain, "mean", `"vars":["y"],"options":{"levels":["a"]}`, "options.levels is for ttest and ranktest, not for mean"},
		{plain, "wald", `"of":{"stat":"mean","vars":["y"],"by":["g"]},"contrasts":[{"name":"r","form":"ratio","terms":[{"by":{"g":"a"}},{"by":{"g":"b"}}]}]`, "linear contrasts"},
		{plain, "margins", `"model":{"outcome":"y","numeric":["x"]}`, "none of linear, logistic"},
		{plain, "linear", `"model":{"kind":"linear","outcome":"y","numeric":["x"]}`, "the kind of a regression is its stat"},
	}
	for _, c := range cases {
		_, err := solveFurther(t, data, c.design, c.stat, c.request)
		refused, ok := err.(*casefile.Error)
		if !ok || refused.Code != casefile.BadCase || !strings.Contains(refused.Message, c.says) {
			t.Errorf("%s %s: error %v, want a bad case that says %q", c.stat, c.request, err, c.says)
		}
	}
	for _, good := range []struct{ stat, request string }{
		{"gini", `"vars":["y","x"],"by":["g"]`},
		{"ttest", `"vars":["y"],"by":["g"],"options":{"levels":["a","c"]}`},
		{"ranktest", `"vars":["y"],"by":["g"],"options":{"levels":["a","b"],"score":"median"}`},
		{"margins", `"model":{"kind":"linear","outcome":"y","numeric":["x"]}`},
	} {
		if answer, err := solveFurther(t, data, plain, good.stat, good.request); err != nil || len(answer.Rows) == 0 {
			t.Errorf("%s: %v", good.stat, err)
		}
	}
}
