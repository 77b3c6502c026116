package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// The field that tells how the camera was held (Exif 2.32, 4.6.4), and its type.
const (
	tagOrientation = 0x0112
	typeShort      = 3
)

// orientation reads one field of a TIFF block: 1 to 8, and 1 for whatever is
// missing or makes no sense.
func orientation(tiff []byte) int {
	order, ok := byteOrder(tiff)
	if !ok {
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

func byteOrder(tiff []byte) (binary.ByteOrder, bool) {
	switch {
	case len(tiff) < 8:
		return nil, false
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		return binary.LittleEndian, true
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		return binary.BigEndian, true
	}
	return nil, false
}

// turn undoes how the camera was held. The eight ways are the two of each step:
// mirrored along the rows, along the columns, and rows taken for columns.
func turn(src *image.NRGBA, orientation int) *image.NRGBA {
	steps := [9]struct{ swap, mirrorX, mirrorY bool }{
		2: {mirrorX: true}, 3: {mirrorX: true, mirrorY: true}, 4: {mirrorY: true},
		5: {swap: true}, 6: {swap: true, mirrorY: true}, 7: {swap: true, mirrorX: true, mirrorY: true}, 8: {swap: true, mirrorX: true},
	}[orientation]
	if orientation == 1 {
		return src
	}
	width, height := src.Rect.Dx(), src.Rect.Dy()
	outWidth, outHeight := width, height
	if steps.swap {
		outWidth, outHeight = height, width
	}
	dst := image.NewNRGBA(image.Rect(0, 0, outWidth, outHeight))
	for y := range outHeight {
		for x := range outWidth {
			fromX, fromY := x, y
			if steps.swap {
				fromX, fromY = y, x
			}
			if steps.mirrorX {
				fromX = width - 1 - fromX
			}
			if steps.mirrorY {
				fromY = height - 1 - fromY
			}
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[src.PixOffset(fromX, fromY):][:4])
		}
	}
	return dst
}
