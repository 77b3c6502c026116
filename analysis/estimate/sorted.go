package estimate

import (
	"math"
	"slices"
	"sort"
)

// sortedValues are the values of a domain in ascending order with their cumulated
// weights. Of many only that part is sorted that is asked for: rows are put into
// buckets by the leading bits of their values, and a bucket is sorted when one of
// its places is looked at. A quantile and its interval look at three.
type sortedValues struct {
	sheet   *Sheet
	values  []float64 // by row
	entered []bool

	rows    []int32   // bucket by bucket
	cum     []float64 // in buckets that are sorted, and at the end of every one
	buckets []bucket
}

// bucket is a run of rows; it starts where the one before ends.
type bucket struct {
	key    uint64 // leading bits of the values; 0 of a single bucket
	end    int
	sum    compensated // of all weights up to its end
	sorted bool
}

// compensated is a sum that carries along what rounding loses, so that at the end
// of a run of equal weights the share is the fraction it should be.
type compensated struct{ sum, lost float64 }

func (c *compensated) add(x float64) {
	next := c.sum + x
	part := next - c.sum
	c.lost += (c.sum - (next - part)) + (x - part)
	c.sum = next
}

func (c *compensated) value() float64 { return c.sum + c.lost }

func (sh *Sheet) sorted(values []float64, domainOf []int32, domain int32) *sortedValues {
	q := &sortedValues{sheet: sh, values: values, entered: make([]bool, sh.Rows())}
	for row, d := range domainOf {
		if d == domain && !math.IsNaN(values[row]) {
			q.entered[row] = true
			if sh.Weight[row] > 0 {
				q.rows = append(q.rows, int32(row))
			}
		}
	}
	q.buckets = []bucket{{end: len(q.rows)}}
	if len(q.rows) >= sortedByRadix {
		q.split()
	}
	q.cum = make([]float64, len(q.rows))
	var sum compensated
	from := 0
	for i := range q.buckets {
		b := &q.buckets[i]
		for _, row := range q.rows[from:b.end] {
			sum.add(sh.Weight[row])
		}
		b.sum, from = sum, b.end
		if b.end > 0 {
			q.cum[b.end-1] = sum.value()
		}
	}
	return q
}

// bucketBits is how many leading bits tell buckets apart: sign, exponent and four
// bits of the fraction.
const bucketBits = 16

func bucketKey(x float64) uint64 { return orderedBits(x) >> (64 - bucketBits) }

// split puts the rows into buckets, those of one in the order they have.
func (q *sortedValues) split() {
	counts := make([]int32, 1<<bucketBits)
	for _, row := range q.rows {
		counts[bucketKey(q.values[row])]++
	}
	q.buckets = q.buckets[:0]
	at := int32(0)
	for key, n := range counts {
		counts[key] = at
		if at += n; n > 0 {
			q.buckets = append(q.buckets, bucket{key: uint64(key), end: int(at)})
		}
	}
	rows := make([]int32, len(q.rows))
	for _, row := range q.rows {
		to := &counts[bucketKey(q.values[row])]
		rows[*to] = row
		*to++
	}
	q.rows = rows
}

// sort sorts a bucket, unless it is, and returns where it starts.
func (q *sortedValues) sort(i int) (from int) {
	var sum compensated
	if i > 0 {
		from, sum = q.buckets[i-1].end, q.buckets[i-1].sum
	}
	b := &q.buckets[i]
	if b.sorted {
		return from
	}
	b.sorted = true
	ascending(q.rows[from:b.end], q.values)
	for k, row := range q.rows[from : b.end-1] { // the end is known
		sum.add(q.sheet.Weight[row])
		q.cum[from+k] = sum.value()
	}
	return from
}

// bucketOf sorts the bucket of a place.
func (q *sortedValues) bucketOf(place int) {
	q.sort(sort.Search(len(q.buckets), func(i int) bool { return q.buckets[i].end > place }))
}

// value returns the value at a place in ascending order.
func (q *sortedValues) value(place int) float64 {
	q.bucketOf(place)
	return q.values[q.rows[place]]
}

// upTo returns the weight up to and with a place.
func (q *sortedValues) upTo(place int) float64 {
	q.bucketOf(place)
	return q.cum[place]
}

func (q *sortedValues) total() float64 { return q.cum[len(q.cum)-1] }

// reaching returns the first place up to which there is that much weight, behind
// the last where there is not.
func (q *sortedValues) reaching(weight float64) int {
	i := sort.Search(len(q.buckets), func(i int) bool { return q.cum[q.buckets[i].end-1] >= weight })
	if i == len(q.buckets) {
		return len(q.rows)
	}
	from := q.sort(i)
	at, _ := slices.BinarySearch(q.cum[from:q.buckets[i].end], weight)
	return from + at
}

// notAbove returns the weight of the values up to and with one.
func (q *sortedValues) notAbove(value float64) float64 {
	i := len(q.buckets) - 1
	if i > 0 {
		key := bucketKey(value)
		i = sort.Search(len(q.buckets), func(i int) bool { return q.buckets[i].key > key }) - 1
	}
	if i < 0 {
		return 0
	}
	from := q.sort(i)
	rows := q.rows[from:q.buckets[i].end]
	n := from + sort.Search(len(rows), func(k int) bool { return q.values[rows[k]] > value })
	if n == 0 {
		return 0
	}
	return q.cum[n-1]
}
