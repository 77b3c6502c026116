package runner_test

import (
	"fmt"
	"testing"
	"time"

	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

// look examines the page in every way there is.
func look(w *browsertest.Window) {
	w.Look()
	w.Keys()
	w.Modes()
}

// TestEveryPageOfTheSurveyIsLookedAt opens what the walk by hand does not meet:
// faults, refusals, disputes and outcomes.
func TestEveryPageOfTheSurveyIsLookedAt(t *testing.T) {
	for _, l := range i18n.Languages {
		at := "/" + string(l) + "/survey"
		open := func(t *testing.T) (*survey, *browsertest.Window) {
			s := newSurvey(t)
			s.server.Config.Handler = withoutScript(s.handler)
			s.have(s.pageOf("C1"), upTo("undervejs"))
			w := browsertest.Open(t, s.server.URL)
			w.Go("/" + string(l) + "/s/" + s.code)
			w.Press("#answers button")
			return s, w
		}
		fill := func(w *browsertest.Window) {
			w.Type("textarea", typed)
			w.Pick("C2-produkt")
		}
		send := func(w *browsertest.Window) { w.Press("#answers button[value=continue]") }
		for name, visit := range map[string]func(t *testing.T){
			"outside": func(t *testing.T) {
				s, w := open(t)
				for _, path := range []string{"/questionnaire", "/declined", "/ineligible", "/saved"} {
					w.Go(at + path)
					look(w)
				}
				w.Go("/" + string(l) + "/s/" + s.code)
				look(w)
				w.Go(at)
				w.Type("#code", "7K3P-9QXM-2D4")
				w.Press("#answers button")
				look(w)
			},
			"inside": func(t *testing.T) {
				_, w := open(t)
				for _, path := range []string{"/overview", "/start", "/check"} {
					w.Go(at + path)
					look(w)
				}
				w.Press("#answers button") // unfinished
				look(w)
			},
			"stale": func(t *testing.T) {
				s, w := open(t)
				fill(w)
				a := upTo("undervejs")
				a["C1"] = questionnaire.Answer{Text: "Vi har lagt vagterne om"}
				s.have(s.pageOf("C1"), a)
				send(w)
				look(w)
			},
			"off the route": func(t *testing.T) {
				s, w := open(t)
				fill(w)
				a := upTo("fornyelser")
				for _, item := range []string{"B1", "B2", "B3", "B4"} {
					a[item] = questionnaire.Answer{Codes: []string{"nej"}}
				}
				s.have("fornyelser", a)
				send(w)
				look(w)
			},
			"closed": func(t *testing.T) {
				s, w := open(t)
				fill(w)
				must(t, s.responses.Close(t.Context(), wave))
				send(w)
				look(w)
			},
			"sent by a colleague": func(t *testing.T) {
				s, w := open(t)
				fill(w)
				_, err := s.responses.Submit(t.Context(), wave, unit, s.stored().Revision, func(questionnaire.Answers) error { return nil })
				must(t, err)
				send(w)
				look(w)
			},
			"expired": func(t *testing.T) {
				s, w := open(t)
				fill(w)
				s.now = s.now.Add(time.Hour)
				send(w)
				look(w)
			},
			"expired for long": func(t *testing.T) {
				s, w := open(t)
				fill(w)
				s.now = s.now.Add(48 * time.Hour)
				send(w)
				look(w)
			},
		} {
			t.Run(fmt.Sprintf("%s in %s", name, l), visit)
		}
	}
}

func TestGoal34_UnsavedPageIsLookedAt(t *testing.T) {
	where := storetest.SQLite(t)
	s := surveyAt(t, where)
	s.have(s.pageOf("C1"), upTo("undervejs"))
	w := browsertest.Open(t, s.server.URL)
	w.Go("/da/s/" + s.code)
	w.Press("#answers button")
	w.Type("textarea", typed)
	w.Pick("C2-produkt")
	release := lock(t, where)
	w.Press("#answers button[value=continue]")
	look(w)
	release()
	w.Press("#answers button")
	if got := s.stored().Answers["C1"].Text; got != typed {
		t.Errorf("trying again led to %s and stored %q", w.Path(), got)
	}
}
