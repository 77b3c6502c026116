package benchmark_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/benchmark"
	"barometer/publish/internal/publishtest"
	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
)

func source(t testing.TB, change func(*publishtest.Stored)) *benchmark.Source {
	t.Helper()
	draft, q, c := publishtest.Demo(t)
	if change != nil {
		change(&draft)
	}
	s, err := benchmark.NewSource(draft.Table(t), q, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answers are those of a workplace that took one thing into use.
func answers() questionnaire.Answers {
	culture := map[string][]string{}
	for _, row := range []string{"proever_nyt", "taler_om_fejl", "saetter_tid_af", "lytter_til_borgere", "bruger_andres"} {
		culture[row] = []string{"enig"}
	}
	return questionnaire.Answers{
		"B1": {Codes: []string{"nej"}}, "B2": {Codes: []string{"ja"}}, "B3": {Codes: []string{"nej"}}, "B4": {Codes: []string{"ved_ikke"}},
		"E1": {Codes: []string{"kvalitet"}}, "K1": {Rows: culture},
	}
}

func find(t testing.TB, lines []benchmark.Line, id string) benchmark.Line {
	t.Helper()
	i := slices.IndexFunc(lines, func(l benchmark.Line) bool { return l.Indicator.ID == id })
	if i < 0 {
		t.Fatalf("no line for %s", id)
	}
	return lines[i]
}

// The own answers are computed by the formulas of the wave, and what was not
// answered is not compared.
func TestOwnAnswersAreThoseOfTheWavesFormulas(t *testing.T) {
	lines, err := source(t, nil).Compare(answers(), benchmark.Place{Sector: "kommune"}, false)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]float64{"innov_rate": 1, "type_rate.produkt": 0, "type_rate.ydelse": 1, "type_rate.kommunikation": 0,
		"value.kvalitet": 1, "value.effektivitet": 0, "culture": 75} {
		if got := find(t, lines, id).Own; got != want {
			t.Errorf("%s is %v, want %v", id, got, want)
		}
	}
	for _, l := range lines {
		if f := l.Indicator.Family; f == "active_non" || f == "partner" || f == "response_rate" {
			t.Errorf("%s was not answered and is compared", l.Indicator.ID)
		}
	}
}

// Goal 40: the peers of a workplace are without its own answer, which is one
// respondent and has no interval.
func TestGoal40_PeersExcludeTheOwnAnswer(t *testing.T) {
	var published table.Figure
	s := source(t, func(d *publishtest.Stored) {
		published = table.Figure{Value: 0.60, Low: 0.45, High: 0.75, SE: 0.075, DF: 20, N: 21}
		*d.At("innov_rate", "sector:kommune") = publishtest.Cell{Figure: &published}
	})
	at := benchmark.Place{Sector: "kommune"}
	with, err := s.Compare(answers(), at, true)
	if err != nil {
		t.Fatal(err)
	}
	without, err := s.Compare(answers(), at, false)
	if err != nil {
		t.Fatal(err)
	}
	f := find(t, with, "innov_rate").Peers.Figure
	if want := (21*0.60 - 1) / 20; math.Abs(f.Value-want) > 1e-12 || f.N != 20 {
		t.Errorf("peers are %v of %d, want %v of 20", f.Value, f.N, want)
	}
	if f.High-f.Low <= published.High-published.Low || f.Low > f.Value || f.High < f.Value {
		t.Errorf("fewer answers have the interval %v to %v", f.Low, f.High)
	}
	if got := find(t, without, "innov_rate").Peers.Figure; got != published {
		t.Errorf("a workplace that is not among them sees %+v", got)
	}
	// Nothing but the published figure and the own answer is in it.
	for y, want := range map[string]float64{"ja": (21*0.60 - 1) / 20, "nej": 21 * 0.60 / 20} {
		a := answers()
		a["B2"] = questionnaire.Answer{Codes: []string{y}}
		a["B4"] = questionnaire.Answer{Codes: []string{"nej"}}
		lines, err := s.Compare(a, at, true)
		if err != nil {
			t.Fatal(err)
		}
		if got := find(t, lines, "innov_rate").Peers.Figure.Value; math.Abs(got-want) > 1e-12 {
			t.Errorf("after %s the peers are %v, want %v", y, got, want)
		}
	}
}

// Goal 41: there are four verdicts and no others, none of which ranks.
func TestGoal41_FourVerdictsAndNoRank(t *testing.T) {
	yes, no := 1.0, 0.0
	for _, tt := range []struct {
		own            float64
		value, low, hi float64
		want           benchmark.Verdict
	}{
		{yes, 0.20, 0.15, 0.26, benchmark.Above}, {yes, 0.45, 0.38, 0.52, benchmark.Alike}, {yes, 0.80, 0.75, 0.84, benchmark.Alike},
		{no, 0.80, 0.75, 0.84, benchmark.Below}, {no, 0.55, 0.48, 0.61, benchmark.Alike}, {no, 0.20, 0.15, 0.26, benchmark.Alike},
		{yes, 0.4, 0.3, 0.5, benchmark.Alike}, {no, 0.6, 0.5, 0.7, benchmark.Alike},
	} {
		s := source(t, func(d *publishtest.Stored) {
			*d.At("type_rate.ydelse", "sector:kommune") = publishtest.Cell{Figure: &table.Figure{Value: tt.value, Low: tt.low, High: tt.hi, SE: 0.02, DF: 50, N: 300}}
		})
		a := answers()
		if tt.own == no {
			a["B2"] = questionnaire.Answer{Codes: []string{"nej"}}
		}
		lines, err := s.Compare(a, benchmark.Place{Sector: "kommune"}, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := find(t, lines, "type_rate.ydelse").Verdict; got != tt.want {
			t.Errorf("%v beside %v [%v; %v] is %s, want %s", tt.own, tt.value, tt.low, tt.hi, got, tt.want)
		}
	}
	words := map[string]bool{}
	for _, v := range []benchmark.Verdict{benchmark.Above, benchmark.Alike, benchmark.Below, benchmark.TooFew} {
		for _, l := range i18n.Languages {
			w := v.Words().In(l)
			if w == "" || strings.ContainsAny(w, "0123456789") || strings.Contains(w, "bedst") || strings.Contains(w, "best") {
				t.Errorf("%s is said as %q", v, w)
			}
			words[w] = true
		}
	}
	if len(words) != 8 {
		t.Errorf("the verdicts have %d wordings", len(words))
	}
	if benchmark.Verdict("first").Words() != (i18n.Text{}) {
		t.Error("a fifth verdict has words")
	}
}

// A score is clearly above only where it lies outside the range of most
// workplaces, and not when it merely differs from the mean.
func TestScoreIsJudgedByTheRangeOfWorkplaces(t *testing.T) {
	s := source(t, func(d *publishtest.Stored) { // a standard deviation of 12 points
		*d.At("culture", "sector:kommune") = publishtest.Cell{Figure: &table.Figure{Value: 60, Low: 58.8, High: 61.2, SE: 0.6, DF: 300, N: 400}}
	})
	for code, want := range map[string]benchmark.Verdict{"helt_enig": benchmark.Above, "enig": benchmark.Alike, "hverken": benchmark.Alike, "uenig": benchmark.Below} {
		a := answers()
		rows := map[string][]string{}
		for row := range a["K1"].Rows {
			rows[row] = []string{code}
		}
		a["K1"] = questionnaire.Answer{Rows: rows}
		lines, err := s.Compare(a, benchmark.Place{Sector: "kommune"}, false)
		if err != nil {
			t.Fatal(err)
		}
		if l := find(t, lines, "culture"); l.Verdict != want {
			t.Errorf("%v points are %s, want %s", l.Own, l.Verdict, want)
		}
	}
}

// places are all that can be picked.
func places() (list []benchmark.Place) {
	sizes := append([]string{""}, codebook.Sizes().Values()...)
	for _, size := range sizes {
		for _, sector := range codebook.Sectors().Values() {
			list = append(list, benchmark.Place{Sector: sector, Size: size})
		}
		for _, sub := range codebook.Subsectors().Values() {
			list = append(list, benchmark.Place{Sector: codebook.SectorOf(sub), Subsector: sub, Size: size})
		}
	}
	return list
}

// within reports whether a group is part of another.
func within(inner, outer table.Domain) bool {
	in := map[string]string{}
	fill := func(into map[string]string, d table.Domain) {
		for i, dim := range strings.FieldsFunc(d.Breakdown, func(r rune) bool { return r == '_' }) {
			if dim != "total" {
				into[dim] = d.Codes[i]
			}
		}
	}
	fill(in, inner)
	if sub := in["subsector"]; sub != "" {
		in["sector"] = codebook.SectorOf(sub)
	}
	out := map[string]string{}
	fill(out, outer)
	for dim, code := range out {
		if in[dim] != code {
			return false
		}
	}
	return true
}

// Goal 42: a group that is too small widens by a fixed ladder and says so, and no
// two groups that anybody can be shown differ by one to nine workplaces, so that
// setting one against the other isolates nobody. Every place is tried, on tables
// with gaps at random.
func TestGoal42_LadderIsFixedAndDifferencingIsolatesNobody(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 42))
	for range 12 {
		s := source(t, func(d *publishtest.Stored) { respread(d, rng) })
		seen := map[string]map[string]benchmark.Peers{} // by indicator and domain
		for _, p := range places() {
			lines, err := s.Compare(answers(), p, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				if l.Verdict == benchmark.TooFew {
					continue
				}
				if l.Peers.Figure.N < benchmark.LeastPeers {
					t.Fatalf("%s: %d peers", l.Indicator.ID, l.Peers.Figure.N)
				}
				if narrowest := "subsector_size:" + p.Subsector + ":" + p.Size; p.Subsector != "" && p.Size != "" && l.Peers.Widened == (l.Peers.Domain.ID() == narrowest) {
					t.Fatalf("%+v: %s is said to be widened: %t", p, l.Peers.Domain.ID(), l.Peers.Widened)
				}
				if seen[l.Indicator.ID] == nil {
					seen[l.Indicator.ID] = map[string]benchmark.Peers{}
				}
				seen[l.Indicator.ID][l.Peers.Domain.ID()] = l.Peers
			}
		}
		pairs := 0
		for id, groups := range seen {
			for _, a := range groups {
				for _, b := range groups {
					if a.Domain.ID() == b.Domain.ID() || !within(a.Domain, b.Domain) {
						continue
					}
					pairs++
					if d := b.Figure.N - a.Figure.N; d != 0 && d < benchmark.LeastPeers {
						t.Errorf("%s: %s and %s can both be seen and differ by %d workplaces", id, a.Domain.ID(), b.Domain.ID(), d)
					}
				}
			}
		}
		if pairs < 50 {
			t.Errorf("only %d pairs were compared", pairs)
		}
	}
}

// respread gives every stratum another number of answers, many of them few, and
// makes the groups of them.
func respread(d *publishtest.Stored, rng *rand.Rand) {
	n := map[string]int{}
	for _, sub := range codebook.Subsectors().Values() {
		for _, size := range codebook.Sizes().Values() {
			k := rng.IntN(6)
			if rng.IntN(3) == 0 {
				k = 10 + rng.IntN(40)
			}
			n[sub+size] = k
		}
	}
	sums := make([]int, len(d.Domains))
	for i, dom := range d.Domains {
		for _, sub := range codebook.Subsectors().Values() {
			for _, size := range codebook.Sizes().Values() {
				if within(table.Domain{Breakdown: "subsector_size", Codes: []string{sub, size}}, dom) {
					sums[i] += n[sub+size]
				}
			}
		}
	}
	for i := range d.Cells {
		c, sum := &d.Cells[i], sums[i%len(sums)]
		if sum < 10 || c.Figure == nil {
			*c = publishtest.Cell{Status: table.Confidential}
			continue
		}
		f := *c.Figure
		f.N = sum
		*c = publishtest.Cell{Figure: &f}
	}
}

// The ladder in words: from subsector and size to all.
func TestGoal42_RungsInTheirOrder(t *testing.T) {
	at := benchmark.Place{Sector: "kommune", Subsector: "K-DAG", Size: "20-49"}
	rungs := []string{"subsector_size:K-DAG:20-49", "subsector:K-DAG", "sector_size:kommune:20-49", "sector:kommune", "total"}
	for i := range rungs {
		s := source(t, func(d *publishtest.Stored) {
			for j, rung := range rungs {
				*d.At("innov_rate", rung) = publishtest.Cell{Figure: &table.Figure{Value: 0.5, Low: 0.4, High: 0.6, SE: 0.05, DF: 9, N: 100 * (j + 1)}}
				if j < i {
					*d.At("innov_rate", rung) = publishtest.Cell{Status: table.Confidential}
				}
			}
		})
		lines, err := s.Compare(answers(), at, true)
		if err != nil {
			t.Fatal(err)
		}
		if l := find(t, lines, "innov_rate"); l.Peers.Domain.ID() != rungs[i] || l.Peers.Widened != (i > 0) {
			t.Errorf("without %d rungs: %s, widened %t", i, l.Peers.Domain.ID(), l.Peers.Widened)
		}
	}
	s := source(t, func(d *publishtest.Stored) {
		for _, rung := range rungs {
			*d.At("innov_rate", rung) = publishtest.Cell{Status: table.Confidential}
		}
	})
	lines, err := s.Compare(answers(), at, true)
	if err != nil || find(t, lines, "innov_rate").Verdict != benchmark.TooFew {
		t.Errorf("with no rung: %v, %v", find(t, lines, "innov_rate"), err)
	}
}

func TestPlacesThatAreNoneAreRefused(t *testing.T) {
	for _, tt := range []struct {
		at   benchmark.Place
		part string
	}{
		{benchmark.Place{}, "sector"}, {benchmark.Place{Sector: "mars"}, "sector"},
		{benchmark.Place{Sector: "kommune", Subsector: "S-RET"}, "subsector"}, {benchmark.Place{Sector: "kommune", Subsector: "K-XXX"}, "subsector"},
		{benchmark.Place{Sector: "stat", Size: "7"}, "size"},
	} {
		var place *benchmark.PlaceError
		if _, err := source(t, nil).Compare(answers(), tt.at, false); !errors.As(err, &place) || place.Part != tt.part {
			t.Errorf("%+v: %v, want a fault of %s", tt.at, err, tt.part)
		}
	}
}

func TestFormsThatNoPageSendsAreRefused(t *testing.T) {
	s := source(t, nil)
	for name, form := range map[string]url.Values{
		"a foreign item":      {"H1.ledelse": {"uden_betydning"}},
		"no item":             {"x": {"y"}},
		"an unknown option":   {"B1": {"måske"}},
		"two of one":          {"B1": {"ja", "nej"}},
		"one twice":           {"E1": {"kvalitet", "kvalitet"}},
		"an over-long answer": {"B1": {strings.Repeat("ja", 40_000)}},
		"a row that is none":  {"K1.x": {"enig"}},
		"no text":             {"B1": {"\xff"}},
	} {
		var fault *benchmark.FormError
		if _, err := benchmark.ReadShort(s.Short(), form); !errors.As(err, &fault) || len(err.Error()) > 200 {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := benchmark.ReadShort(s.Short(), url.Values{"D2": {"ingen", "kommune"}, "E1": {"effektivitet", "kvalitet"}})
	if err != nil || !slices.Equal(a["D2"].Codes, []string{"ingen"}) || !slices.Equal(a["E1"].Codes, []string{"kvalitet", "effektivitet"}) {
		t.Errorf("%+v, %v", a, err)
	}
}

func FuzzReadShort(f *testing.F) {
	s := source(f, nil)
	f.Add("B1=ja&K1.proever_nyt=enig")
	f.Add("B1=ja&B1=nej")
	f.Add("E1=kvalitet&sector=x")
	f.Fuzz(func(t *testing.T, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		a, err := benchmark.ReadShort(s.Short(), form)
		if err != nil {
			return
		}
		if _, err := s.Compare(a, benchmark.Place{Sector: "stat"}, false); err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkCompare is the whole comparison of one workplace.
func BenchmarkCompare(b *testing.B) {
	s := source(b, nil)
	for b.Loop() {
		if _, err := s.Compare(answers(), benchmark.Place{Sector: "kommune", Subsector: "K-DAG", Size: "20-49"}, true); err != nil {
			b.Fatal(err)
		}
	}
}
