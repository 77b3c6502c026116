package browsertest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"barometer/internal/browsertest"
)

// Each of these pages has one fault that a reader would stumble over; the last
// has none.
func TestFaultsAreFound(t *testing.T) {
	const head = `<!DOCTYPE html><html lang="da"><head><title>Side</title><meta name="viewport" content="width=device-width">
		<link rel="icon" href="data:,"></head><body><main><h1>Side</h1>`
	pages := map[string]string{
		"label":               head + `<input type="text"></main></body></html>`,
		"html-has-lang":       strings.Replace(head, ` lang="da"`, "", 1) + `</main></body></html>`,
		"heading-order":       head + `<h4>Tabel</h4></main></body></html>`,
		"color-contrast":      head + `<p style="color:#ccc">tekst</p></main></body></html>`,
		"target-size":         head + `<p><button style="width:5px;height:5px;padding:0">a</button><button style="width:5px;height:5px;padding:0">b</button></p></main></body></html>`,
		"pixels wide":         head + `<svg width="700" height="9" role="img" aria-label="kort"></svg></main></body></html>`,
		"Content Security":    head + `<p onclick="x()">tekst</p><script>1</script></main></body></html>`,
		"cut off when spaced": head + `<link rel="stylesheet" href="/tight.css"><p class="tight">Fem hundrede arbejdspladser</p></main></body></html>`,
		"":                    head + `<p>Alt er i orden.</p></main></body></html>`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tight.css" {
			w.Header().Set("Content-Type", "text/css")
			w.Write([]byte(".tight { overflow: hidden; white-space: nowrap; width: 13em }"))
			return
		}
		name := r.URL.Query().Get("fault")
		if name == "Content Security" {
			w.Header().Set("Content-Security-Policy", "script-src 'self'")
		}
		w.Write([]byte(pages[name]))
	}))
	defer server.Close()
	w := browsertest.Open(t, server.URL)
	for fault := range pages {
		w.Go("/?fault=" + strings.ReplaceAll(fault, " ", "+"))
		found := strings.Join(w.Faults(), "; ")
		if fault == "" && found != "" {
			t.Errorf("faults of a page that has none: %s", found)
		}
		if !strings.Contains(found, fault) {
			t.Errorf("%s: found %q", fault, found)
		}
	}
}
