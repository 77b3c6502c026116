package anonymise

import (
	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// Report says what was done to a wave to make its research file. The words
// for it are found where the file is published.
type Report struct {
	K        int
	Records  int
	Cells    int // combinations of sector, subsector, size and region in use
	Smallest int // records of the smallest of them

	Recodes []Recode
	LeftOut []codebook.Variable // answers that stay behind
	Regions []RegionDetail
	Strata  int // pseudo-strata

	WeightBefore, WeightAfter float64 // sum of weights before and after averaging and rounding

	Precision *Precision // where it was assessed

	Risk *Risk // nil in a file that was made by hand
	Loss *Loss
}

// Recode is one step down the ladder: codes of a variable that became one.
type Recode struct {
	Variable string
	Within   codebook.Code // the subsector, for a size; zero for a subsector
	From     []codebook.Code
	To       codebook.Code
	Records  int
}

// RegionDetail counts the records at one degree of detail of the region.
type RegionDetail struct {
	Degree  i18n.Text
	Records int
}

func newReport(b *builder, l *ladder, d pseudo) Report {
	r := Report{K: b.policy.K, Records: len(b.records), Recodes: l.recodes, LeftOut: b.leftOut, Smallest: len(b.records)}
	for _, t := range cells(b.records) {
		r.Cells++
		r.Smallest = min(r.Smallest, t.records)
	}
	for i := range b.records {
		r.WeightBefore += b.records[i].weight
		r.WeightAfter += d.weight[i]
	}
	r.Strata = len(levelsOf(d.stratum))
	r.Regions = regionDetails(b)
	return r
}

// regionDetails counts records with a region, with a part of the country, and
// with neither.
func regionDetails(b *builder) []RegionDetail {
	details := []RegionDetail{
		{Degree: i18n.Text{DA: "region", EN: "region"}},
		{Degree: i18n.Text{DA: "landsdel", EN: "part of the country"}},
		{Degree: i18n.Text{DA: "ikke oplyst", EN: "not given"}},
	}
	for i := range b.records {
		details[b.degree(b.records[i].region)].Records++
	}
	return details
}

func (b *builder) degree(region string) int {
	if region == EveryRegion {
		return 2
	}
	for _, p := range b.policy.Parts {
		if p.Code.Value == region {
			return 1
		}
	}
	return 0
}
