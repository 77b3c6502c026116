package questionnaire_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"barometer/survey/questionnaire"
)

// diffs is each change to testdata/valid.yaml that a class stands for.
var diffs = map[string]struct {
	old, new string
	want     []string // class, part and what of every change
}{
	"hint added":          {"label: {da: Hvem?, en: Who?}", "label: {da: Hvem?, en: Who?}\n        hint: {da: Alle, en: All}", []string{"wording item D2: hint (da) reworded", "wording item D2: hint (en) reworded"}},
	"spelling":            {"da: Hvem?, en: Who?", "da: hvem, en: Who?", []string{"wording item D2: question (da) reworded"}},
	"title":               {"title: {da: To", "title: {da: Nummer to", []string{"wording page to: title (da) reworded"}},
	"note":                {"da: En note", "da: En anden note", []string{"wording page to: note 1 (da) reworded"}},
	"label of a column":   {"{da: Nyt, en: New}", "{da: Nyt, en: Novel}", []string{"wording item B1: short (en) reworded"}},
	"phrase":              {"da: der er fornyet", "da: der er noget nyt", []string{"wording condition INNOV: phrase (da) reworded"}},
	"number":              {"kommune, number: 1", "kommune, number: 9", []string{"codes item D2: option kommune: number changed"}},
	"option added":        {"          - {code: ingen", "          - {code: stat, number: 4, da: Stat, en: State}\n          - {code: ingen", []string{"codes item D2: option stat added", "codes item D3: row stat added"}},
	"limit":               {"        max: 2\n", "", []string{"codes item D2: max changed"}},
	"length":              {"max_length: 100", "max_length: 200", []string{"codes item L1: max_length changed"}},
	"optional":            {"        optional: true\n", "", []string{"codes item L1: optional changed"}},
	"exclusive":           {", exclusive: true", "", []string{"codes item D2: option ingen: exclusive changed", "codes item D3: row ingen added"}},
	"route":               {"relevant: ${INNOV}", "relevant: not(${INNOV})", []string{"routing item D3: route changed"}},
	"route of a note":     {"relevant: ${B1} = 'nej'", "relevant: ${B1} = 'ja'", []string{"routing page to: note 1: route changed"}},
	"condition":           {"when: ${B1} = 'ja'", "when: ${B1} = 'nej'", []string{"trend-breaking condition INNOV: redefined", "routing item D3: route reads INNOV, which is redefined"}},
	"question reworded":   {"da: Hvem?", "da: Med hvem?", []string{"trend-breaking item D2: question (da) reworded"}},
	"option reworded":     {"da: Region", "da: Regioner", []string{"trend-breaking item D2: option region (da) reworded", "trend-breaking item D3: row region (da) reworded"}},
	"don't know":          {"ingen, number: 3", "ingen, dont_know: true, number: 3", []string{"trend-breaking item D2: option ingen: dont_know changed"}},
	"kind":                {"kind: matrix\n", "kind: matrix_multi\n", []string{"trend-breaking item D3: kind changed"}},
	"question replaced":   {"id: L1", "id: L2", []string{"codes item L2: added; asks what L1 asked", "trend-breaking item L1: removed"}},
	"moved to a new page": {"      - id: D2", "  - id: halv\n    title: {da: H, en: H}\n    items:\n      - id: D2", []string{"routing page halv: added", "routing item D2: moved to another page"}},
	"page renamed":        {"id: to\n", "id: tre\n", []string{"routing page tre: added", "routing page to: removed", "routing item D3: moved to another page", "routing item L1: moved to another page"}},
	"another wave":        {"version: 1.0\nwave: 2025", "version: 2.0\nwave: 2027", nil},
	"another period":      {"{da: 2024 og 2025, en: 2024 and 2025}", "{da: 2026 og 2027, en: 2026 and 2027}", nil},
}

func TestGoal08_DiffClassesEveryChange(t *testing.T) {
	from := load(t, replace(t, "id: proeve", "id: proeve"))
	for name, tt := range diffs {
		t.Run(name, func(t *testing.T) {
			d, err := questionnaire.Diff(from, load(t, replace(t, tt.old, tt.new)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			gravest := questionnaire.Class("")
			for _, c := range d.Changes {
				got = append(got, string(c.Class)+" "+c.Part+": "+c.What)
				if slices.Index(questionnaire.Classes, c.Class) > slices.Index(questionnaire.Classes, gravest) {
					gravest = c.Class
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
			}
			if d.Class != gravest {
				t.Errorf("class %q of %q", d.Class, gravest)
			}
		})
	}
}

// kindDiffs is each change to testdata/kinds.yaml that a class stands for.
var kindDiffs = map[string]struct {
	old, new string
	want     []string
}{
	"bound":          {"max: 20000", "max: 30000", []string{"codes item K1: max changed"}},
	"usual":          {"soft_max: 2000", "soft_max: 3000", []string{"codes item K1: check range changed"}},
	"no usual":       {"        soft_max: 2000\n", "", []string{"codes item K1: check range removed"}},
	"decimals":       {"decimals: 3", "decimals: 2", []string{"codes item K2: decimals changed"}},
	"unit":           {"{da: ansatte,", "{da: årsværk,", []string{"trend-breaking item K1: unit (da) reworded"}},
	"check":          {"when: \". > ${K4}\"", "when: \". >= ${K4}\"", []string{"codes item K5: check efter changed"}},
	"level":          {"level: hard", "level: soft", []string{"codes item K5: check efter: hard changed"}},
	"message":        {"Er måneden rigtig?", "Er det rigtigt?", []string{"wording item K5: check tidligt: message (da) reworded"}},
	"text of option": {"specify: 60", "specify: 80", []string{"codes item K8: option andre: specify changed"}},
	"refused":        {"refused: true", "dont_know: true", []string{}},
	"note":           {"- ikke rejsetid", "- også rejsetid", []string{"wording page tal: note 1 (da) reworded"}},
	"place":          {"${K6|fornyelsen}", "${K6|den}", []string{"trend-breaking item K9: question (da) reworded"}},
}

func TestGoal08_DiffClassesChangesOfEveryKind(t *testing.T) {
	src, err := os.ReadFile("testdata/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	from := load(t, src)
	for name, tt := range kindDiffs {
		t.Run(name, func(t *testing.T) {
			changed := bytes.Replace(src, []byte(tt.old), []byte(tt.new), 1)
			d, err := questionnaire.Diff(from, load(t, changed))
			if err != nil || len(d.Changes) == 0 {
				t.Fatalf("no change seen: %v", err)
			}
			var got []string
			for _, c := range d.Changes {
				got = append(got, string(c.Class)+" "+c.Part+": "+c.What)
			}
			if len(tt.want) > 0 && !slices.Equal(got, tt.want) {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
			}
			if len(tt.want) == 0 && d.Class != questionnaire.TrendBreaking {
				t.Errorf("class %s", d.Class)
			}
		})
	}
}

// What the hash sees, the comparison sees, but for what is expected to differ
// between waves.
func TestDiffSeesWhatTheHashSees(t *testing.T) {
	kinds, err := os.ReadFile("testdata/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string][]byte{"the small form": replace(t, "id: proeve", "id: proeve"), "every kind": kinds} {
		t.Run(name, func(t *testing.T) { diffSeesWhatTheHashSees(t, src) })
	}
}

func diffSeesWhatTheHashSees(t *testing.T, src []byte) {
	from := load(t, src)
	lines := bytes.Split(src, []byte("\n"))
	seen := 0
	for i, line := range lines {
		for _, word := range []string{"da: ", "en: ", "number: ", "max: ", "max_length: ", "code: ", "short: {da: ",
			"min: ", "soft_max: ", "decimals: ", "specify: ", "unit: {da: ", "- id: "} {
			at := bytes.Index(line, []byte(word))
			if at < 0 || bytes.HasPrefix(line, []byte("period")) {
				continue
			}
			at += len(word)
			if at >= len(line) || line[at] == '{' || line[at] == '"' {
				continue
			}
			changed := slices.Clone(lines)
			changed[i] = slices.Concat(line[:at], []byte("1"), line[at:])
			to, err := questionnaire.Load(bytes.NewReader(bytes.Join(changed, []byte("\n"))), "q.yaml")
			if err != nil {
				continue // a code that is used elsewhere, a limit that does not limit
			}
			if to.ID != from.ID || to.Hash == from.Hash {
				continue
			}
			seen++
			d, err := questionnaire.Diff(from, to)
			if err != nil || len(d.Changes) == 0 {
				t.Errorf("not seen: %s %v", changed[i], err)
			}
			back, err := questionnaire.Diff(to, from)
			if err != nil || len(back.Changes) == 0 {
				t.Errorf("not seen the other way: %s %v", changed[i], err)
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d changes were tried", seen)
	}
}

func TestDiffOfOneDefinitionIsEmpty(t *testing.T) {
	d, err := questionnaire.Diff(wave(t), wave(t))
	if err != nil || len(d.Changes) > 0 || d.Class != "" || d.SameVersion() {
		t.Errorf("%+v %v", d, err)
	}
}

func TestDiffRefusesTwoQuestionnaires(t *testing.T) {
	if _, err := questionnaire.Diff(wave(t), load(t, replace(t, "id: proeve", "id: proeve"))); err == nil {
		t.Error("two questionnaires were compared")
	}
}

// A version stands for one definition.
func TestDiffTellsOneVersionOfTwoDefinitions(t *testing.T) {
	d, err := questionnaire.Diff(load(t, replace(t, "da: Hvem?", "da: Hvem")), load(t, replace(t, "da: Hvem?", "da: Hvem?")))
	if err != nil || !d.SameVersion() {
		t.Errorf("%+v %v", d, err)
	}
}

// The faulty corpus shares its base: whatever of it loads can be compared.
func TestDiffOfWhateverLoads(t *testing.T) {
	from := load(t, replace(t, "id: proeve", "id: proeve"))
	files, _ := filepath.Glob("testdata/faulty/*.yaml")
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if q, err := questionnaire.Load(bytes.NewReader(src), path); err == nil && q.ID == from.ID {
			if d, err := questionnaire.Diff(from, q); err != nil || (len(d.Changes) == 0) != (q.Hash == from.Hash) {
				t.Errorf("%s: %d changes, %v", path, len(d.Changes), err)
			}
		}
	}
}
