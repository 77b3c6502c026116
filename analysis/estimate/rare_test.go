package estimate

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// Of a share that nobody has, the upper limit solves (1 − p)ⁿ = α/2 for n
// effective trials: the rows over the design effect of others.
func TestRareIntervalOfNobody(t *testing.T) {
	e := Estimate{Value: 0, N: 60, DF: 59}
	for _, deff := range []float64{1, 1.5, 3} {
		low, high := RareInterval(e, 0.95, e.EffectiveRows(deff))
		near(t, "high", high, 1-math.Pow(0.025, deff/60), 1e-9)
		if low != 0 {
			t.Errorf("low = %v", low)
		}
	}
	fewer := e
	fewer.DF = 5
	if _, high := RareInterval(fewer, 0.95, 60); high < 1.3*(1-math.Pow(0.025, 1.0/60)) {
		t.Errorf("five degrees of freedom leave the limit at %v", high)
	}
}

// A standard error that claims more than the pooled design effect is not
// believed, and one that claims less is.
func TestRareIntervalTakesTheLargerVariance(t *testing.T) {
	e := Estimate{Value: 0.02, N: 100, Positive: 2, DF: 99}
	size := e.EffectiveRows(2)
	e.SE = math.Sqrt(0.02 * 0.98 / 400)
	_, bold := RareInterval(e, 0.95, size)
	near(t, "high", bold, distuv.Beta{Alpha: 50*0.02 + 1, Beta: 50 * 0.98}.Quantile(0.975), 1e-9)
	e.SE = math.Sqrt(0.02 * 0.98 / 20)
	if _, timid := RareInterval(e, 0.95, size); timid < bold {
		t.Errorf("a larger standard error gives the limit %v, the pooled one %v", timid, bold)
	}
}

func TestPooledDeff(t *testing.T) {
	share := func(p, deff float64, n int) Estimate {
		return Estimate{Value: p, N: n, Positive: int(p * float64(n)), SE: math.Sqrt(deff * p * (1 - p) / float64(n))}
	}
	rare := share(0.02, 0.1, 200)
	for want, list := range map[float64][]Estimate{
		1:   {rare},
		1.4: {share(0.3, 1.4, 100), rare, share(0.5, 9, 100), share(0.9, 1.2, 100)},
		1.3: {share(0.3, 1.4, 100), share(0.9, 1.2, 100)},
	} {
		near(t, "pooled design effect", PooledDeff(list), want, 1e-12)
	}
}
