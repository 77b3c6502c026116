// Package replicate makes replicate weights: sets of factors on the weights of
// first-stage sampling units whose spread of estimates is the variance.
//
// The strata of the units come in; a [Set] goes out, which computes the factors
// of any replicate when asked, so that no matrix of units by replicates ever
// exists. Random factors come from a counter-based generator: replicate r of a
// seed is the same however many there are and in whatever order they are made.
// It leaves out the estimates (analysis/variance); weighting steps that should
// show in the variance are repeated on each replicate's weights.
//
// Formulas are those of Wolter (2007), with the finite population correction
// where the method has one.
package replicate

import (
	"fmt"
	"strings"
)

// Kind is a method of replication.
type Kind string

const (
	JK1       Kind = "JK1"       // delete one unit; unstratified
	JKn       Kind = "JKn"       // delete one unit of a stratum
	BRR       Kind = "BRR"       // balanced half-samples; pairs of units
	Fay       Kind = "Fay"       // half-samples softened by Rho (Judkins 1990)
	Bootstrap Kind = "bootstrap" // n−1 of n units drawn with replacement (Rao, Wu and Yue 1992)

	// Generalised draws factors with the covariances of the design itself, of all
	// its stages (Bertail and Combris 1997; Beaumont and Patak 2012).
	Generalised Kind = "generalised"

	// GeneralisedFay takes as many replicates as make the variance of a total
	// exact: about one a unit (Fay 1984; Dippo, Fay and Morganstein 1984).
	GeneralisedFay Kind = "generalised-fay"
)

// Kinds lists every method.
var Kinds = []Kind{JK1, JKn, BRR, Fay, Bootstrap, Generalised, GeneralisedFay}

// Drawn reports whether the replicates of a kind are random: they have a count
// and a seed of choice.
func (k Kind) Drawn() bool { return k == Bootstrap || k == Generalised }

// Plan says which replicates to make.
type Plan struct {
	Kind  Kind
	Rho   float64 // of Fay, 0 ≤ ρ < 1
	Count int     // of Bootstrap and Generalised
	Seed  uint64  // of Bootstrap and Generalised
	MSE   bool    // deviations from the full-sample estimate, not from the replicates' mean
}

// Units are the first-stage sampling units of a design, in the order in which
// factors are wanted.
type Units struct {
	Stratum    []int32   // each unit's stratum
	Names      []string  // of the strata
	Population []float64 // units of each stratum in the population; nil = with replacement

	// Taken is how many units of each stratum count in its sampling fraction;
	// nil = all. Where the weights of those that did not answer are carried by
	// the others, it is the number that answered: they are what the estimate
	// knows of the population.
	Taken []int

	// Apart lets the jackknife delete a unit that is alone in its stratum: the
	// units of all H strata, H/(H−1) each, stand for it.
	Apart bool
}

// Set is a set of replicates. The variance of an estimate is
// Scale · Σ RScale·(θ_r − centre)².
type Set struct {
	Scale  float64
	RScale []float64 // one per replicate
	MSE    bool

	factors func(r int, dst []float64)
	members [][]int                       // units of each stratum
	stratum func(r, h int, dst []float64) // nil where factors of a stratum are not made alone
}

// Count returns the number of replicates.
func (s *Set) Count() int { return len(s.RScale) }

// Factors fills dst, one place per unit, with the factors of replicate r.
func (s *Set) Factors(r int, dst []float64) { s.factors(r, dst) }

// ByStratum reports whether the factors of one stratum can be made alone, as
// those of the bootstrap can.
func (s *Set) ByStratum() bool { return s.stratum != nil }

// Size returns the number of units of stratum h.
func (s *Set) Size(h int) int { return len(s.members[h]) }

// Stratum fills dst, one place per unit of stratum h in the order of the units,
// with the factors of replicate r. It needs [Set.ByStratum].
func (s *Set) Stratum(r, h int, dst []float64) { s.stratum(r, h, dst) }

// makeByStratum lets a set be made stratum by stratum.
func (s *Set) makeByStratum(members [][]int, stratum func(r, h int, dst []float64)) {
	s.members, s.stratum = members, stratum
	s.factors = func(r int, dst []float64) {
		var f []float64
		for h, members := range s.members {
			f = append(f[:0], make([]float64, len(members))...)
			stratum(r, h, f)
			for k, unit := range members {
				dst[unit] = f[k]
			}
		}
	}
}

// Variance combines the replicates' estimates; full is the estimate from the
// whole sample: Scale · Σ RScale·(θ_r − centre)² (Wolter 2007).
func (s *Set) Variance(estimates []float64, full float64) float64 {
	centre := full
	if !s.MSE {
		centre = 0
		for _, e := range estimates {
			centre += e
		}
		centre /= float64(len(estimates))
	}
	var sum float64
	for r, e := range estimates {
		sum += float64(s.RScale[r] * (e - centre) * (e - centre))
	}
	return s.Scale * sum
}

// UnitsError says that strata do not hold the number of units a method needs.
type UnitsError struct {
	Kind   Kind
	Strata []string // with their numbers of units
}

func (e *UnitsError) Error() string {
	need := "at least two units"
	if e.Kind == BRR || e.Kind == Fay {
		need = "an even number of units"
	}
	return fmt.Sprintf("replicates %s need %s in every stratum, but there are: %s", e.Kind, need, strings.Join(e.Strata, ", "))
}

// strata is the units sorted by stratum.
type strata struct {
	of      []int32   // stratum of each unit
	members [][]int   // units of each stratum, in order
	left    []float64 // 1 − n/N, 1 with replacement
	apart   bool
}

// New prepares the replicates of a one-stage design, or of the first stage of
// one; [FromForm] makes those of all stages. A stratum all of whose units were
// taken adds no variance and is left alone by every replicate.
//
// Factors (Wolter 2007), with n units of which a share f was taken:
//
//	JK1, JKn   0 for one unit, n/(n−1) for the others of its stratum; rscale (n−1)/n·(1−f)
//	BRR        2 and 0 for the units of a pair (McCarthy 1969); scale 1/R
//	Fay        2−ρ and ρ; scale 1/(R(1−ρ)²) (Judkins 1990)
//	bootstrap  1 + √(1−f)·(m·n/(n−1) − 1), m times drawn of n−1 (Rao, Wu and Yue 1992); scale 1/(R−1)
//
// Assumption: estimates are nearly linear in the weights; jackknife and halves
// are exact for totals. Reference implementation: R survey, as.svrepdesign.
func New(plan Plan, units Units) (*Set, error) {
	s, err := sortUnits(units)
	if err != nil {
		return nil, err
	}
	if err := s.check(plan.Kind, units.Names); err != nil {
		return nil, err
	}
	switch plan.Kind {
	case JK1, JKn:
		return s.jackknife(plan)
	case BRR:
		plan.Rho = 0
		return s.halfSamples(plan)
	case Fay:
		return s.halfSamples(plan)
	case Bootstrap:
		return s.bootstrap(plan)
	case Generalised, GeneralisedFay:
		return FromForm(plan, s.form())
	}
	return nil, fmt.Errorf("unknown kind of replicates %q: use one of %v", plan.Kind, Kinds)
}

func sortUnits(u Units) (*strata, error) {
	s := &strata{of: u.Stratum, members: make([][]int, len(u.Names)), left: make([]float64, len(u.Names)), apart: u.Apart}
	for i, h := range u.Stratum {
		s.members[h] = append(s.members[h], i)
	}
	var short []string
	for h, members := range s.members {
		s.left[h] = 1
		if u.Population == nil {
			continue
		}
		n := float64(len(members))
		if u.Taken != nil {
			n = float64(u.Taken[h])
		}
		if !(u.Population[h] >= n) {
			short = append(short, fmt.Sprintf("%s (%v units of %v)", u.Names[h], n, u.Population[h]))
			continue
		}
		s.left[h] = 1 - n/u.Population[h]
	}
	if len(short) > 0 {
		return nil, fmt.Errorf("strata with more units in the sample than in the population: %s", strings.Join(short, ", "))
	}
	return s, nil
}

func (s *strata) check(kind Kind, names []string) error {
	e := &UnitsError{Kind: kind}
	for h, members := range s.members {
		n := len(members)
		wrong := n == 1 && !(kind == JKn && s.apart && len(s.members) > 1)
		if kind == BRR || kind == Fay {
			wrong = n%2 != 0
		}
		if n > 0 && s.left[h] > 0 && wrong {
			e.Strata = append(e.Strata, fmt.Sprintf("%s (%d)", names[h], n))
		}
	}
	if len(e.Strata) > 0 {
		return e
	}
	return nil
}

// varying returns the strata that add variance.
func (s *strata) varying() []int {
	var list []int
	for h, members := range s.members {
		if len(members) > 0 && s.left[h] > 0 {
			list = append(list, h)
		}
	}
	return list
}

func ones(dst []float64) {
	for i := range dst {
		dst[i] = 1
	}
}

func equalScales(n int) []float64 {
	r := make([]float64, n)
	ones(r)
	return r
}

// jackknife deletes one unit at a time and lets the others of its stratum
// stand for it.
func (s *strata) jackknife(plan Plan) (*Set, error) {
	varying := s.varying()
	if plan.Kind == JK1 && len(s.members) != 1 {
		return nil, fmt.Errorf("replicates JK1 are for a sample without strata: use JKn for the %d strata here", len(s.members))
	}
	set := &Set{Scale: 1, MSE: plan.MSE}
	var deleted []int
	for _, h := range varying {
		n := s.standIns(h)
		for _, unit := range s.members[h] {
			deleted = append(deleted, unit)
			set.RScale = append(set.RScale, (n-1)/n*s.left[h])
		}
	}
	set.factors = func(r int, dst []float64) {
		ones(dst)
		h := s.of[deleted[r]]
		n := s.standIns(int(h))
		for unit, of := range s.of {
			if of == h || len(s.members[h]) == 1 {
				dst[unit] = n / (n - 1)
			}
		}
		dst[deleted[r]] = 0
	}
	return set, nil
}

// standIns is n of the jackknife of a stratum: its units, or for a unit alone
// the strata.
func (s *strata) standIns(h int) float64 {
	if n := len(s.members[h]); n > 1 {
		return float64(n)
	}
	return float64(len(s.members))
}
