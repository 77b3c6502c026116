package sample

import (
	"fmt"
	"math"
)

// z95 is the 97.5 % point of the standard normal distribution.
const z95 = 1.959963984540054

// half is the standard deviation of a share of one half, the largest there is.
const half = 0.5

// Assumptions are what a plan reckons with before anyone has answered.
type Assumptions struct {
	ResponseRate float64 // in every stratum, above 0 and at most 1
	DesignEffect float64 // by which unequal weights raise a variance, at least 1
}

func (a Allocation) assumptions() Assumptions {
	return Assumptions{ResponseRate: a.ResponseRate, DesignEffect: max(a.DesignEffect, 1)}
}

// Assumptions returns what the plan states, and those given where it states none.
func (p Plan) Assumptions(otherwise Assumptions) Assumptions {
	if p.Allocation.ResponseRate != 0 {
		otherwise.ResponseRate = p.Allocation.ResponseRate
	}
	if p.Allocation.DesignEffect != 0 {
		otherwise.DesignEffect = p.Allocation.DesignEffect
	}
	return otherwise
}

func (a Assumptions) check() error {
	switch {
	case !(a.ResponseRate > 0 && a.ResponseRate <= 1):
		return fmt.Errorf("response_rate is %v, must be above 0 and at most 1", a.ResponseRate)
	case !(a.DesignEffect >= 1 && a.DesignEffect <= 100):
		return fmt.Errorf("design_effect is %v, must be from 1 to 100", a.DesignEffect)
	}
	return nil
}

// layer is a stratum as a part of a domain: its units, those selected, and the
// standard deviation of the item in question.
type layer struct{ size, take, deviation float64 }

// halfWidth is 100·1.96·√(deff·Σ (N_h/N)²·S_h²·(1/(r·n_h) − 1/N_h)), in
// percentage points: respondents are taken as a simple random sample of r·n_h
// units of their stratum (Cochran 1977, Sampling Techniques, 5.3).
func (a Assumptions) halfWidth(domain []layer) float64 {
	var all, variance float64
	for _, l := range domain {
		all += l.size
	}
	for _, l := range domain {
		d := l.size / all * l.deviation
		variance += float64(d * d * (1/(a.ResponseRate*l.take) - 1/l.size))
	}
	return 100 * z95 * math.Sqrt(max(0, a.DesignEffect*variance))
}
