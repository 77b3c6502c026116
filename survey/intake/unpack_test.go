package intake

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"strings"
	"testing"

	"barometer/survey/questionnaire"
)

// zipped packs files, given as name and content in turn.
func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Archives hold one table and are no larger unpacked than a file may be: a few
// kilobytes that unpack to gigabytes are refused before they have.
func TestArchivesAreUnpackedWithinBounds(t *testing.T) {
	q := load(t, national)
	file := exported(q, []questionnaire.Answers{complete(t, q, rand.New(rand.NewPCG(3, 4)))})
	for name, packed := range map[string]string{
		"zip": zipped(t, "wave.csv", file, "media/billede.jpg", "x", "__MACOSX/._wave.csv", "x"), "gzip": gzipped(t, file),
	} {
		if f := read(t, q, Options{Layout: CSV}, packed); len(f.Responses) != 1 {
			t.Errorf("%s: %d responses", name, len(f.Responses))
		}
	}
	bomb := strings.Repeat("x,", Largest/2+1)
	for name, c := range map[string]struct{ file, want string }{
		"several tables": {zipped(t, "form.csv", file, "form-gentagelse.csv", "KEY\n1\n"), "repeated groups cannot be imported"},
		"no table":       {zipped(t, "readme.txt", "x"), "holds no CSV file"},
		"a workbook":     {zipped(t, "[Content_Types].xml", "x"), "is a workbook"},
		"cut zip":        {zipped(t, "form.csv", file)[:200], "is damaged"},
		"cut gzip":       {gzipped(t, file)[:60], "is damaged"},
		"a zip bomb":     {zipped(t, "form.csv", bomb), "when unpacked"},
		"a gzip bomb":    {gzipped(t, bomb), "when unpacked"},
	} {
		if len(c.file) > 1<<20 {
			t.Fatalf("%s is no bomb", name)
		}
		if _, err := Read(strings.NewReader(c.file), q, Options{Layout: CSV}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
