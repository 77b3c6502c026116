package chart

import "image/color"

// All lengths are in points, from the upper left corner of the drawing.
const (
	millimetre = 72 / 25.4

	wideWidth   = 170 * millimetre // the text width of an A4 page
	narrowWidth = 90 * millimetre  // a phone held upright
	halfWidth   = 82 * millimetre  // half a page

	margin       = 8.0
	rowHeight    = 26.0
	barHeight    = 14.0
	headingSpace = 22.0
	labelGap     = 8.0 // between a label and the plot
	valueGap     = 5.0 // between a mark and its number

	whiskerWidth = 1.6
	whiskerCap   = 3.5 // to each side of the whisker
	dotRadius    = 4.0
	gridWidth    = 0.6
)

var (
	titleType    = typeface{size: 12, bold: true}
	labelType    = typeface{size: 9.5}
	headingType  = typeface{size: 9.5, bold: true}
	axisType     = typeface{size: 8.5}
	sourceType   = typeface{size: 8}
	tileType     = typeface{size: 17, bold: true}
	keyType      = typeface{size: 34, bold: true}
	subtitleType = labelType
)

// fontFamily names the face the texts are measured with, then one of the same
// widths.
const fontFamily = `"Liberation Sans", Arial, sans-serif`

// tint is a colour 0xRRGGBB.
type tint uint32

const (
	white     tint = 0xFFFFFF
	textDark  tint = 0x1A1A1A
	textMuted tint = 0x4D4D4D
	gridLine  tint = 0xD9D9D9
	axisLine  tint = 0x4D4D4D
	focus     tint = 0x12436D
	backdrop  tint = 0xBFBFBF
	interval  tint = 0xF46A25
	remainder tint = 0xD9D9D9
)

// categories are told apart on white and from their neighbours at 3:1 or more:
// the palette of the UK Government Analysis Function, in its fixed order.
var categories = []tint{0x12436D, 0x28A197, 0x801650, 0xF46A25}

// likert runs from the one end of a scale to the other.
var likert = []tint{0xA63D00, 0xF2A67A, 0xD9D9D9, 0x6BACE6, 0x12436D}

// sides are the two series of pairs, in the colours of a scale's ends.
var sides = []tint{likert[4], likert[0]}

func (t tint) rgb() color.NRGBA {
	return color.NRGBA{R: uint8(t >> 16), G: uint8(t >> 8), B: uint8(t), A: 0xFF}
}

// pale is the tint of an uncertain figure: two thirds of the way to white.
func (t tint) pale() tint {
	c := t.rgb()
	mix := func(x uint8) tint { return (tint(x) + 2*0xFF) / 3 }
	return mix(c.R)<<16 | mix(c.G)<<8 | mix(c.B)
}

// on is the colour of text upon the tint: white where the tint is dark.
func (t tint) on() tint {
	c := t.rgb()
	if 299*int(c.R)+587*int(c.G)+114*int(c.B) < 128_000 {
		return white
	}
	return textDark
}
