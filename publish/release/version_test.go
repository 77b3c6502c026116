package release_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/publish/internal/publishtest"
	"barometer/publish/release"
)

func TestVersionsAreReadStrictly(t *testing.T) {
	for _, good := range []string{"1.0", "1.12", "20.3"} {
		if v, err := release.ParseVersion(good); err != nil || v.String() != good {
			t.Errorf("%q reads %v, %v", good, v, err)
		}
	}
	for _, bad := range []string{"", "1", "1.", "v1.0", "0.1", "01.0", "1.00", "1.0.0", "-1.0", "1.-1", "1.0 "} {
		if v, err := release.ParseVersion(bad); err == nil {
			t.Errorf("%q reads %v", bad, v)
		}
	}
}

// next is the input of a version after the first.
func next(t *testing.T, version string) release.Input {
	t.Helper()
	in := input(t)
	v, err := release.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	in.Version = v
	in.Reason = i18n.Text{DA: "Rettet fejl.", EN: "Corrected an error."}
	in.Built = in.Built.AddDate(0, 1, 0)
	return in
}

// Goal 4 of publishing.
func TestGoal4_CorrectionNamesTheFiguresThatChanged(t *testing.T) {
	dir := released(t)
	in := next(t, "2.0")
	s := publishtest.Draft()
	s.Cells[0].Figure.N++
	in.Table = s.Table(t)
	m := build(t, dir, in)
	change := m.Changes[0]
	if !slices.Equal(change.Cells, []string{"innov_rate × total"}) || change.Date != "2026-04-02" || m.Previous.String() != "1.0" || len(m.Changes) != 2 {
		t.Errorf("change %+v after %v", change, m.Previous)
	}
	if err := release.Verify(filepath.Join(dir, "2025", "1.0")); err != nil {
		t.Errorf("the version before it was touched: %v", err)
	}
}

// What changed is told from what to what, for figures that are shown; a number
// that is not shown any more is not repeated.
func TestCorrectionTellsFromWhatToWhat(t *testing.T) {
	dir := released(t)
	in, s := next(t, "2.0"), publishtest.Draft()
	was := *s.Cells[0].Figure
	changed := was
	changed.Value, changed.N = was.Value+0.01, was.N+1
	s.Cells[0].Figure = &changed // innov_rate × total
	hidden := *s.Cells[1].Figure
	s.Cells[1] = publishtest.Cell{Status: "c"} // innov_rate × sector:stat
	in.Table = s.Table(t)
	build(t, dir, in)
	r, err := release.Open(filepath.Join(dir, "2025", "2.0"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Corrections()
	if err != nil || len(list) != 2 {
		t.Fatalf("%d corrections, %v", len(list), err)
	}
	if c := list[0]; c.Indicator != "innov_rate" || c.Domain != "total" || *c.Before.Figure != was || *c.After.Figure != changed {
		t.Errorf("corrected %+v", c)
	}
	if c := list[1]; c.Before.Figure != nil || c.After.Figure != nil || c.After.Status != "c" {
		t.Errorf("a figure that is hidden now is told as %+v", c)
	}
	for _, name := range []string{"corrections.csv", "corrections.json"} {
		data, err := os.ReadFile(filepath.Join(r.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), strconv.FormatFloat(hidden.Value, 'g', -1, 64)) {
			t.Errorf("%s repeats a number that is hidden", name)
		}
	}
	first, err := release.Open(filepath.Join(dir, "2025", "1.0"))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := first.Corrections(); list != nil || err != nil {
		t.Errorf("the first version corrects %v, %v", list, err)
	}
}

// A version that was withdrawn before it came out uses its number up, and what
// it held is told nowhere.
func TestWithdrawnVersionIsNoMeasure(t *testing.T) {
	dir := released(t)
	secret := publishtest.Draft()
	secret.Cells[0].Figure.N += 17
	in := next(t, "2.0")
	in.Table = secret.Table(t)
	build(t, dir, in)

	again := next(t, "3.0")
	again.Withdrawn = []release.Version{{Major: 2}}
	if v, err := release.NextVersion(dir, again); err != nil || v.String() != "2.1" {
		t.Errorf("the next version is %s, %v", v, err)
	}
	again.Version = release.Version{Major: 2, Minor: 1}
	m := build(t, dir, again)
	if m.Previous.String() != "1.0" || len(m.Changes) != 2 || len(m.Changes[0].Cells) != 0 {
		t.Errorf("after %s, changes %+v", m.Previous, m.Changes)
	}
	alone := t.TempDir()
	build(t, alone, input(t))
	only := next(t, "1.1")
	only.Withdrawn, only.Reason = []release.Version{release.First}, i18n.Text{}
	if m := build(t, alone, only); m.Previous != nil || len(m.Changes) != 1 || m.Changes[0].Reason.EN != "First release." {
		t.Errorf("the first to come out comes after %v with %+v", m.Previous, m.Changes)
	}
}

func TestNextVersionFollowsTheFigures(t *testing.T) {
	dir := released(t)
	in := next(t, "2.0")
	if v, err := release.NextVersion(dir, in); err != nil || v.String() != "1.1" {
		t.Errorf("same figures: %s, %v", v, err)
	}
	s := publishtest.Draft()
	s.Cells[0].Figure.N++
	in.Table = s.Table(t)
	if v, err := release.NextVersion(dir, in); err != nil || v.String() != "2.0" {
		t.Errorf("other figures: %s, %v", v, err)
	}
	if v, err := release.NextVersion(t.TempDir(), in); err != nil || v != release.First {
		t.Errorf("without a release: %s, %v", v, err)
	}
}

// A model-based figure is a figure: a version that changes one says so.
func TestModelledFiguresAreFigures(t *testing.T) {
	dir := released(t)
	in := next(t, "1.1")
	in.Models = publishtest.Models()
	if _, err := release.Build(t.Context(), dir, in); err == nil || !strings.Contains(err.Error(), "model of innov_rate × size:50-99") {
		t.Errorf("error %v does not name the model-based figure", err)
	}
	in = next(t, "2.0")
	in.Models = publishtest.Models()
	build(t, dir, in)
	r, err := release.Open(filepath.Join(dir, "2025", "2.0"))
	if err != nil {
		t.Fatal(err)
	}
	read, err := r.Models()
	if err != nil || !reflect.DeepEqual(read, in.Models) {
		t.Errorf("read back as %+v, %v", read, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "2025", "2.0", "models.csv"))
	if err != nil || !strings.Contains(string(data), ",0.71,0.6,0.82,0.05,2,m,prediction,c,") {
		t.Errorf("models.csv holds %s, %v", data, err)
	}
}

func TestTextsMayChangeUnderAMinorVersion(t *testing.T) {
	dir := released(t)
	in := next(t, "1.1")
	s := publishtest.Draft()
	s.Indicators[0].Label.DA = "Nyskabende arbejdspladser"
	in.Table = s.Table(t)
	m := build(t, dir, in)
	if len(m.Changes[0].Cells) != 0 {
		t.Errorf("change %+v", m.Changes[0])
	}
	releases, err := release.List(dir)
	if err != nil || len(releases) != 2 || releases[1].Manifest.ID() != "2025 version 1.1" {
		t.Errorf("the list is %v, %v", releases, err)
	}
}

// Goal 3 of publishing, with the texts that may change above.
func TestGoal3_VersionThatBreaksTheRulesIsRefused(t *testing.T) {
	cases := []struct {
		name, version string
		change        func(*release.Input)
		want          string
	}{
		{"figures under a minor version", "1.1", func(in *release.Input) {
			s := publishtest.Draft()
			s.Cells[0].Figure.Value += 1e-9
			in.Table = s.Table(t)
		}, "innov_rate × total: a change of figures needs version 2.0"},
		{"suppression under a minor version", "1.1", func(in *release.Input) {
			s := publishtest.Draft()
			s.Cells[0] = publishtest.Cell{Status: "c"}
			in.Table = s.Table(t)
		}, "needs version 2.0"},
		{"a figure gone under a minor version", "1.1", func(in *release.Input) {
			s := publishtest.Draft()
			s.Cells = s.Cells[len(s.Domains):]
			s.Indicators = s.Indicators[1:]
			in.Table = s.Table(t)
		}, "needs version 2.0"},
		{"records under a minor version", "1.1", func(in *release.Input) { in.Microdata.Data.Columns()[2].Number[3] = 9 }, "changes the research data"},
		{"gap in versions", "1.2", func(*release.Input) {}, "cannot follow 1.0: use 2.0 where figures change, 1.1 where only texts do"},
		{"version that exists", "1.0", func(*release.Input) {}, "not overwritten"},
		{"no reason", "2.0", func(in *release.Input) { in.Reason.EN = "" }, "needs its reason"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := released(t)
			before := hashes(t, dir)
			in := next(t, c.version)
			c.change(&in)
			if _, err := release.Build(t.Context(), dir, in); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if after := hashes(t, dir); len(after) != len(before) {
				t.Errorf("%d files before, %d after", len(before), len(after))
			}
		})
	}
}
