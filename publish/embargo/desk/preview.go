package desk

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/embargo"
	"barometer/publish/site"
)

// preview is the site as it will be with a release as the newest.
type preview struct {
	name   embargo.Name
	key    string // of the releases in it
	routes chi.Router
}

// previewPath is where a page of the site stands in a preview.
func previewPath(l i18n.Lang, n embargo.Name, page string) string {
	return web.Localise(l, pagePath(n)) + "/site" + page
}

// filePath is where a file of a release stands before it is out.
func filePath(l i18n.Lang, n embargo.Name, file string) string {
	return web.Localise(l, pagePath(n)) + "/files/" + file
}

// preview returns the preview of a release; the latest is kept.
func (p *Pages) preview(ctx context.Context, e embargo.Entry) (*preview, error) {
	out, err := p.Releases.Out(ctx)
	if err != nil {
		return nil, err
	}
	shown := append(slices.DeleteFunc(out, func(o embargo.Entry) bool { return !before(o.Name, e.Name) }), e)
	key := fmt.Sprint(e.Name, e.Manifest, len(out))
	for _, s := range shown {
		key += " " + s.Manifest
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.latest != nil && p.latest.key == key {
		return p.latest, nil
	}
	releases, err := p.Releases.Open(shown)
	if err != nil {
		return nil, err
	}
	s, err := site.New(p.Shell, releases, site.Options{Preview: true})
	if err != nil {
		return nil, err
	}
	v := &preview{name: e.Name, key: key, routes: chi.NewRouter()}
	v.routes.NotFound(p.Shell.NotFound)
	s.Routes(v.routes)
	p.latest = v
	return v, nil
}

// before reports whether a release is an earlier one than another.
func before(a, b embargo.Name) bool {
	if a.Wave != b.Wave {
		return a.Wave < b.Wave
	}
	return a.Version.Compare(b.Version) < 0
}

// site answers with a page of the preview.
func (p *Pages) site(w http.ResponseWriter, r *http.Request, e embargo.Entry) {
	p.within(w, r, e, "/"+string(web.Lang(r))+"/"+chi.URLParam(r, "*"))
}

// file answers with a file of the release.
func (p *Pages) file(w http.ResponseWriter, r *http.Request, e embargo.Entry) {
	p.within(w, r, e, "/download/"+e.Wave+"/"+e.Version.String()+"/"+chi.URLParam(r, "*"))
}

// within answers with what the previewed site has at an address. Links of its
// pages are led to the preview.
func (p *Pages) within(w http.ResponseWriter, r *http.Request, e embargo.Entry, address string) {
	v, err := p.preview(r.Context(), e)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	inner := r.Clone(context.WithValue(r.Context(), chi.RouteCtxKey, (*chi.Context)(nil)))
	inner.URL.Path, inner.URL.RawPath = address, ""
	for _, name := range []string{"Accept-Encoding", "If-None-Match", "If-Range"} {
		inner.Header.Del(name)
	}
	if strings.HasPrefix(address, "/download/") {
		v.routes.ServeHTTP(w, inner)
		return
	}
	page := &captured{header: w.Header(), status: http.StatusOK}
	v.routes.ServeHTTP(page, inner)
	v.send(w, r, page)
}

// captured is an answer that is still to be sent.
type captured struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *captured) Header() http.Header         { return c.header }
func (c *captured) WriteHeader(status int)      { c.status = status }
func (c *captured) Write(b []byte) (int, error) { return c.body.Write(b) }

// send passes an answer on with its links led to the preview.
func (v *preview) send(w http.ResponseWriter, r *http.Request, c *captured) {
	body := c.body.Bytes()
	if strings.HasPrefix(c.header.Get("Content-Type"), "text/html") {
		body = v.lead(body, web.Lang(r))
	}
	if to := c.header.Get("Location"); to != "" {
		c.header.Set("Location", v.address(to, web.Lang(r)))
	}
	if r.Method == http.MethodHead {
		c.header.Del("Content-Length") // of a page before its links were led elsewhere
	} else {
		c.header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(c.status)
	w.Write(body) //nolint:errcheck // the browser has gone
}

// lead rewrites the addresses in a page. What stays as it is keeps its bytes.
func (v *preview) lead(page []byte, l i18n.Lang) []byte {
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.Bytes()
		}
		raw := slices.Clone(z.Raw())
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.Write(raw)
			continue
		}
		token, changed := z.Token(), false
		for i, a := range token.Attr {
			if !slices.Contains([]string{"href", "src", "action", "data"}, a.Key) {
				continue
			}
			if to := v.address(a.Val, l); to != a.Val {
				token.Attr[i].Val, changed = to, true
			}
		}
		if changed {
			raw = []byte(token.String())
		}
		out.Write(raw)
	}
}

// address is where something on the site is in the preview: pages of the site
// and files of the release are there, all else is where it always is.
func (v *preview) address(to string, l i18n.Lang) string {
	if file, ok := strings.CutPrefix(to, "/download/"+v.name.Wave+"/"+v.name.Version.String()+"/"); ok {
		return filePath(l, v.name, file)
	}
	page, _, _ := strings.Cut(to, "?")
	page, _, _ = strings.Cut(page, "#")
	for _, lang := range i18n.Languages {
		rest, ok := strings.CutPrefix(to, "/"+string(lang)+"/")
		if ok && v.routes.Match(chi.NewRouteContext(), http.MethodGet, page) {
			return previewPath(lang, v.name, "/"+rest)
		}
	}
	return to
}

// unkept keeps all of these pages out of caches and search engines, whatever
// the site says of its own.
func unkept(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&unkeptWriter{ResponseWriter: w}, r)
	})
}

type unkeptWriter struct {
	http.ResponseWriter
	begun bool
}

func (w *unkeptWriter) WriteHeader(status int) {
	if !w.begun {
		w.begun = true
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
		h.Del("ETag")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *unkeptWriter) Write(b []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets the server's own controls through.
func (w *unkeptWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
