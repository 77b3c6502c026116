package estimate

import (
	"context"
	"math"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"barometer/weighting/replicate"
)

// The values of five 0/1 items make one pattern, a number to base 3 (0, 1 or
// missing) that fits a byte; four patterns make a word.
const (
	blockItems    = 5
	blockPatterns = 243
	wordBlocks    = 4
	wordItems     = wordBlocks * blockItems
)

// wordSums are Σw by pattern, for each block of a word: 8 KB, so that they stay
// in the processor's first cache while the rows of a domain are added.
type wordSums [wordBlocks][256]float64

// patternTable holds rows of 0/1 items so that a replicate of every estimate
// costs four additions a row for each twenty items: Σw by domain and pattern is
// enough to know each item's sums.
type patternTable struct {
	parts []patternPart
}

// patternPart holds the rows of a breakdown's domains, stratum by stratum and
// within a stratum domain by domain.
type patternPart struct {
	domains int
	runs    []patternRun
	until   []int     // the end of each stratum's runs
	member  []uint32  // place of each row's unit within its stratum
	weight  []float64 // of each row
	row     []int32   // of the data
	words   [][]uint32
}

// patternRun is rows of one stratum and domain; it starts where the one before
// ends.
type patternRun struct{ domain, end int }

// tabulate reads the items. It returns nil where one of them is no 0/1 item.
func (s *Sample) tabulate(ctx context.Context, src Source, parts []*partition, list []Item) (*patternTable, error) {
	var columns columnList
	items, err := plan(ctx, src, &columns, list)
	if err != nil || slices.ContainsFunc(items, func(it plannedItem) bool { return it.den >= 0 }) {
		return nil, err
	}
	t := &patternTable{parts: make([]patternPart, len(parts))}
	at := make([][]int32, len(parts))
	within := s.withinStratum()
	for p, part := range parts {
		at[p] = t.parts[p].place(s, part, within, len(items))
	}
	var others atomic.Bool // values other than 0 and 1
	err = src.Scan(ctx, columns, func(_ int, c *Chunk) error {
		if !others.Load() && !t.add(c, items, at) {
			others.Store(true)
		}
		return nil
	})
	if err != nil || others.Load() {
		return nil, err
	}
	return t, nil
}

// withinStratum returns the place of each stage-1 unit among those of its
// stratum.
func (s *Sample) withinStratum() []uint32 {
	stage := s.Design.Stages[0]
	members := make([]uint32, len(stage.Strata))
	within := make([]uint32, len(stage.Stratum))
	for unit, h := range stage.Stratum {
		if h >= 0 {
			within[unit] = members[h]
			members[h]++
		}
	}
	return within
}

// place orders the rows of the part's domains and returns the place of each
// row, -1 outside them.
func (t *patternPart) place(s *Sample, part *partition, within []uint32, items int) []int32 {
	stage := s.Design.Stages[0]
	t.domains = len(part.domains)
	next := make([]int, len(stage.Strata)*t.domains) // rows by stratum and domain, then the next row's place
	key := func(row int, cell int32) int {
		return int(stage.Stratum[s.firstUnit(row)])*t.domains + int(part.cells[cell].domain)
	}
	for row, cell := range part.cell {
		if cell >= 0 {
			next[key(row, cell)]++
		}
	}
	n := 0
	for h := range stage.Strata {
		for d := range t.domains {
			i := h*t.domains + d
			rows := next[i]
			next[i] = n
			if n += rows; rows > 0 {
				t.runs = append(t.runs, patternRun{d, n})
			}
		}
		t.until = append(t.until, len(t.runs))
	}
	t.member, t.weight, t.row = make([]uint32, n), make([]float64, n), make([]int32, n)
	for range (items + wordItems - 1) / wordItems {
		t.words = append(t.words, make([]uint32, n))
	}
	at := make([]int32, len(part.cell))
	for row, cell := range part.cell {
		at[row] = -1
		if cell < 0 {
			continue
		}
		k := key(row, cell)
		at[row] = int32(next[k])
		t.member[next[k]], t.weight[next[k]], t.row[next[k]] = within[s.firstUnit(row)], s.Weight[row], int32(row)
		next[k]++
	}
	return at
}

// add notes the patterns of a chunk's rows and reports whether its items are 0/1.
func (t *patternTable) add(c *Chunk, items []plannedItem, at [][]int32) bool {
	word, bits := make([]uint32, c.Rows), make([]uint8, c.Rows)
	for from := 0; from < len(items); from += wordItems {
		clear(word)
		digit := uint32(1)
		for k, it := range items[from:min(from+wordItems, len(items))] {
			if k%blockItems == 0 {
				digit = 1 << (8 * (k / blockItems))
			}
			if !it.spell(c, bits) {
				return false
			}
			for row, x := range bits {
				word[row] += digit * uint32(x)
			}
			digit *= 3
		}
		for p := range t.parts {
			words := t.parts[p].words[from/wordItems]
			for row, to := range at[p][c.Start : c.Start+c.Rows] {
				if to >= 0 {
					words[to] = word[row]
				}
			}
		}
	}
	return true
}

// spell writes an item a byte a row: 0, 1, and 2 for missing. It returns false
// where there are other values.
func (it plannedItem) spell(c *Chunk, into []uint8) bool {
	v := c.Columns[it.num]
	switch {
	case it.isLevel:
		spellLevel(into, v.Code, it.level)
		return true
	case v.Bits.Known != nil:
		v.Bits.spell(into)
		return true
	}
	for i, x := range v.Number {
		switch {
		case x == 0 || x == 1:
			into[i] = uint8(x)
		case math.IsNaN(x):
			into[i] = 2
		default:
			return false
		}
	}
	return true
}

func spellLevel(into []uint8, codes []int32, level int32) {
	for i, code := range codes {
		switch {
		case code < 0:
			into[i] = 2
		case code == level:
			into[i] = 1
		default:
			into[i] = 0
		}
	}
}

// values returns the value of every estimate in every replicate, replicates
// side by side on all processors. Each is summed by one of them, row by row, so
// their number changes no bit.
func (t *patternTable) values(ctx context.Context, set *replicate.Set, parts []*partition, items []Item, workers int) ([][]float64, error) {
	out := make([][]float64, set.Count())
	g, ctx := errgroup.WithContext(ctx)
	for worker := range workers {
		g.Go(func() error {
			w := t.worker(set)
			for r := worker; r < len(out); r += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				w.sum(r)
				out[r] = w.estimates(parts, items)
			}
			return nil
		})
	}
	return out, g.Wait()
}

// patternWorker sums one replicate after the other.
type patternWorker struct {
	*patternSums
	set     *replicate.Set
	factors []float64
}

// patternSums are the sums under one set of weights.
type patternSums struct {
	*patternTable
	sums [][]wordSums // by part; for each word of each domain
}

func (t *patternTable) sums() *patternSums {
	w := &patternSums{patternTable: t}
	for _, p := range t.parts {
		w.sums = append(w.sums, make([]wordSums, p.domains*len(p.words)))
	}
	return w
}

func (t *patternTable) worker(set *replicate.Set) *patternWorker {
	w := &patternWorker{patternSums: t.sums(), set: set}
	most := 0
	for _, p := range t.parts {
		for h := range p.until {
			most = max(most, set.Size(h))
		}
	}
	w.factors = make([]float64, most)
	return w
}

// sum adds the weights of a replicate by domain and pattern.
func (w *patternWorker) sum(r int) {
	for _, sums := range w.sums {
		clear(sums)
	}
	for h := range w.parts[0].until {
		f := w.factors[:w.set.Size(h)]
		w.set.Stratum(r, h, f)
		for p := range w.parts {
			w.parts[p].addStratum(h, f, w.sums[p])
		}
	}
}

// addStratum adds the rows of a stratum, whose units have the given factors.
func (t *patternPart) addStratum(h int, factors []float64, sums []wordSums) {
	first, from := 0, 0
	if h > 0 {
		first = t.until[h-1]
	}
	if first > 0 {
		from = t.runs[first-1].end
	}
	for _, run := range t.runs[first:t.until[h]] {
		for k, words := range t.words {
			sums[run.domain*len(t.words)+k].add(words[from:run.end], t.member[from:run.end], t.weight[from:run.end], factors)
		}
		from = run.end
	}
}

// add is the loop in which the time of replicates goes.
func (s *wordSums) add(words, member []uint32, weight, factors []float64) {
	member, weight = member[:len(words)], weight[:len(words)]
	for i, word := range words {
		s.addOne(word, float64(weight[i]*factors[member[i]]))
	}
}

// addOne adds one row.
func (s *wordSums) addOne(word uint32, w float64) {
	s[0][uint8(word)] += w
	s[1][uint8(word>>8)] += w
	s[2][uint8(word>>16)] += w
	s[3][uint8(word>>24)] += w
}

// evaluator sums other weights than those of the table, one a row of the data.
func (t *patternTable) evaluator(parts []*partition, items []Item) evaluator {
	s := t.sums()
	return func(weights []float64) []float64 {
		for p := range t.parts {
			clear(s.sums[p])
			t.parts[p].addWeights(weights, s.sums[p])
		}
		return s.estimates(parts, items)
	}
}

// addWeights adds weights of the data's rows.
func (t *patternPart) addWeights(weights []float64, sums []wordSums) {
	from := 0
	for _, run := range t.runs {
		for k, words := range t.words {
			s := &sums[run.domain*len(t.words)+k]
			for i, word := range words[from:run.end] {
				s.addOne(word, weights[t.row[from+i]])
			}
		}
		from = run.end
	}
}

// estimates computes all estimates from the sums of a replicate, in the order
// of [Run].
func (w *patternSums) estimates(parts []*partition, items []Item) []float64 {
	at, n := positions(parts, len(items))
	out := make([]float64, n)
	for p, part := range w.parts {
		for i, it := range items {
			for d := range part.domains {
				word := &w.sums[p][d*len(part.words)+i/wordItems]
				zeros, ones := split(&word[i%wordItems/blockItems], i%blockItems)
				if it.Stat == Mean || it.Stat == Share {
					ones /= zeros + ones
				}
				out[at[i][p]+d] = ones
			}
		}
	}
	return out
}

// split adds the sums of the patterns in which an item is 0 and of those in
// which it is 1.
func split(sums *[256]float64, item int) (zeros, ones float64) {
	digit := 1
	for range item {
		digit *= 3
	}
	for from := 0; from < blockPatterns; from += 3 * digit {
		for _, w := range sums[from : from+digit] {
			zeros += w
		}
		for _, w := range sums[from+digit : from+2*digit] {
			ones += w
		}
	}
	return zeros, ones
}
