package estimate

import "slices"

// RareInterval is the interval of Korn & Graubard for a proportion p whose own
// standard error says little, because hardly any row, or none, differs from the
// others. size is the effective size that the domain's rows have for other
// proportions, rows over [PooledDeff]; n_e is the smaller of size and of
// p(1−p)/SE², and of a proportion of exactly 0 or 1 it is size. Then as [Beta]:
// n_e·(t(rows−1)/t(df))² trials, with the limits of Clopper & Pearson 1934.
//
// Where clusters weigh heavily and no other proportion is known, the number of
// sampling units is a size on the safe side: that of rows which agree entirely
// within their cluster. [ProportionInterval] takes the number of rows instead,
// as Korn & Graubard (1998) do, and so leaves out clustering where p is 0 or 1.
//
// The interval is undefined without degrees of freedom. No reference
// implementation; with size = rows and p = 0 or 1 it is SUDAAN's and R survey's
// svyciprop(method = "beta") of the number of rows, corrected for df.
func RareInterval(est Estimate, level, size float64) (low, high float64) {
	p := est.Value
	effective := size
	if p > 0 && p < 1 {
		effective = min(size, p*(1-p)/(est.SE*est.SE))
	}
	ratio := 1.0
	if est.N > 1 {
		ratio = TQuantile(level, float64(est.N-1)) / TQuantile(level, est.DF)
	}
	return clopperPearson(p, effective*ratio*ratio, (1-level)/2)
}

// FewRows is the number of rows with or without a property below which the
// standard error of its share is not trusted.
const FewRows = 10

// Rare reports whether hardly any rows, or nearly all, have the property.
func (e Estimate) Rare() bool { return min(e.Positive, e.N-e.Positive) < FewRows }

// PooledDeff is the median design effect, SE²·n/(p(1−p)), of those proportions
// that are not rare: what a generalised variance function assumes to hold for
// the rare ones from the same rows (Wolter 2007, ch. 7). It is 1 where there
// are none. Assumption: the shares come from one domain, or from domains
// sampled and weighted alike.
func PooledDeff(shares []Estimate) float64 {
	var deffs []float64
	for _, e := range shares {
		if p := e.Value; !e.Rare() && e.SE > 0 {
			deffs = append(deffs, e.SE*e.SE*float64(e.N)/(p*(1-p)))
		}
	}
	if len(deffs) == 0 {
		return 1
	}
	slices.Sort(deffs)
	half := len(deffs) / 2
	if len(deffs)%2 == 1 {
		return deffs[half]
	}
	return (deffs[half-1] + deffs[half]) / 2
}

// EffectiveRows is the size for [RareInterval] that an estimate's rows have when
// their design effect is deff.
func (e Estimate) EffectiveRows(deff float64) float64 { return float64(e.N) / deff }
