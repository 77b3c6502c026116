package web

import (
	"net/http"
	"strconv"
	"strings"

	"barometer/internal/i18n"
)

// Lang returns the language of a request: that of its path (/da/…, /en/…), or
// else the one the browser prefers, or else Danish.
func Lang(r *http.Request) i18n.Lang {
	if l, _, ok := splitLang(r.URL.Path); ok {
		return l
	}
	return preferred(r.Header.Get("Accept-Language"))
}

// splitLang cuts the language off the front of a path.
func splitLang(path string) (l i18n.Lang, rest string, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	l, err := i18n.ParseLang(first)
	if err != nil {
		return "", path, false
	}
	return l, "/" + rest, true
}

// preferred reads an Accept-Language header. Where two languages are equally
// welcome, Danish comes first.
func preferred(header string) i18n.Lang {
	best, bestQuality := i18n.Danish, 0.0
	for entry := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(entry, ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		l, err := i18n.ParseLang(primary)
		if err != nil {
			continue
		}
		q := quality(params)
		if q > bestQuality || q == bestQuality && l == i18n.Danish {
			best, bestQuality = l, q
		}
	}
	return best
}

// quality reads the q parameter of a header entry; without one it is 1.
func quality(params string) float64 {
	value, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}

// Front leads from the root of the site to the front page in the reader's
// language.
func Front(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept-Language")
	http.Redirect(w, r, "/"+string(Lang(r))+"/", http.StatusSeeOther)
}

// Localise puts the language in front of a path: "/tables" → "/da/tables".
func Localise(l i18n.Lang, path string) string { return "/" + string(l) + path }
