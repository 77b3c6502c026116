package weighting

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"testing"

	"barometer/internal/i18n"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestReport pins what a statistician reads, in both languages.
func TestReport(t *testing.T) {
	data, margins := synthetic(t, 7)
	res, err := Run(data, demoRecipe(t), margins)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file  string
		write func(*bytes.Buffer) error
	}{
		{"testdata/report.da.md", func(b *bytes.Buffer) error { return res.Diagnostics.Markdown(b, i18n.Danish) }},
		{"testdata/report.en.md", func(b *bytes.Buffer) error { return res.Diagnostics.Markdown(b, i18n.English) }},
		{"testdata/report.en.txt", func(b *bytes.Buffer) error { return res.Diagnostics.Text(b, i18n.English) }},
	} {
		var got bytes.Buffer
		if err := c.write(&got); err != nil {
			t.Fatal(err)
		}
		golden(t, c.file, got.Bytes())
	}
	if _, err := json.Marshal(res.Diagnostics); err != nil {
		t.Errorf("diagnostics do not fit JSON: %v", err)
	}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and read the difference\n%s", file, got)
	}
}

// TestEveryKindHasAName: a step added without a wording would print as nothing.
func TestEveryKindHasAName(t *testing.T) {
	for _, kind := range append(stepKinds(), "base", "collapse") {
		if m := kindNames[kind].Missing(); len(m) > 0 {
			t.Errorf("step %s has no name in %v", kind, m)
		}
	}
}

// TestEveryWordIsWritten: a text left out would print as nothing.
func TestEveryWordIsWritten(t *testing.T) {
	v := reflect.ValueOf(words)
	for i := range v.NumField() {
		if text := v.Field(i); text.FieldByName("DA").String() == "" || text.FieldByName("EN").String() == "" {
			t.Errorf("%s is not written in both languages", v.Type().Field(i).Name)
		}
	}
}
