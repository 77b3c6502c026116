// Package calibration finds the weights nearest to given ones that meet given
// totals.
//
// It is the numerical half of the weighting steps poststratify, rake and
// calibrate (package weighting), which name columns and levels; here are only
// rows, constraints and numbers. The method is that of Deville and Särndal
// (1992) and Deville, Särndal and Sautory (1993): with weights d, auxiliary
// variables x and totals T, the new weights are w = d·F(x′λ), where F belongs
// to the distance chosen and λ solves Σ d·F(x′λ)·x = T. That λ minimises the
// convex dual Φ(λ) = Σ d·Ψ(x′λ) − λ′T with Ψ′ = F, which is what [Solve] does.
//
// Sums are taken over fixed pieces of the rows and added in a fixed order, so
// the number of processors changes no bit of the result. It leaves out the
// variance (analysis/variance) and never returns weights that miss the totals.
package calibration

import (
	"fmt"
	"math"
)

// Block is a set of constraints of which each row belongs to at most one: the
// levels of a margin, or one numeric variable.
type Block struct {
	Constraint []int32   // the row's constraint, -1 = none
	Value      []float64 // the row's x, not looked at where it has no constraint; nil = 1 in every row
}

// Problem is a set of weights and the totals they are to meet.
type Problem struct {
	Weights   []float64 // d, all positive
	Blocks    []Block   // the auxiliary variables, one entry per row
	Totals    []float64 // T, one per constraint
	Distance  Distance
	Tolerance float64   // largest |T − T̂| / (1 + |T|); 0 = 1e-9, at least 1e-12
	MaxIter   int       // Newton steps; 0 = 50, at most 500
	Start     []float64 // λ of a similar problem, to begin near the solution; nil = 0
}

// Solution is the factors and what they achieve.
type Solution struct {
	Factor      []float64 // g = w/d, one per row
	Before      []float64 // Σ d·x per constraint
	Achieved    []float64 // Σ d·g·x per constraint
	Independent []int     // constraints that are not linear combinations of earlier ones
	Lambda      []float64 // λ, one per constraint; 0 for those left out
	Iterations  int
	Deviation   float64 // largest |T − T̂| / (1 + |T|)
}

// Default values of a Problem.
const (
	DefaultTolerance = 1e-9
	DefaultMaxIter   = 50
)

func (p Problem) withDefaults() Problem {
	if p.Tolerance == 0 {
		p.Tolerance = DefaultTolerance
	}
	if p.MaxIter == 0 {
		p.MaxIter = DefaultMaxIter
	}
	p.Tolerance, p.MaxIter = max(p.Tolerance, finestTolerance), min(p.MaxIter, mostIterations)
	return p
}

// Limits of what can be asked for: sums of a million rows are no more exact
// than that, and Newton's method that has not arrived by then will not.
const (
	finestTolerance = 1e-12
	mostIterations  = 500
)

// EmptyError says that no row carries a constraint whose total is not 0.
type EmptyError struct{ Constraint int }

func (e *EmptyError) Error() string {
	return fmt.Sprintf("constraint %d: no row carries it", e.Constraint)
}

// InconsistentError says that a constraint is a linear combination of earlier
// ones but its total is not.
type InconsistentError struct {
	Constraint     int
	Total, Implied float64
	From           []int // the constraints it is a combination of
}

func (e *InconsistentError) Error() string {
	return fmt.Sprintf("constraint %d: total %v, but the others imply %v", e.Constraint, e.Total, e.Implied)
}

// InfeasibleError says that no weights within the bounds were found to meet
// the totals.
type InfeasibleError struct {
	Proven     bool // certain: the totals contradict the bounds
	Iterations int
	Achieved   []float64 // the nearest totals the limits allow
	Deviation  []float64 // |T − T̂| / (1 + |T|) per constraint

	// Tightest are the nearest bounds, widened by one factor on both sides,
	// between which the totals can be met; nil = none known.
	Tightest *[2]float64
}

func (e *InfeasibleError) Error() string {
	return fmt.Sprintf("totals not met after %d iterations", e.Iterations)
}

func deviation(total, achieved float64) float64 {
	return math.Abs(total-achieved) / (1 + math.Abs(total))
}
