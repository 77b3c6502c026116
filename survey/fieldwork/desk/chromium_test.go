package desk

import (
	"net/http/httptest"
	"testing"

	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/internal/store/storetest"
)

// Every page is looked at in a real browser, filled with what three weeks of
// collection leave behind.
func TestPagesInARealBrowser(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.draw(8)
	s.crowd()
	s.act("u00001", "remark", map[string][]string{"subject": {"merged"}, "text": {"Lagt sammen med naboinstitutionen Solgården"}})
	s.answer("u00002", true)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	w := browsertest.Open(t, server.URL)
	for _, path := range []string{"", "/2025", "/2025/representativity", "/2025/contacts", "/2025/units/u00001", "/2025/units/u00002"} {
		for _, l := range i18n.Languages {
			w.Go("/" + string(l) + "/staff/fieldwork" + path)
			w.Look()
			if l == i18n.Danish {
				w.Keys()
				w.Modes()
			}
		}
	}
	w.Go("/da/staff/fieldwork/2025/units/u00001")
	w.Press("form[action$='/disposition'] button")
	w.Look() // what is wrong
	w.Go("/da/staff/fieldwork/2025/units/u00001")
	w.Press("form[action$='/replace'] button")
	w.Look() // the new code
}
