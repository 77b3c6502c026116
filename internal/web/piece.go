package web

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"html/template"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate" // of the standard library's size, at a third of its time
)

// Piece is a part of a page as it goes out.
type Piece struct {
	html   []byte
	packed []byte // the same as blocks of DEFLATE that end on a byte, nil where it is packed when it is sent
}

// Loose is a piece that is made for one request.
func Loose(html template.HTML) Piece { return Piece{html: []byte(html)} }

// Text is a loose piece of text, for where text or the value of an attribute
// stands.
func Text(s string) Piece { return Piece{html: []byte(template.HTMLEscapeString(s))} }

// Fixed is a piece that is sent many times: it is packed once, well, and costs
// nothing but its copying then.
func Fixed(html template.HTML) Piece {
	p := Loose(html)
	if len(html) >= worthPacking {
		var b bytes.Buffer
		pack(&b, p.html, &thorough)
		p.packed = b.Bytes()
	}
	return p
}

// HTML is what the piece says.
func (p Piece) HTML() template.HTML { return template.HTML(p.html) }

// Whole is what pieces say together.
func Whole(pieces []Piece) template.HTML {
	var b strings.Builder
	for _, p := range pieces {
		b.Write(p.html)
	}
	return template.HTML(b.String())
}

// worthPacking is the length from which packing saves more than it costs.
const worthPacking = 400

// zip puts pieces together as one member of gzip (RFC 1952). Packed ones are
// copied; the loose ones between them are packed in one run. It ends in memory,
// which cannot fail.
func zip(dst *bytes.Buffer, pieces ...Piece) {
	dst.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}) // DEFLATE, no name, no time, no system
	var sum, size uint32
	loose := buffers.get()
	defer buffers.put(loose)
	run := func() {
		if loose.Len() > 0 {
			pack(dst, loose.Bytes(), &quick)
			loose.Reset()
		}
	}
	for _, p := range pieces {
		sum, size = crc32.Update(sum, crc32.IEEETable, p.html), size+uint32(len(p.html))
		if p.packed == nil {
			loose.Write(p.html)
			continue
		}
		run()
		dst.Write(p.packed)
	}
	run()
	dst.Write([]byte{1, 0, 0, 0xff, 0xff}) // the last block, of nothing
	dst.Write(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, sum), size))
}

// pack writes text as blocks of DEFLATE (RFC 1951) that end on a byte, none of
// them the last.
func pack(dst *bytes.Buffer, text []byte, packers *sync.Pool) {
	if len(text) < worthPacking {
		dst.Write([]byte{0, byte(len(text)), byte(len(text) >> 8), ^byte(len(text)), ^byte(len(text) >> 8)})
		dst.Write(text) // a stored block
		return
	}
	z := packers.Get().(*flate.Writer)
	defer packers.Put(z)
	z.Reset(dst)
	z.Write(text) //nolint:errcheck // memory
	z.Flush()     //nolint:errcheck // memory
}

// quick packers trade a few per cent of size for speed, for pages that are made
// per request; thorough ones are for what is sent many times.
var (
	quick    = packersOf(flate.BestSpeed)
	thorough = packersOf(flate.BestCompression)
)

func packersOf(level int) sync.Pool {
	return sync.Pool{New: func() any {
		z, err := flate.NewWriter(nil, level)
		if err != nil {
			panic(err) // the level is a constant
		}
		return z
	}}
}
