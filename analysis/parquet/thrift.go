package parquet

import (
	"encoding/binary"
	"errors"
)

// The types of the Thrift compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// deepest is how far structures may be nested in what is skipped.
const deepest = 32

var errThrift = errors.New("the metadata are damaged")

// thrift reads the compact protocol from memory. After a fault every read
// returns zero, which ends every loop; err tells.
type thrift struct {
	b     []byte
	err   error
	depth int
}

func (t *thrift) fail() {
	t.b, t.err = nil, errThrift
}

func (t *thrift) byte() byte {
	if len(t.b) == 0 {
		t.fail()
		return 0
	}
	x := t.b[0]
	t.b = t.b[1:]
	return x
}

func (t *thrift) uvarint() uint64 {
	x, n := binary.Uvarint(t.b)
	if n <= 0 {
		t.fail()
		return 0
	}
	t.b = t.b[n:]
	return x
}

// int reads an integer of any width.
func (t *thrift) int() int64 {
	x := t.uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

// bytes reads a string; it views the metadata.
func (t *thrift) bytes() []byte {
	n := t.uvarint()
	if n > uint64(len(t.b)) {
		t.fail()
		return nil
	}
	x := t.b[:n]
	t.b = t.b[n:]
	return x
}

// fields visits the fields of a structure; the visit reads the value of each
// or skips it.
func (t *thrift) fields(visit func(id int64, kind byte)) {
	if t.depth++; t.depth > deepest {
		t.fail()
	}
	id := int64(0)
	for {
		head := t.byte()
		if head == 0 || t.err != nil {
			break
		}
		if head>>4 == 0 {
			id = t.int()
		} else {
			id += int64(head >> 4)
		}
		visit(id, head&15)
	}
	t.depth--
}

// list visits the elements of a list.
func (t *thrift) list(visit func(kind byte)) {
	head := t.byte()
	n, kind := uint64(head>>4), head&15
	if n == 15 {
		n = t.uvarint()
	}
	if n > uint64(len(t.b)) { // an element takes at least a byte
		t.fail()
	}
	for ; n > 0 && t.err == nil; n-- {
		visit(kind)
	}
}

// skip reads over a value.
func (t *thrift) skip(kind byte) {
	if t.depth++; t.depth > deepest {
		t.fail()
	}
	switch {
	case kind == thriftTrue || kind == thriftFalse:
	case kind == thriftByte:
		t.byte()
	case kind > thriftByte && kind <= thriftI64:
		t.uvarint()
	case kind == thriftDouble:
		for range 8 {
			t.byte()
		}
	case kind == thriftBinary:
		t.bytes()
	case kind == thriftList || kind == thriftSet:
		t.list(t.skipElement)
	case kind == thriftMap:
		t.skipMap()
	case kind == thriftStruct:
		t.fields(func(_ int64, kind byte) { t.skip(kind) })
	default:
		t.fail()
	}
	t.depth--
}

// skipElement reads over an element of a list, in which a truth takes a byte.
func (t *thrift) skipElement(kind byte) {
	if kind == thriftTrue || kind == thriftFalse {
		kind = thriftByte
	}
	t.skip(kind)
}

func (t *thrift) skipMap() {
	n := t.uvarint()
	if n == 0 {
		return
	}
	if n > uint64(len(t.b)) {
		t.fail()
	}
	kinds := t.byte()
	for ; n > 0 && t.err == nil; n-- {
		t.skipElement(kinds >> 4)
		t.skipElement(kinds & 15)
	}
}
