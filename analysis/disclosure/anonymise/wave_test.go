package anonymise_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// frameCounts is the number of workplaces by subsector and size.
var frameCounts = map[string][4]int{
	"K-DAG": {1950, 1800, 180, 20}, "K-SKO": {380, 620, 650, 250}, "K-AEL": {260, 640, 620, 330},
	"K-SOC": {720, 640, 210, 80}, "K-SUN": {330, 250, 85, 35}, "K-KUL": {390, 160, 35, 15},
	"K-TEK": {180, 150, 45, 25}, "K-ADM": {210, 240, 140, 160}, "R-SUN": {110, 130, 90, 140},
	"R-SOC": {25, 50, 25, 10}, "R-ADM": {8, 10, 8, 14}, "S-ADM": {180, 200, 120, 140},
	"S-RET": {70, 90, 60, 70}, "S-VID": {60, 80, 70, 120}, "S-UNG": {90, 170, 200, 157},
}

// wave makes a wave and its weights: a sample of the frame by subsector and
// size, where each sampled unit answers with the given probability.
func wave(t testing.TB, seed uint64, response float64) (*microdata.Wave, *microdata.Data) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 8))
	u := &units{}
	for _, subsector := range codebook.Subsectors().Values() {
		for i, size := range codebook.Sizes().Values() {
			u.draw(random, subsector, size, frameCounts[subsector][i], response)
		}
	}
	return u.wave(t), u.weights(t)
}

// units are the columns of a sample under construction.
type units struct {
	key, disposition, sector, subsector, size, region, novelty, class []string
	employees, innov, abandoned, weight, classN                       []float64
	reason                                                            []codebook.Missing
}

func (u *units) draw(random *rand.Rand, subsector, size string, population int, response float64) {
	take := population
	if population > 15 {
		take = int(math.Ceil(float64(population) * 0.31))
	}
	regions := codebook.Regions().Values()
	first, answered := len(u.key), 0
	for range take {
		u.key = append(u.key, fmt.Sprintf("u%08x", random.Uint32()))
		u.sector = append(u.sector, codebook.SectorOf(subsector))
		u.subsector = append(u.subsector, subsector)
		u.size = append(u.size, size)
		u.region = append(u.region, regions[random.IntN(len(regions))])
		u.employees = append(u.employees, float64(random.IntN(200)+1))
		u.class = append(u.class, subsector+"."+size)
		u.classN = append(u.classN, float64(population))
		if random.Float64() < response {
			answered++
			u.answer(random)
		} else {
			u.silent()
		}
	}
	for i := first; i < len(u.key); i++ {
		u.weight = append(u.weight, 0)
		if u.disposition[i] == "complete" {
			u.weight[i] = float64(population) / float64(answered)
		}
	}
}

func (u *units) answer(random *rand.Rand) {
	u.disposition = append(u.disposition, "complete")
	u.abandoned = append(u.abandoned, float64(len(u.key)%2))
	if random.Float64() < 0.8 {
		u.innov = append(u.innov, 1)
		u.novelty = append(u.novelty, []string{"foerst", "tilpasset", "kopi", "ved_ikke"}[random.IntN(4)])
		u.reason = append(u.reason, codebook.Present)
		return
	}
	u.innov = append(u.innov, 0)
	u.novelty = append(u.novelty, "")
	u.reason = append(u.reason, codebook.NotAsked)
}

func (u *units) silent() {
	u.disposition = append(u.disposition, "noncontact")
	u.innov, u.abandoned = append(u.innov, math.NaN()), append(u.abandoned, math.NaN())
	u.novelty = append(u.novelty, "")
	u.reason = append(u.reason, codebook.Nonresponse)
}

func (u *units) wave(t testing.TB) *microdata.Wave {
	t.Helper()
	same := func(values ...string) []codebook.Code {
		var codes []codebook.Code
		for i, v := range values {
			codes = append(codes, codebook.Code{Value: v, Number: i + 1, Label: i18n.Same(v)})
		}
		return codes
	}
	book := codebook.Codebook{Variables: []codebook.Variable{
		{Name: "unit", Kind: codebook.Key, Role: codebook.RoleKey},
		{Name: "disposition", Kind: codebook.Categorical, Role: codebook.RoleDisposition, Codes: same("complete", "noncontact")},
		codebook.Sectors().Variable(codebook.RoleFrame),
		codebook.Subsectors().Variable(codebook.RoleFrame),
		codebook.Sizes().Variable(codebook.RoleFrame),
		codebook.Regions().Variable(codebook.RoleFrame),
		{Name: "employees", Kind: codebook.Numeric, Role: codebook.RoleFrame},
		{Name: "innov", Kind: codebook.Binary, Role: codebook.RoleAnswer, Item: "B1", Label: i18n.Text{DA: "Nyskabende", EN: "Innovative"}},
		{Name: "c4", Kind: codebook.Categorical, Role: codebook.RoleAnswer, Item: "C4", Label: i18n.Text{DA: "Hvor ny?", EN: "How new?"},
			Codes: same("foerst", "tilpasset", "kopi", "ved_ikke")},
		{Name: "b6", Kind: codebook.Binary, Role: codebook.RoleAnswer, Item: "B6", Label: i18n.Text{DA: "Opgivet", EN: "Abandoned"}},
		{Name: "l2", Kind: codebook.Binary, Role: codebook.RoleAnswer, Item: "L2", Label: i18n.Text{DA: "Vil se spejl", EN: "Wants mirror"}},
	}}
	texts := map[string][]string{"unit": u.key, "disposition": u.disposition, "sector": u.sector,
		"subsector": u.subsector, "size": u.size, "region": u.region, "c4": u.novelty}
	values := map[string][]float64{"employees": u.employees, "innov": u.innov, "b6": u.abandoned, "l2": u.innov}
	data := must(microdata.New())(t)
	for _, v := range book.Variables {
		c := microdata.Numbers(v.Name, values[v.Name])
		if values[v.Name] == nil {
			levels := u.key
			if v.Codes != nil {
				levels = nil
				for _, code := range v.Codes {
					levels = append(levels, code.Value)
				}
			}
			c = must(microdata.Categories(v.Name, levels, texts[v.Name]))(t)
		}
		if v.Role == codebook.RoleAnswer {
			c.Reason = u.reason
		}
		if err := data.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return must(microdata.NewWave("2025", true, book, data))(t)
}

func (u *units) weights(t testing.TB) *microdata.Data {
	t.Helper()
	return must(microdata.New(
		must(microdata.Categories("unit", u.key, u.key))(t),
		microdata.Numbers("weight", u.weight),
		must(microdata.Categories("class", unique(u.class), u.class))(t),
		microdata.Numbers("class_n", u.classN),
	))(t)
}

func unique(values []string) []string {
	seen := make(map[string]bool)
	var kept []string
	for _, v := range values {
		if !seen[v] {
			seen[v] = true
			kept = append(kept, v)
		}
	}
	return kept
}

// must fails the test where a call that cannot fail did.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
