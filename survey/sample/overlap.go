package sample

import "math"

// Overlap counts the units that two samples have in common. Samples drawn with
// the same seed from the same place of the line of random numbers share as many
// as their allocations allow; a later [Plan.Start] or a [Plan.Rotation] makes
// them share fewer.
func Overlap(a, b *Sample) int {
	in := make(map[string]bool, len(a.Units))
	for _, u := range a.Units {
		in[u.PNumber] = true
	}
	n := 0
	for _, u := range b.Units {
		if in[u.PNumber] {
			n++
		}
	}
	return n
}

// Drawn is a sample with the plan it was drawn by.
type Drawn struct {
	*Sample
	Plan Plan
}

// ExpectedOverlap is the number of units that two simple random samples are
// planned to share if the frame is the same: of every stratum that both have,
// the arc of the circle of random numbers on which both select. With different
// seeds, or where units are selected in another way, only chance makes them
// share any.
func ExpectedOverlap(a, b Drawn) float64 {
	windows := make(map[string]window, len(a.Strata))
	for _, s := range a.Strata {
		windows[s.Code] = a.Plan.window(s)
	}
	together := a.Seed == b.Seed && !a.Plan.Selection.keepsAll() && !b.Plan.Selection.keepsAll()
	n := 0.0
	for _, s := range b.Strata {
		w, both := windows[s.Code]
		switch v := b.Plan.window(s); {
		case both && together:
			n += float64(s.N) * w.common(v)
		case both:
			n += float64(s.N) * w.length * v.length
		}
	}
	return n
}

// window is the arc of the circle on which a stratum's units are selected, in
// shares of the circle.
type window struct{ start, length float64 }

func (p Plan) window(s Stratum) window {
	f := float64(s.Take) / float64(s.N)
	return window{start: p.Start + p.Rotation*f, length: f}
}

// common is the length of the circle that two windows share.
func (w window) common(v window) float64 {
	ahead := math.Mod(v.start-w.start, 1)
	if ahead < 0 {
		ahead++
	}
	// v begins ahead of w, and once round the circle ends behind where it began.
	return max(0, min(w.length-ahead, v.length)) + max(0, min(ahead+v.length-1, w.length))
}
