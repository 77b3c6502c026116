package benchmark

import (
	"fmt"
	"math"
	"slices"

	"barometer/analysis/table"
	"barometer/survey/codebook"
)

// Place is where a workplace belongs, by codes of the classifications. The sector
// is always known; subsector and size may be empty.
type Place struct {
	Sector    string `json:"sector"`
	Subsector string `json:"subsector"`
	Size      string `json:"size"`
}

// PlaceError names a place that there is not.
type PlaceError struct {
	Part string // "sector", "subsector" or "size"
	Code string
}

func (e *PlaceError) Error() string {
	return fmt.Sprintf("benchmark: %s %.20q is none, or does not belong to the sector", e.Part, e.Code)
}

// Check refuses codes that are none, and a subsector of another sector.
func (p Place) Check() error {
	if _, ok := codebook.Sectors().Code(p.Sector); !ok {
		return &PlaceError{"sector", p.Sector}
	}
	if p.Subsector != "" && codebook.SectorOf(p.Subsector) != p.Sector {
		return &PlaceError{"subsector", p.Subsector}
	}
	if _, ok := codebook.Sizes().Code(p.Size); p.Size != "" && !ok {
		return &PlaceError{"size", p.Size}
	}
	return nil
}

// ladder lists the groups of peers from the narrowest to all workplaces. It is
// the same for everybody.
func (p Place) ladder() (rungs []string) {
	if p.Subsector != "" && p.Size != "" {
		rungs = append(rungs, "subsector_size:"+p.Subsector+":"+p.Size)
	}
	if p.Subsector != "" {
		rungs = append(rungs, "subsector:"+p.Subsector)
	}
	if p.Size != "" {
		rungs = append(rungs, "sector_size:"+p.Sector+":"+p.Size)
	}
	return append(rungs, "sector:"+p.Sector, "total")
}

// LeastPeers is how many workplaces a group of peers has beside the own, and by
// how many two groups differ that can both be seen.
const LeastPeers = 10

// Peers is the group that an answer is set beside.
type Peers struct {
	Domain  table.Domain
	Figure  table.Figure // without the own answer
	Status  table.Status // Published or Uncertain
	Widened bool         // a narrower group was asked for and has too few answers
}

// peers climbs the ladder to the first group that may be shown. included says
// that the own answer is among those of the group.
func (s *Source) peers(indicator string, p Place, own float64, included bool) (Peers, bool) {
	rungs := p.ladder()
	for i, rung := range rungs {
		c, ok := s.Table.Cell(indicator, rung)
		f, shown := c.Figure()
		if !ok || !shown || !s.apart(indicator, f.N, rungs[i+1:]) {
			continue
		}
		if included {
			f = without(f, own, s.scale(indicator))
		}
		if f.N < LeastPeers {
			continue
		}
		return Peers{Domain: s.domain(rung), Figure: f, Status: c.Status(), Widened: i > 0}, true
	}
	return Peers{}, false
}

// apart reports whether a group of n differs from each wider one that is shown by
// nobody or by enough: else the few between the two could be computed.
func (s *Source) apart(indicator string, n int, wider []string) bool {
	return !slices.ContainsFunc(wider, func(rung string) bool {
		c, _ := s.Table.Cell(indicator, rung)
		f, shown := c.Figure()
		return shown && f.N != n && f.N-n < LeastPeers
	})
}

func (s *Source) domain(id string) table.Domain {
	for _, d := range s.Table.Domains() {
		if d.ID() == id {
			return d
		}
	}
	return table.Domain{}
}

// scale is the highest value of an indicator.
func (s *Source) scale(indicator string) float64 {
	if ind, _ := s.Table.Indicator(indicator); ind.Kind == table.Score {
		return 100
	}
	return 1
}

// without takes one answer out of a figure. The table does not tell weights, and
// must not: the answer counts as the mean of the group does. What comes out is a
// function of the published figure and of the own answer alone, which stand on
// the same page, so that it tells nothing about anybody else.
func without(f table.Figure, own, scale float64) table.Figure {
	if f.N < 2 {
		return table.Figure{}
	}
	n := float64(f.N)
	grow := n / (n - 1)
	value := min(max((n*f.Value-own)/(n-1), 0), scale)
	return table.Figure{
		Value: value, Low: max(value-(f.Value-f.Low)*grow, 0), High: min(value+(f.High-f.Value)*grow, scale),
		SE: f.SE * math.Sqrt(grow), DF: max(f.DF-1, 1), N: f.N - 1,
	}
}
