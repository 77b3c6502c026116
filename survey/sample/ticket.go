package sample

import (
	"cmp"
	"container/heap"
	"strings"

	"barometer/survey/frame"
)

// ticket is a unit in the draw of its stratum.
type ticket struct {
	frame.Unit
	number uint64  // permanent random number, counted from where the stratum's selection begins
	chance float64 // inclusion probability
}

func (t ticket) compare(u ticket) int {
	if t.number != u.number { // nearly always
		return cmp.Compare(t.number, u.number)
	}
	return strings.Compare(t.PNumber, u.PNumber)
}

// keep holds the n tickets of the cell that come first, the last of them on
// top of the heap (Ohlsson 1995, sequential simple random sampling).
func (c *cell) keep(t ticket, n int) {
	h := (*tickets)(&c.drawn)
	switch {
	case len(c.drawn) < n:
		heap.Push(h, t)
	case n > 0 && t.compare(c.drawn[0]) < 0:
		c.drawn[0] = t
		heap.Fix(h, 0)
	}
}

// tickets is a heap with the last ticket on top.
type tickets []ticket

func (h tickets) Len() int           { return len(h) }
func (h tickets) Less(i, j int) bool { return h[i].compare(h[j]) > 0 }
func (h tickets) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *tickets) Push(t any)        { *h = append(*h, t.(ticket)) }
func (h *tickets) Pop() any          { panic("sample: no ticket is taken out") }
