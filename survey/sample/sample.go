// Package sample draws the sample of a wave from its frame.
//
// A frame.Frame, a plan and a seed come in; a [Sample] goes out: the selected
// units with stratum, inclusion probability and design weight. The same seed
// and frame give the same sample on every platform. Contacting the units is
// left to package contact.
package sample

import "barometer/survey/frame"

// Stratum is one cell of the stratification with its allocation.
type Stratum struct {
	Code string // "K-DAG.20-49"
	N    int    // units in the frame
	Take int    // units to select
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
	DesignWeight  float64 // 1 / InclusionProb
}

// Sample is the result of one draw.
type Sample struct {
	Wave      string
	FrameHash string
	Seed      uint64
	Strata    []Stratum
	Units     []Selected // by stratum, then permanent random number
}
