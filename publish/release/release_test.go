package release_test

import (
	"context"
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
	"barometer/publish/formats"
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
	want := []string{"README.txt", "charts/reuse.da.svg", "codebook.csv", "codebook.json", "microdata.csv", "microdata.da.xlsx",
		"microdata.en.xlsx", "microdata.parquet", "report.da.html", "report.en.html", "table.json", "tables.csv",
		"tables.da.xlsx", "tables.en.xlsx", "tables.parquet", "values.csv"}
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

func TestBuildingTwiceGivesTheSameBytes(t *testing.T) {
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
