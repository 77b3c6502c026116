package questionnaire_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
)

// editor checks files as an editor with the published schema does.
func editor(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := questionnaire.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("questionnaire.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("questionnaire.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain turns a YAML node into what a JSON Schema sees of it.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(n.Content[0])
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plain(c))
		}
		return out
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return n.Value
	}
	switch v := v.(type) {
	case nil, bool, int, float64, string:
		return v
	}
	return n.Value
}

// accepts reports whether the editor marks nothing; parsed is false for what
// is no YAML, of which the schema says nothing.
func accepts(s *jsonschema.Schema, src []byte) (ok, parsed bool) {
	var n yaml.Node
	if err := yaml.Unmarshal(src, &n); err != nil || len(n.Content) == 0 {
		return false, false
	}
	return s.Validate(plain(&n)) == nil, true
}

func hasErrors(src []byte) bool {
	return slices.ContainsFunc(questionnaire.Lint(bytes.NewReader(src), "q.yaml"), func(f questionnaire.Finding) bool {
		return f.Severity == questionnaire.Error
	})
}

func TestSchemaAcceptsWhatLoads(t *testing.T) {
	s := editor(t)
	for seed := range uint64(40) {
		src := questionnairetest.Generate(rand.New(rand.NewPCG(seed, 13)))
		if ok, _ := accepts(s, src); !ok {
			t.Errorf("seed %d: the schema refuses what loads\n%s", seed, src)
		}
	}
	for _, path := range []string{waveFile, "testdata/valid.yaml", "testdata/kinds.yaml", "../freeze/testdata/questionnaire.yaml"} {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var n yaml.Node
		if err := yaml.Unmarshal(src, &n); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(&n)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What the editor marks in the faulty corpus, lint refuses; and the editor
// sees a good part of the corpus.
func TestSchemaAgreesWithLintOnTheCorpus(t *testing.T) {
	s := editor(t)
	files, err := filepath.Glob("testdata/faulty/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	marked := 0
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ok, parsed := accepts(s, src)
		if !parsed || ok {
			continue
		}
		marked++
		if !hasErrors(src) {
			t.Errorf("%s: the schema refuses what lint accepts", path)
		}
	}
	if marked < len(files)/3 {
		t.Errorf("the schema sees only %d of %d faults", marked, len(files))
	}
}

// junk is what people and programs leave where a value was.
var junk = []string{"", "~", "5", "0", "-1", "1.5", "1e3", "'5 '", "true", "'true '", "[]", "{}", "[a]", "{a: b}", "''", "' '", "' x '", "'<b>'", "'{x}'", "2026-11-23", "Æ", "x"}

// Every value of the small form, replaced by junk, and every line left out:
// the schema never refuses what lint accepts.
func TestSchemaAgreesWithLintOnJunk(t *testing.T) {
	kinds, err := os.ReadFile("testdata/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := editor(t)
	for name, src := range map[string][]byte{"the small form": replace(t, "id: proeve", "id: proeve"), "every kind": kinds} {
		t.Run(name, func(t *testing.T) { schemaAgreesOnJunk(t, s, string(src)) })
	}
}

// sample thins junk out in a long file: one in so many values is tried.
const sample = 5

func schemaAgreesOnJunk(t *testing.T, s *jsonschema.Schema, src string) {
	marked, tried, offered := 0, 0, 0
	try := func(what, changed string) {
		if offered++; len(src) > 4000 && offered%sample != 0 {
			return
		}
		ok, parsed := accepts(s, []byte(changed))
		if !parsed {
			return
		}
		if tried++; !ok {
			marked++
			if !hasErrors([]byte(changed)) {
				t.Errorf("the schema refuses what lint accepts: %s", what)
			}
		}
	}
	lines := strings.Split(src, "\n")
	for i, line := range lines {
		try("without line "+strconv.Itoa(i+1), strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "\n"))
		key, _, found := strings.Cut(line, ": ")
		if !found {
			continue
		}
		for _, v := range junk {
			changed := slices.Clone(lines)
			changed[i] = key + ": " + v
			try(changed[i], strings.Join(changed, "\n"))
		}
		if from := strings.LastIndex(line, ", "); from > 0 && strings.HasSuffix(line, "}") {
			for _, v := range junk {
				changed := slices.Clone(lines)
				at := from + 2 + strings.Index(line[from+2:], ": ") + 2
				changed[i] = line[:at] + v + "}"
				try(changed[i], strings.Join(changed, "\n"))
			}
		}
	}
	if marked < 200 || tried-marked < 100 {
		t.Errorf("%d tried, %d marked: too little to tell", tried, marked)
	}
}
