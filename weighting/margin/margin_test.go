package margin

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"barometer/internal/i18n"
)

var frameSource = Provenance{Source: i18n.Text{DA: "Rammen", EN: "The frame"}, Date: "2024-12-31"}

type workplace struct{ subsector, size string }

var workplaces = []workplace{
	{"S-ADM", "1-19"}, {"K-DAG", "1-19"}, {"K-DAG", "100+"}, {"K-DAG", "1-19"}, {"S-ADM", "100+"},
}

func counted() []Margin {
	return []Margin{
		Count(workplaces, "subsector", []string{"subsector"}, func(w workplace) []string { return []string{w.subsector} }, frameSource),
		Count(workplaces, "size", []string{"size"}, func(w workplace) []string { return []string{w.size} }, frameSource),
		Count(workplaces, "both", []string{"subsector", "size"}, func(w workplace) []string { return []string{w.subsector, w.size} }, frameSource),
	}
}

func TestCount(t *testing.T) {
	m := counted()
	if want := []Total{{[]string{"K-DAG"}, 3}, {[]string{"S-ADM"}, 2}}; !reflect.DeepEqual(m[0].Totals, want) {
		t.Errorf("subsectors %v, want %v", m[0].Totals, want)
	}
	want := []Total{{[]string{"K-DAG", "1-19"}, 2}, {[]string{"K-DAG", "100+"}, 1}, {[]string{"S-ADM", "1-19"}, 1}, {[]string{"S-ADM", "100+"}, 1}}
	if !reflect.DeepEqual(m[2].Totals, want) {
		t.Errorf("crossed %v, want %v", m[2].Totals, want)
	}
	if d := Disagreements(m); len(d) > 0 {
		t.Errorf("counts of one frame disagree: %v", d)
	}
}

func TestFileRoundTrip(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, counted()); err != nil {
		t.Fatal(err)
	}
	first := file.String()
	got, err := Read(&file, "margins.yaml")
	if err != nil {
		t.Fatalf("%v in\n%s", err, first)
	}
	if !reflect.DeepEqual(got, counted()) {
		t.Errorf("read %+v from\n%s", got, first)
	}
	var again bytes.Buffer
	if err := Write(&again, got); err != nil || again.String() != first {
		t.Errorf("written again the file differs (%v)", err)
	}
}

// TestReadFaults: a file is refused with every fault in it, each with the file,
// the margin and the level.
func TestReadFaults(t *testing.T) {
	src := `
- name: size
  vars: [size]
  source: {da: Rammen, en: The frame}
  date: 2024-12-31
  totals:
    - {level: {size: 1-19}, total: 70}
    - {level: {size: 1-19}, total: 20}
    - {level: {size: 20+}, total: -5}
- name: sector
  vars: [sector]
  source: {da: Rammen}
  date: sometime
  totals:
    - {level: {sector: stat}, total: 100}
- name: size
  vars: []
  value: employees
  source: {da: Register, en: Register}
  date: 2024-12-31
  totals: []
`
	_, err := Read(strings.NewReader(src), "margins.yaml")
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, want := range []string{
		"margins.yaml: margin size: level size=1-19 stands twice",
		"level size=20+ has the negative count -5",
		"margin sector: its source is not told in [en]",
		`margin sector: date "sometime"`,
		"two margins are named size",
		"margin size: it has no totals",
		"margin size adds to 85 but margin sector to 100",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q among\n%v", want, err)
		}
	}
	for _, src := range []string{"", "- name: a\n  vras: [a]\n", "- {name: a, vars: [a], totals: [{level: {a: x}}]}", "- {name: a, vars: [a], totals: [{level: {a: x, b: y}, total: 1}]}"} {
		if _, err := Read(strings.NewReader(src), "m.yaml"); err == nil || !strings.Contains(err.Error(), "m.yaml") {
			t.Errorf("%q: error %v", src, err)
		}
	}
}

func TestReadCSV(t *testing.T) {
	got, err := ReadCSV(strings.NewReader("margin,level,total\nsize,1-19,70\nsize,20+,30\nsector,stat,100\n"), "totals.csv", frameSource)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Sum() != 100 || got[0].Columns[0] != "size" || got[1].Date != "2024-12-31" {
		t.Errorf("read %+v", got)
	}
	_, err = ReadCSV(strings.NewReader("margin,level,total\nsize,1-19,many\nsize,20+,30\nsector,stat,100\n"), "totals.csv", frameSource)
	if err == nil || !strings.Contains(err.Error(), `totals.csv:2: total "many"`) || !strings.Contains(err.Error(), "adds to 30") {
		t.Errorf("error %v", err)
	}
	if _, err := ReadCSV(strings.NewReader("level,total\n"), "totals.csv", frameSource); err == nil {
		t.Error("a file of other columns was read")
	}
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if err := Write(&file, counted()); err != nil {
		f.Fatal(err)
	}
	f.Add(file.String())
	f.Add("- {name: a, vars: [], totals: [{level: {}, total: .inf}]}")
	f.Fuzz(func(t *testing.T, src string) {
		margins, err := Read(strings.NewReader(src), "fuzz.yaml")
		if err != nil {
			return
		}
		for _, m := range margins {
			if len(m.Faults()) > 0 {
				t.Errorf("accepted a margin with faults: %v", m.Faults())
			}
		}
	})
}
