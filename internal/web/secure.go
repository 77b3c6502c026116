package web

import (
	"net/http"
	"runtime/debug"
	"time"

	"github.com/go-chi/chi/v5"
)

// MaxForm is the size in bytes a posted form may have.
const MaxForm = 64 << 10

// contentPolicy lets a page load only what this program serves: no inline
// script or style, nothing from elsewhere, no frame around it. Scripts talk to
// this server alone.
const contentPolicy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Secure is the middleware around every route: request log, recovery from
// panics, security headers, refusal of requests for another host, of floods, of
// more than can be answered and of what other sites forged, and the limit on
// what may be posted. Mount it with the router's Use, so that the log
// can name the route instead of the address.
func (s *Shell) Secure(next http.Handler) http.Handler {
	forgery := http.NewCrossOriginProtection()
	forgery.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Error(w, r, http.StatusForbidden)
	}))
	return s.logged(s.headers(s.recovered(s.addressed(s.unflooded(s.unburdened(forgery.Handler(limited(s.working(next)))))))))
}

func (s *Shell) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.cfg.HTTPS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := r.Body
		r.Body = http.MaxBytesReader(w, r.Body, MaxForm)
		next.ServeHTTP(w, setAside(r, body))
	})
}

func (s *Shell) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if fault == http.ErrAbortHandler {
				panic(fault)
			}
			s.cfg.Log.Error("panic", "route", route(r), "fault", fault, "stack", string(debug.Stack()))
			s.Error(w, r, http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// logged writes one line per request. It names the route pattern, not the
// address: access codes, names and searches never reach the log, nor does the
// visitor's address.
func (s *Shell) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		seen := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		s.cfg.Log.Info("request", "method", r.Method, "route", route(r), "status", seen.status,
			"bytes", seen.bytes, "ms", time.Since(start).Milliseconds())
	})
}

// route returns the pattern a request was routed by, "-" when by none.
func route(r *http.Request) string {
	if ctx := chi.RouteContext(r.Context()); ctx != nil && ctx.RoutePattern() != "" {
		return ctx.RoutePattern()
	}
	return "-"
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
