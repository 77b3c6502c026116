package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// footer is what a file says of itself.
type footer struct {
	rows   int64
	schema []element
	groups []rowGroup
	sealed bool // encrypted
}

// element is a column, or a group of columns, of the schema.
type element struct {
	name       string
	physical   int64
	repetition int64
	children   int64
	converted  int64 // -1: none
	logical    int64 // field of the union, 0: none
	width      int64 // of a whole number
	signed     bool
}

type rowGroup struct {
	rows   int64
	chunks []columnChunk
}

// columnChunk is where the pages of a column in a row group stand.
type columnChunk struct {
	physical, codec  int64
	encodings        []int64
	values           int64
	size             int64
	data, dictionary int64 // offsets; 0: there is no dictionary
	elsewhere        bool  // in another file, or encrypted
}

// from returns the offset of the first page.
func (c *columnChunk) from() int64 {
	if c.dictionary > 0 && c.dictionary < c.data {
		return c.dictionary
	}
	return c.data
}

const (
	magic = "PAR1"
	// largestFooter bounds what is read before anything is known of the file.
	largestFooter = 64 << 20
)

// readFooter reads the footer at the end of a file.
func readFooter(r io.ReaderAt, size int64) (*footer, error) {
	const tail = 8 // length and magic
	if size < 2*tail-4 {
		return nil, errors.New("this is no Parquet file: it is too short")
	}
	var end [tail]byte
	if _, err := r.ReadAt(end[:], size-tail); err != nil {
		return nil, err
	}
	if string(end[4:]) != magic {
		return nil, errors.New("this is no Parquet file: it does not end with PAR1")
	}
	n := int64(binary.LittleEndian.Uint32(end[:]))
	if n > size-tail-4 || n > largestFooter {
		return nil, fmt.Errorf("the footer is said to have %d bytes in a file of %d", n, size)
	}
	b := make([]byte, n)
	if _, err := r.ReadAt(b, size-tail-n); err != nil {
		return nil, err
	}
	f, err := parseFooter(b)
	if err != nil {
		return nil, err
	}
	return f, f.check(size)
}

func parseFooter(b []byte) (*footer, error) {
	t := &thrift{b: b}
	f := &footer{}
	t.fields(func(id int64, kind byte) {
		switch id {
		case 2:
			t.list(func(byte) { f.schema = append(f.schema, t.element()) })
		case 3:
			f.rows = t.int()
		case 4:
			t.list(func(byte) { f.groups = append(f.groups, t.rowGroup()) })
		case 8:
			f.sealed = true
			t.skip(kind)
		default:
			t.skip(kind)
		}
	})
	return f, t.err
}

func (t *thrift) element() element {
	e := element{converted: -1}
	t.fields(func(id int64, kind byte) {
		switch id {
		case 1:
			e.physical = t.int()
		case 3:
			e.repetition = t.int()
		case 4:
			e.name = string(t.bytes())
		case 5:
			e.children = t.int()
		case 6:
			e.converted = t.int()
		case 10:
			t.logical(&e)
		default:
			t.skip(kind)
		}
	})
	return e
}

// logical reads the union of logical types.
func (t *thrift) logical(e *element) {
	t.fields(func(id int64, kind byte) {
		e.logical = id
		if id != logicalInteger {
			t.skip(kind)
			return
		}
		t.fields(func(id int64, kind byte) {
			switch id {
			case 1:
				e.width = int64(t.byte())
			case 2:
				e.signed = kind == thriftTrue
			default:
				t.skip(kind)
			}
		})
	})
}

func (t *thrift) rowGroup() rowGroup {
	var g rowGroup
	t.fields(func(id int64, kind byte) {
		switch id {
		case 1:
			t.list(func(byte) { g.chunks = append(g.chunks, t.chunk()) })
		case 3:
			g.rows = t.int()
		default:
			t.skip(kind)
		}
	})
	return g
}

func (t *thrift) chunk() columnChunk {
	var c columnChunk
	t.fields(func(id int64, kind byte) {
		switch id {
		case 1, 8:
			c.elsewhere = true
			t.skip(kind)
		case 3:
			t.chunkMeta(&c)
		default:
			t.skip(kind)
		}
	})
	return c
}

func (t *thrift) chunkMeta(c *columnChunk) {
	t.fields(func(id int64, kind byte) {
		switch id {
		case 1:
			c.physical = t.int()
		case 2:
			t.list(func(byte) { c.encodings = append(c.encodings, t.int()) })
		case 4:
			c.codec = t.int()
		case 5:
			c.values = t.int()
		case 7:
			c.size = t.int()
		case 9:
			c.data = t.int()
		case 11:
			c.dictionary = t.int()
		default:
			t.skip(kind)
		}
	})
}

// largestGroup is the most rows of a row group that is decoded here: a page may
// hold all of them.
const largestGroup = 1 << 24

// check holds the counts and places of a footer together.
func (f *footer) check(size int64) error {
	if len(f.schema) == 0 {
		return errors.New("the file has no schema")
	}
	var rows int64
	for i, g := range f.groups {
		if g.rows < 0 || g.rows > math.MaxInt64-rows {
			return fmt.Errorf("row group %d is said to have %d rows", i+1, g.rows)
		}
		rows += g.rows
		for _, c := range g.chunks {
			if from := c.from(); !c.elsewhere && (from < 4 || c.size < 0 || from > size-c.size) {
				return fmt.Errorf("row group %d: a column is said to stand outside the file", i+1)
			}
		}
	}
	if rows != f.rows {
		return fmt.Errorf("the row groups have %d rows, the file is said to have %d", rows, f.rows)
	}
	return nil
}

// Physical types, logical types, codecs and encodings that are read.
const (
	physicalBoolean = 0
	physicalInt32   = 1
	physicalInt64   = 2
	physicalFloat   = 4
	physicalDouble  = 5
	physicalBytes   = 6

	logicalString  = 1
	logicalInteger = 10

	codecNone   = 0
	codecSnappy = 1
	codecZstd   = 6

	encodingPlain           = 0
	encodingPlainDictionary = 2
	encodingRLE             = 3
	encodingRLEDictionary   = 8
)

// column is a column that can be read.
type column struct {
	name     string
	index    int // in the row groups
	physical int64
	nullable bool
	unsigned bool
	tiny     bool // a byte or a truth: handed over as bits where it holds no more
}

func (c *column) text() bool { return c.physical == physicalBytes }

// columns lists those columns of a flat file that can be read; a file with
// nested columns or names that differ in case alone has none.
func (f *footer) columns() map[string]*column {
	if f.sealed || int64(len(f.schema))-1 != f.schema[0].children {
		return nil
	}
	met := make(map[string]bool)
	list := make(map[string]*column)
	for i, e := range f.schema[1:] {
		if folded := strings.ToLower(e.name); e.children != 0 || met[folded] {
			return nil
		} else {
			met[folded] = true
		}
		if c, ok := e.column(i); ok && f.readable(c) {
			list[e.name] = c
		}
	}
	return list
}

// Whole numbers as older files name them: unsigned from 8 to 64 bits, then
// signed.
const (
	convertedText  = 0
	convertedUint8 = 11
	convertedInt8  = 15
	convertedInt64 = 18
)

// column says how an element is read, if it is.
func (e *element) column(index int) (*column, bool) {
	c := &column{name: e.name, index: index, physical: e.physical, nullable: e.repetition == 1}
	if e.repetition != 0 && e.repetition != 1 {
		return nil, false
	}
	whole := e.logical == logicalInteger
	width, signed := e.width, e.signed
	if e.logical == 0 && e.converted >= convertedUint8 && e.converted <= convertedInt64 {
		whole, signed = true, e.converted >= convertedInt8
		width = 8 << ((e.converted - convertedUint8) % 4)
	}
	plain := e.logical == 0 && e.converted < 0
	switch e.physical {
	case physicalInt32:
		c.tiny = whole && width == 8 && signed
		c.unsigned = whole && !signed
		return c, plain || whole && width <= 32
	case physicalInt64:
		c.unsigned = whole && !signed
		return c, plain || whole && width == 64
	case physicalBoolean:
		c.tiny = true
		return c, plain
	case physicalFloat, physicalDouble:
		return c, plain
	case physicalBytes:
		return c, e.logical == logicalString || e.logical == 0 && e.converted == convertedText
	}
	return nil, false
}

// readable reports whether every row group holds the column in a form that is
// read.
func (f *footer) readable(c *column) bool {
	for _, g := range f.groups {
		if c.index >= len(g.chunks) || g.rows > largestGroup {
			return false
		}
		chunk := &g.chunks[c.index]
		if chunk.elsewhere || chunk.physical != c.physical || chunk.values != g.rows ||
			!slices.Contains([]int64{codecNone, codecSnappy, codecZstd}, chunk.codec) {
			return false
		}
		for _, e := range chunk.encodings {
			if !slices.Contains([]int64{encodingPlain, encodingPlainDictionary, encodingRLE, encodingRLEDictionary}, e) {
				return false
			}
		}
	}
	return true
}
