package replicate

import "fmt"

// halfSamples doubles one unit of each pair and drops the other, by the columns
// of a Hadamard matrix, so that every two pairs are balanced over the
// replicates (McCarthy 1969). The constant column is never used: with it the
// same unit of one pair would stay in all replicates. With ρ the factors are
// 2−ρ and ρ.
func (s *strata) halfSamples(plan Plan) (*Set, error) {
	if !(plan.Rho >= 0 && plan.Rho < 1) {
		return nil, fmt.Errorf("fay: rho %v must be at least 0 and below 1", plan.Rho)
	}
	for _, h := range s.varying() {
		if s.left[h] != 1 {
			return nil, fmt.Errorf("replicates %s know no finite population correction: leave out the counts, or use JKn or bootstrap", plan.Kind)
		}
	}
	pairs := s.pairs()
	plus, order := hadamard(len(pairs) + 1)
	set := &Set{Scale: 1 / (float64(order) * (1 - plan.Rho) * (1 - plan.Rho)), RScale: equalScales(order), MSE: plan.MSE}
	set.factors = func(r int, dst []float64) {
		ones(dst)
		for column, pair := range pairs {
			kept, dropped := pair[0], pair[1]
			if !plus(r, column+1) {
				kept, dropped = dropped, kept
			}
			dst[kept], dst[dropped] = 2-plan.Rho, plan.Rho
		}
	}
	return set, nil
}

// pairs lists the pairs of units that stand for each other. A stratum of four
// units or more is split into pairs in the order of its units, each a stratum
// of its own. Such strata come first, as in R's survey package, so that both
// programs take the same half-samples.
func (s *strata) pairs() [][2]int {
	var split, whole [][2]int
	for _, h := range s.varying() {
		members := s.members[h]
		if len(members) == 2 {
			whole = append(whole, [2]int{members[0], members[1]})
			continue
		}
		for i := 0; i < len(members); i += 2 {
			split = append(split, [2]int{members[i], members[i+1]})
		}
	}
	return append(split, whole...)
}
