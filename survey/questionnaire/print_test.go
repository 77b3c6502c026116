package questionnaire_test

import (
	"barometer/internal/i18n"
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestPrintHTML(t *testing.T) {
	q := wave(t)
	for _, l := range i18n.Languages {
		var b bytes.Buffer
		if err := q.PrintHTML(&b, l); err != nil {
			t.Fatal(err)
		}
		golden(t, "print."+string(l)+".html", b.Bytes())
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date; look at the change and run go test -update", path)
	}
}
