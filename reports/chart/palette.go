package chart

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"math"
	"slices"
)

// mostColors is what the palette of a PNG can hold. Half of it goes to the
// colours used most, which are those of the style and the commonest shades.
const (
	mostColors = 256
	mostUsed   = mostColors / 2
)

// paletted returns an opaque image with a palette. A chart has some hundred
// colours: those of the style, and the shades between two of them at the edge
// of a letter or a bar. A shade that finds no place becomes the nearest that
// has one, and the file is less than half of what it would be in full colour.
func paletted(img *image.RGBA) *image.Paletted {
	counts := countColors(img)
	byUse := slices.SortedFunc(maps.Keys(counts), func(a, b rgb) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), slices.Compare(a[:], b[:]))
	})
	chosen, index := choose(byUse)
	palette := make(color.Palette, len(chosen))
	for i, c := range chosen {
		palette[i] = color.RGBA{c[0], c[1], c[2], 0xff}
	}
	out := image.NewPaletted(img.Rect, palette)
	last, at := rgb{}, index[rgb{}]
	for i := range out.Pix { // both images are without gaps
		if c := rgb(img.Pix[4*i:]); c != last {
			last, at = c, index[c]
		}
		out.Pix[i] = at
	}
	return out
}

// choose returns the palette for colours listed by use, and the place in it of
// the colour nearest to each. Beyond the colours used most it takes, again and
// again, the one farthest from all that it has (T. F. Gonzalez, Theoretical
// Computer Science 38, 1985), so that no shade is left far from the palette.
func choose(byUse []rgb) (palette []rgb, index map[rgb]uint8) {
	index = make(map[rgb]uint8, len(byUse))
	away := make([]int, len(byUse)) // squared distance to the palette
	for i := range away {
		away[i] = math.MaxInt
	}
	take := func(c rgb) {
		for i, other := range byUse {
			if d := other.distance(c); d < away[i] {
				away[i], index[other] = d, uint8(len(palette))
			}
		}
		palette = append(palette, c)
	}
	for _, c := range byUse[:min(len(byUse), mostUsed)] {
		take(c)
	}
	for len(palette) < min(len(byUse), mostColors) {
		take(byUse[slices.Index(away, slices.Max(away))])
	}
	return palette, index
}

// rgb is a colour without transparency.
type rgb [3]uint8

func countColors(img *image.RGBA) map[rgb]int {
	counts := map[rgb]int{}
	last, run := rgb{}, 0
	for i := 0; i < len(img.Pix); i += 4 {
		if c := rgb(img.Pix[i:]); c != last {
			if run > 0 {
				counts[last] += run
			}
			last, run = c, 0
		}
		run++
	}
	counts[last] += run
	return counts
}

// distance is the squared distance of two colours.
func (c rgb) distance(d rgb) int {
	sum := 0
	for i := range c {
		difference := int(c[i]) - int(d[i])
		sum += difference * difference
	}
	return sum
}
