package web

import (
	"net/http"
	"net/url"
	"strings"
)

// addressed refuses requests for another host than the site's, so that no link
// in a mail or page can be made to lead elsewhere. A site that knows no host of
// its own, as on a developer's machine, answers to any.
func (s *Shell) addressed(next http.Handler) http.Handler {
	if s.cfg.Host == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.EqualFold(bareHost(r.Host), bareHost(s.cfg.Host)) && r.URL.Path != healthPath {
			s.Error(w, r, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// bareHost leaves out what makes no difference: the port of HTTPS and the dot of
// the root.
func bareHost(host string) string { return strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ".") }

// healthPath is asked for by what watches the service, under any name.
const healthPath = "/healthz"

// LocalPath returns the path and query of an address on this site that a
// visitor is to be sent on to, as a form or a link named it; ok is false for
// everything that a browser might take for another site.
func LocalPath(target string) (path string, ok bool) {
	if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") || strings.ContainsFunc(target, misread) {
		return "", false
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return "", false
	}
	u.Fragment = ""
	return u.String(), strings.HasPrefix(u.String(), "/") && !strings.HasPrefix(u.String(), "//")
}

// misread reports characters that browsers drop or turn into a slash.
func misread(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }
