// Package sample draws the sample of a wave from its frame.
//
// A frame.Frame, a [Plan] and a seed come in; a [Sample] goes out: the selected
// units with stratum, inclusion probability and design weight. Strata are
// allocated by the plan, and within each a simple random sample is taken
// without replacement by permanent random numbers. The same seed and frame give
// the same sample on every platform, and a unit added to the frame changes
// nobody else's number. Contacting the units is left to package contact.
//
// The seed is a secret of the wave until release: with a P-number it gives the
// unit's key.
package sample

import "barometer/survey/frame"

// Stratum is one cell of the stratification with its allocation.
type Stratum struct {
	Code string // "K-DAG.20-49"
	N    int    // units in the frame
	Take int    // units to select

	// Codes that all units of the stratum share, "" where they differ.
	Sector, Subsector, Size, Region string
}

// Selected is one unit of the sample.
type Selected struct {
	frame.Unit
	Key           string  // random key of the unit in this wave; the only name later stages know
	Size          string  // code of codebook.Sizes
	Stratum       string  // code of its stratum
	StratumN      int     // units of the stratum in the frame (the fpc count)
	StratumTake   int     // units of the stratum in the sample
	InclusionProb float64 // StratumTake / StratumN
	DesignWeight  float64 // StratumN / StratumTake
}

// Sample is the result of one draw.
type Sample struct {
	Wave      string
	FrameHash string
	Seed      uint64
	Strata    []Stratum  // in the order of their classifications
	Units     []Selected // by stratum, then permanent random number
}

// Overlap counts the units that two samples have in common. Samples drawn with
// the same seed from the same place of the line of random numbers share as many
// as their allocations allow; a later [Plan.Start] makes them share fewer.
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
