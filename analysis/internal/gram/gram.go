// Package gram sums products of columns: what regressions and covariances of many
// rows spend their time on.
//
// Columns of equal length come in, a few hundred rows at a time so that they stay
// in the processor's first cache; sums of products and linear combinations go out.
// Products are converted to float64 before they are added, so that no processor
// fuses the two and rounds differently. It leaves out all meaning.
package gram

// Rows is the number of rows to give at a time.
const Rows = 256

// Add adds Σ a_j·b_k over the rows to sum[j·p+k] for each k ≥ j, p being the number
// of columns of a and of b. What stands below the diagonal has no meaning.
func Add(sum []float64, a, b [][]float64) {
	p := len(b)
	for j, left := range a {
		AddTo(sum[j*p:(j+1)*p], left, b, j&^3)
	}
}

// AddTo adds Σ a·b_k over the rows to sum[k], for each k from one on, which is a
// multiple of 4.
func AddTo(sum, a []float64, b [][]float64, from int) {
	for ; from+4 <= len(b); from += 4 {
		four := (*[4][]float64)(b[from:])
		s0, s1, s2, s3 := dots(a, four)
		sum[from] += s0
		sum[from+1] += s1
		sum[from+2] += s2
		sum[from+3] += s3
	}
	for ; from < len(b); from++ {
		sum[from] += dot(a, b[from])
	}
}

// dots are four products side by side, as additions to one would wait for one
// another.
func dots(a []float64, b *[4][]float64) (s0, s1, s2, s3 float64) {
	b0, b1, b2, b3 := b[0][:len(a)], b[1][:len(a)], b[2][:len(a)], b[3][:len(a)]
	for i, x := range a {
		s0 += float64(x * b0[i])
		s1 += float64(x * b1[i])
		s2 += float64(x * b2[i])
		s3 += float64(x * b3[i])
	}
	return s0, s1, s2, s3
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	even, odd := 0.0, 0.0
	for len(a) > 1 {
		even += float64(a[0] * b[0])
		odd += float64(a[1] * b[1])
		a, b = a[2:], b[2:]
	}
	if len(a) > 0 {
		even += float64(a[0] * b[0])
	}
	return even + odd
}

// Combine sets each row to Σ c_k·x_k.
func Combine(into, c []float64, x [][]float64) {
	clear(into)
	for len(x) >= 4 {
		combineFour(into, (*[4]float64)(c), (*[4][]float64)(x))
		c, x = c[4:], x[4:]
	}
	for k, column := range x {
		column = column[:len(into)]
		for i := range into {
			into[i] += float64(c[k] * column[i])
		}
	}
}

func combineFour(into []float64, c *[4]float64, x *[4][]float64) {
	x0, x1, x2, x3 := x[0][:len(into)], x[1][:len(into)], x[2][:len(into)], x[3][:len(into)]
	for i := range into {
		into[i] += float64(c[0]*x0[i]) + float64(c[1]*x1[i]) + float64(c[2]*x2[i]) + float64(c[3]*x3[i])
	}
}
