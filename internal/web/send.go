package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// send answers with a complete HTML page, compressed where the browser takes
// it.
func send(w http.ResponseWriter, r *http.Request, status int, page ...Piece) {
	b := buffers.get()
	defer buffers.put(b)
	if acceptsGzip(r) {
		zip(b, page...)
		deliver(w, r, status, b.Bytes(), "gzip")
		return
	}
	for _, p := range page {
		b.Write(p.html)
	}
	deliver(w, r, status, b.Bytes(), "")
}

// deliver answers with a page in the coding it is in.
func deliver(w http.ResponseWriter, r *http.Request, status int, page []byte, coding string) {
	h := w.Header()
	h.Set("Content-Type", htmlType)
	h.Add("Vary", "Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(page)
	}
}

// acceptsGzip reports whether the browser takes gzip.
func acceptsGzip(r *http.Request) bool {
	for entry := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(entry, ";")
		if strings.TrimSpace(coding) == "gzip" {
			return quality(params) > 0
		}
	}
	return false
}

// buffers are reused between requests; a page is some tens of kilobytes.
var buffers bufferPool

type bufferPool struct{ pool sync.Pool }

const largestKept = 1 << 20

func (p *bufferPool) get() *bytes.Buffer {
	if b, ok := p.pool.Get().(*bytes.Buffer); ok {
		b.Reset()
		return b
	}
	return new(bytes.Buffer)
}

func (p *bufferPool) put(b *bytes.Buffer) {
	if b.Cap() <= largestKept {
		p.pool.Put(b)
	}
}
