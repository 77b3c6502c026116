package jsonstat_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats/jsonstat"
	"barometer/publish/internal/publishtest"
)

func cubes(t testing.TB) []*cube.Cube {
	t.Helper()
	list, err := cube.All(publishtest.Draft().Table(t), publishtest.About())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func written(t testing.TB, c *cube.Cube, l i18n.Lang) string {
	t.Helper()
	var out bytes.Buffer
	if err := jsonstat.Write(&out, c, l); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Goal 13 of publishing: a document decodes to the identical cube, in each
// language.
func TestGoal13_JSONStatDecodesToTheIdenticalCube(t *testing.T) {
	for _, c := range cubes(t) {
		for _, l := range i18n.Languages {
			back, err := jsonstat.Read(strings.NewReader(written(t, c, l)))
			if err != nil {
				t.Fatalf("%s in %s: %v", c.ID, l, err)
			}
			if err := cube.Differ(back, c.In(l)); err != nil {
				t.Errorf("%s in %s: %v", c.ID, l, err)
			}
		}
	}
}

func TestMembersOfTheDocument(t *testing.T) {
	var d map[string]any
	if err := json.Unmarshal([]byte(written(t, cubes(t)[1], i18n.English)), &d); err != nil {
		t.Fatal(err)
	}
	if d["updated"] != "2026-03-02T07:00:00Z" || d["label"] != "Innovation Barometer 2025 by sector" {
		t.Errorf("updated %v, label %v", d["updated"], d["label"])
	}
	role, _ := json.Marshal(d["role"])
	if string(role) != `{"metric":["measure"],"time":["wave"]}` {
		t.Errorf("roles %s", role)
	}
	unit := d["dimension"].(map[string]any)["measure"].(map[string]any)["category"].(map[string]any)["unit"].(map[string]any)["se"].(map[string]any)
	if unit["decimals"] != 2.0 || unit["label"] == "" {
		t.Errorf("unit of the standard error %v", unit)
	}
}

// Goal 12 of publishing: a gap is null, and its row tells nothing but the reason.
func TestGoal12_GapsAreNull(t *testing.T) {
	for _, c := range cubes(t) {
		var d struct {
			Value  []*float64
			Status map[string]string
		}
		if err := json.Unmarshal([]byte(written(t, c, i18n.Danish)), &d); err != nil {
			t.Fatal(err)
		}
		for i, cell := range c.Cells() {
			if cell.Status().Suppressed() != (d.Value[i] == nil) {
				t.Errorf("%s: value %d is %v for %v", c.ID, i, d.Value[i], cell)
			}
		}
	}
}

// What neither the published schema nor the toolkit refuses.
func TestDocumentThatContradictsItselfIsRefused(t *testing.T) {
	whole := written(t, cubes(t)[1], i18n.Danish)
	for name, damage := range map[string][2]string{
		"value too few":         {`"value":[80.0,`, `"value":[`},
		"text for a value":      {`"value":[80.0,`, `"value":["80.0",`},
		"another size":          {`"size":[1,4,4,5]`, `"size":[1,4,5,4]`},
		"unknown role":          {`"metric":["measure"]`, `"metric":["maal"]`},
		"unknown id":            {`"id":["wave"`, `"id":["vave"`},
		"category without name": {`"kommune":"Kommune"`, `"kommunen":"Kommune"`},
		"status beyond the end": {`],"status":{"`, `],"status":{"9999":"c","`},
		"unknown status":        {`],"status":{"`, `],"status":{"0":"q","`},
		"number beside a gap":   {`],"status":{"`, `],"status":{"0":"c","`},
		"gap without a reason":  {`"value":[80.0,`, `"value":[null,`},
		"unknown member":        {`"class"`, `"klasse":1,"class"`},
		"another version":       {`"2.0"`, `"1.0"`},
		"other decimals":        {`"value":[80.0,`, `"value":[80.05,`},
		"trailing":              {"\n", "{}"},
	} {
		s := strings.Replace(whole, damage[0], damage[1], 1)
		if s == whole {
			t.Errorf("%s: nothing is damaged in %.1500s", name, whole)
			continue
		}
		if _, err := jsonstat.Read(strings.NewReader(s)); err == nil {
			t.Errorf("%s: the document is read", name)
		}
	}
}

func TestLanguageThatACubeLacksIsRefused(t *testing.T) {
	var out bytes.Buffer
	if err := jsonstat.Write(&out, cubes(t)[0].In(i18n.Danish), i18n.English); err == nil || out.Len() > 0 {
		t.Errorf("error %v after %d bytes", err, out.Len())
	}
}

func FuzzRead(f *testing.F) {
	part, err := cubes(f)[1].Pick(map[string][]string{"indicator": {"innov_rate"}, "measure": {"value", "n"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(written(f, part, i18n.Danish))
	f.Add(written(f, part, i18n.English))
	f.Fuzz(func(t *testing.T, s string) {
		c, err := jsonstat.Read(strings.NewReader(s))
		if err != nil {
			return
		}
		again, err := jsonstat.Read(strings.NewReader(written(t, c, c.Languages[0])))
		if err != nil {
			t.Fatalf("what was written anew is not read: %v", err)
		}
		if err := cube.Differ(again, c); err != nil {
			t.Error(err)
		}
	})
}
