package browsertest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"barometer/internal/browsertest"
)

// What a reader without a mouse, with paper, or with colours of their own would
// stumble over.
func TestFaultsOfKeysAndModesAreFound(t *testing.T) {
	const head = `<!DOCTYPE html><html lang="da"><head><title>Side</title><link rel="icon" href="data:,"><style>
		a:focus { outline: 3px solid } button { outline: 3px solid }
		@media print { button.kept { display: none } }</style></head><body><h1>Side</h1>`
	const radios = `<input type="radio" name="a" id="y" checked><label for="y">Ja</label><input type="radio" name="a" id="n"><label for="n">Nej</label>`
	pages := map[string]string{
		"":               head + `<a href="/">A</a><button type="button" class="kept">B</button></body></html>`,
		"no ring":        head + `<a href="/" style="outline:none">A</a></body></html>`,
		"out of sight":   head + `<a href="/" style="position:fixed;top:-900px">A</a></body></html>`,
		"on paper":       head + `<button type="button">B</button></body></html>`,
		"a chosen radio": head + radios + `</body></html>`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(pages[strings.ReplaceAll(r.URL.Query().Get("fault"), "+", " ")]))
	}))
	defer server.Close()
	w := browsertest.Open(t, server.URL)
	for fault := range pages {
		w.Go("/?fault=" + strings.ReplaceAll(fault, " ", "+"))
		found := strings.Join(append(w.KeyFaults(), w.ModeFaults()...), "; ")
		if fault == "" && found != "" {
			t.Errorf("faults of a page that has none: %s", found)
		}
		if !strings.Contains(found, fault) {
			t.Errorf("%s: found %q", fault, found)
		}
	}
}
