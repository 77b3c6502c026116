package brief_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"barometer/internal/browsertest"
	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/reports/brief"
	"barometer/reports/internal/invented"
)

// The report and the pages of the sectors, as a browser, a strict reader and
// axe-core find them, on a phone and on a desk. The file carries all that it
// needs, so what it weighs is not that of a page.
func TestDocumentsInARealBrowser(t *testing.T) {
	documents := map[string]*brief.Report{"/report": build(t, invented.Table(), i18n.Danish), "/sectors": buildSheets(t, invented.New(), i18n.English)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d, ok := documents[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(d.HTML)
			return
		}
		w.WriteHeader(http.StatusNoContent) // the browser asks for an icon
	}))
	t.Cleanup(server.Close)
	w := browsertest.Open(t, server.URL)
	for path, d := range documents {
		for _, fault := range htmltest.Faults(d.HTML) {
			t.Errorf("%s: %s", path, fault)
		}
		w.Go(path)
		for _, fault := range w.Faults() {
			if !strings.HasPrefix(fault, "a first view fetches") {
				t.Errorf("%s: %s", path, fault)
			}
		}
	}
}
