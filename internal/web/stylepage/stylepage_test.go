package stylepage_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/go-chi/chi/v5"

	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/web"
	"barometer/internal/web/stylepage"
)

func serve(t *testing.T) string {
	t.Helper()
	shell, err := web.NewShell(web.Config{
		Name: i18n.Same("Innovationsbarometeret"), Owner: i18n.Same("COI"), Account: "/account", SignOut: "/sign-out",
		Nav: []web.Link{
			{Path: "/report", Label: i18n.Text{DA: "Rapport", EN: "Report"}},
			{Path: "/tables", Label: i18n.Text{DA: "Tabeller", EN: "Tables"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := stylepage.New(shell)
	if err != nil {
		t.Fatal(err)
	}
	r := chi.NewRouter()
	r.Use(shell.Secure)
	r.NotFound(shell.NotFound)
	r.Method(http.MethodGet, "/assets/*", shell.Assets())
	page.Routes(r)
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server.URL
}

// Every component, in every state and both languages, is examined here before
// any page uses it.
func TestComponentsInARealBrowser(t *testing.T) {
	w := browsertest.Open(t, serve(t))
	for _, path := range []string{"/da/style", "/en/style"} {
		w.Go(path)
		w.Look()
		w.Keys()
		w.Modes()
	}
}

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	var built []string
	for _, kind := range []web.Kind{web.Info, web.Success, web.Warning, web.Danger} {
		built = append(built, "alert."+string(kind), "tag."+string(kind))
	}
	for _, look := range []web.Look{web.Primary, web.Secondary, web.Tertiary, web.Caution} {
		built = append(built, "button."+string(look))
	}
	for _, name := range []string{"field", "code", "area", "select", "radios", "boxes", "consent", "date", "upload"} {
		built = append(built, "form."+name, "form."+name+".hint", "fault."+name)
	}
	built = append(built, "parent", "table.state.sector", "table.long", "table.region", "table.short")
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}
