package site

import (
	"bytes"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/reports/chart"
)

// cardName is the picture of an indicator that other sites show where somebody
// links to it, below the indicator's page.
const cardName = "/card.png"

// card draws the picture of an indicator, by the first breakdown.
func (s *Site) card(ind table.Indicator, l i18n.Lang) (*chart.Chart, error) {
	return s.current.byBreakdown(ind.ID, s.current.breakdowns()[0], l)
}

// addCard enters the picture of an indicator as a file.
func (s *Site) addCard(path string, ind table.Indicator) {
	s.addFile(path+cardName, "image/png", inline(s.current.release.Manifest, ind.ID+".card.png"), func(l i18n.Lang) ([]byte, error) {
		c, err := s.card(ind, l)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = c.Card(&b, s.shell.Owner().In(l))
		return b.Bytes(), err
	})
}

// cardOf tells of the picture of an indicator; none where the newest wave has no
// such indicator.
func (s *Site) cardOf(ind table.Indicator, l i18n.Lang) web.Picture {
	current, ok := s.current.Indicator(ind.ID)
	if !ok {
		return web.Picture{}
	}
	return web.Picture{
		Path: indicatorPath(current) + cardName, Alt: s.cardAlt(current, l),
		Width: chart.CardWidth, Height: chart.CardHeight,
	}
}

// cardAlt says what the picture shows: the indicator and its figure for all.
func (s *Site) cardAlt(ind table.Indicator, l i18n.Lang) string {
	return name(ind, l) + ": " + s.lead(ind, s.figure(ind, s.current.cell(ind, totalDomain), l), l)
}
