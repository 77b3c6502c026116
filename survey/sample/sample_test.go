package sample

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

// small makes a frame of three strata by size: 6, 30 and 64 day-care centres.
func small() *frame.Frame {
	f := &frame.Frame{Hash: "f"}
	for i := range 100 {
		employees := 120
		switch {
		case i >= 36:
			employees = 5 + i%10
		case i >= 6:
			employees = 20 + i%25
		}
		f.Units = append(f.Units, frame.Unit{
			PNumber: fmt.Sprint(1003000000 + i), CVR: "55133018", Name: "Børnehuset", Sector: "kommune", Subsector: "K-DAG",
			Municipality: "0751", Region: "1082", Employees: employees,
		})
	}
	return f
}

func plan(method Method, total int) Plan {
	p := Plan{Wave: "2025", Total: total, Stratify: []string{"size"}, Allocation: Allocation{Method: method}}
	if method == Power {
		p.Allocation.Exponent = 0.5
	}
	return p
}

func takes(strata []Stratum) string {
	var s []string
	for _, st := range strata {
		s = append(s, fmt.Sprintf("%s:%d", st.Code, st.Take))
	}
	return strings.Join(s, " ")
}

func TestGoal11_Allocation(t *testing.T) {
	for name, tt := range map[string]struct {
		plan Plan
		want string
	}{
		"proportional": {plan(Proportional, 50), "1-19:32 20-49:15 100+:3"},
		"equal":        {plan(Equal, 18), "1-19:6 20-49:6 100+:6"},
		// √64 : √30 : √6 = 8 : 5.477 : 2.449, of 36
		"power":    {plan(Power, 36), "1-19:18 20-49:12 100+:6"},
		"take all": {Plan{Wave: "2025", Total: 37, Stratify: []string{"size"}, TakeAllUpTo: 6, Allocation: Allocation{Method: Proportional}}, "1-19:21 20-49:10 100+:6"},
		"minimum":  {Plan{Wave: "2025", Total: 20, Stratify: []string{"size"}, Minimum: 5, Allocation: Allocation{Method: Proportional}}, "1-19:10 20-49:5 100+:5"},
		"capped":   {Plan{Wave: "2025", Total: 60, Stratify: []string{"size"}, Cap: true, Allocation: Allocation{Method: Equal}}, "1-19:27 20-49:27 100+:6"},
		// N·S = 64 : 60 : 0, the last kept at the minimum
		"neyman": {Plan{Wave: "2025", Total: 33, Stratify: []string{"size"}, Allocation: Allocation{Method: Neyman,
			Deviations: map[string]float64{"1-19": 1, "20-49": 2, "100+": 0}}}, "1-19:16 20-49:15 100+:2"},
		"given": {Plan{Wave: "2025", Stratify: []string{"size"}, Allocation: Allocation{Method: Given,
			Given: map[string]int{"1-19": 7, "20-49": 8, "100+": 1}}}, "1-19:7 20-49:8 100+:1"},
	} {
		t.Run(name, func(t *testing.T) {
			strata, err := Allocate(small(), tt.plan)
			if err != nil {
				t.Fatal(err)
			}
			if got := takes(strata); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Neyman by employees gives most to the stratum whose workplaces differ most.
func TestNeymanByEmployees(t *testing.T) {
	strata, err := Allocate(small(), plan(Neyman, 40))
	if err != nil {
		t.Fatal(err)
	}
	if strata[1].Take*64 <= strata[0].Take*30 {
		t.Errorf("%s: 20-49 varies more and should be sampled more densely", takes(strata))
	}
}

func TestGoal11_PlansThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		plan Plan
		want string
	}{
		"beyond the frame":   {plan(Proportional, 101), "a total of 101 units from a frame of 100"},
		"beyond a stratum":   {plan(Equal, 60), "stratum 100+: 20.0 units are allocated, it has 6"},
		"minimum too high":   {Plan{Wave: "w", Total: 10, Stratify: []string{"size"}, Minimum: 5, Allocation: Allocation{Method: Equal}}, "need 15 units, the total is 10"},
		"given beyond":       {Plan{Wave: "w", Stratify: []string{"size"}, Allocation: Allocation{Method: Given, Given: map[string]int{"1-19": 65, "20-49": 0, "10+": 1}}}, "stratum 1-19: 65 units are given, it has 64"},
		"given none":         {Plan{Wave: "w", Stratify: []string{"size"}, Allocation: Allocation{Method: Given, Given: map[string]int{"20-49": 0}}}, "stratum 20-49: 0 units are given"},
		"given unknown":      {Plan{Wave: "w", Stratify: []string{"size"}, Allocation: Allocation{Method: Given, Given: map[string]int{"10+": 1}}}, "the frame has no stratum 10+"},
		"given disagrees":    {Plan{Wave: "w", Total: 4, Stratify: []string{"size"}, Allocation: Allocation{Method: Given, Given: map[string]int{"1-19": 1, "20-49": 1, "100+": 1}}}, "add to 3, the total is 4"},
		"target too costly":  {Plan{Wave: "w", Total: 20, Cap: true, Stratify: []string{"size"}, Allocation: Allocation{Method: Equal, Targets: []Target{{By: "sector", HalfWidth: 5}}, ResponseRate: 0.36}}, "precision targets need 100 units"},
		"target cuts strata": {Plan{Wave: "w", Total: 20, Stratify: []string{"sector"}, Allocation: Allocation{Method: Equal, Targets: []Target{{By: "size", HalfWidth: 5}}, ResponseRate: 0.36}}, "stratum kommune holds units of several"},
		"deviation missing":  {Plan{Wave: "w", Total: 20, Stratify: []string{"size"}, Allocation: Allocation{Method: Neyman, Deviations: map[string]float64{"1-19": 1}}}, "deviations: stratum 20-49"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Draw(small(), tt.plan, 1)
			if s != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// Goal 13: each unit has its inclusion probability and design weight, and the
// weights of a stratum add to its units in the frame, whatever the design with
// equal probabilities within strata.
func TestGoal13_WeightsAddToTheFrame(t *testing.T) {
	for name, p := range designs() {
		if p.Selection.Size == ByUnits {
			t.Run(name, func(t *testing.T) { weightsAdd(t, draw(t, small(), p, 7)) })
		}
	}
	t.Run("national", func(t *testing.T) { weightsAdd(t, draw(t, national(t), nationalPlan(), 7)) })
}

func weightsAdd(t *testing.T, s *Sample) {
	t.Helper()
	sums := map[string]float64{}
	for _, u := range s.Units {
		sums[u.Stratum] += u.DesignWeight
		if math.Abs(u.InclusionProb*u.DesignWeight-1) > 1e-12 {
			t.Errorf("unit %s: probability %v, weight %v", u.Key, u.InclusionProb, u.DesignWeight)
		}
	}
	for _, st := range s.Strata {
		if math.Abs(sums[st.Code]-float64(st.N)) > 1e-9 {
			t.Errorf("stratum %s: weights add to %v, it has %d units", st.Code, sums[st.Code], st.N)
		}
	}
}

func TestGoal12_SameSeedAndFrameGiveTheSameSample(t *testing.T) {
	a, b := draw(t, small(), plan(Power, 36), 20250101), draw(t, small(), plan(Power, 36), 20250101)
	if !reflect.DeepEqual(a, b) {
		t.Error("two draws with one seed differ")
	}
	if other := draw(t, small(), plan(Power, 36), 20250102); Overlap(a, other) == 36 {
		t.Error("another seed gives the same sample")
	}
	// Fixed for ever, and computed apart from this code: the same sample must
	// come out on every platform and of every later version.
	if got, want := a.Units[0].PNumber+" "+a.Units[0].Key, "1003000067 MKWYT5ICZWHZT26K"; got != want {
		t.Errorf("first unit is %s, want %s", got, want)
	}
}

// A unit that opens or closes moves at most one other in or out of its stratum.
func TestUnitAddedDisturbsNobody(t *testing.T) {
	f := small()
	before := draw(t, f, plan(Equal, 12), 3)
	f.Units = append(f.Units, frame.Unit{PNumber: "1009999999", CVR: "55133018", Name: "Nyt hus", Sector: "kommune",
		Subsector: "K-DAG", Municipality: "0751", Region: "1082", Employees: 7})
	after := draw(t, f, plan(Equal, 12), 3)
	if got := Overlap(before, after); got < 11 {
		t.Errorf("%d of 12 units stayed, want at least 11", got)
	}
}

func TestWriteReadsBack(t *testing.T) {
	want := draw(t, small(), plan(Power, 36), 7)
	var file bytes.Buffer
	if err := want.Write(&file); err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(file.Bytes()), "sample.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	rows := strings.SplitAfter(file.String(), "\n")
	for name, tt := range map[string]struct{ file, want string }{
		"row lost":      {strings.Join(append(rows[:3:3], rows[4:]...), ""), "stratum 1-19 has 17 rows, its take is 18"},
		"row doubled":   {rows[0] + rows[1] + rows[1], "sample.csv:3: key"},
		"other columns": {"a,b\n", "is no sample file"},
		"weight":        {rows[0] + strings.Replace(rows[1], ",3.5", ",3.6", 1), "sample.csv:2: probability"},
		"take beyond":   {rows[0] + strings.Replace(rows[1], ",64,18,", ",17,18,", 1), "18 units taken of 17"},
		"another wave":  {rows[0] + rows[1] + strings.Replace(rows[2], "2025,7,", "2027,7,", 1), "sample.csv:3: is of another draw"},
		"another seed":  {rows[0] + rows[1] + strings.Replace(rows[2], "2025,7,", "2025,8,", 1), "sample.csv:3: is of another draw"},
		"size":          {rows[0] + strings.Replace(rows[1], ",1-19,", ",20-49,", 1), "does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(strings.NewReader(tt.file), "sample.csv"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	s, err := Draw(small(), plan(Equal, 6), 1)
	if err != nil {
		f.Fatal(err)
	}
	var file bytes.Buffer
	if err := s.Write(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte(strings.Join(columns, ",") + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read(bytes.NewReader(data), "s.csv")
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := s.Write(&again); err != nil {
			t.Fatal(err)
		}
		back, err := Read(&again, "again.csv")
		if err != nil || !reflect.DeepEqual(back, s) {
			t.Fatalf("written and read again: %v", err)
		}
	})
}

// national is the frame of fourteen thousand workplaces by its published counts.
func national(tb testing.TB) *frame.Frame {
	tb.Helper()
	f := &frame.Frame{}
	employees := []int{10, 30, 70, 200}
	for s, counts := range nationalCounts {
		sub := codebook.Subsectors().Codes[s].Value
		for size, n := range counts {
			for i := range n {
				place := []string{"0751", "0101"}[i%2]
				f.Units = append(f.Units, frame.Unit{
					PNumber: fmt.Sprint(1003000000 + len(f.Units)), CVR: "55133018", Name: "Hus", Sector: codebook.SectorOf(sub),
					Subsector: sub, Municipality: place, Region: codebook.RegionOf(place), Employees: employees[size],
				})
			}
		}
	}
	return f
}

// nationalCounts are units by subsector and size, of the 2023 frame's total.
var nationalCounts = [15][4]int{
	{1950, 1800, 180, 20}, {380, 620, 650, 250}, {260, 640, 620, 330}, {720, 640, 210, 80}, {330, 250, 85, 35},
	{390, 160, 35, 15}, {180, 150, 45, 25}, {210, 240, 140, 160}, {110, 130, 90, 140}, {25, 50, 25, 10},
	{8, 10, 8, 14}, {180, 200, 120, 140}, {70, 90, 60, 70}, {60, 80, 70, 120}, {90, 170, 200, 157},
}

func nationalPlan() Plan {
	return Plan{
		Wave: "2025", Total: 4494, Stratify: []string{"subsector", "size"}, TakeAllUpTo: 15, Cap: true,
		Allocation: Allocation{Method: Power, Exponent: 0.5, ResponseRate: 0.36,
			Targets: []Target{{By: "sector", HalfWidth: 5}, {By: "subsector", HalfWidth: 10}}},
	}
}

func TestGoal14_NationalSampleOf4494From14297(t *testing.T) {
	s := draw(t, national(t), nationalPlan(), 2025)
	if len(s.Strata) != 60 || len(s.Units) != 4494 {
		t.Fatalf("%d strata, %d units; want 60 and 4494", len(s.Strata), len(s.Units))
	}
	for _, st := range s.Strata {
		if st.Take < min(2, st.N) || st.Take > st.N || st.N <= 15 && st.Take != st.N {
			t.Errorf("stratum %s: %d of %d units", st.Code, st.Take, st.N)
		}
	}
	table, err := Plan{}.Expect(s.Strata, Assumptions{0.36, 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range table {
		wanted := map[string]float64{"total": 5, "sector": 5, "subsector": 10, "size": 100}[e.By]
		if census := e.Take == e.N; e.HalfWidth > wanted+0.05 && !census {
			t.Errorf("%s %s: half-width %.2f points with %d of %d units, wanted %v", e.By, e.Code, e.HalfWidth, e.Take, e.N, wanted)
		}
	}
	if len(table) != 1+3+15+4 {
		t.Errorf("%d planning domains", len(table))
	}
}

// With a census of respondents nothing is left to chance; with all of a simple
// random sample answering, the half-width is the textbook's.
func TestExpectedHalfWidth(t *testing.T) {
	for name, tt := range map[string]struct {
		stratum Stratum
		rate    float64
		want    float64
	}{
		"census": {Stratum{N: 50, Take: 50, Sector: "stat"}, 1, 0},
		"simple": {Stratum{N: 10000, Take: 1000, Sector: "stat"}, 1, 100 * 1.959964 * math.Sqrt(0.9*0.25/1000)},
		"third":  {Stratum{N: 10000, Take: 3000, Sector: "stat"}, 1.0 / 3, 100 * 1.959964 * math.Sqrt(0.9*0.25/1000)},
	} {
		table, err := Plan{}.Expect([]Stratum{tt.stratum}, Assumptions{tt.rate, 1})
		if err != nil {
			t.Fatal(err)
		}
		if got := table[0].HalfWidth; math.Abs(got-tt.want) > 1e-5 {
			t.Errorf("%s: half-width %v, want %v", name, got, tt.want)
		}
	}
	if _, err := (Plan{}).Expect(nil, Assumptions{0, 1}); err == nil {
		t.Error("a response rate of zero was accepted")
	}
}

func TestLoadPlan(t *testing.T) {
	const sound = `
wave: "2025"
total: 4494
stratify: [subsector, size]
take_all_up_to: 15
cap: true
allocation:
  method: power
  exponent: 0.5
  response_rate: 0.36
  targets:
    - {by: sector, half_width: 5}
    - {by: subsector, half_width: 10}
`
	p, err := LoadPlan(strings.NewReader(sound), "sampling.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p, nationalPlan()) {
		t.Errorf("got %+v", p)
	}
	for name, tt := range map[string]struct{ file, want string }{
		"unknown key":     {sound + "totl: 3\n", "totl"},
		"second document": {sound + "---\na: 1\n", "sampling.yaml"},
		"two faults":      {"wave: w\ntotal: 0\nstratify: [age]\nallocation: {method: equal}\n", "total is 0"},
		"and the second":  {"wave: w\ntotal: 0\nstratify: [age]\nallocation: {method: equal}\n", `"age" is none of sector`},
		"exponent":        {strings.Replace(sound, "0.5", "1.5", 1), "exponent is 1.5"},
		"response":        {strings.Replace(sound, "0.36", "36", 1), "response_rate is 36"},
		"half-width":      {strings.Replace(sound, "half_width: 5", "half_width: .nan", 1), "half_width is NaN"},
		"empty":           {"", "sampling.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := LoadPlan(strings.NewReader(tt.file), "sampling.yaml"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func draw(t *testing.T, f *frame.Frame, p Plan, seed uint64) *Sample {
	t.Helper()
	s, err := Draw(f, p, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// How to reach a workplace goes along to package contact, where the frame knows
// it; a sample without has the columns of before.
func TestContactsGoAlong(t *testing.T) {
	f := small()
	var plain, full bytes.Buffer
	if err := draw(t, f, plan(Power, 36), 7).Write(&plain); err != nil {
		t.Fatal(err)
	}
	for i := range f.Units {
		f.Units[i].Contact = frame.Contact{Attention: "Karen", Phone: "71000017", Address: "Vej 1", Postcode: "0800", City: "By"}
	}
	want := draw(t, f, plan(Power, 36), 7)
	if err := want.Write(&full); err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(full.Bytes()), "sample.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Units, want.Units) || got.Units[0].City != "By" {
		t.Errorf("got %+v", got.Units[0])
	}
	if header, _, _ := strings.Cut(plain.String(), "\n"); strings.Contains(header, "attention") {
		t.Errorf("columns %s", header)
	}
}
