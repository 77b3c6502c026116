package web

import (
	"net/http"
	"slices"
	"strconv"
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
	s.Render(w, r, status, s.errorPage(r, status))
}

// NotFound and MethodNotAllowed are the router's handlers for the two failures
// it finds itself.
func (s *Shell) NotFound(w http.ResponseWriter, r *http.Request) {
	s.Error(w, r, http.StatusNotFound)
}

func (s *Shell) MethodNotAllowed(w http.ResponseWriter, r *http.Request) {
	s.Error(w, r, http.StatusMethodNotAllowed)
}

func (s *Shell) errorPage(r *http.Request, status int) Page {
	l := Lang(r)
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
