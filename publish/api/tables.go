package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"barometer/internal/web"
	"barometer/publish/cube"
)

// table answers with a table, or the part of it that the query wants.
func (a *API) table(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept")
	f := a.asked(w, r)
	if f == nil {
		return
	}
	q, p := a.tableQuery(r, f.Cube)
	if p != nil {
		p.send(w)
		return
	}
	a.version(w, f)
	w.Header().Set("Content-Disposition", q.format.disposition(f.Cube))
	a.give(w, r, "table "+q.key(f.Cube), func() (*web.Static, error) { return q.answer(f.Cube) })
}

// asked finds the table in the address of a request, or answers that there is
// none.
func (a *API) asked(w http.ResponseWriter, r *http.Request) *found {
	f, err := a.find(chi.URLParam(r, "table"))
	switch {
	case err != nil:
		a.Log.Error("a table of the API cannot be read", "error", err)
		failed.send(w)
	case f == nil:
		nothingThere.send(w)
	}
	return f
}

// version sets the headers that tell whether an answer may change.
func (a *API) version(w http.ResponseWriter, f *found) {
	if f.pinned {
		w.Header().Set("Cache-Control", forever)
	}
	if link := a.link(f); link != "" {
		w.Header().Set("Link", link)
	}
}

// answer writes what is wanted of a table.
func (q query) answer(c *cube.Cube) (*web.Static, error) {
	part, err := c.Pick(q.wanted)
	if err != nil {
		return nil, err
	}
	content, err := q.format.bytesOf(part, q.lang)
	if err != nil {
		return nil, err
	}
	return web.NewStatic(q.format.media, content)
}
