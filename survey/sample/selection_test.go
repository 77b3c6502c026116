package sample

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

// selections are all the ways to select, with what they are called.
var selections = map[string]Selection{
	"srs":                     {},
	"systematic":              {Method: Systematic, Order: []string{"employees"}},
	"systematic by employees": {Method: Systematic, Size: ByEmployees},
	"pivotal":                 {Method: Pivotal, Order: []string{"municipality", "employees"}},
	"pivotal by employees":    {Method: Pivotal, Size: ByEmployees},
	"sampford by employees":   {Method: Sampford, Size: ByEmployees},
}

// designs are all the ways to allocate, and to go on from an earlier wave, beside
// all the ways to select.
func designs() map[string]Plan {
	all := map[string]Plan{}
	for name, selection := range selections {
		p := plan(Proportional, 12)
		p.Selection = selection
		all[name] = p
	}
	all["equal"], all["power"] = plan(Equal, 9), plan(Power, 15)
	neyman := plan(Neyman, 14)
	neyman.Minimum, neyman.TakeAllUpTo, neyman.Cap = 3, 3, true
	all["neyman, minimum and take-all"] = neyman
	given := plan(Given, 0)
	given.Allocation.Given = map[string]int{"1-19": 5, "20-49": 4, "100+": 1}
	all["given"] = given
	rotated := plan(Proportional, 12)
	rotated.Wave, rotated.Rotation = "2027", 0.4
	all["rotated"] = rotated
	reserved := plan(Proportional, 12)
	reserved.Reserve = 0.5
	all["with a reserve"] = reserved
	return all
}

// Goal 14: over 10,000 draws of every design each unit is selected as often as
// its probability says, within four standard errors.
func TestGoal14_InclusionFrequenciesOfEveryDesign(t *testing.T) {
	const draws = 10_000
	f := small()
	f.Units = slices.DeleteFunc(f.Units, func(u frame.Unit) bool { return u.PNumber[9]%2 == 1 }) // for speed
	for name, p := range designs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			times, chance := frequencies(t, f, p, draws)
			chi2 := 0.0
			for _, u := range f.Units {
				pi := chance[u.PNumber]
				if pi == 1 && times[u.PNumber] == draws {
					continue
				}
				se := math.Sqrt(pi * (1 - pi) / draws)
				z := (float64(times[u.PNumber])/draws - pi) / se
				chi2 += z * z
				if !(math.Abs(z) <= 4) {
					t.Errorf("unit %s: selected in %.4f of draws, probability %.4f", u.PNumber, float64(times[u.PNumber])/draws, pi)
				}
			}
			if chi2 > 86.7 { // 99.9 % point of χ² with 50 degrees of freedom; a fixed sample size spares some
				t.Errorf("squared deviations of 50 units add to %.1f", chi2)
			}
		})
	}
}

// frequencies counts how often each unit is selected, and notes its probability.
func frequencies(t *testing.T, f *frame.Frame, p Plan, draws uint64) (times map[string]int, chance map[string]float64) {
	t.Helper()
	times, chance = map[string]int{}, map[string]float64{}
	cells, err := allocate(slices.Values(f.Units), p)
	if err == nil {
		err = reserve(cells, p, nil)
	}
	for seed := uint64(0); seed < draws && err == nil; seed++ {
		err = p.pick(slices.Values(f.Units), cells, seed)
		for _, c := range cells {
			for _, u := range c.drawn[:c.Take] {
				times[u.PNumber]++
				chance[u.PNumber] = u.chance
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return times, chance
}

func TestProbabilityProportionalToSize(t *testing.T) {
	f := small()
	f.Units[40].Employees = 19 // the largest of 64 small ones
	p := Plan{Wave: "2025", Stratify: []string{"size"}, Selection: selections["pivotal by employees"],
		Allocation: Allocation{Method: Given, Given: map[string]int{"1-19": 10, "20-49": 10, "100+": 2}}}
	s := draw(t, f, p, 9)
	total := map[string]float64{}
	for _, u := range f.Units {
		total[codebook.SizeOf(u.Employees)] += float64(u.Employees)
	}
	for _, u := range s.Units {
		want := float64(u.StratumTake) * float64(u.Employees) / total[u.Stratum]
		if math.Abs(u.InclusionProb-want) > 1e-12 || math.Abs(u.DesignWeight*u.InclusionProb-1) > 1e-12 {
			t.Errorf("unit %s of %s: probability %v, want %v; weight %v", u.PNumber, u.Stratum, u.InclusionProb, want, u.DesignWeight)
		}
	}
}

func TestUnequalSampleReadsBack(t *testing.T) {
	for name, selection := range selections {
		p := plan(Proportional, 30)
		p.Selection = selection
		want := draw(t, small(), p, 4)
		if want.Selection != name {
			t.Errorf("the sample says %q of its selection, want %q", want.Selection, name)
		}
		var file bytes.Buffer
		if err := want.Write(&file); err != nil {
			t.Fatal(err)
		}
		got, err := Read(bytes.NewReader(file.Bytes()), "sample.csv")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: written and read again, the sample differs: %v", name, err)
		}
		if selection.Size == ByUnits {
			continue
		}
		wrong := strings.Replace(file.String(), ","+name, "9,"+name, 1) // another weight
		if _, err := Read(strings.NewReader(wrong), "sample.csv"); err == nil {
			t.Errorf("%s: a weight that is not of its probability was read", name)
		}
	}
}

// The order of the frame's rows says nothing, and neither does the wave's name
// of a simple random sample.
func TestSampleDoesNotDependOnTheOrderOfTheFrame(t *testing.T) {
	turned := small()
	slices.Reverse(turned.Units)
	for name, selection := range selections {
		p := plan(Proportional, 30)
		p.Selection = selection
		if a, b := draw(t, small(), p, 4), draw(t, turned, p, 4); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: a frame turned round gives another sample", name)
		}
	}
}

// Fixed for ever: seed and frame give the same units on every platform and of
// every later version.
func TestGoal12_GoldenSamples(t *testing.T) {
	for name, want := range map[string]string{
		"srs":                     "67 53 88 31 17 33 00 02 05",
		"systematic":              "75 78 61 28 18 09 02 03 01",
		"systematic by employees": "83 56 39 35 29 11 02 03 01",
		"pivotal":                 "55 92 77 31 34 20 02 03 01",
		"pivotal by employees":    "37 95 96 15 12 23 02 03 01",
		"sampford by employees":   "78 59 39 35 21 29 02 04 01",
	} {
		p := plan(Equal, 9)
		p.Selection = selections[name]
		var units []string
		for _, u := range draw(t, small(), p, 20250101).Units {
			units = append(units, strings.TrimPrefix(u.PNumber, "10030000"))
		}
		if got := strings.Join(units, " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestSelectionsThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		plan Plan
		want string
	}{
		"unknown":         {Plan{Selection: Selection{Method: "quota"}}, `method "quota" is none of`},
		"size of srs":     {Plan{Selection: Selection{Size: ByEmployees}}, "srs gives equal probabilities"},
		"sampford equal":  {Plan{Selection: Selection{Method: Sampford}}, "sampford needs size"},
		"order of srs":    {Plan{Selection: Selection{Order: []string{"region"}}}, "order belongs to systematic"},
		"unknown order":   {Plan{Selection: Selection{Method: Pivotal, Order: []string{"age"}}}, `order: "age" is none of`},
		"rotated":         {Plan{Rotation: 0.5, Selection: Selection{Method: Pivotal}}, "rotation and reserve belong to selection srs"},
		"reserve":         {Plan{Reserve: 0.5, Selection: Selection{Method: Pivotal}}, "rotation and reserve belong to selection srs"},
		"negative":        {Plan{Reserve: -1}, "reserve is -1"},
		"rotation":        {Plan{Rotation: math.Inf(1)}, "rotation is +Inf"},
		"no such measure": {Plan{Selection: Selection{Method: Pivotal, Size: "turnover"}}, `size "turnover" is not employees`},
	} {
		p := plan(Equal, 9)
		tt.plan.Wave, tt.plan.Total, tt.plan.Stratify, tt.plan.Allocation = p.Wave, p.Total, p.Stratify, p.Allocation
		if _, err := Draw(small(), tt.plan, 1); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

// A frame that yields other units the second time it is gone through is no
// frame to draw from.
func TestFrameThatChangesIsRefused(t *testing.T) {
	times := 0
	changing := func(yield func(frame.Unit) bool) {
		times++
		for i, u := range small().Units {
			if times > 1 && i < 6 {
				continue // the whole stratum is gone
			}
			if !yield(u) {
				return
			}
		}
	}
	if _, err := DrawFrom(changing, "f", plan(Equal, 9), 1); err == nil || !strings.Contains(err.Error(), "frame changed") {
		t.Errorf("got %v", err)
	}
}
