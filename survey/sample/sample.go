// Package sample draws the sample of a wave from its frame.
//
// A frame.Frame, a [Plan] and a seed come in; a [Sample] goes out: the selected
// units with stratum, inclusion probability and design weight. Strata are
// allocated by the plan, and within each a simple random sample is taken
// without replacement by permanent random numbers, or units are selected
// systematically or with probability proportional to size. The same seed and
// frame give the same sample on every platform, and a unit added to the frame
// changes nobody else's number. Contacting the units is left to package contact.
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

	Reserve int // units that stand by, in order; 0 in a sample read from a file

	// Codes that all units of the stratum share, "" where they differ.
	Sector, Subsector, Size, Region string
	Classes                         []string // of the plan's own classes, in order; nil in a sample read from a file
}

// Selected is one unit of the sample.
type Selected struct {
	frame.Unit
	Key           string  // random key of the unit in this wave; the only name later stages know
	Size          string  // code of codebook.Sizes
	Stratum       string  // code of its stratum
	StratumN      int     // units of the stratum in the frame (the fpc count)
	StratumTake   int     // units of the stratum in the sample
	InclusionProb float64 // StratumTake / StratumN, or by size
	DesignWeight  float64 // 1 / InclusionProb
}

// Sample is the result of one draw.
type Sample struct {
	Wave      string
	FrameHash string
	Seed      uint64
	Selection string     // "srs", "pivotal by employees"
	Strata    []Stratum  // in the order of their classifications
	Units     []Selected // by stratum, then permanent random number
	Reserve   []Selected // the units that stand by, in the order they would be released; their weights are nobody's
}
