// Package api answers programs: the tables, indicators and releases of the site
// under /v1, in the formats of the release.
//
// Opened releases come in, those that everyone may see and no other; what is
// under embargo the package has never heard of. Answers go out that are made from
// the cubes of package cube by the writers of the release, so that a table here
// has the bytes of its file, and a part of one has cells of the table and no
// finer ones. What was made is kept, within bounds. openapi.json describes all of
// it, and the tests hold the package to the description. No database, no clock,
// no cookie.
package api

import (
	_ "embed"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"

	"barometer/internal/web"
	"barometer/publish/release"
)

// Path is where the API is mounted.
const Path = "/v1"

// MaxCells is how many cells one answer may have where [Options] say nothing.
const MaxCells = 50_000

// Options are the circumstances of an API.
type Options struct {
	MaxCells int          // of one answer; 0 = [MaxCells]
	Log      *slog.Logger // of failures; nil = none
}

// API answers for some releases. It is safe for concurrent use.
type API struct {
	Options
	editions []*edition // newest wave first, of a wave the newest version first
	answers  *answers
}

//go:embed openapi.json
var description []byte

// New makes the API of some releases, in any order. Nothing of them is read
// before it is asked for.
func New(releases []*release.Release, o Options) *API {
	if o.MaxCells == 0 {
		o.MaxCells = MaxCells
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &API{Options: o, editions: editionsOf(releases), answers: newAnswers()}
}

// Routes mounts the API at [Path].
func (a *API) Routes(router chi.Router) {
	router.Route(Path, func(r chi.Router) {
		r.Use(open)
		r.NotFound(func(w http.ResponseWriter, _ *http.Request) { nothingThere.send(w) })
		r.MethodNotAllowed(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", methods)
			notAllowed.send(w)
		})
		for pattern, h := range map[string]http.HandlerFunc{
			"/":               a.index,
			"/openapi.json":   a.describe,
			"/tables":         a.tables,
			"/tables/{table}": a.table,
			"/cells/{table}":  a.cell,
			"/indicators":     a.indicators,
			"/releases":       a.releases,
		} {
			r.Get(pattern, h)
			r.Head(pattern, h)
			r.Options(pattern, preflight)
		}
	})
}

const methods = "GET, HEAD, OPTIONS"

// open lets pages of any site ask: everything here is public, and no cookie is
// looked at.
func open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "ETag, Link, Content-Disposition, Content-Range, Accept-Ranges")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		next.ServeHTTP(w, r)
	})
}

// preflight answers a browser that asks whether it may ask.
func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", methods)
	h.Set("Access-Control-Allow-Headers", "Accept, If-None-Match, If-Range, Range")
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Allow", methods)
	w.WriteHeader(http.StatusNoContent)
}

// forever is the Cache-Control of what never changes at its address.
const forever = "public, max-age=31536000, immutable"

// give sends an answer that is kept under a key, made when it is first asked
// for.
func (a *API) give(w http.ResponseWriter, r *http.Request, key string, write func() (*web.Static, error)) {
	answer, err := a.answers.get(key, write)
	if err != nil {
		a.Log.Error("an answer of the API failed", "error", err)
		w.Header().Del("Content-Disposition")
		failed.send(w)
		return
	}
	answer.ServeRange(w, r)
}

// describe answers with the description of the API.
func (a *API) describe(w http.ResponseWriter, r *http.Request) {
	if _, p := parameters(r, nil); p != nil {
		p.send(w)
		return
	}
	a.give(w, r, "description", func() (*web.Static, error) { return web.NewStatic(jsonType, description) })
}
