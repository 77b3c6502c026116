package benchmark

import (
	"math"

	"barometer/analysis/table"
	"barometer/survey/questionnaire"
)

// Line is one indicator of a workplace beside its peers.
type Line struct {
	Indicator table.Indicator
	Own       float64 // 0 or 1 of a share, points of a score: one answer, without interval
	Peers     Peers   // without meaning where the verdict is TooFew
	Verdict   Verdict
}

// Compare sets a workplace's answers beside its peers, in the order of the
// table. included says that the answers are among those of the wave, and are to
// be taken out of the peers'. Indicators that the workplace has no answer to are
// left out. The error names a place that is none.
func (s *Source) Compare(a questionnaire.Answers, p Place, included bool) ([]Line, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	own, err := s.own(a)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, ind := range s.Table.Indicators() {
		value, ok := own[ind.ID]
		if !ok || math.IsNaN(value) {
			continue
		}
		line := Line{Indicator: ind, Own: value, Verdict: TooFew}
		if peers, ok := s.peers(ind.ID, p, value, included); ok {
			line.Peers, line.Verdict = peers, judge(ind.Kind, value, peers.Figure)
		}
		lines = append(lines, line)
	}
	return lines, nil
}
