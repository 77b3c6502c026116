package chart_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/reports/chart"
)

// A card has the size that other sites ask for, says who made it, and is the same
// each time; a text that does not fit is named.
func TestCardIsAPictureOfOneSize(t *testing.T) {
	tab := hard()
	for _, l := range i18n.Languages {
		for _, domains := range [][]string{{"total", "sector:*"}, {"total", "subsector:*"}, {"total", "size:*"}} {
			c, err := chart.New(tab, chart.Spec{ID: "card", Kind: chart.Bar, Indicators: []string{"innov_rate"}, Domains: domains}, l)
			if err != nil {
				t.Fatal(err)
			}
			var first, again bytes.Buffer
			if err := c.Card(&first, "COI"); err != nil {
				t.Fatal(err)
			}
			if err := c.Card(&again, "COI"); err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) {
				t.Errorf("drawn again it is another, %v", err)
			}
			size, err := png.DecodeConfig(&first)
			if err != nil || size.Width != chart.CardWidth || size.Height != chart.CardHeight {
				t.Errorf("%d × %d, %v", size.Width, size.Height, err)
			}
		}
	}
	c, err := chart.New(tab, chart.Spec{ID: "card", Kind: chart.Bar, Indicators: []string{"innov_rate"}}, i18n.Danish)
	if err != nil {
		t.Fatal(err)
	}
	c.Title = strings.Repeat("x", 200)
	if err := c.Card(new(bytes.Buffer), "COI"); err == nil || !strings.Contains(err.Error(), "outside the drawing") {
		t.Errorf("a title that does not fit: %v", err)
	}
}
