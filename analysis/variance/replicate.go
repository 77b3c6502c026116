package variance

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Replication says how replicates of an estimate make a variance:
// scale · Σ_r rscale_r (θ_r − centre)², the centre being the full-sample
// estimate (MSE) or else the mean of the replicates (Wolter 2007).
type Replication struct {
	Scale  float64
	RScale []float64 // of each replicate
	MSE    bool
}

// Variance returns the variance of an estimate from its replicates (Wolter
// 2007). Reference implementation: R survey, svrVar. A replicate in which the estimate is undefined is left out.
func (r Replication) Variance(estimate float64, replicates []float64) float64 {
	centre := estimate
	if !r.MSE {
		sum, n := 0.0, 0
		for i, x := range replicates {
			if r.RScale[i] > 0 && !math.IsNaN(x) {
				sum += x
				n++
			}
		}
		centre = sum / float64(n)
	}
	v := 0.0
	for i, x := range replicates {
		if !math.IsNaN(x) {
			v += r.RScale[i] * (x - centre) * (x - centre)
		}
	}
	return r.Scale * v
}

// Covariance returns the covariance matrix of several estimates from their
// replicates (Wolter 2007): replicates[r] holds all estimates in replicate r. A replicate in
// which one of them is undefined is left out.
func (r Replication) Covariance(estimates []float64, replicates [][]float64) *mat.SymDense {
	var used []int
	for i, x := range replicates {
		if !hasNaN(x) {
			used = append(used, i)
		}
	}
	centre := estimates
	if !r.MSE {
		centre = r.mean(len(estimates), replicates, used)
	}
	v := mat.NewSymDense(len(estimates), nil)
	for _, i := range used {
		for k := range estimates {
			apart := r.RScale[i] * (replicates[i][k] - centre[k])
			for l := k; l < len(estimates); l++ {
				v.SetSym(k, l, v.At(k, l)+float64(apart*(replicates[i][l]-centre[l])))
			}
		}
	}
	v.ScaleSym(r.Scale, v)
	return v
}

// mean averages the replicates that add to the variance.
func (r Replication) mean(size int, replicates [][]float64, used []int) []float64 {
	sum, n := make([]float64, size), 0.0
	for _, i := range used {
		if r.RScale[i] > 0 {
			n++
			for k, x := range replicates[i] {
				sum[k] += x
			}
		}
	}
	for k := range sum {
		sum[k] /= n
	}
	return sum
}

func hasNaN(list []float64) bool {
	for _, x := range list {
		if math.IsNaN(x) {
			return true
		}
	}
	return false
}
