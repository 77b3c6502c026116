package benchmark

import (
	"math"

	"barometer/analysis/table"
	"barometer/internal/i18n"
)

// Verdict is how an own answer stands to its peers. There are these four and no
// others: nothing is ranked.
type Verdict string

const (
	Above  Verdict = "above" // clearly above
	Alike  Verdict = "alike" // no clear difference
	Below  Verdict = "below" // clearly below
	TooFew Verdict = "few"   // too few answers to say
)

var verdictWords = map[Verdict]i18n.Text{
	Above:  {DA: "klart over", EN: "clearly above"},
	Alike:  {DA: "ingen klar forskel", EN: "no clear difference"},
	Below:  {DA: "klart under", EN: "clearly below"},
	TooFew: {DA: "for få svar", EN: "too few answers"},
}

// Words says the verdict.
func (v Verdict) Words() i18n.Text { return verdictWords[v] }

// judge compares one answer with the figure of its peers.
//
// A yes is above where fewer than half of the peers say yes, and a no below where
// more than half do, if the whole interval says so. A score is above or below
// where it lies outside the range in which most workplaces lie: the mean, two
// standard deviations, and the uncertainty of the mean. The deviation is that of
// the answers as far as the published standard error and their number tell it.
func judge(kind table.Kind, own float64, peers table.Figure) Verdict {
	low, high := 0.5, 0.5
	up, down := own > 0.5 && peers.High < low, own < 0.5 && peers.Low > high
	if kind == table.Score {
		reach := 2*peers.SE*math.Sqrt(float64(peers.N)) + (peers.High-peers.Low)/2
		up, down = own > peers.Value+reach, own < peers.Value-reach
	}
	switch {
	case up:
		return Above
	case down:
		return Below
	}
	return Alike
}
