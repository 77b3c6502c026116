package parquet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// Kinds of pages.
const (
	pageData       = 0
	pageDictionary = 2
	pageDataV2     = 3
)

const (
	// largestPage bounds the memory a page may ask for.
	largestPage = 1 << 28
	// largestHeader bounds a page's header, statistics included.
	largestHeader = 1 << 16
)

// pageHeader is what stands before a page.
type pageHeader struct {
	kind             int64
	unpacked, packed int64 // bytes
	count            int64
	encoding         int64
	levels, repeats  int64 // bytes of the levels in a page of version 2
	plain            bool  // not compressed, in a page of version 2
}

// data reports whether the page holds values.
func (h *pageHeader) data() bool { return h.kind == pageData || h.kind == pageDataV2 }

func (t *thrift) pageHeader() pageHeader {
	h := pageHeader{kind: -1}
	t.fields(func(id int64, kind byte) {
		switch id {
		case 1:
			h.kind = t.int()
		case 2:
			h.unpacked = t.int()
		case 3:
			h.packed = t.int()
		case 5, 7:
			t.fields(func(id int64, kind byte) {
				switch id {
				case 1:
					h.count = t.int()
				case 2:
					h.encoding = t.int()
				default:
					t.skip(kind)
				}
			})
		case 8:
			t.fields(func(id int64, kind byte) { t.secondVersion(&h, id, kind) })
		default:
			t.skip(kind)
		}
	})
	return h
}

func (t *thrift) secondVersion(h *pageHeader, id int64, kind byte) {
	switch id {
	case 1:
		h.count = t.int()
	case 4:
		h.encoding = t.int()
	case 5:
		h.levels = t.int()
	case 6:
		h.repeats = t.int()
	case 7:
		h.plain = kind == thriftFalse
	default:
		t.skip(kind)
	}
}

// pages reads the pages of one column chunk in order.
type pages struct {
	buffered       *bufio.Reader
	codec          int64
	packed, opened []byte // reused
	zstd           *zstd.Decoder
}

// page is one page, unpacked; its bytes have padding behind.
type page struct {
	pageHeader
	levels []byte // of a page of version 2
	values []byte // of one of version 1 the levels come first
}

func (p *pages) start(r io.ReaderAt, c *columnChunk) {
	section := io.NewSectionReader(r, c.from(), c.size)
	if p.buffered == nil {
		p.buffered = bufio.NewReaderSize(section, largestHeader)
	} else {
		p.buffered.Reset(section)
	}
	p.codec = c.codec
}

// next reads a page as it is packed.
func (p *pages) next() (*pageHeader, error) {
	b, err := p.buffered.Peek(largestHeader)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if len(b) == 0 {
		return nil, errors.New("there are fewer pages than values")
	}
	t := &thrift{b: b}
	h := t.pageHeader()
	if t.err != nil {
		return nil, t.err
	}
	if h.packed < 0 || h.unpacked < 0 || h.packed > largestPage || h.unpacked > largestPage {
		return nil, fmt.Errorf("a page of %d bytes, %d unpacked, is too large", h.packed, h.unpacked)
	}
	if h.levels < 0 || h.repeats != 0 || h.count < 0 || h.count > largestGroup {
		return nil, errThrift
	}
	if _, err := p.buffered.Discard(len(b) - len(t.b)); err != nil {
		return nil, err
	}
	p.packed = sized(p.packed, int(h.packed))
	if _, err := io.ReadFull(p.buffered, p.packed); err != nil {
		return nil, errors.New("a page ends behind its column")
	}
	return &h, nil
}

// sized returns n bytes with padding behind, in the memory given where they fit.
func sized(b []byte, n int) []byte {
	if cap(b) < n+padding {
		b = make([]byte, n+padding)
	}
	b = b[:n+padding]
	clear(b[n:])
	return b[:n]
}

// unpack unpacks the page read last.
func (p *pages) unpack(h *pageHeader) (*page, error) {
	out := &page{pageHeader: *h}
	body := p.packed
	if h.kind == pageDataV2 {
		if h.levels > int64(len(body)) || h.levels > h.unpacked {
			return nil, errors.New("the levels of a page are longer than the page")
		}
		out.levels, body = body[:h.levels], body[h.levels:]
		out.unpacked -= h.levels
	}
	if p.codec == codecNone || h.plain {
		if int64(len(body)) != out.unpacked {
			return nil, errors.New("a page has another length than its header says")
		}
		out.values = body
		return out, nil
	}
	var err error
	out.values, err = p.decompress(body, int(out.unpacked))
	return out, err
}

// decompress unpacks into memory of the size stated, never more.
func (p *pages) decompress(body []byte, n int) ([]byte, error) {
	p.opened = sized(p.opened, n)
	var got []byte
	var err error
	switch {
	case n == 0 && len(body) == 0:
		return p.opened, nil
	case p.codec == codecSnappy:
		if said, e := snappy.DecodedLen(body); e != nil || said != n {
			return nil, errors.New("a Snappy page has another length than its header says")
		}
		got, err = snappy.Decode(p.opened, body)
	default:
		if p.zstd == nil {
			p.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(largestPage))
			if err != nil {
				return nil, err
			}
		}
		got, err = p.zstd.DecodeAll(body, p.opened[:0])
	}
	if err != nil {
		return nil, err
	}
	if len(got) != n {
		return nil, errors.New("a page has another length than its header says")
	}
	if n > 0 && &got[0] != &p.opened[0] {
		copy(p.opened, got)
	}
	clear(p.opened[n : n+padding])
	return p.opened, nil
}

// split returns the definition levels and the values of a page of a nullable
// column.
func (p *page) split() (levels, values []byte, err error) {
	if p.kind == pageDataV2 {
		return p.levels, p.values, nil
	}
	return prefixed(p.values)
}

// prefixed cuts off what a length of four bytes announces.
func prefixed(b []byte) (first, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errRuns
	}
	n := uint64(binary.LittleEndian.Uint32(b))
	if n > uint64(len(b)-4) {
		return nil, nil, errRuns
	}
	return b[4 : 4+n], b[4+n:], nil
}
