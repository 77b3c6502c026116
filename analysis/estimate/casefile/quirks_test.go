package casefile_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/analysis/duck"
	"barometer/analysis/estimate/casefile"
	"barometer/survey/microdata"
)

// solveFile answers a request on a file written for it.
func solveFile(t *testing.T, name, text, request string) (*casefile.Answer, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return casefile.Solve(t.Context(), strings.NewReader(`{"data":"x",`+request+`}`), func(ctx context.Context, _ string, columns []string) (*microdata.Data, error) {
		return duck.ReadData(ctx, path, columns...)
	})
}

// A CSV file is read as R's read.csv reads it, whatever program wrote it.
func TestCSVOfAllKinds(t *testing.T) {
	const total = `"design":{"weights":"w"},"request":{"stat":"total","vars":["y"],"by":["g"]}`
	long := strings.Repeat("æ", 40_000)
	for name, c := range map[string]struct{ text, says string }{
		"byte order mark":    {"\ufeffrow,g,w,y\n1,a,1,2\n2,a,1,3\n", `{"g":"a"},"item":"y","estimate":5`},
		"lines of Windows":   {"row,g,w,y\r\n1,a,1,2\r\n2,a,1,3\r\n", `{"g":"a"},"item":"y","estimate":5`},
		"no last line end":   {"row,g,w,y\n1,a,1,2\n2,a,1,3", `"estimate":5`},
		"blank lines behind": {"row,g,w,y\n1,a,1,2\n2,a,1,3\n\n\n", `"estimate":5`},
		"blank line within":  {"row,g,w,y\n1,a,1,2\n\n2,a,1,3\n", `"estimate":5`},
		"comma in quotes":    {"row,g,w,y\n1,\"a, b\",1,2\n2,\"a, b\",1,3\n", `{"g":"a, b"}`},
		"quote in quotes":    {"row,g,w,y\n1,\"a \"\"b\"\"\",1,2\n2,\"a \"\"b\"\"\",1,3\n", `{"g":"a \"b\""}`},
		"line end in quotes": {"row,g,w,y\n1,\"a\nb\",1,2\n2,\"a\nb\",1,3\n", `{"g":"a\nb"},"item":"y","estimate":5`},
		"Danish letters":     {"row,g,w,y\n1,Ærø på,1,2\n2,Ærø på,1,3\n", `{"g":"Ærø på"}`},
		"all quoted":         {"\"row\",\"g\",\"w\",\"y\"\n\"1\",\"a\",\"1\",\"2\"\n\"2\",\"a\",\"1\",\"3\"\n", `"estimate":5`},
		"blanks of text":     {"row,g,w,y\n1, a,1,2\n2, a,1,3\n", `{"g":" a"}`},
		"blanks of numbers":  {"row,g,w,y\n1,a, 1,2 \n2,a,1,  3\n", `"estimate":5`},
		"numbers as written": {"row,g,w,y\n1,a,1,1e3\n2,a,1,+1\n3,a,1,-.5\n4,a,1,2.\n", `"estimate":1002.5`},
		"leading zeros":      {"row,g,w,y\n1,007,1,2\n2,7,1,3\n", `{"g":7},"item":"y","estimate":5`},
		"whole decimals":     {"row,g,w,y\n1,1.0,1,2\n2,1,1,3\n", `{"g":1},"item":"y","estimate":5`},
		"zeros beside text":  {"row,g,w,y\n1,007,1,2\n2,7a,1,3\n", `{"g":"007"}`},
		"NA is text":         {"row,g,w,y\n1,NA,1,2\n2,NA,1,3\n", `{"g":"NA"}`},
		"truth values":       {"row,g,w,y\n1,TRUE,1,2\n2,TRUE,1,3\n", `{"g":true},"item":"y","estimate":5`},
		"truth is counted":   {"row,g,w,y\n1,a,1,TRUE\n2,a,2,TRUE\n3,a,1,FALSE\n4,a,9,\n", `"estimate":3,`},
		"T and F are truth":  {"row,g,w,y\n1,T,1,2\n2,T,1,3\n", `{"g":true}`},
		"small letters":      {"row,g,w,y\n1,true,1,2\n2,true,1,3\n", `{"g":"true"}`},
		"a long field":       {"row,g,w,y\n1," + long + ",1,2\n2," + long + ",1,3\n", long},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := solveFile(t, "d.csv", c.text, total)
			if err != nil {
				t.Fatal(err)
			}
			printed, err := json.Marshal(answer)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(printed), c.says) {
				t.Errorf("%.300s does not say %.300s", printed, c.says)
			}
		})
	}
}

// What cannot be a table of units is refused by name.
func TestCSVThatIsRefused(t *testing.T) {
	const total = `"design":{"weights":"w"},"request":{"stat":"total","vars":["y"]}`
	for name, c := range map[string]struct{ text, says string }{
		"empty":            {"", "header"},
		"header only":      {"row,w,y\n", "no rows"},
		"header twice":     {"row,w,y,y\n1,1,1,1\n", "column y stands twice"},
		"no key":           {"id,w,y\n1,1,1\n", "row"},
		"a key twice":      {"row,w,y\n1,1,1\n2,1,1\n1,1,1\n", "rows 1 and 3 have the same key 1"},
		"a key missing":    {"row,w,y\n1,1,1\n,1,1\n", "row 2: the key is missing"},
		"a short line":     {"row,w,y\n1,1,1\n2,1\n", "3"},
		"a long line":      {"row,w,y\n1,1,1\n2,1,1,1\n", "3"},
		"a comma too many": {"row,w,y\n1,1,\"1,5\"\n2,1,1\n", "column y, row 1"},
		"an open quote":    {"row,w,y\n1,1,\"1\n2,1,1\n", ""},
		"another code":     {"row,w,y\n1,1,\xe6\n2,1,1\n", ""},
		"no column w":      {"row,v,y\n1,1,1\n", "no column w"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := solveFile(t, "d.csv", c.text, total)
			checkError(t, err, casefile.BadData)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

// Keys come back as they were, whatever they hold.
func TestWeightsKeepTheirKeys(t *testing.T) {
	answer, err := solveFile(t, "d.csv", "row,w,y\n\"a, \"\"b\"\"\",1,2\n\"c\nd\",2,3\n", `"design":{"weights":"w"},"request":{"stat":"total","vars":["y"]}`)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := answer.Weights.WriteCSV(&out); err != nil || out.String() != "row,weight\n\"a, \"\"b\"\"\",1\n\"c\nd\",2\n" {
		t.Errorf("%v, %q", err, &out)
	}
}
