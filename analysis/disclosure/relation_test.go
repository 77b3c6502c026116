package disclosure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/indicator"
	"barometer/analysis/table"
)

// spell writes a relation with the ids of its indicators; # is a base.
func (r Relation) spell(indicators []table.Indicator) string {
	var terms []string
	for _, t := range r.Terms {
		id := indicators[t.Indicator].ID
		if t.Base {
			id = "#" + id
		}
		terms = append(terms, fmt.Sprintf("%+d %s", t.Coef, id))
	}
	slices.Sort(terms)
	return strings.Join(terms, " ") + map[bool]string{true: " ≤ 0", false: " = 0"}[r.Rest]
}

func TestRelationsAreFoundInTheAnswers(t *testing.T) {
	in := randomWave(t, 3, "total")
	var found []string
	for _, r := range in.links.Relations {
		found = append(found, r.spell(in.indicators))
	}
	for why, want := range map[string]string{
		"those asked about the new are those that innovate": "+1 #new.first -1 innov = 0",
		"two groups make up all":                            "+1 #innov -1 #held.time -1 #new.first = 0",
		"the codes of one answer make up its base":          "+1 #new.first -1 new.adapted -1 new.copy -1 new.first -1 new.unknown = 0",
		"reuse is two codes together":                       "+1 new.adapted +1 new.copy -1 new.reuse = 0",
		"with the state is with anyone":                     "+1 with.state -1 with.any ≤ 0",
	} {
		if !slices.Contains(found, want) {
			t.Errorf("%s: %q is not among %q", why, want, found)
		}
	}
}

func TestChanceIsNoRelation(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 2))
	indicators := []table.Indicator{{ID: "q.often", Item: "q"}, {ID: "q.rare", Item: "q"}, {ID: "q.rarer", Item: "q"}}
	for range 50 {
		values := make([][]float64, 3)
		for range 500 {
			for i, p := range []float64{0.9, 0.02, 0.01} {
				x := 0.0
				if rng.Float64() < p {
					x = 1
				}
				values[i] = append(values[i], x)
			}
		}
		found, err := FindRelations(indicators, values)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found {
			t.Errorf("answers that are independent have the relation %s", r.spell(indicators))
		}
	}
}

func TestRelationThatDoesNotHoldIsRefused(t *testing.T) {
	r := newRespondents("a.x", "a.y")
	r.add(20, "K-DAG", "1-19", "1081", 1, 1)
	r.add(20, "R-SUN", "1-19", "1081", 0, 0)
	in := r.tabulate(t, item, "total", "sector")
	in.links.Relations = []Relation{{Rest: true, Terms: []Term{{0, false, 1}, {1, false, 1}, {0, true, -1}}}}
	if _, err := in.apply(); err == nil || !strings.Contains(err.Error(), "a.x × sector:kommune") {
		t.Errorf("40 answers of 20 respondents: error %v does not name the cell", err)
	}
}

func TestSectorIsSumOfItsSubsectorsAndSizes(t *testing.T) {
	catalogue := indicator.Catalogue{Breakdowns: []string{"total", "sector", "subsector", "size", "region", "sector_size"}}
	domains := catalogue.Domains()
	var got []string
	for _, s := range splits(domains) {
		if id := domains[s.whole].ID(); id == "sector:region" || id == "total" || id == "size:100+" {
			got = append(got, fmt.Sprint(id, " ", domains[s.parts[0]].Breakdown, " ", len(s.parts)))
		}
	}
	want := []string{"total sector 3", "total subsector 15", "total size 4", "total region 5", "total sector_size 12",
		"sector:region subsector 3", "sector:region sector_size 4", "size:100+ sector_size 3"}
	if !slices.Equal(got, want) {
		t.Errorf("splits %q, want %q", got, want)
	}
}
