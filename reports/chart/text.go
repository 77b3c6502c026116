package chart

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
)

// typeface is Liberation Sans at a size in points.
type typeface struct {
	size float64
	bold bool
}

var regular = sync.OnceValue(func() *opentype.Font { return mustParse(liberationsansregular.TTF) })
var bold = sync.OnceValue(func() *opentype.Font { return mustParse(liberationsansbold.TTF) })

// mustParse reads a font that is compiled into the program.
func mustParse(ttf []byte) *opentype.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err)
	}
	return f
}

func (t typeface) face() font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Points(t.size)}
	if t.bold {
		f.Weight = xfont.WeightBold
		return font.Face{Font: f, Face: bold()}
	}
	return font.Face{Font: f, Face: regular()}
}

// width is the length of a text in points. A chart measures each of its texts
// some ten times, in four forms and in the check of each.
func (t typeface) width(s string) float64 {
	key := measured{t, s}
	if w, ok := widths.Load(key); ok {
		return w.(float64)
	}
	f := t.face()
	w := f.Width(s).Points()
	if widthsKept.Add(1) > mostWidths {
		widths.Clear()
		widthsKept.Store(0)
	}
	widths.Store(key, w)
	return w
}

// measured is a text in a face.
type measured struct {
	face typeface
	text string
}

// widths keeps what was measured, up to about mostWidths texts (1 MB).
var (
	widths     sync.Map
	widthsKept atomic.Int64
)

const mostWidths = 8000

// leading is the distance between two baselines.
func (t typeface) leading() float64 { return t.size * 1.28 }

// ascent and descent bound the letters around the baseline.
func (t typeface) ascent() float64  { return t.size * 0.76 }
func (t typeface) descent() float64 { return t.size * 0.22 }

// missing returns the first rune of s that the face cannot draw.
func (t typeface) missing(s string) (rune, bool) {
	var buf sfnt.Buffer
	f := t.face()
	for _, r := range s {
		if i, err := f.Face.GlyphIndex(&buf, r); err != nil || i == 0 {
			return r, true
		}
	}
	return 0, false
}

const softHyphen = "\u00ad"

// wrap breaks s into lines no wider than width: at spaces, after a hyphen or a
// slash, and at soft hyphens. A piece that cannot be broken stands on a line of
// its own and is found by the check of the drawing.
func (t typeface) wrap(s string, width float64) []string {
	var lines []string
	line := ""
	for _, p := range pieces(s) {
		switch joined := line + p; {
		case line == "" || t.width(shown(joined)) <= width:
			line = joined
		default:
			lines = append(lines, shown(line))
			line = p
		}
	}
	if last := shown(line); last != "" || len(lines) == 0 {
		lines = append(lines, last)
	}
	return lines
}

// pieces splits a text after every place where a line may end.
func pieces(s string) []string {
	var list []string
	start := 0
	for i, r := range s {
		if strings.ContainsRune(" -/"+softHyphen, r) {
			list = append(list, s[start:i+len(string(r))])
			start = i + len(string(r))
		}
	}
	return append(list, s[start:])
}

// shown is a line as it is drawn: a soft hyphen shows at its end only.
func shown(line string) string {
	line = strings.TrimRight(line, " ")
	broken := strings.HasSuffix(line, softHyphen)
	line = strings.ReplaceAll(line, softHyphen, "")
	if broken {
		line += "-"
	}
	return line
}

// GlyphError names a character that the charts' font does not have.
type GlyphError struct {
	Chart string
	Rune  rune
	Text  string
}

func (e *GlyphError) Error() string {
	return fmt.Sprintf("chart %s: the font has no glyph for %U in %q", e.Chart, e.Rune, e.Text)
}
