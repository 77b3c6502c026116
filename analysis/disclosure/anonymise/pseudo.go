package anonymise

import (
	"fmt"
	"math"
)

// pseudo is the design that is released in place of the true one. Weight and
// stratum are functions of the published background, so that they tell
// nothing beyond it.
type pseudo struct {
	weight  []float64 // by record
	stratum []string
	fpc     []float64
}

// group is a published subsector and size, the unit of the pseudo-design.
type group struct{ subsector, size string }

// pseudoDesign gives every record the mean final weight of its published
// subsector and size, and the finest pseudo-stratum that is a union of such
// groups and of variance strata alike. The sampling fraction of a
// pseudo-stratum is that of the strata in it, over their respondents.
func pseudoDesign(records []record, classes map[string]*class, p Policy) pseudo {
	d := pseudo{weight: meanWeights(records, p.WeightDecimals)}
	roots := linked(records)
	counts := make(map[string]int)
	frame := make(map[string]float64)
	seen := make(map[string]bool)
	for i := range records {
		r := &records[i]
		root := roots["c"+r.class]
		counts[root]++
		if !seen[r.class] {
			seen[r.class] = true
			c := classes[r.class]
			frame[root] += c.population * float64(c.complete) / float64(c.rows)
		}
	}
	names := strataNames(records, roots)
	for i := range records {
		root := roots["c"+records[i].class]
		d.stratum = append(d.stratum, names[root])
		d.fpc = append(d.fpc, max(stepped(frame[root], p.CountStep), float64(counts[root])))
	}
	return d
}

// meanWeights returns each record's group mean of the final weights, rounded.
func meanWeights(records []record, decimals int) []float64 {
	sums := make(map[group]*tally)
	for i := range records {
		g := group{records[i].subsector, records[i].size}
		if sums[g] == nil {
			sums[g] = new(tally)
		}
		sums[g].add(&records[i])
	}
	scale := math.Pow10(decimals)
	weights := make([]float64, len(records))
	for i := range records {
		t := sums[group{records[i].subsector, records[i].size}]
		weights[i] = math.Round(t.workplaces/float64(t.records)*scale) / scale
	}
	return weights
}

// linked joins variance strata and published groups that share a record, and
// returns the representative of each, strata under "c", groups under "g".
func linked(records []record) map[string]string {
	parent := make(map[string]string)
	var find func(string) string
	find = func(x string) string {
		if p, ok := parent[x]; ok && p != x {
			parent[x] = find(p)
			return parent[x]
		}
		return x
	}
	for i := range records {
		r := &records[i]
		a, b := find("c"+r.class), find("g"+r.subsector+"\x00"+r.size)
		if a > b {
			a, b = b, a
		}
		parent[a], parent[b] = a, a
	}
	roots := make(map[string]string, len(parent))
	for x := range parent {
		roots[x] = find(x)
	}
	return roots
}

// strataNames numbers the pseudo-strata in the order of the published groups.
func strataNames(records []record, roots map[string]string) map[string]string {
	groups := make(map[string]bool)
	for i := range records {
		groups["g"+records[i].subsector+"\x00"+records[i].size] = true
	}
	names := make(map[string]string)
	for _, g := range sortedKeys(groups) {
		if root := roots[g]; names[root] == "" {
			names[root] = fmt.Sprintf("p%02d", len(names)+1)
		}
	}
	return names
}

// stepped rounds a count to a multiple of step.
func stepped(x float64, step int) float64 {
	return math.Round(x/float64(step)) * float64(step)
}
