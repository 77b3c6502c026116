package gallery_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"barometer/internal/browsertest"
	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/web"
	page "barometer/publish/gallery"
	"barometer/reports/gallery"
)

func serve(t *testing.T) string {
	t.Helper()
	shell, err := web.NewShell(web.Config{Name: i18n.Same("Innovationsbarometeret"), Owner: i18n.Same("COI"), Account: "/account", SignOut: "/sign-out"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := page.New(shell)
	if err != nil {
		t.Fatal(err)
	}
	r := chi.NewRouter()
	r.Use(shell.Secure)
	r.NotFound(shell.NotFound)
	r.Method(http.MethodGet, "/assets/*", shell.Assets())
	p.Routes(r)
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server.URL
}

// Every picture stands in the page in both languages, drawn in two widths, named
// and described, with the table of what it plots.
func TestEveryPictureHasItsTable(t *testing.T) {
	server := serve(t)
	for _, l := range i18n.Languages {
		answer, err := http.Get(server + "/" + string(l) + "/gallery")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", l, answer.Status, err)
		}
		for _, fault := range htmltest.Faults(body) {
			t.Errorf("%s: %s", l, fault)
		}
		for _, p := range gallery.Pictures() {
			for _, want := range []string{`id="chart-` + p.Spec.ID + `-inline-title"`, `id="chart-` + p.Spec.ID + `-inline-phone-desc"`, "data-" + p.Spec.ID} {
				if !strings.Contains(string(body), want) {
					t.Errorf("%s: the page lacks %q", l, want)
				}
			}
		}
	}
}

func TestGalleryInARealBrowser(t *testing.T) {
	w := browsertest.Open(t, serve(t))
	for _, path := range []string{"/da/gallery", "/en/gallery"} {
		w.Go(path)
		w.Look()
		w.Keys()
		w.Modes()
	}
}

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml")
}
