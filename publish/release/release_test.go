package release_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats"
	"barometer/publish/formats/datapackage"
	"barometer/publish/formats/jsonstat"
	"barometer/publish/formats/px"
	"barometer/publish/formats/sdmx"
	"barometer/publish/internal/publishtest"
	"barometer/publish/release"
)

// input is what the first release of a wave is made of.
func input(t testing.TB) release.Input {
	t.Helper()
	about := publishtest.About()
	title := i18n.Text{DA: "Rapport", EN: "Report"}
	return release.Input{Version: release.First, Title: about.Title, Publisher: about.Publisher, Contact: about.Contact,
		Licence: about.Licence, Built: publishtest.Built,
		Table: publishtest.Draft().Table(t), Microdata: publishtest.Microdata(t, 60),
		Documents: []release.Document{
			{Name: "report.da.html", Title: title, Content: []byte("<!doctype html><title>Rapport</title>")},
			{Name: "report.en.html", Title: title, Content: []byte("<!doctype html><title>Report</title>")},
			{Name: "charts/reuse.da.svg", Title: i18n.Text{DA: "Genbrug", EN: "Reuse"}, Content: []byte("<svg/>")},
			{Name: "quality.da.html", Title: title, Content: publishtest.QualityPage(i18n.Danish)},
			{Name: "quality.en.html", Title: title, Content: publishtest.QualityPage(i18n.English)},
		}}
}

func build(t testing.TB, dir string, in release.Input) *release.Manifest {
	t.Helper()
	m, err := release.Build(t.Context(), dir, in)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// first is a folder with the first release, built once for all tests.
var first struct {
	sync.Once
	dir string
	err error
}

func TestMain(m *testing.M) {
	var err error
	if first.dir, err = os.MkdirTemp("", "release-*"); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	os.RemoveAll(first.dir)
	os.Exit(code)
}

// released returns a folder of its own that holds the first release.
func released(t *testing.T) string {
	t.Helper()
	first.Do(func() { _, first.err = release.Build(t.Context(), first.dir, input(t)) })
	dir := t.TempDir()
	if err := errors.Join(first.err, os.CopyFS(dir, os.DirFS(first.dir))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// hashes returns the SHA-256 of every file below a folder.
func hashes(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(rel)], err = archive.HashFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestReleaseHoldsEveryFormatAndVerifies(t *testing.T) {
	dir := t.TempDir()
	m := build(t, dir, input(t))
	var names []string
	for _, f := range m.Files {
		names = append(names, f.Name)
		if f.Bytes == 0 || f.MediaType == "" || len(f.Title.Missing()) > 0 {
			t.Errorf("entry %+v", f)
		}
	}
	want := []string{"README.txt", "charts/reuse.da.svg", "codebook.csv", "codebook.json", "codebook.xml"}
	for _, b := range []string{"sector", "sector_size", "size", "total"} {
		for _, e := range []string{".csv", ".da.json", ".en.json", ".parquet", ".px", ".sdmx.csv"} {
			want = append(want, "cubes/"+b+e)
		}
	}
	want = append(want, "datapackage.json", "microdata.csv", "microdata.da.dta", "microdata.da.sav", "microdata.da.xlsx",
		"microdata.en.dta", "microdata.en.sav", "microdata.en.xlsx", "microdata.parquet",
		"quality.da.html", "quality.en.html", "report.da.html", "report.en.html",
		"table.json", "tables.csv", "tables.da.xlsx", "tables.en.xlsx", "tables.parquet", "values.csv")
	if !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
	path := filepath.Join(dir, "2025", "1.0")
	if err := release.Verify(path); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "2025")); len(entries) != 1 {
		t.Errorf("beside the release: %v", entries)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o755 {
		t.Errorf("the folder has mode %v", info.Mode())
	}
}

// Goal 13 of publishing: the machine-readable files of a release decode to the
// cube of its table.
func TestGoal13_FilesOfAReleaseDecodeToTheCubeOfItsTable(t *testing.T) {
	r, err := release.Open(filepath.Join(released(t), "2025", "1.0"))
	if err != nil {
		t.Fatal(err)
	}
	tab, err := r.Table()
	if err != nil {
		t.Fatal(err)
	}
	cubes, err := cube.All(tab, r.Manifest.About())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cubes {
		for extension, decoded := range map[string]struct {
			read func(io.Reader) (*cube.Cube, error)
			want *cube.Cube
		}{
			".px": {px.Read, c}, ".sdmx.csv": {sdmx.Read, c.Bare()},
			".da.json": {jsonstat.Read, c.In(i18n.Danish)}, ".en.json": {jsonstat.Read, c.In(i18n.English)},
			".csv": {cubeOfCSV, c.Core()},
		} {
			name := "cubes/" + strings.TrimPrefix(c.ID, "2025-") + extension
			f, _, err := r.OpenFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decoded.read(f)
			f.Close()
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if err := cube.Differ(got, decoded.want); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func cubeOfCSV(r io.Reader) (*cube.Cube, error) {
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	return cube.FromRows(records[0], records[1:], i18n.Languages)
}

func TestDataPackageDescribesEveryCSVFile(t *testing.T) {
	dir := filepath.Join(released(t), "2025", "1.0")
	r, err := release.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := r.OpenFile(datapackage.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := datapackage.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	var described, there []string
	for _, resource := range p.Resources {
		described = append(described, resource.Path)
	}
	for _, file := range r.Manifest.Files {
		if strings.HasSuffix(file.Name, ".csv") {
			there = append(there, file.Name)
		}
	}
	if !slices.Equal(described, there) {
		t.Errorf("described are %v, there are %v", described, there)
	}
	if err := p.Verify(os.DirFS(dir)); err != nil {
		t.Error(err)
	}
}

// Goal 1 of publishing.
func TestGoal1_BuildingTwiceGivesTheSameBytes(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	build(t, first, input(t))
	build(t, second, input(t))
	a, b := hashes(t, first), hashes(t, second)
	if len(a) < 17 || len(a) != len(b) {
		t.Fatalf("%d and %d files", len(a), len(b))
	}
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs", name)
		}
	}
}

// Every file of a release, the manifest aside, in every way a copy can differ.
func TestVerifyFindsEveryFileChangedMissingAddedOrLinked(t *testing.T) {
	dir := released(t)
	path := filepath.Join(dir, "2025", "1.0")
	r, err := release.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Manifest.Files {
		file := filepath.Join(path, f.Name)
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for how, do := range map[string]struct {
			damage func() error
			want   string
		}{
			"changed": {func() error { return flip(file) }, f.Name + " has other content"},
			"missing": {func() error { return os.Remove(file) }, f.Name + " is missing"},
			"added":   {func() error { return os.WriteFile(file+".txt", content, 0o644) }, f.Name + ".txt is not in the manifest"},
			"linked": {func() error {
				return errors.Join(os.Remove(file), os.WriteFile(filepath.Join(dir, "copy"), content, 0o644), os.Symlink(filepath.Join(dir, "copy"), file))
			}, f.Name + " is no ordinary file"},
		} {
			if err := do.damage(); err != nil {
				t.Fatal(err)
			}
			if err := release.Verify(path); err == nil || !strings.Contains(err.Error(), do.want) {
				t.Errorf("%s %s: %v", f.Name, how, err)
			}
			os.Remove(file + ".txt") //nolint:errcheck // it is there in one case of four
			os.Remove(file)          //nolint:errcheck
			if err := errors.Join(os.WriteFile(file, content, 0o644), release.Verify(path)); err != nil {
				t.Fatalf("put right again: %v", err)
			}
		}
	}
}

func TestVerifyFollowsNoLinkToAFolderOrManifest(t *testing.T) {
	dir := released(t)
	path, beside := filepath.Join(dir, "2025", "1.0"), filepath.Join(dir, "elsewhere")
	if err := errors.Join(os.Rename(path, beside), os.Symlink(beside, path)); err != nil {
		t.Fatal(err)
	}
	if err := release.Verify(path); err == nil || !strings.Contains(err.Error(), "is no folder") {
		t.Errorf("a linked folder: %v", err)
	}
	manifest := filepath.Join(beside, "manifest.json")
	if err := errors.Join(os.Rename(manifest, filepath.Join(dir, "m.json")), os.Symlink(filepath.Join(dir, "m.json"), manifest)); err != nil {
		t.Fatal(err)
	}
	if err := release.Verify(beside); err == nil || !strings.Contains(err.Error(), "manifest.json is no ordinary file") {
		t.Errorf("a linked manifest: %v", err)
	}
}

func TestManifestThatContradictsItselfIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		old, new, want string
	}{
		"citation": {`"en": "National Centre for Public Sector Innovation (2026)`, `"en": "Somebody (2026)`, "citation"},
		"previous": {`"synthetic"`, `"previous_version": "2.0", "synthetic"`, "cannot come after version 2.0"},
		"doi":      {`"citation"`, `"doi": "11.1/x", "citation"`, "DOI"},
		"changes": {`"version": "1.0",
			"date"`, `"version": "3.0",
			"date"`, "newest change is that of version 3.0"},
		"order": {`"name": "values.csv"`, `"name": "microdata.csv"`, "microdata.csv is out of order or stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(released(t), "2025", "1.0")
			data, err := os.ReadFile(filepath.Join(path, "manifest.json"))
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Replace(string(data), c.old, c.new, 1)
			if text == string(data) {
				t.Fatalf("%q is not in the manifest:\n%.900s", c.old, data)
			}
			if err := os.WriteFile(filepath.Join(path, "manifest.json"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := release.Verify(path); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// Goal 2 of publishing.
func TestGoal2_ManifestListsWhatAReaderNeeds(t *testing.T) {
	dir, in := t.TempDir(), input(t)
	in.DOI = "10.12345/barometer.2025"
	m := build(t, dir, in)
	data, err := os.ReadFile(filepath.Join(dir, "2025", "1.0", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"version": "1.0"`, `"doi": "10.12345/barometer.2025"`, `"name": "CC BY 4.0"`, `"media_type": "text/csv; charset=utf-8"`, `"sha256"`, `"bytes"`,
		`Innovation Barometer 2025, version 1.0. https://doi.org/10.12345/barometer.2025"`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the manifest lacks %s", want)
		}
	}
	if strings.Contains(string(data), `"status"`) {
		t.Error("the manifest claims to know how far its release has come")
	}
	if hash, err := release.HashManifest(filepath.Join(dir, "2025", "1.0")); err != nil || len(hash) != 64 {
		t.Errorf("its hash is %q, %v", hash, err)
	}
	if m.Previous != nil {
		t.Errorf("the first version comes after %s", m.Previous)
	}
}

// Goal 7 of publishing.
func TestGoal7_MalformedDOIIsRefused(t *testing.T) {
	for _, bad := range []string{
		"https://doi.org/10.1234/x", "doi:10.1234/x", "10.1234", "10.1234/", "10.12/x", "11.1234/x", "10.1234/a b", "10.1234/a\n", "10.1234/ø", "10.1234/<x>",
	} {
		dir, in := t.TempDir(), input(t)
		in.DOI = bad
		if _, err := release.Build(t.Context(), dir, in); err == nil || !strings.Contains(err.Error(), "DOI") {
			t.Errorf("%q: %v", bad, err)
		}
		if left := hashes(t, dir); len(left) > 0 {
			t.Errorf("%q left %v behind", bad, left)
		}
	}
}

func TestDamageIsFoundAndNamed(t *testing.T) {
	cases := []struct {
		name   string
		damage func(dir string) error
		want   string
	}{
		{"changed", func(dir string) error { return flip(filepath.Join(dir, "tables.csv")) }, "tables.csv has other content"},
		{"shortened", func(dir string) error { return os.Truncate(filepath.Join(dir, "values.csv"), 10) }, "values.csv has 10 bytes"},
		{"missing", func(dir string) error { return os.Remove(filepath.Join(dir, "charts/reuse.da.svg")) }, "charts/reuse.da.svg is missing"},
		{"added", func(dir string) error { return os.WriteFile(filepath.Join(dir, "charts/more.svg"), nil, 0o644) }, "charts/more.svg is not in the manifest"},
		{"linked", func(dir string) error {
			return errors.Join(os.Rename(filepath.Join(dir, "table.json"), filepath.Join(dir, "..", "t.json")),
				os.Symlink("../t.json", filepath.Join(dir, "table.json")))
		}, "table.json is no ordinary file"},
		{"manifest leads out", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"wave":"2025","version":"1.0","files":[{"name":"../../secret.txt"}]}`), 0o644)
		}, "leads out of the release"},
		{"no manifest", func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) }, "manifest.json"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := released(t)
			path := filepath.Join(dir, "2025", "1.0")
			if err := c.damage(path); err != nil {
				t.Fatal(err)
			}
			if err := release.Verify(path); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// flip changes one bit in the middle of a file.
func flip(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data[len(data)/2] ^= 1
	return os.WriteFile(path, data, 0o644)
}

func TestReleaseIsReadBackAsBuilt(t *testing.T) {
	dir, in := released(t), input(t)
	r, err := release.Latest(dir, "2025")
	if err != nil {
		t.Fatal(err)
	}
	read, err := r.Table()
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(read)
	want, _ := json.Marshal(in.Table)
	if string(got) != string(want) {
		t.Error("the table read back differs from the one released")
	}
	f, entry, err := r.OpenFile("report.da.html")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if content, _ := io.ReadAll(f); !strings.Contains(string(content), "Rapport") || entry.MediaType != "text/html; charset=utf-8" {
		t.Errorf("%q as %s", content, entry.MediaType)
	}
	for _, name := range []string{"manifest.json", "../1.0/table.json", "", "/etc/passwd", "charts"} {
		if _, _, err := r.OpenFile(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("file %q: error %v, want none there", name, err)
		}
	}
	if none, err := release.Latest(dir, "2027"); none != nil || err != nil {
		t.Errorf("a wave without a release gives %v, %v", none, err)
	}
}

func TestWhatMayNotBeReleasedIsRefusedAndLeavesNothing(t *testing.T) {
	cases := []struct {
		name   string
		change func(*release.Input)
		want   string
	}{
		{"missing translation", func(in *release.Input) {
			s := publishtest.Draft()
			s.Indicators[0].Label.EN = ""
			in.Table = s.Table(t)
		}, "indicator innov_rate: label: the English text is missing"},
		{"unlabelled code", func(in *release.Input) {
			v := in.Microdata.Codebook.Variables
			v[4].Codes = v[4].Codes[:1]
		}, "has no code in the codebook"},
		{"other wave", func(in *release.Input) { in.Microdata.Wave = "2023" }, "research data of wave 2023"},
		{"real data as synthetic", func(in *release.Input) { in.Microdata.Synthetic = false }, "synthetic: false"},
		{"file name out of the folder", func(in *release.Input) { in.Documents[0].Name = "../report.html" }, "leads out of the release"},
		{"file name twice", func(in *release.Input) { in.Documents[0].Name = "Tables.csv" }, "Tables.csv stands twice"},
		{"unknown kind of file", func(in *release.Input) { in.Documents[0].Name = "report.exe" }, "none of the known kinds"},
		{"empty document", func(in *release.Input) { in.Documents[0].Content = nil }, "report.da.html: it has no content"},
		{"document that is not there", func(in *release.Input) { in.Documents[0].Path = "/nowhere/report.pdf" }, "/nowhere/report.pdf"},
		{"no quality report", func(in *release.Input) { in.Documents = in.Documents[:4] }, "the quality report quality.en.html is missing"},
		{"no licence", func(in *release.Input) { in.Licence = formats.Licence{} }, "no licence"},
		{"no build time", func(in *release.Input) { in.Built = time.Time{} }, "no build time"},
		{"not the first version", func(in *release.Input) { in.Version = release.Version{Major: 2} }, "its first version is 1.0"},
		{"no table", func(in *release.Input) { in.Table = nil }, "not given"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, in := t.TempDir(), input(t)
			c.change(&in)
			if _, err := release.Build(t.Context(), dir, in); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if left := hashes(t, dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestStoppedBuildLeavesNothing(t *testing.T) {
	dir, in := t.TempDir(), input(t)
	ctx, stop := context.WithCancel(t.Context())
	in.Progress = func(name string) {
		if name == "microdata.csv" {
			stop()
		}
	}
	if _, err := release.Build(ctx, dir, in); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left := hashes(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
