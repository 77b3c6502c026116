package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
)

// Markers of a JPEG file (ITU-T T.81, table B.1).
const (
	markerTEM  = 0x01
	markerRST0 = 0xd0
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerAPP1 = 0xe1
)

// mostScans is how often a JPEG may go over its pixels. Cameras and programs
// write ten scans; each may cost the time of the whole picture and be told in a
// few dozen bytes.
const mostScans = 64

func fewScans(file []byte) error {
	n := 0
	for marker := range segments(file) {
		if marker == markerSOS {
			n++
		}
	}
	if n > mostScans {
		return fmt.Errorf("%w: it has %d scans", ErrLarge, n)
	}
	return nil
}

// segments yields the markers of a JPEG file with what belongs to them, up to
// its end or the first fault.
func segments(file []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		rest := file[2:] // after SOI
		for {
			at := bytes.IndexByte(rest, 0xff)
			if at < 0 || at+1 >= len(rest) {
				return
			}
			marker := rest[at+1]
			if marker == 0xff { // fill byte
				rest = rest[at+1:]
				continue
			}
			rest = rest[at+2:]
			if marker == 0 || marker == markerTEM || marker >= markerRST0 && marker < markerRST0+8 {
				continue // within the data of a scan
			}
			if marker == markerEOI || len(rest) < 2 {
				return
			}
			n := int(binary.BigEndian.Uint16(rest))
			if n < 2 || n > len(rest) || !yield(marker, rest[2:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

const exifHead = "Exif\x00\x00"

func jpegExif(file []byte) []byte {
	for marker, data := range segments(file) {
		if fields, ok := bytes.CutPrefix(data, []byte(exifHead)); ok && marker == markerAPP1 {
			return fields
		}
	}
	return nil
}

// pngExif returns the chunk eXIf.
func pngExif(file []byte) []byte {
	rest := file[8:]
	for len(rest) >= 12 {
		n := int64(binary.BigEndian.Uint32(rest))
		if n > int64(len(rest)-12) {
			return nil
		}
		if string(rest[4:8]) == "eXIf" {
			return rest[8 : 8+n]
		}
		rest = rest[12+n:]
	}
	return nil
}

// webpExif returns the chunk EXIF.
func webpExif(file []byte) []byte {
	rest := file[12:]
	for len(rest) >= 8 {
		n := int64(binary.LittleEndian.Uint32(rest[4:]))
		if n > int64(len(rest)-8) {
			return nil
		}
		if string(rest[:4]) == "EXIF" {
			return bytes.TrimPrefix(rest[8:8+n], []byte(exifHead))
		}
		rest = rest[min(int64(len(rest)), 8+n+n&1):]
	}
	return nil
}
