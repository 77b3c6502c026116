package chart

import (
	"fmt"
	"io"
)

// The card is drawn in points of which a pixel is half of one, so that its
// letters are as large on a screen as those of a poster.
const (
	cardWidth  = 600.0
	cardHeight = 315.0
	cardDPI    = 144

	// CardWidth and CardHeight are the size of a card in pixels.
	CardWidth  = 1200
	CardHeight = 630

	cardMargin  = 30.0
	cardRows    = 6 // that still can be read in a preview
	cardRow     = 26.0
	cardBar     = 15.0
	cardNumbers = 120.0 // kept free for numbers right of the longest bar
	cardReasons = 260.0 // and for why there is none
)

var (
	cardTitle  = typeface{size: 21, bold: true}
	cardLabel  = typeface{size: 13}
	cardStrong = typeface{size: 13, bold: true}
	cardSource = typeface{size: 10.5}
)

// Card writes the chart as the picture that other sites show where somebody
// links to its page: the finding, at most six rows, and who says it. The same
// chart gives the same bytes. A text that does not fit is an error that names it.
func (c *Chart) Card(w io.Writer, by string) error {
	s, err := c.card(by)
	if err != nil {
		return err
	}
	return s.png(w, cardDPI)
}

func (c *Chart) card(by string) (*scene, error) {
	s := &scene{width: cardWidth, height: cardHeight}
	s.add(rect{0, 0, cardWidth, cardHeight, white, white}, rect{0, 0, cardWidth, 8, focus, focus})
	wide := cardWidth - 2*cardMargin
	y := s.text(cardMargin, cardMargin, shorten(cardTitle.wrap(c.Title, wide-cardMargin), 3), cardTitle, textDark)
	rows := c.rows[:min(len(c.rows), cardRows, int((cardHeight-y-60)/cardRow))]
	c.cardRows(s, y+16, rows)
	s.text(cardMargin, cardHeight-cardMargin-2*cardSource.leading(),
		shorten(cardSource.wrap(by+". "+c.Source, wide-cardMargin), 2), cardSource, textMuted)
	return s, s.check(c.ID + " (card)")
}

// shorten keeps the first lines of a text and says that there were more.
func shorten(lines []string, most int) []string {
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], lines[most-1]+" …")
	}
	return lines
}

// cardRows draws rows as bars on the scale of the whole chart, labels to the left.
func (c *Chart) cardRows(s *scene, top float64, rows []row) {
	const labels = 200.0
	left := cardMargin + labels + labelGap
	most := 0.0
	for _, r := range rows {
		most = max(most, r.points[0].High, r.points[0].Value)
	}
	a := area{axis{low: 0, high: max(most, 1)}, left, cardWidth - cardMargin - cardNumbers}
	for i, r := range rows {
		face, p := cardLabel, r.points[0]
		if r.strong {
			face = cardStrong
		}
		centre := top + (float64(i)+0.5)*cardRow
		s.value(cardMargin, centre, shorten(face.wrap(r.label, labels-15), 1)[0], start, face)
		if !p.Shown() {
			words := shorten(cardSource.wrap(suppressed(p.Status, c.lang), cardReasons), 1)
			s.add(label{x: left, baseline: centre + 4, text: words[0], face: cardSource, color: textMuted})
			continue
		}
		fill := c.barTint(r)
		s.add(rect{left, centre - cardBar/2, a.x(p.Value) - left, cardBar, fill, fill})
		s.whisker(a, centre, p, interval)
		s.value(a.x(max(p.High, p.Value))+valueGap, centre, p.Label, start, face)
	}
}

// CardAlt is the alternative text of the card.
func (c *Chart) CardAlt() string { return fmt.Sprintf("%s. %s", c.Title, c.Subtitle) }
