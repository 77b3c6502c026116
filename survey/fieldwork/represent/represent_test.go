package represent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"barometer/internal/testenv"
)

var variables = []Variable{{Name: "sector", Outside: true}, {Name: "subsector"}, {Name: "size"}, {Name: "region"}}

// drawn makes a sample of 22 strata and who answered in it: subsectors differ
// much, sizes a little, regions by chance alone.
func drawn(seed uint64) []Cell {
	random := rand.New(rand.NewPCG(seed, 1))
	var cells []Cell
	for s := range 8 {
		for z := range 3 {
			weight := 1 + float64((3*s+z)%5)*0.75
			for r := range 4 {
				c := Cell{
					Stratum: fmt.Sprintf("s%d.%d", s, z), Weight: weight, Units: 3 + random.IntN(25),
					Classes: []string{fmt.Sprintf("S%d", s/3), fmt.Sprintf("s%d", s), fmt.Sprintf("z%d", z), fmt.Sprintf("r%d", r)},
				}
				p := 1 / (1 + math.Exp(0.9-0.22*float64(s)+0.15*float64(z)))
				for range c.Units {
					if random.Float64() < p {
						c.Responded++
					}
				}
				cells = append(cells, c)
			}
		}
	}
	return cells
}

// peerScript reckons the indicator unit by unit: propensities by glm and by
// svyglm, the rest by the formulas of the RISQ manual.
const peerScript = `
suppressMessages({library(survey); library(jsonlite)})
d <- read.csv("%s", colClasses = c(stratum = "character"))
w <- d$weight / mean(d$weight)
fit <- suppressWarnings(glm(y ~ subsector + size + region, binomial, d, weights = w, epsilon = 1e-13, maxit = 60))
svy <- suppressWarnings(svyglm(y ~ subsector + size + region, svydesign(~1, strata = ~stratum, weights = ~weight, data = d),
  family = quasibinomial, epsilon = 1e-13, maxit = 60))
p <- fitted(fit); N <- sum(d$weight); m <- weighted.mean(p, d$weight)
v <- sum(d$weight * (p - m)^2) / (N - 1)
V <- vcov(fit); x <- model.matrix(fit)[, colnames(V)]; z <- p * (1 - p) * x
lambda1 <- sum(d$weight * rowSums((z %%*%% V) * z))
total <- sum(sapply(split(seq_along(p), d$stratum), function(i) {
  n <- length(i); Nh <- sum(d$weight[i]); if (n < 2) 0 else Nh^2 * max(0, 1 - n / Nh) * var(p[i]) / n }))
bias <- (lambda1 - total / N) / N
between <- sapply(c("sector", "subsector", "size", "region"), function(k) sqrt(sum(sapply(split(seq_along(p), d[[k]]), function(i)
  sum(d$weight[i]) / N * (weighted.mean(p[i], d$weight[i]) - m)^2))))
others <- list(subsector = c("size", "region"), size = c("subsector", "region"), region = c("subsector", "size"))
conditional <- sapply(others, function(k) sqrt(sum(sapply(split(seq_along(p), interaction(d[k], drop = TRUE)), function(i)
  sum(d$weight[i] * (p[i] - weighted.mean(p[i], d$weight[i]))^2))) / (N - 1)))
sandwich <- V %%*%% crossprod(x * w * sqrt(p * (1 - p))) %%*%% V
a <- colSums(d$weight * (p - m) * z) / N; zbar <- colSums(d$weight * z) / N
B <- crossprod(z * sqrt(d$weight)) / N - tcrossprod(zbar); BC <- B %%*%% sandwich; u <- (p - m)^2
drawn <- sum(sapply(split(seq_along(p), d$stratum), function(i) {
  n <- length(i); Nh <- sum(d$weight[i]); if (n < 2) 0 else Nh^2 * max(0, 1 - n / Nh) * var(u[i]) / n })) / N^2
curved <- 2 * sum(diag(BC %%*%% BC))
se <- sqrt(max(4 * drop(a %%*%% sandwich %%*%% a) - curved, curved) + drawn) / sqrt(max(0, v - bias))
cat(toJSON(list(se = se, r = 1 - 2 * sqrt(max(0, v - bias)), unadjusted = 1 - 2 * sqrt(v), mean = m, between = unname(between),
  conditional = unname(conditional), apart = max(abs(fitted(svy) - p))), digits = NA, auto_unbox = TRUE))
`

type peer struct {
	R, Unadjusted, Mean  float64
	SE                   float64
	Between, Conditional []float64
	Apart                float64
}

func inR(t *testing.T, cells []Cell) (found peer) {
	t.Helper()
	rscript := testenv.NeedR(t, "survey", "jsonlite")
	var b bytes.Buffer
	fmt.Fprintln(&b, "stratum,weight,y,sector,subsector,size,region")
	for _, c := range cells {
		for i := range c.Units {
			y := 0
			if i < c.Responded {
				y = 1
			}
			fmt.Fprintf(&b, "%s,%v,%d,%s,%s,%s,%s\n", c.Stratum, c.Weight, y, c.Classes[0], c.Classes[1], c.Classes[2], c.Classes[3])
		}
	}
	file := filepath.Join(t.TempDir(), "units.csv")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(rscript, "-e", fmt.Sprintf(peerScript, file)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return found
}

// R's glm and svyglm and the formulas written out unit by unit come to the same.
func TestPeerIndicator(t *testing.T) {
	for seed := range uint64(2) {
		cells := drawn(seed)
		want := inR(t, cells)
		got, err := Of(variables, cells)
		if err != nil {
			t.Fatal(err)
		}
		if want.Apart > 1e-9 {
			t.Errorf("seed %d: glm and svyglm differ by %v", seed, want.Apart)
		}
		same := func(name string, got, want float64) {
			if math.Abs(got-want) > 1e-8 {
				t.Errorf("seed %d: %s = %.10f, in R %.10f", seed, name, got, want)
			}
		}
		same("R", got.R, want.R)
		same("unadjusted", got.Unadjusted, want.Unadjusted)
		same("mean", got.Mean, want.Mean)
		same("standard error", got.Error, want.SE)
		for i, p := range got.Variables {
			same(p.Variable+" between", p.Between, want.Between[i])
			if i > 0 {
				same(p.Variable+" given others", p.Conditional, want.Conditional[i-1])
			}
		}
		if got.R <= got.Unadjusted {
			t.Errorf("seed %d: freed of bias the indicator is %v, not above %v", seed, got.R, got.Unadjusted)
		}
		if !(got.Variables[1].Between > got.Variables[2].Between) || !math.IsNaN(got.Variables[0].Conditional) {
			t.Errorf("seed %d: parts %+v", seed, got.Variables)
		}
	}
}

// Where nobody in a class has answered, its propensity is 0: the limit that R
// comes near.
func TestPeerClassWithoutAnswers(t *testing.T) {
	cells := drawn(3)
	for i := range cells {
		if cells[i].Classes[1] == "s2" {
			cells[i].Responded = 0
		}
	}
	want := inR(t, cells)
	got, err := Of(variables, cells)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Unadjusted-want.Unadjusted) > 1e-6 || math.Abs(got.R-want.R) > 1e-4 {
		t.Errorf("R %v (unadjusted %v), in R %v (%v)", got.R, got.Unadjusted, want.R, want.Unadjusted)
	}
	for _, c := range got.Variables[1].Classes {
		if c.Code == "s2" && (c.Mean != 0 || c.Part >= 0) {
			t.Errorf("class without answers: %+v", c)
		}
	}
}

func TestVariableThatFollowsFromAnotherChangesNothing(t *testing.T) {
	cells := drawn(4)
	inside := append([]Variable{{Name: "sector"}}, variables[1:]...)
	a, errA := Of(variables, cells)
	b, errB := Of(inside, cells)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if math.Abs(a.R-b.R) > 1e-9 || math.Abs(a.Mean-b.Mean) > 1e-9 {
		t.Errorf("R %v with the sector outside, %v inside", a.R, b.R)
	}
}

func TestUndefinedAndFaulty(t *testing.T) {
	one := func(responded int) []Cell {
		return []Cell{{Stratum: "a", Classes: []string{"x"}, Weight: 2, Units: 5, Responded: responded}}
	}
	v := []Variable{{Name: "size"}}
	for _, responded := range []int{0, 5} {
		if _, err := Of(v, one(responded)); !errors.Is(err, ErrUndefined) {
			t.Errorf("%d of 5 answered: %v", responded, err)
		}
	}
	if ind, err := Of(v, one(2)); err != nil || math.Abs(ind.Mean-0.4) > 1e-12 || ind.R != 1 {
		t.Errorf("one class: %+v, %v", ind, err)
	}
	for _, bad := range []Cell{{Weight: 0, Units: 1, Classes: []string{"x"}}, {Weight: 1, Units: 1}, {Weight: 1, Units: 1, Responded: 2, Classes: []string{"x"}}} {
		if _, err := Of(v, append(one(2), bad)); err == nil {
			t.Errorf("cell %+v is taken", bad)
		}
	}
}

// resampled is a population of strata from which a third to all are drawn and
// answer anew.
func resampled(random *rand.Rand, share float64) []Cell {
	type key struct{ stratum, region int }
	units, responded := map[key]int{}, map[key]int{}
	var cells []Cell
	for s := range 10 {
		size := 60 + 40*s
		n := size
		if share < 1 {
			n = int(share * float64(size) * (0.6 + 0.08*float64(s)))
		}
		for _, u := range random.Perm(size)[:n] {
			k := key{s, u % 3}
			units[k]++
			if random.Float64() < 1/(1+math.Exp(1.1-0.25*float64(s%5)-0.3*float64(k.region))) {
				responded[k]++
			}
		}
		for r := range 3 {
			k := key{s, r}
			if units[k] > 0 {
				cells = append(cells, Cell{
					Stratum: fmt.Sprint(s), Classes: []string{fmt.Sprint(s), fmt.Sprint(r)}, Weight: float64(size) / float64(n), Units: units[k], Responded: responded[k],
				})
			}
		}
	}
	return cells
}

// The standard error is the spread of the indicator over samples and answers
// drawn anew, with equal and unequal weights, and a census.
func TestStandardErrorIsTheSpreadOverSamples(t *testing.T) {
	for _, share := range []float64{1, 0.5, 0.3} {
		random := rand.New(rand.NewPCG(11, 12))
		var sum, squares, errors float64
		const draws = 1500
		n := 0.0
		for range draws {
			ind, err := Of([]Variable{{Name: "stratum"}, {Name: "region"}}, resampled(random, share))
			if err != nil {
				t.Fatal(err)
			}
			if math.IsNaN(ind.Error) {
				continue
			}
			n++
			sum += ind.R
			squares += ind.R * ind.R
			errors += ind.Error
		}
		spread, mean := math.Sqrt(squares/n-sum*sum/n/n), errors/n
		t.Logf("share %v: spread %.4f, standard error %.4f, R %.3f, %v of %v draws", share, spread, mean, sum/n, n, draws)
		if n < draws-5 || math.Abs(mean/spread-1) > 0.08 {
			t.Errorf("share %v: standard error %.4f on average, spread %.4f, in %v draws", share, mean, spread, n)
		}
	}
}
