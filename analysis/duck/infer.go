package duck

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"barometer/survey/microdata"
)

// A column of a CSV file has the type that R's read.csv gives it (type.convert,
// R Core Team 2022), so that a level means the same in both programs: numbers
// where every value is one, however written (007 is 7, 1.0 is 1, +1, 1e3, Inf),
// with blanks around them or none at all, which is missing; TRUE and FALSE
// where every value is one of them or T or F; else text as it stands.

// typed makes a column of the distinct texts of a file and each row's position
// among them, -1 where the field is empty.
func typed(name string, texts []string, code []int32) microdata.Column {
	if numbers, ok := asNumbers(texts); ok {
		values := make([]float64, len(code))
		for i, c := range code {
			values[i] = math.NaN()
			if c >= 0 {
				values[i] = numbers[c]
			}
		}
		return microdata.Numbers(name, values)
	}
	if asLogical(texts) {
		for i, s := range texts {
			texts[i] = truth(s)
		}
	}
	return categories(name, texts, code)
}

// categories sorts the levels; texts may repeat one. It overwrites code.
func categories(name string, texts []string, code []int32) microdata.Column {
	levels := slices.Compact(slices.Sorted(slices.Values(texts)))
	rank := make([]int32, len(texts))
	for i, s := range texts {
		at, _ := slices.BinarySearch(levels, s)
		rank[i] = int32(at)
	}
	for i, c := range code {
		if c >= 0 {
			code[i] = rank[c]
		}
	}
	return microdata.Column{Name: name, Levels: levels, Code: code}
}

// asNumbers reads all texts as numbers, if all are.
func asNumbers(texts []string) ([]float64, bool) {
	numbers := make([]float64, len(texts))
	for i, s := range texts {
		s = strings.Trim(s, " \t\r\n\v\f")
		if s == "" {
			numbers[i] = math.NaN()
			continue
		}
		x, err := strconv.ParseFloat(s, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) || strings.Contains(s, "_") {
			return nil, false
		}
		numbers[i] = x
	}
	return numbers, true
}

func asLogical(texts []string) bool {
	return !slices.ContainsFunc(texts, func(s string) bool {
		return s != "TRUE" && s != "FALSE" && s != "T" && s != "F"
	})
}

func truth(s string) string {
	if s[0] == 'T' {
		return "TRUE"
	}
	return "FALSE"
}
