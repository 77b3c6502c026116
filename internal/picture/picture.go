// Package picture makes pictures that may be shown out of files that visitors
// send.
//
// A JPEG, PNG, GIF or WebP file comes in; a JPEG or PNG that this program wrote
// itself goes out: turned as its camera was held, no larger than asked for, and
// without place, time, name, comment, colour profile or anything else that the
// file carried beside its pixels. Of an animation the first frame is kept. What
// is no such file is refused, and so is one that would take more memory or time
// than its size suggests.
//
// The same file gives the same bytes on every platform: all arithmetic is in
// whole numbers. Colours in a wide gamut come out a little paler, since their
// profile is dropped. The package keeps nothing and asks no network.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
)

// Limits bound what a file may take. A progressive JPEG takes most: 15 bytes of
// memory a pixel while it is read.
type Limits struct {
	Bytes  int64 // of the file
	Pixels int   // of the picture in it
	Side   int   // longest side of what is made, in pixels
	AtOnce int   // files being read at a time; others wait
}

// Usual limits take what a telephone makes, with 360 MB of memory at most.
var Usual = Limits{Bytes: 12 << 20, Pixels: 24_000_000, Side: 1600, AtOnce: 1}

// Why a file is refused. The text of an error is for staff; a page says it in
// its own words.
var (
	ErrLarge   = errors.New("the file or the picture in it is too large")
	ErrUnknown = errors.New("it is no JPEG, PNG, GIF or WebP file")
	ErrDamaged = errors.New("the file is damaged")
	ErrColours = errors.New("its colours are for print (CMYK): save it in RGB")
)

// Picture is a picture as it is kept and shown.
type Picture struct {
	MediaType     string // image/jpeg or image/png
	Width, Height int
	Data          []byte
}

// Maker makes pictures. It is safe for concurrent use.
type Maker struct {
	limits Limits
	places chan struct{}
}

// New returns a maker with the given limits.
func New(l Limits) *Maker {
	return &Maker{limits: l, places: make(chan struct{}, max(1, l.AtOnce))}
}

// Make reads a file and makes a picture of it. It waits while as many files are
// being read as may be; ctx ends the waiting. The error is one of Err…, or of r
// or ctx.
func (m *Maker) Make(ctx context.Context, r io.Reader) (*Picture, error) {
	file, err := io.ReadAll(io.LimitReader(r, m.limits.Bytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(file)) > m.limits.Bytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrLarge, m.limits.Bytes)
	}
	select {
	case m.places <- struct{}{}:
		defer func() { <-m.places }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return m.make(file)
}

func (m *Maker) make(file []byte) (*Picture, error) {
	k, ok := kindOf(file)
	if !ok {
		return nil, ErrUnknown
	}
	if err := m.affordable(k, file); err != nil {
		return nil, err
	}
	img, err := k.decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	width, height := fit(img.Bounds().Dx(), img.Bounds().Dy(), m.limits.Side)
	small := turn(shrink(img, width, height), orientation(k.exif(file)))
	return encode(small, k.lossy)
}

// affordable refuses a file by what it says of itself, before any of its pixels
// is read.
func (m *Maker) affordable(k kind, file []byte) error {
	c, err := k.config(bytes.NewReader(file))
	if err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	if c.ColorModel == color.CMYKModel {
		return ErrColours
	}
	if c.Width <= 0 || c.Height <= 0 {
		return fmt.Errorf("%w: it has no pixels", ErrDamaged)
	}
	if c.Width > m.limits.Pixels/c.Height {
		return fmt.Errorf("%w: %d × %d pixels, of %d at most", ErrLarge, c.Width, c.Height, m.limits.Pixels)
	}
	if k.name == "jpeg" {
		return fewScans(file)
	}
	return nil
}

// fit returns the size of a picture whose longer side is no longer than side.
func fit(width, height, side int) (int, int) {
	longer := max(width, height)
	if longer <= side {
		return width, height
	}
	return max(1, width*side/longer), max(1, height*side/longer)
}
