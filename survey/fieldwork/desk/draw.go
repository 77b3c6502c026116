package desk

import (
	"fmt"
	"html/template"
	"math"
	"net/http"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/figure"
)

// The drawing follows the charts of the report, whose package draws figures of
// the published table and nothing else: their colours, letters and two widths,
// and presentation attributes alone, which the content policy lets stand.
const (
	inkDark   = "#1A1A1A"
	inkMuted  = "#4D4D4D"
	gridLine  = "#D9D9D9"
	lineDone  = "#12436D"
	lineAim   = "#A63D00"
	plotAbove = 18.0
	plotBelow = 26.0
)

// sheet is the size of a drawing, in points.
type sheet struct{ width, height, left, right, letters float64 }

var (
	wideSheet   = sheet{width: 640, height: 280, left: 44, right: 92, letters: 12}
	narrowSheet = sheet{width: 290, height: 230, left: 38, right: 12, letters: 11}
)

// chart draws the cumulated share of responses by day with the line that leads
// to the target; nil while no day has come.
func (p *Pages) chart(r *http.Request, wave Wave, m *fieldwork.Monitor) *chartView {
	if len(m.Days) == 0 || m.Total.Sampled == 0 {
		return nil
	}
	l := web.Lang(r)
	d := newDrawing(wave, m)
	last := m.Days[len(m.Days)-1]
	now := float64(last.Total) / float64(m.Total.Sampled)
	v := &chartView{Title: p.T(r, "chart.title"), Text: p.T(r, "chart.text", "share", figure.Percent(now, 1, l), "day", date(last.Date, l))}
	if at, ok := aim(wave, m, last.Date); ok {
		v.Text = p.T(r, "chart.text.aim", "share", figure.Percent(now, 1, l), "day", date(last.Date, l), "aim", figure.Percent(at, 1, l))
	}
	words := drawn{title: v.Title, text: v.Text, done: p.T(r, "chart.done"), aim: p.T(r, "chart.aim"), lang: l}
	v.Wide = d.svg(wideSheet, "chart-wide-responses", words)
	v.Narrow = d.svg(narrowSheet, "chart-narrow-responses", words)
	return v
}

// drawn are the words of a drawing.
type drawn struct {
	title, text, done, aim string
	lang                   i18n.Lang
}

// drawing is what is drawn, in days from the first and shares of the sample.
type drawing struct {
	first time.Time
	days  int // on the axis
	done  []float64
	aim   float64 // share to be reached, 0 = none
	until int     // day on which it should be
	high  float64 // of the axis
}

func newDrawing(wave Wave, m *fieldwork.Monitor) drawing {
	first, _ := time.Parse(time.DateOnly, m.Days[0].Date) // as the monitor writes it
	d := drawing{first: first, days: len(m.Days) - 1}
	for _, day := range m.Days {
		d.done = append(d.done, float64(day.Total)/float64(m.Total.Sampled))
	}
	if _, ok := aim(wave, m, m.Days[0].Date); ok {
		d.aim, d.until = wave.Target, int(wave.Deadline.Sub(first)/(24*time.Hour))
		d.days = max(d.days, d.until)
	}
	d.days = max(d.days, 1)
	d.high = ceiling(max(d.done[len(d.done)-1], d.aim))
	return d
}

// ceiling is the end of an axis with four or five lines on it.
func ceiling(top float64) float64 {
	for _, step := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.25} {
		if n := math.Ceil(top / step); n <= 4 {
			return max(n, 1) * step
		}
	}
	return 1
}

// svg writes the drawing. Texts are escaped; nothing else comes from outside.
func (d drawing) svg(s sheet, id string, words drawn) template.HTML {
	var b strings.Builder
	x := func(day float64) float64 { return s.left + day/float64(d.days)*(s.width-s.left-s.right) }
	y := func(share float64) float64 {
		return s.height - plotBelow - share/d.high*(s.height-plotAbove-plotBelow)
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="%s" aria-labelledby="%s-title %s-desc" viewBox="0 0 %g %g" font-family="&quot;IBM Plex Sans&quot;, Arial, sans-serif" font-size="%g">`,
		words.lang, id, id, s.width, s.height, s.letters)
	fmt.Fprintf(&b, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, id, template.HTMLEscapeString(words.title), id, template.HTMLEscapeString(words.text))
	fmt.Fprintf(&b, `<rect x="0" y="0" width="%g" height="%g" fill="#FFFFFF"/>`, s.width, s.height)
	d.axes(&b, s, x, y, words.lang)
	if d.aim > 0 {
		fmt.Fprintf(&b, `<path d="M%.1f %.1fL%.1f %.1fH%.1f" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="6 4"/>`,
			x(0), y(0), x(float64(d.until)), y(d.aim), x(float64(d.days)), lineAim)
	}
	var path strings.Builder
	for i, share := range d.done {
		fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x(float64(i)), y(share))
	}
	fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="%s" stroke-width="2.5" stroke-linejoin="round"/>`, path.String(), lineDone)
	at := len(d.done) - 1
	fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`, x(float64(at)), y(d.done[at]), lineDone)
	d.key(&b, s, words)
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// axes draws the grid with its shares, and the first, middle and last day.
func (d drawing) axes(b *strings.Builder, s sheet, x, y func(float64) float64, l i18n.Lang) {
	lines := 4
	for i := 0; i <= lines; i++ {
		share := d.high * float64(i) / float64(lines)
		color := gridLine
		if i == 0 {
			color = inkMuted
		}
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="1"/>`, s.left, y(share), s.width-s.right, y(share), color)
		decimals := 0
		if d.high < 0.04 {
			decimals = 2
		} else if math.Mod(d.high*100, 4) != 0 {
			decimals = 1
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="end" fill="%s">%s</text>`, s.left-5, y(share)+s.letters*0.35, inkMuted, figure.Decimal(100*share, decimals, l))
	}
	for i, day := range []int{0, d.days / 2, d.days} {
		if i == 1 && d.days < 4 {
			continue
		}
		anchor := []string{"start", "middle", "end"}[i]
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`, x(float64(day)), s.height-8, anchor, inkMuted,
			shortDate(d.first.AddDate(0, 0, day), l))
	}
	fmt.Fprintf(b, `<text x="2" y="%.1f" fill="%s">%s</text>`, s.letters-1, inkMuted, map[i18n.Lang]string{i18n.Danish: "pct.", i18n.English: "per cent"}[l])
}

// shortDate writes a day of the axis: 2.3., 2 Mar.
func shortDate(t time.Time, l i18n.Lang) string {
	if l == i18n.English {
		return t.Format("2 Jan")
	}
	return t.Format("2.1.")
}

// key names the two lines: beside the plot where it is wide, above it where not.
func (d drawing) key(b *strings.Builder, s sheet, words drawn) {
	entry := func(px, py float64, dash, color, text string) {
		fmt.Fprintf(b, `<path d="M%.1f %.1fh18" stroke="%s" stroke-width="2.5"%s/>`, px, py, color, dash)
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" fill="%s">%s</text>`, px+23, py+s.letters*0.35, inkDark, template.HTMLEscapeString(text))
	}
	px, py := s.width-s.right+8, plotAbove+10.0
	step := 18.0
	if s.right < 50 { // no room beside
		px, py = s.left+22, 7
		entry(px, py, "", lineDone, words.done)
		if d.aim > 0 {
			entry(px+105, py, ` stroke-dasharray="6 4"`, lineAim, words.aim)
		}
		return
	}
	entry(px, py, "", lineDone, words.done)
	if d.aim > 0 {
		entry(px, py+step, ` stroke-dasharray="6 4"`, lineAim, words.aim)
	}
}
