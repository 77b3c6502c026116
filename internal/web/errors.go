package web

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"

	"barometer/internal/i18n"
)

// statuses lists the failures that have a page of their own; messages.yaml
// holds a title and a text for each. Anything else is shown as 500.
var statuses = []int{
	http.StatusBadRequest,
	http.StatusUnauthorized,
	http.StatusForbidden,
	http.StatusNotFound,
	http.StatusMethodNotAllowed,
	http.StatusConflict,
	http.StatusRequestEntityTooLarge,
	http.StatusMisdirectedRequest,
	http.StatusUnprocessableEntity,
	http.StatusTooManyRequests,
	http.StatusInternalServerError,
	http.StatusServiceUnavailable,
}

// Error answers with the page for a failed request. It says what happened and
// what to do next, never why the program failed; that belongs in the log. The
// caller sets Retry-After on 429 and 503 where it knows the time.
func (s *Shell) Error(w http.ResponseWriter, r *http.Request, status int) {
	if !slices.Contains(statuses, status) {
		status = http.StatusInternalServerError
	}
	if status == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "30")
	}
	w.Header().Set("Cache-Control", "no-store")
	f, err := s.failure(Lang(r), status)
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	if acceptsGzip(r) {
		deliver(w, r, status, f.packed, "gzip")
		return
	}
	deliver(w, r, status, f.plain, "")
}

// failure is an error page as it is sent. Each is drawn once: what is refused
// for want of time must cost next to none.
type failure struct{ plain, packed []byte }

func (s *Shell) failure(l i18n.Lang, status int) (failure, error) {
	type key struct {
		lang   i18n.Lang
		status int
	}
	if f, ok := s.failures.Load(key{l, status}); ok {
		return f.(failure), nil
	}
	page, err := s.whole(s.errorPage(l, status))
	if err != nil {
		return failure{}, err
	}
	var packed bytes.Buffer
	zip(&packed, Loose(page))
	f := failure{[]byte(page), packed.Bytes()}
	s.failures.Store(key{l, status}, f)
	return f, nil
}

// NotFound and MethodNotAllowed are the router's handlers for the two failures
// it finds itself.
func (s *Shell) NotFound(w http.ResponseWriter, r *http.Request) {
	s.Error(w, r, http.StatusNotFound)
}

func (s *Shell) MethodNotAllowed(w http.ResponseWriter, r *http.Request) {
	s.Error(w, r, http.StatusMethodNotAllowed)
}

func (s *Shell) errorPage(l i18n.Lang, status int) Page {
	key := "error." + strconv.Itoa(status)
	data := struct{ Title, Text, Email string }{
		Title: s.views.T(l, key+".title"),
		Text:  s.views.T(l, key+".text"),
		Email: s.cfg.Email,
	}
	body, err := s.views.HTML(l, "error", data)
	if err != nil {
		s.cfg.Log.Error("error page failed", "error", err)
	}
	return Page{Lang: l, Title: data.Title, Body: body, NoIndex: true}
}
