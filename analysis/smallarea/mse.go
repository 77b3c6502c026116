package smallarea

// uncertainty computes mean squared errors. With γ = σ²/(σ² + ψ):
//
//	g₁ = γψ                     what is left when σ² and β are known
//	g₂ = (1 − γ)²·x′Qx          for estimating β
//	g₃ = ψ²/(σ² + ψ)³·V(σ̂²)    for estimating σ²
type uncertainty struct {
	between  float64 // σ̂²
	variance float64 // V(σ̂²), asymptotic
	bias     float64 // of σ̂², asymptotic
}

// uncertainty returns the asymptotic variance and bias of σ̂². With
// s_k = Σ (σ² + ψ_i)⁻ᵏ:
//
//	REML:   V = 2/s₂, no bias                 (Datta & Lahiri 2000)
//	Moment: V = 2m/s₁², b = 2(m·s₂ − s₁²)/s₁³ (Datta, Rao & Smith 2005)
func (res *Result) uncertainty(r *regression) uncertainty {
	s1, s2 := r.sum(1), r.sum(2)
	if res.Method == Moment {
		m := float64(len(r.weight))
		return uncertainty{res.Between, 2 * m / (s1 * s1), 2 * (float64(m*s2) - float64(s1*s1)) / (s1 * s1 * s1)}
	}
	return uncertainty{between: res.Between, variance: 2 / s2}
}

// sampled is the estimate g₁ + g₂ + 2g₃ − b·(1 − γ)² of the mean squared error,
// whose bias is of smaller order than one over the number of areas (Prasad &
// Rao 1990; Datta & Lahiri 2000 for REML; Datta, Rao & Smith 2005 for the
// moment estimator). With few areas b can outweigh the rest; the estimate is
// never taken below g₁ + g₂, which would hold were σ² known. spread is x′Qx.
func (u uncertainty) sampled(psi, spread float64) float64 {
	all := u.between + psi
	rest := psi / all // 1 − γ
	g1 := u.between * rest
	g2 := rest * rest * spread
	g3 := rest * rest / all * u.variance
	return g1 + g2 + max(float64(2*g3)-float64(u.bias*rest*rest), 0)
}

// synthetic is the mean squared error of a prediction without sample,
// σ² + x′Qx.
func (u uncertainty) synthetic(spread float64) float64 { return u.between + spread }
