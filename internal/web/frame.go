package web

import (
	"bytes"
	"errors"
	"html/template"
	"io"
	"sync"
)

// frame is all of a page but its body.
type frame struct{ top, bottom []byte }

func (f frame) write(w io.Writer, body template.HTML) error {
	for _, part := range [][]byte{f.top, []byte(body), f.bottom} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// bodyMark stands where the body comes. No text on a page can hold it:
// html/template replaces a NUL wherever it stands.
const bodyMark template.HTML = "\x00body\x00"

// frames keeps the frames that were drawn: a site has few that differ, and
// drawing one takes longer than all else in a page.
type frames struct {
	mu   sync.RWMutex
	kept map[Page]frame // by the page without its body
}

// mostFrames bounds what is kept. Addresses are bounded by the routes, so it is
// reached, if ever, by a site that has grown: it then begins anew.
const mostFrames = 1024

// frame returns the frame of a page, drawn if need be.
func (s *Shell) frame(p Page) (frame, error) {
	p.Body = bodyMark
	s.frames.mu.RLock()
	f, ok := s.frames.kept[p]
	s.frames.mu.RUnlock()
	if ok {
		return f, nil
	}
	f, err := s.drawFrame(p)
	if err != nil || p.Private || p.Passing {
		return f, err
	}
	s.frames.mu.Lock()
	defer s.frames.mu.Unlock()
	if s.frames.kept == nil || len(s.frames.kept) >= mostFrames {
		s.frames.kept = map[Page]frame{}
	}
	s.frames.kept[p] = f
	return f, nil
}

func (s *Shell) drawFrame(p Page) (frame, error) {
	var b bytes.Buffer
	if err := s.views.Execute(&b, p.Lang, "layout", s.layout(p)); err != nil {
		return frame{}, err
	}
	top, bottom, found := bytes.Cut(b.Bytes(), []byte(bodyMark))
	if !found {
		return frame{}, errors.New("the layout has no place for a body")
	}
	return frame{top, bottom}, nil
}
