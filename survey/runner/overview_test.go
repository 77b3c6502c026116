package runner_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"barometer/survey/questionnaire"
)

// states reads the overview: the tag of each page by the page's id.
func (d *document) states() map[string]string {
	states := map[string]string{}
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && strings.HasPrefix(attr(n, "id"), "task-") {
			states[strings.TrimPrefix(attr(n, "id"), "task-")] = strings.TrimSpace(text(n))
		}
	}
	return states
}

func TestOverviewTellsWhatIsDone(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		s.have("fornyelser", questionnaire.Answers{
			"A1": {Codes: []string{"leder"}}, "A2": {Codes: []string{"ja"}}, "B1": {Codes: []string{"ja"}},
		})
		d := s.signedIn().get("/da/survey/overview")
		got := d.states()
		for page, want := range map[string]string{
			"arbejdspladsen": "Færdig", "fornyelser": "I gang", s.pageOf("C1"): "Ikke begyndt",
		} {
			if got[page] != want {
				t.Errorf("%s is %q, want %q", page, got[page], want)
			}
		}
		if len(got) != len(s.q.Route(s.stored().Answers)) || !d.has("Svarene kan åbne for flere sider") {
			t.Errorf("shows %d pages:\n%s", len(got), d.words())
		}
	})
}

// Every page leads to the overview, with what was typed, and the overview to
// every page.
func TestOverviewIsReachedFromEveryPage(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder") // A2 stays open: no reason to be held back
		form.Set("action", "overview")
		d := b.send(form)
		if d.Path != "/da/survey/overview" || d.states()["arbejdspladsen"] != "I gang" || !s.stored().Answers["A1"].Has("leder") {
			t.Fatalf("led to %s with %v stored", d.Path, s.stored().Answers)
		}
		for page := range d.states() {
			if !strings.Contains(d.Source, `href="/da/survey/page/`+page+`"`) {
				t.Errorf("no way to %s", page)
			}
			if got := b.get("/da/survey/page/" + page); !strings.Contains(got.Source, `value="overview"`) {
				t.Errorf("no way back from %s", page)
			}
		}
		for _, path := range []string{"/da/survey/check", "/da/survey/start"} {
			if got := b.get(path); !strings.Contains(got.Source, `href="/da/survey/overview"`) {
				t.Errorf("no way to the overview from %s", path)
			}
		}
	})
}

func TestGoingBackKeepsWhatIsTyped(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		s.have("fornyelser", upTo("fornyelser"))
		b := s.signedIn()
		b.get("/da/survey/page/fornyelser")
		form := b.page.fill()
		form.Set("B2", "ja")
		form.Set("action", "back")
		if d := b.send(form); d.Path != "/da/survey/page/arbejdspladsen" || !s.stored().Answers["B2"].Has("ja") {
			t.Errorf("led to %s with %v stored", d.Path, s.stored().Answers)
		}
	})
}
