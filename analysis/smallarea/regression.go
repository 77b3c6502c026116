package smallarea

import (
	"fmt"
	"math"
	"strings"

	"barometer/internal/cholesky"
)

// sample is the areas with sample.
type sample struct {
	y, psi []float64   // direct estimates, sampling variances
	x      [][]float64 // covariates of each area
}

// regression is the generalised least squares fit for a given variance σ²
// between areas. With V = diag(σ² + ψ):
type regression struct {
	weight   []float64        // 1/(σ² + ψ_i)
	cross    *cholesky.Factor // of X′V⁻¹X
	inverse  [][]float64      // Q = (X′V⁻¹X)⁻¹
	beta     []float64        // Q·X′V⁻¹y
	residual []float64        // y − Xβ
	leverage []float64        // x_i′Qx_i
}

// regress fits β for the variance sigma2.
func (s *sample) regress(sigma2 float64) *regression {
	r := &regression{}
	for _, psi := range s.psi {
		r.weight = append(r.weight, 1/(sigma2+psi))
	}
	p := len(s.x[0])
	cross := s.moments(r.weight)
	r.cross = cholesky.Eliminate(p, func(i, j int) float64 { return cross[i][j] }, 1e-11)
	right := make([]float64, p)
	for i, x := range s.x {
		for j := range x {
			right[j] += float64(r.weight[i] * x[j] * s.y[i])
		}
	}
	r.beta = r.cross.Solve(right)
	for j := range p {
		unit := make([]float64, p)
		unit[j] = 1
		r.inverse = append(r.inverse, r.cross.Solve(unit))
	}
	for i, x := range s.x {
		r.residual = append(r.residual, s.y[i]-dot(x, r.beta))
		r.leverage = append(r.leverage, r.spread(x))
	}
	return r
}

// moments returns Σ w_i x_i x_i′.
func (s *sample) moments(w []float64) [][]float64 {
	p := len(s.x[0])
	m := make([][]float64, p)
	for j := range m {
		m[j] = make([]float64, p)
	}
	for i, x := range s.x {
		for j := range x {
			for k := range x {
				m[j][k] += float64(w[i] * x[j] * x[k])
			}
		}
	}
	return m
}

// spread returns x′Qx, the variance of the prediction x′β.
func (r *regression) spread(x []float64) float64 {
	var sum float64
	for j := range x {
		sum += float64(x[j] * dot(r.inverse[j], x))
	}
	return sum
}

// independent refuses covariates that follow from one another among the areas
// with sample.
func (s *sample) independent(names []string) error {
	f := s.regress(0).cross
	var faults []string
	for _, j := range f.Null {
		faults = append(faults, names[j]+" is 0 in every area with sample")
	}
	for _, d := range f.Dependent {
		var on []string
		for _, k := range d.On {
			on = append(on, names[k])
		}
		faults = append(faults, names[d.Column]+" follows from "+strings.Join(on, ", "))
	}
	if len(faults) > 0 {
		return fmt.Errorf("small-area model: leave out covariates: %s", strings.Join(faults, "; "))
	}
	return nil
}

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

// squares returns Σ w_iᵏ r_i².
func (r *regression) squares(k float64) float64 {
	var sum float64
	for i, e := range r.residual {
		sum += float64(math.Pow(r.weight[i], k) * e * e)
	}
	return sum
}

// sum returns Σ w_iᵏ.
func (r *regression) sum(k float64) float64 {
	var sum float64
	for _, w := range r.weight {
		sum += math.Pow(w, k)
	}
	return sum
}
