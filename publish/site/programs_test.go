package site_test

import (
	"net/http/httptest"
	"testing"

	"barometer/internal/browsertest"
	"barometer/internal/i18n"
)

// The page for programs in a browser: readable for all, at every width, by
// keyboard and without scripts.
func TestPageForProgramsInABrowser(t *testing.T) {
	server := httptest.NewServer(ordinary(t))
	t.Cleanup(server.Close)
	window := browsertest.Open(t, server.URL)
	for _, l := range i18n.Languages {
		window.Go("/" + string(l) + "/api")
		window.Look()
		window.Keys()
		window.Modes()
	}
}
