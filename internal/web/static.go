package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Static is an answer that is made once and given many times: compressed in
// advance, with a hash of its content as entity tag.
type Static struct {
	contentType string
	plain       []byte
	gzipped     []byte // nil where compression gains nothing
	hash        string
}

// NewStatic makes an answer of the given content.
func NewStatic(contentType string, content []byte) (*Static, error) {
	packed, err := compress(content)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	return &Static{contentType: contentType, plain: content, gzipped: packed, hash: hex.EncodeToString(sum[:])}, nil
}

// Static makes an answer of a page.
func (s *Shell) Static(p Page) (*Static, error) {
	page, err := s.whole(p)
	if err != nil {
		return nil, err
	}
	return NewStatic(htmlType, []byte(page))
}

const htmlType = "text/html; charset=utf-8"

// ServeHTTP answers with the content, or with 304 where the browser has it. A
// Cache-Control header that is set already is kept; without one the browser
// asks each time whether its copy is current.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	body, tag, packed := s.plain, `"`+s.hash+`"`, false
	if s.gzipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			// Another form of the content needs a tag of its own (RFC 9110, 8.8.3).
			body, tag, packed = s.gzipped, `"`+s.hash+`-gzip"`, true
		}
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	h.Set("ETag", tag)
	if known(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if packed {
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", s.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// ServeRange answers as ServeHTTP does and, where a part is asked for, with the
// part: of the plain content, whose bytes its tag names.
func (s *Static) ServeRange(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Accept-Ranges", "bytes")
	if r.Header.Get("Range") == "" {
		s.ServeHTTP(w, r)
		return
	}
	if s.gzipped != nil {
		h.Add("Vary", "Accept-Encoding")
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	h.Set("ETag", `"`+s.hash+`"`)
	h.Set("Content-Type", s.contentType)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.plain))
}

// Size is the number of bytes the answer keeps in memory.
func (s *Static) Size() int { return len(s.plain) + len(s.gzipped) }

// known reports whether an If-None-Match header names the tag.
func known(header, tag string) bool {
	for entry := range strings.SplitSeq(header, ",") {
		entry = strings.TrimPrefix(strings.TrimSpace(entry), "W/")
		if entry == tag || entry == "*" {
			return true
		}
	}
	return false
}

// compress returns nil where the compressed form is not clearly smaller.
func compress(content []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(content); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if b.Len() > len(content)*9/10 {
		return nil, nil
	}
	return b.Bytes(), nil
}
