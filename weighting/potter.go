package weighting

import (
	"math"
	"slices"

	"barometer/survey/microdata"
)

// MSELimit chooses the upper limit of a trim where the estimated mean squared
// error of weighted means is least: a lower limit costs bias, a higher one
// variance (Potter 1990). For the mean of each variable and each candidate
// limit t,
//
//	MSE(t) = (ȳ_t − ȳ)² − v(ȳ) + 2·√(v(ȳ_t)·v(ȳ)),
//
// ȳ the mean with untrimmed weights, v the linearised variance of a weighted
// mean with replacement, Σ(w·(y − ȳ)/Σw)²·n/(n−1). The limit with the least
// average of MSE(t)/v(ȳ) over the variables is taken; it is none where trimming
// does not pay. Rows without a value of a variable take no part in its mean; a
// categorical variable counts as the share of each of its categories.
type MSELimit struct {
	Variables  []string `yaml:"variables"`
	Candidates int      `yaml:"candidates"` // limits tried, evenly spaced from the median to the largest weight; 0 = 50
}

const defaultCandidates = 50

func (m *MSELimit) check() error {
	switch {
	case len(m.Variables) == 0:
		return failf(BadCase, "mse needs variables: the answers whose means the limit is to serve")
	case m.Candidates < 0 || m.Candidates > 1000:
		return failf(BadCase, "mse: %d candidates; give a number up to 1000", m.Candidates)
	}
	return nil
}

// candidateLimit is a limit with what it was estimated to cost.
type candidateLimit struct{ limit, mse float64 }

// limit returns the limit chosen, ∞ where none pays, and the relative mean
// squared error of every candidate. cut makes the weights trimmed at a limit.
func (m *MSELimit) limit(data *microdata.Data, w []float64, cut func(limit float64) ([]float64, error)) (float64, []candidateLimit, error) {
	ys, err := m.outcomes(data, w)
	if err != nil {
		return 0, nil, err
	}
	before := make([]meanVariance, len(ys))
	for k, y := range ys {
		before[k] = weightedMean(y, w)
	}
	best, least := math.Inf(1), 1.0 // not trimming: MSE = v(ȳ)
	var tried []candidateLimit
	for _, limit := range m.candidates(w) {
		trimmed, err := cut(limit)
		if CodeOf(err) == CalibrationInfeasible {
			continue // too low to hold the sum
		}
		if err != nil {
			return 0, nil, err
		}
		mse := relativeMSE(ys, trimmed, before)
		tried = append(tried, candidateLimit{limit, mse})
		if mse < least-1e-12 {
			best, least = limit, mse
		}
	}
	return best, tried, nil
}

func (m *MSELimit) candidates(w []float64) []float64 {
	positive := slices.DeleteFunc(slices.Clone(w), func(x float64) bool { return x == 0 })
	slices.Sort(positive)
	low, high := quantile(positive, 0.5), positive[len(positive)-1]
	count := m.Candidates
	if count == 0 {
		count = defaultCandidates
	}
	limits := make([]float64, count)
	for i := range limits {
		limits[i] = high - float64((high-low)*float64(i+1)/float64(count))
	}
	return limits
}

func relativeMSE(ys [][]float64, w []float64, before []meanVariance) float64 {
	var sum float64
	for k, y := range ys {
		after, v := weightedMean(y, w), before[k].variance
		bias := after.mean - before[k].mean
		sum += (float64(bias*bias) - v + float64(2*math.Sqrt(after.variance*v))) / v
	}
	return sum / float64(len(ys))
}

// outcomes reads the variables as columns of numbers, NaN where there is no
// value. Variables that do not vary among rows with weight are left out.
func (m *MSELimit) outcomes(data *microdata.Data, w []float64) ([][]float64, error) {
	var ys [][]float64
	for _, name := range m.Variables {
		c, err := data.Column(name)
		if err != nil {
			return nil, failf(BadData, "%v, and the mse limit is to serve it", err)
		}
		for _, y := range numeric(c) {
			if weightedMean(y, w).variance > 0 {
				ys = append(ys, y)
			}
		}
	}
	if len(ys) == 0 {
		return nil, failf(BadData, "no variable of the mse limit varies among the rows with weight")
	}
	return ys, nil
}

// numeric returns the values of a column, or of each category the indicator.
func numeric(c *microdata.Column) [][]float64 {
	if c.IsNumeric() {
		return [][]float64{c.Number}
	}
	ys := make([][]float64, len(c.Levels))
	for k := range ys {
		ys[k] = make([]float64, len(c.Code))
		for i, code := range c.Code {
			switch {
			case code < 0:
				ys[k][i] = math.NaN()
			case int(code) == k:
				ys[k][i] = 1
			}
		}
	}
	return ys
}

type meanVariance struct{ mean, variance float64 }

// weightedMean returns Σwy/Σw and its linearised variance with replacement.
func weightedMean(y, w []float64) meanVariance {
	var n int
	var sum, weight float64
	for i, x := range w {
		if x > 0 && !math.IsNaN(y[i]) {
			n++
			weight += x
			sum += float64(x * y[i])
		}
	}
	if n < 2 {
		return meanVariance{mean: sum / weight}
	}
	m := meanVariance{mean: sum / weight}
	for i, x := range w {
		if x > 0 && !math.IsNaN(y[i]) {
			u := x * (y[i] - m.mean) / weight
			m.variance += float64(u * u)
		}
	}
	m.variance *= float64(n) / float64(n-1)
	return m
}
