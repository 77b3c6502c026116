package market

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// reader walks a JSON document and notes what does not belong where it stands.
// A value of the wrong kind is skipped, so that the faults after it are found.
type reader struct {
	d      *jsontext.Decoder
	faults Faults
	broken bool              // no JSON from here on
	known  map[string]string // texts read before: a round names the same slots over and over
	buf    []byte
}

func newReader(text []byte) *reader {
	return &reader{d: jsontext.NewDecoder(bytes.NewBuffer(text)), known: map[string]string{}}
}

// here is the place of the value read last.
func (r *reader) here() string { return string(r.d.StackPointer()) }

// stop notes that the text is no JSON.
func (r *reader) stop(err error) {
	if r.broken {
		return
	}
	r.broken = true
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		r.faults.addf(r.here(), "the file ends too early")
	case errors.As(err, &syntax):
		r.faults.addf(string(syntax.JSONPointer), "byte %d: %s", syntax.ByteOffset, strings.TrimPrefix(syntax.Err.Error(), "jsontext: "))
	default:
		r.faults.addf(r.here(), "%v", err)
	}
}

// next reads a value that must be of a kind.
func (r *reader) next(kind jsontext.Kind, want string) (jsontext.Value, bool) {
	if r.broken {
		return nil, false
	}
	v, err := r.d.ReadValue()
	if err != nil {
		r.stop(err)
		return nil, false
	}
	if got := v.Kind(); got != kind {
		r.faults.addf(r.here(), "%s where %s belongs", nameOf(got), want)
		return nil, false
	}
	return v, true
}

func nameOf(k jsontext.Kind) string {
	switch k {
	case '"':
		return "a text"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	case '{':
		return "an object"
	case '[':
		return "a list"
	}
	return "null"
}

func (r *reader) text() string {
	v, ok := r.next('"', "a text")
	if !ok {
		return ""
	}
	return r.keep(v)
}

// keep gives the text of a JSON string, the same one for the same text.
func (r *reader) keep(v jsontext.Value) string {
	raw := []byte(v[1 : len(v)-1])
	if bytes.IndexByte(raw, '\\') >= 0 {
		r.buf, _ = jsontext.AppendUnquote(r.buf[:0], v) // the decoder has checked it
		raw = r.buf
	}
	if s, ok := r.known[string(raw)]; ok {
		return s
	}
	s := string(raw)
	r.known[s] = s
	return s
}

func (r *reader) number() int {
	v, ok := r.next('0', "a whole number")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(string(v))
	if err != nil {
		r.faults.addf(r.here(), "%.40s is no whole number", v)
	}
	return n
}

func (r *reader) truth() bool {
	if !r.broken && r.d.PeekKind() == 't' {
		v, _ := r.next('t', "")
		return v != nil
	}
	r.next('f', "true or false")
	return false
}

// texts reads a list of texts.
func (r *reader) texts() (list []string) {
	r.list(func() { list = append(list, r.text()) })
	return list
}

// list reads a list, item by item.
func (r *reader) list(item func()) {
	if !r.enter('[', "a list") {
		return
	}
	for !r.broken && r.d.PeekKind() != ']' {
		if r.d.PeekKind() == 0 {
			_, err := r.d.ReadToken()
			r.stop(err)
			return
		}
		item()
	}
	r.leave()
}

// fields names what an object may hold, the required first.
type fields struct {
	names    []string
	required int
}

// object reads an object, member by member.
func (r *reader) object(f fields, member func(name string)) {
	if !r.enter('{', "an object") {
		return
	}
	path := r.here()
	var seen uint
	for !r.broken && r.d.PeekKind() != '}' {
		name, ok := r.name()
		if !ok {
			return
		}
		at := slices.Index(f.names, name)
		if at < 0 {
			r.faults.addf(r.here(), "no such field; there are %s", strings.Join(f.names, ", "))
			r.skip()
			continue
		}
		seen |= 1 << at
		member(name)
	}
	r.leave()
	for i, name := range f.names[:f.required] {
		if !r.broken && seen&(1<<i) == 0 {
			r.faults.addf(path+"/"+name, "missing")
		}
	}
}

// pairs reads an object whose names are data.
func (r *reader) pairs(pair func(name string)) {
	if !r.enter('{', "an object") {
		return
	}
	for !r.broken && r.d.PeekKind() != '}' {
		name, ok := r.name()
		if !ok {
			return
		}
		pair(name)
	}
	r.leave()
}

func (r *reader) name() (string, bool) {
	v, err := r.d.ReadValue()
	if err != nil {
		r.stop(err)
		return "", false
	}
	return r.keep(v), true
}

// enter opens a list or an object; anything else is skipped.
func (r *reader) enter(kind jsontext.Kind, want string) bool {
	if r.broken {
		return false
	}
	if r.d.PeekKind() != kind {
		r.next(kind, want)
		return false
	}
	r.leave() // the opening brace is a token like the closing one
	return !r.broken
}

func (r *reader) leave() {
	if r.broken {
		return
	}
	if _, err := r.d.ReadToken(); err != nil {
		r.stop(err)
	}
}

func (r *reader) skip() {
	if err := r.d.SkipValue(); err != nil {
		r.stop(err)
	}
}

// end makes sure that nothing follows.
func (r *reader) end() {
	if r.broken {
		return
	}
	if _, err := r.d.ReadToken(); !errors.Is(err, io.EOF) {
		r.faults.addf("", "something follows the end of the document")
	}
}
