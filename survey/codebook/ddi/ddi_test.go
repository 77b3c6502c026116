package ddi_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/survey/codebook"
	"barometer/survey/codebook/ddi"
	"barometer/survey/frame"
	"barometer/survey/freeze"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
	"barometer/survey/response"
	"barometer/survey/sample"
)

func frozen(t *testing.T) *microdata.Wave {
	t.Helper()
	one := func(code string) questionnaire.Answer { return questionnaire.Answer{Codes: []string{code}} }
	return frozenOf(t, "../../freeze/testdata/questionnaire.yaml", func(*questionnaire.Questionnaire) []questionnaire.Answers {
		return []questionnaire.Answers{
			{"B1": one("ja"), "C2": one("proces"), "K1": {Rows: map[string][]string{"proever": {"nej"}}}},
			{"B1": one("nej"), "K1": {Rows: map[string][]string{"proever": {"ja"}}}},
		}
	})
}

// everyKind is a wave of every kind of question, answered at random.
func everyKind(t *testing.T) *microdata.Wave {
	t.Helper()
	return frozenOf(t, "../../questionnaire/testdata/kinds.yaml", func(q *questionnaire.Questionnaire) (list []questionnaire.Answers) {
		for seed := range uint64(3) {
			a, err := questionnairetest.Respondent{Rand: rand.New(rand.NewPCG(seed, 41))}.Answers(q, nil, 99)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, a)
		}
		return list
	})
}

func frozenOf(t *testing.T, file string, answers func(*questionnaire.Questionnaire) []questionnaire.Answers) *microdata.Wave {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	q, err := questionnaire.Load(f, file)
	if err != nil {
		t.Fatal(err)
	}
	st := sample.Stratum{Code: "K-DAG.20-49", N: 6, Take: 3, Subsector: "K-DAG", Size: "20-49"}
	s := &sample.Sample{Wave: "2025", Strata: []sample.Stratum{st}}
	for _, key := range []string{"u1", "u2", "u3"} {
		s.Units = append(s.Units, sample.Selected{
			Unit: frame.Unit{Sector: codebook.Municipal, Subsector: "K-DAG", Region: "1084"},
			Key:  key, Size: "20-49", Stratum: st.Code, StratumN: 6, StratumTake: 3, InclusionProb: 0.5, DesignWeight: 2,
		})
	}
	var records []response.Record
	for i, a := range answers(q) {
		records = append(records, response.Record{Wave: "2025", Unit: s.Units[i].Key, Disposition: response.Complete, Answers: a})
	}
	w, err := freeze.Build(s, q, records, freeze.Meta{Synthetic: true})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func study() ddi.Study {
	text := func(s string) i18n.Text { return i18n.Text{DA: s + " (æøå & <b>)", EN: s + " in English"} }
	return ddi.Study{
		ID: "innovationsbarometer-2025", Title: text("titel"), Version: "2025.1", Producer: text("center"), Contact: "a@example.dk",
		Abstract: text("resumé"), Period: text("periode"), Deadline: "2025-06-30", Universe: text("alle"), Sampling: text("udvalgt"),
		Sampled: 3, Frame: text("register"), Mode: text("web"), Weighting: text("vægtet"), Response: text("svar"), Access: text("adgang"),
		Synthetic: true, Unfrozen: []ddi.Left{{Item: "C1", Question: text("beskriv")}},
	}
}

var (
	file  = ddi.File{Name: "wave.parquet", SHA256: strings.Repeat("0f", 32), Format: "Parquet"}
	files = []ddi.File{file, {Name: "wave.csv", SHA256: strings.Repeat("0e", 32), Format: "CSV"}}
)

func written(t *testing.T, s ddi.Study, w *microdata.Wave) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := ddi.Write(&out, s, files, w); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Goal 42. The order and the number of elements are held against a schema of
// the part of DDI-Codebook 2.5 that is written, and against the official one
// where DDI_SCHEMA says where its codebook.xsd lies: its licence keeps it out
// of the tree.
func TestGoal42_CodebookIsValidDDI(t *testing.T) {
	xmllint := testenv.Need(t, "xmllint")
	path := filepath.Join(t.TempDir(), "codebook.xml")
	weighted := study()
	weighted.Weight = "design_weight"
	full, bare := study(), ddi.Study{ID: "x", Title: i18n.Same("x"), Producer: i18n.Same("y")}
	for name, doc := range map[string][]byte{
		"full": written(t, full, frozen(t)), "bare": written(t, bare, frozen(t)), "every kind": written(t, full, everyKind(t)), "weighted": written(t, weighted, everyKind(t)),
	} {
		if err := os.WriteFile(path, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		schemas := [][]string{{"--relaxng", "testdata/ddi-codebook-2.5-subset.rng"}}
		if official := os.Getenv("DDI_SCHEMA"); official != "" {
			schemas = append(schemas, []string{"--schema", official})
		}
		for _, schema := range schemas {
			args := append([]string{"--nonet", "--noout"}, append(schema, path)...)
			if out, err := exec.Command(xmllint, args...).CombinedOutput(); err != nil {
				t.Errorf("%s by %s: %v\n%s", name, schema[1], err, out)
			}
		}
	}
}

// document is what a reader takes from the file.
type document struct {
	Notes     []string `xml:"stdyDscr>citation>notes"`
	Digests   []string `xml:"fileDscr>fileTxt>dataFingerprint>digitalFingerprintValue"`
	Cases     []int    `xml:"fileDscr>fileTxt>dimensns>caseQnty"`
	Left      []string `xml:"dataDscr>notes"`
	Variables []struct {
		Name     string   `xml:"name,attr"`
		Labels   []string `xml:"labl"`
		Question []string `xml:"qstn>qstnLit"`
		Values   []struct {
			Missing string   `xml:"missing,attr"`
			Value   string   `xml:"catValu"`
			Labels  []string `xml:"labl"`
			Count   int      `xml:"catStat"`
		} `xml:"catgry"`
	} `xml:"dataDscr>var"`
}

// Goal 42. Every value of the wave and every reason for a missing one stands in
// the codebook with as many units as the data have.
func TestGoal42_CodebookCountsWhatTheDataHold(t *testing.T) {
	w := frozen(t)
	var d document
	if err := xml.Unmarshal(written(t, study(), w), &d); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Cases, []int{3, 3}) || !slices.Equal(d.Digests, []string{file.SHA256, files[1].SHA256}) || len(d.Variables) != len(w.Columns()) {
		t.Errorf("%d cases, %d variables, digests %s", d.Cases, len(d.Variables), d.Digests)
	}
	if len(d.Notes) != 2 || !strings.Contains(d.Notes[0], "Syntetiske") || len(d.Left) != 2 || !strings.HasPrefix(d.Left[0], "C1: beskriv (æøå & <b>)") {
		t.Errorf("notes %q, left out %q", d.Notes, d.Left)
	}
	for j, v := range d.Variables {
		c := w.Columns()[j]
		if v.Name != c.Name || len(v.Labels) != 2 {
			t.Errorf("variable %d is %s with labels %q, the column %s", j, v.Name, v.Labels, c.Name)
		}
		if w.Codebook.Variables[j].Role != codebook.RoleAnswer {
			continue
		}
		total := 0
		for _, value := range v.Values {
			total += value.Count
			if (value.Missing == "Y") != strings.HasPrefix(value.Value, "[") || len(value.Labels) != 2 {
				t.Errorf("%s: value %+v", v.Name, value)
			}
		}
		if total != w.Rows() {
			t.Errorf("%s: the values account for %d of %d units", v.Name, total, w.Rows())
		}
	}
	b1 := d.Variables[slices.IndexFunc(w.Codebook.Variables, func(v codebook.Variable) bool { return v.Name == "b1" })]
	got := map[string]int{}
	for _, v := range b1.Values {
		got[v.Value] = v.Count
	}
	if got["ja"] != 1 || got["nej"] != 1 || got["[nonresponse]"] != 1 || len(b1.Question) != 2 {
		t.Errorf("b1: %v, asked as %q", got, b1.Question)
	}
}

// The weighted frequency of a value is the sum of the weights of its units.
func TestCodebookCountsUnitsAndWeights(t *testing.T) {
	s := study()
	s.Weight = "design_weight"
	out := string(written(t, s, frozen(t)))
	for _, want := range []string{`wgt="wgt"`, `files="F1 F2"`, "<catStat type=\"freq\">1</catStat>\n\t\t\t\t<catStat type=\"freq\" wgtd=\"wgtd\">2</catStat>"} {
		if !strings.Contains(out, want) {
			t.Errorf("the codebook has no %s", want)
		}
	}
	s.Weight = "b1"
	if err := ddi.Write(io.Discard, s, files, frozen(t)); err == nil || !strings.Contains(err.Error(), "no numeric variable b1") {
		t.Errorf("weighted by a code: %v", err)
	}
}

// Goal 42. The same wave gives the same bytes.
func TestGoal42_CodebookIsReproducible(t *testing.T) {
	if !bytes.Equal(written(t, study(), frozen(t)), written(t, study(), frozen(t))) {
		t.Error("two codebooks of one wave differ")
	}
}

func TestCodebookWithoutWordsIsRefusedByName(t *testing.T) {
	w := frozen(t)
	for i := range w.Codebook.Variables {
		switch v := &w.Codebook.Variables[i]; v.Name {
		case "disposition":
			v.Label.EN = ""
		case "stratum":
			v.Codes[0].Label.DA = ""
		}
	}
	s := study()
	s.Title.EN = ""
	var out bytes.Buffer
	err := ddi.Write(&out, s, files, w)
	for _, want := range []string{"the title has no text in en", "variable disposition", "variable stratum, value K-DAG.20-49"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %q", err, want)
		}
	}
	if out.Len() > 0 {
		t.Errorf("%d bytes were written", out.Len())
	}
}
