package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// SecurityText tells finders of a weakness whom to write to (RFC 9116). It
// expires half a year on, at midnight, so that a site nobody looks after any
// more is not trusted for ever. base is the site's own address, empty where it
// knows none.
func SecurityText(contact, base string, now func() time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		expires := now().UTC().Truncate(24*time.Hour).AddDate(0, 6, 0)
		var b strings.Builder
		fmt.Fprintf(&b, "Contact: mailto:%s\nExpires: %s\nPreferred-Languages: da, en\n", contact, expires.Format(time.RFC3339))
		if base != "" {
			fmt.Fprintf(&b, "Canonical: %s/.well-known/security.txt\n", strings.TrimSuffix(base, "/"))
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=86400")
		fmt.Fprint(w, b.String())
	}
}
