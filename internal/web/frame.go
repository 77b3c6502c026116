package web

import (
	"errors"
	"html/template"
	"slices"
	"strings"
	"sync"
)

// frame is all of a page but its body.
type frame struct{ top, bottom Piece }

func (f frame) around(body []Piece) []Piece {
	return slices.Concat([]Piece{f.top}, body, []Piece{f.bottom})
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
	html, err := s.views.HTML(p.Lang, "layout", s.layout(p))
	if err != nil {
		return frame{}, err
	}
	top, bottom, found := strings.Cut(string(html), string(bodyMark))
	if !found {
		return frame{}, errors.New("the layout has no place for a body")
	}
	piece := Fixed
	if p.Private {
		piece = Loose
	}
	return frame{piece(template.HTML(top)), piece(template.HTML(bottom))}, nil
}
