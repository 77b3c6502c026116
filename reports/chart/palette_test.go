package chart

import (
	"image"
	"image/color"
	"testing"
)

// The colours of the style, which fill areas, must come through as they are,
// and every shade beside them so nearly that nobody can tell.
func TestPaletteKeepsColours(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 600, 40))
	style := append([]tint{white, textDark, gridLine}, categories...)
	for y := range 40 {
		for x := range 600 {
			c := style[x%len(style)].rgb()
			img.Set(x, y, color.RGBA{c.R, c.G, c.B, 0xff})
			if y == 0 { // once each: edges between dark and white, tinted by their surroundings
				img.Set(x, y, color.RGBA{uint8(x * 3 / 8), uint8(x * 3 / 8), uint8(x*3/8 + x%3), 0xff})
			}
		}
	}
	got := paletted(img)
	if len(got.Palette) != mostColors {
		t.Fatalf("the palette has %d colours, the test needs more than fit", len(got.Palette))
	}
	for y := range 40 {
		for x := range 600 {
			want, have := img.RGBAAt(x, y), got.At(x, y).(color.RGBA)
			if y > 0 && have != want || y == 0 && distance(want, have) > 4 {
				t.Fatalf("pixel %d, %d is %v, want %v", x, y, have, want)
			}
		}
	}
}

func TestPaletteOfOneColour(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 3, 2))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	if got := paletted(img); len(got.Palette) != 1 || got.At(2, 1) != (color.RGBA{0xff, 0xff, 0xff, 0xff}) {
		t.Errorf("palette %v, last pixel %v", got.Palette, got.At(2, 1))
	}
}

// distance is the largest difference of a channel.
func distance(a, b color.RGBA) int {
	return max(apart(a.R, b.R), apart(a.G, b.G), apart(a.B, b.B))
}

func apart(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
