package weighting

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"barometer/survey/microdata"

	"go.yaml.in/yaml/v4"
)

// refCase is the part of a reference case that weighting is about.
type refCase struct {
	ID     string `json:"id"`
	Data   string `json:"data"`
	Design struct {
		Weights string `json:"weights"`
	} `json:"design"`
	Adjust        []json.RawMessage `json:"adjust"`
	ExpectWeights string            `json:"expect_weights"`
	ExpectError   struct {
		Code Code `json:"code"`
	} `json:"expect_error"`
	Tolerance struct {
		Rel float64 `json:"rel"`
		Abs float64 `json:"abs"`
	} `json:"tolerance"`
}

// TestReferenceCases repeats weights that R's survey package gave for the same
// files (testdata/ref/SOURCE.md).
func TestReferenceCases(t *testing.T) {
	files, _ := filepath.Glob("testdata/ref/*.json")
	if len(files) < 10 {
		t.Fatalf("only %d cases found", len(files))
	}
	for _, file := range files {
		c := readCase(t, file)
		t.Run(c.ID, func(t *testing.T) {
			data := readCSV(t, filepath.Join("testdata/ref", c.Data))
			w, err := c.run(data)
			if c.ExpectError.Code != "" {
				if CodeOf(err) != c.ExpectError.Code {
					t.Fatalf("error %v, want code %s", err, c.ExpectError.Code)
				}
				t.Log(err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			c.compare(t, data, w)
		})
	}
}

func readCase(t *testing.T, file string) refCase {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c refCase
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c refCase) run(data *microdata.Data) ([]float64, error) {
	column, err := data.Column(c.Design.Weights)
	if err != nil {
		return nil, err
	}
	w := column.Number
	for _, raw := range c.Adjust {
		step, err := decodeStep(raw)
		if err != nil {
			return nil, err
		}
		out, err := Apply(step, data, w)
		if err != nil {
			return nil, err
		}
		w = out.Weights
	}
	return w, nil
}

// decodeStep reads one step of a case, which carries its totals with it.
func decodeStep(raw []byte) (Step, error) {
	var doc yaml.Node
	if err := yaml.Load(raw, &doc); err != nil {
		return nil, failf(BadCase, "%v", err)
	}
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		doc = *doc.Content[0]
	}
	kind := take(&doc, "kind")
	make, ok := drafts[kind]
	if !ok {
		return nil, failf(BadCase, "unknown adjustment %q", kind)
	}
	d := make()
	if err := doc.Load(d, yaml.WithKnownFields()); err != nil {
		return nil, failf(BadCase, "adjustment %s: %s", kind, strings.Join(yamlFaults(err), "; "))
	}
	step, err := d.bind(nil, Status{})
	if err != nil {
		return nil, inStep(kind, err)
	}
	return step, nil
}

func (c refCase) compare(t *testing.T, data *microdata.Data, w []float64) {
	t.Helper()
	want := readCSV(t, filepath.Join("testdata/ref", c.ExpectWeights))
	rows, _ := data.Column("row")
	weight := map[float64]float64{}
	for i, r := range rows.Number {
		weight[r] = w[i]
	}
	wantRow, _ := want.Column("row")
	wantWeight, _ := want.Column("weight")
	worst := 0.0
	for i, r := range wantRow.Number {
		diff := math.Abs(weight[r] - wantWeight.Number[i])
		worst = math.Max(worst, diff/math.Max(1, wantWeight.Number[i]))
		if diff > math.Max(c.Tolerance.Abs, c.Tolerance.Rel*wantWeight.Number[i]) {
			t.Fatalf("row %v: weight %v, want %v", r, weight[r], wantWeight.Number[i])
		}
	}
	t.Logf("largest difference %.1e", worst)
}

// readCSV reads numbers where a whole column holds numbers, text elsewhere.
func readCSV(t testing.TB, file string) *microdata.Data {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var columns []microdata.Column
	for k, name := range records[0] {
		values := make([]string, len(records)-1)
		for i := range values {
			values[i] = records[i+1][k]
		}
		columns = append(columns, column(t, name, values))
	}
	data, err := microdata.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func column(t testing.TB, name string, values []string) microdata.Column {
	t.Helper()
	numbers := make([]float64, len(values))
	for i, v := range values {
		x, err := strconv.ParseFloat(v, 64)
		if v == "" {
			x, err = math.NaN(), nil
		}
		if err != nil {
			return categories(t, name, values)
		}
		numbers[i] = x
	}
	return microdata.Numbers(name, numbers)
}

func categories(t testing.TB, name string, values []string) microdata.Column {
	t.Helper()
	levels := slices.Compact(slices.Sorted(slices.Values(values)))
	levels = slices.DeleteFunc(levels, func(l string) bool { return strings.TrimSpace(l) == "" })
	c, err := microdata.Categories(name, levels, values)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
