// Package qrcode draws an address as a QR code that a page or a letter holds in
// itself, as a path of squares: sharp at any size, and no picture to fetch.
package qrcode

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// Picture is a QR code. Its path is drawn within Size × Size units.
type Picture struct {
	Size int // modules, with the quiet zone
	Path string
}

const quiet = 4 // modules left white around the code (ISO/IEC 18004)

// Draw makes the picture of an address. Level M stays readable with a seventh
// of it soiled.
func Draw(address string) (*Picture, error) {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if n := x - from; n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, n, n)
			}
		}
	}
	return &Picture{code.Size + 2*quiet, path.String()}, nil
}
