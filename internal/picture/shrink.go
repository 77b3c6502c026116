package picture

import (
	"image"
	"image/draw"
)

// shrink makes a picture of the given size, no larger than the source: each of
// its pixels is the mean of the part of the source that it covers, weighted by
// area. A row of the source is looked at once.
func shrink(src image.Image, width, height int) *image.NRGBA {
	b := src.Bounds()
	from := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1)) // premultiplied, as a mean needs it
	narrow := make([]uint64, 4*width)
	sums := make([]uint64, 4*width)
	dst := image.NewNRGBA(image.Rect(0, 0, width, height))
	area := uint64(b.Dx()) * uint64(b.Dy())
	y := 0
	for row := range b.Dy() {
		draw.Draw(from, from.Rect, src, image.Pt(b.Min.X, b.Min.Y+row), draw.Src)
		sumRow(narrow, from.Pix, b.Dx(), width)
		// In units of 1/height of a source row, this row is [row·height, (row+1)·height)
		// and a row of the result [y·rows, (y+1)·rows).
		for begin, end := row*height, (row+1)*height; begin < end; {
			edge := min(end, (y+1)*b.Dy())
			for i, v := range narrow {
				sums[i] += v * uint64(edge-begin)
			}
			if begin = edge; begin == (y+1)*b.Dy() {
				putRow(dst.Pix[y*dst.Stride:], sums, area)
				y++
			}
		}
	}
	return dst
}

// sumRow adds up the pixels of a row that each pixel of a narrower row covers,
// in units of 1/width of a pixel.
func sumRow(narrow []uint64, row []uint8, pixels, width int) {
	clear(narrow)
	x := 0
	for i := range pixels {
		p := row[4*i : 4*i+4 : 4*i+4]
		for begin, end := i*width, (i+1)*width; begin < end; {
			edge := min(end, (x+1)*pixels)
			share := uint64(edge - begin)
			for c := range 4 {
				narrow[4*x+c] += uint64(p[c]) * share
			}
			if begin = edge; begin == (x+1)*pixels {
				x++
			}
		}
	}
}

// putRow writes the means of a row, colours no longer premultiplied, and clears
// the sums.
func putRow(pix []uint8, sums []uint64, area uint64) {
	for i := 0; i < len(sums); i += 4 {
		alpha := sums[i+3]
		pix[i+3] = uint8((alpha + area/2) / area)
		for c := range 3 {
			if alpha > 0 {
				pix[i+c] = uint8(min(255, (sums[i+c]*255+alpha/2)/alpha))
			}
		}
	}
	clear(sums)
}
