package sample

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestGoal12_OverlapBetweenWaves(t *testing.T) {
	first := draw(t, small(), plan(Proportional, 20), 3)
	next := plan(Proportional, 40)
	next.Wave = "2027"
	if got := Overlap(first, draw(t, small(), next, 3)); got != 20 {
		t.Errorf("a larger sample of the same start holds %d of 20 units", got)
	}
	next.Start = 0.5
	if got := Overlap(first, draw(t, small(), next, 3)); got > 6 {
		t.Errorf("a sample that starts half a circle on shares %d units", got)
	}
	keys := map[string]bool{}
	for _, u := range first.Units {
		keys[u.Key] = true
	}
	next.Start = 0
	for _, u := range draw(t, small(), next, 3).Units {
		if keys[u.Key] {
			t.Errorf("key %s of %s stands in two waves", u.Key, u.PNumber)
		}
	}
}

// What a rotation is said to keep of a sample is what it keeps, on the frame of
// a whole country.
func TestGoal12_RotationKeepsTheShareItStates(t *testing.T) {
	f := national(t)
	p := Plan{Wave: "2025", Total: 3000, Stratify: []string{"subsector", "size"}, Allocation: Allocation{Method: Proportional}}
	first := draw(t, f, p, 2025)
	for _, rotation := range []float64{0, 0.1, 0.25, 0.5, 0.75, 1, 1.5} {
		q := p
		q.Wave, q.Rotation = "2027", rotation
		second := draw(t, f, q, 2025)
		got, want := float64(Overlap(first, second)), ExpectedOverlap(Drawn{first, p}, Drawn{second, q})
		if share := max(0, 1-rotation); math.Abs(want-3000*share) > 15 {
			t.Errorf("rotation %v: %v units are planned to stay, want about %v", rotation, want, 3000*share)
		}
		// The number of random numbers on an arc has about its own variance.
		if math.Abs(got-want) > 4*math.Sqrt(3000*max(rotation, 0.01)) || rotation == 0 && got != want {
			t.Errorf("rotation %v: %v units stay, %v were planned", rotation, got, want)
		}
	}
}

func TestOverlapOfOtherSeedsIsChance(t *testing.T) {
	p := Plan{Wave: "2025", Total: 3000, Stratify: []string{"subsector"}, Allocation: Allocation{Method: Proportional}}
	f := national(t)
	a, b := draw(t, f, p, 1), draw(t, f, p, 2)
	got, want := float64(Overlap(a, b)), ExpectedOverlap(Drawn{a, p}, Drawn{b, p})
	n := float64(len(f.Units))
	if math.Abs(want-3000*3000/n) > 1 || math.Abs(got-want) > 4*math.Sqrt(want) {
		t.Errorf("%v units in common, %v expected, want about %v", got, want, 3000*3000/n)
	}
}

func TestWindowsThatMeet(t *testing.T) {
	for _, tt := range []struct {
		a, b window
		want float64
	}{
		{window{0, 0.2}, window{0, 0.2}, 0.2},
		{window{0, 0.2}, window{0.1, 0.2}, 0.1},
		{window{0.1, 0.2}, window{0, 0.2}, 0.1},
		{window{0.9, 0.2}, window{0, 0.2}, 0.1},
		{window{0, 0.2}, window{0.9, 0.2}, 0.1},
		{window{0, 0.2}, window{5.1, 0.2}, 0.1},
		{window{0, 0.2}, window{0.5, 0.2}, 0},
		{window{0, 0.8}, window{0.5, 0.8}, 0.6}, // two arcs: 0.5–0.8 and 0–0.3
		{window{0, 1}, window{0.7, 0.3}, 0.3},
	} {
		if got := tt.a.common(tt.b); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%v and %v share %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// Released units follow those in the sample by random number, and the weights
// are those of a sample of that size.
func TestReleaseGivesTheLargerSample(t *testing.T) {
	p := plan(Proportional, 20)
	p.Reserve = 0.5
	before := draw(t, small(), p, 6)
	if got := takes(before.Strata); got != "1-19:12 20-49:6 100+:2" || len(before.Reserve) != 6+3+1 {
		t.Fatalf("%s with %d in reserve", got, len(before.Reserve))
	}
	s, err := Draw(small(), p, 6, Release{Stratum: "1-19", Units: 3}, Release{Stratum: "1-19", Units: 1})
	if err != nil {
		t.Fatal(err)
	}
	if Overlap(before, s) != 20 || len(s.Units) != 24 || len(s.Reserve) != 6 {
		t.Fatalf("%d units, %d of the first 20, %d in reserve", len(s.Units), Overlap(before, s), len(s.Reserve))
	}
	for i, want := range before.Reserve[:4] {
		u := s.Units[12+i]
		if u.PNumber != want.PNumber || u.Key != want.Key {
			t.Errorf("unit %d is %s, the reserve's next was %s", 12+i, u.PNumber, want.PNumber)
		}
		if u.StratumTake != 16 || u.DesignWeight != 4 {
			t.Errorf("unit %s: %d taken, weight %v; want 16 and 4", u.PNumber, u.StratumTake, u.DesignWeight)
		}
	}
	given := Plan{Wave: "2025", Stratify: []string{"size"}, Allocation: Allocation{Method: Given, Given: map[string]int{"1-19": 16, "20-49": 6, "100+": 2}}}
	if larger := draw(t, small(), given, 6); !reflect.DeepEqual(larger.Units, s.Units) {
		t.Error("a sample with released units is not the sample of its size")
	}
}

func TestReleasesThatAreRefused(t *testing.T) {
	p := plan(Proportional, 20)
	p.Reserve = 0.5
	for want, r := range map[string]Release{
		"7 units of stratum 1-19 are to be released, 6 are left": {Stratum: "1-19", Units: 7},
		"the sample has no stratum 50-99":                        {Stratum: "50-99", Units: 1},
		"-1 units of stratum 1-19 cannot be released":            {Stratum: "1-19", Units: -1},
	} {
		if _, err := Draw(small(), p, 6, r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestReleasesReadBack(t *testing.T) {
	want := []Release{
		{At: time.Date(2025, 10, 1, 8, 30, 0, 0, time.UTC), Stratum: "K-DAG.20-49", Units: 4, Reason: `få svar, "langsom" start`},
		{At: time.Date(2025, 10, 8, 8, 30, 0, 0, time.UTC), Stratum: "S-UNG.1-19", Units: 1},
	}
	var file bytes.Buffer
	if err := WriteReleases(&file, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadReleases(&file, "r.csv")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, file := range map[string]string{
		"r.csv:2: time":  "time,stratum,units,reason\nyesterday,a,1,\n",
		"r.csv:3: units": "time,stratum,units,reason\n2025-10-01T08:30:00Z,a,1,\n2025-10-01T08:30:00Z,a,none,\n",
		"its columns":    "a,b,c,d\n",
		"wrong number":   "time,stratum\n",
	} {
		if _, err := ReadReleases(strings.NewReader(file), "r.csv"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}

func FuzzReadReleases(f *testing.F) {
	f.Add([]byte("time,stratum,units,reason\n2025-10-01T08:30:00Z,a,1,\"x\"\"y\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		released, err := ReadReleases(bytes.NewReader(data), "r.csv")
		if err != nil {
			return
		}
		for _, r := range released {
			if r.Units < 1 || r.At.IsZero() && r.At.Year() != 1 {
				t.Errorf("read %+v", r)
			}
		}
	})
}
