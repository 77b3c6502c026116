package runner_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store/storetest"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

func TestGoal19_OpeningTheLinkChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		d := s.browser().get("/s/" + s.code)
		if d.Status != 200 || !strings.Contains(d.Source, "Start besvarelsen") {
			t.Fatalf("status %d:\n%s", d.Status, d.words())
		}
		statuses, err := s.access.Statuses(context.Background(), wave)
		must(t, err)
		if !statuses[0].Opened.IsZero() || len(d.Header.Values("Set-Cookie")) > 0 {
			t.Error("the page a mail scanner would open has used the code or set a cookie")
		}
		if got := d.Header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("Referrer-Policy %q lets the code leave in a Referer header", got)
		}
		if got := d.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control = %q, want no-store", got)
		}
		if strings.Contains(s.log.String(), s.code) {
			t.Error("the code is in the log")
		}
	})
}

func TestGoal17_WrongCodesAreAnsweredAlike(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		revoked := s.invite("unit-two")
		must(t, s.access.Revoke(context.Background(), wave, "unit-two"))
		typo := s.code[:11] + string(map[bool]byte{true: '0', false: '1'}[s.code[11] == '1'])
		b := s.browser()

		d := b.post("/da/survey", url.Values{"code": {typo}})
		if d.Status != 422 || !d.has("ikke skrevet rigtigt") || !strings.HasPrefix(d.title(), "Fejl:") {
			t.Errorf("mistyped code: status %d, title %q", d.Status, d.title())
		}
		if got := d.fill().Get("code"); got != typo {
			t.Errorf("the field holds %q, want what was typed", got)
		}
		unknown := b.post("/da/survey", url.Values{"code": {"00000000000" + "0"}})
		gone := b.post("/da/survey", url.Values{"code": {revoked}})
		if unknown.Status != gone.Status || strings.ReplaceAll(gone.Source, revoked, "000000000000") != unknown.Source {
			t.Error("a revoked code is answered differently from one that never was")
		}
		if d := b.post("/da/survey", url.Values{}); d.Status != 422 {
			t.Errorf("no code: status %d, want 422", d.Status)
		}
	})
}

func TestGoal15_CodeIsTakenAsPeopleTypeIt(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		c := strings.ToLower(s.code)
		d := s.browser().post("/en/survey", url.Values{"code": {" " + c[:4] + "-" + c[4:8] + " " + c[8:]}})
		if d.Path != "/en/survey/start" {
			t.Errorf("led to %s with status %d, want the start page", d.Path, d.Status)
		}
	})
}

func TestGoal18_GuessingIsSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		for range 25 {
			b.post("/da/survey", url.Values{"code": {"000000000000"}})
		}
		if b.page.Status != http.StatusTooManyRequests || b.page.Header.Get("Retry-After") == "" {
			t.Fatalf("status %d, Retry-After %q after 25 guesses", b.page.Status, b.page.Header.Get("Retry-After"))
		}
		s.now = s.now.Add(time.Minute)
		if d := b.post("/da/survey", url.Values{"code": {s.code}}); d.Path != "/da/survey/start" {
			t.Errorf("a right code a minute later led to %s", d.Path)
		}
	})
}

func TestGoal21_UnansweredQuestionsComeBackWithTheInput(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "medarbejder")
		d := b.send(form)
		if d.Status != 422 || !strings.HasPrefix(d.title(), "Fejl:") {
			t.Fatalf("status %d, title %q", d.Status, d.title())
		}
		if !strings.Contains(d.Source, `href="#A2-ja"`) || !strings.Contains(d.Source, `aria-describedby="A2-hint A2-fault"`) {
			t.Error("the fault does not lead to the field, or the field not to the fault")
		}
		if d.fill().Get("A1") != "medarbejder" {
			t.Error("what was chosen is gone")
		}
		if d.has("Gemt") || s.stored().Revision != 0 {
			t.Error("a refused page counts as saved")
		}
	})
}

func TestGoal29_SavedIsSaidOnlyOfWhatIsStored(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		if d := b.get("/da/survey/page/arbejdspladsen"); d.has("Gemt") {
			t.Error("an empty response is called saved")
		}
		form := b.page.fill()
		form.Set("A1", "leder")
		form.Set("A2", "ja")
		if d := b.send(form); d.Path != "/da/survey/page/fornyelser" || !d.has("Gemt") {
			t.Errorf("led to %s", d.Path)
		}
		if s.stored().Answers["A1"].Codes[0] != "leder" {
			t.Error("called saved, but not stored")
		}
	})
}

func TestSaveAndCloseKeepsAnUnfinishedPage(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder")
		form.Set("action", "close")
		if d := b.send(form); d.Path != "/da/survey/saved" {
			t.Fatalf("led to %s, status %d", d.Path, d.Status)
		}
		if d := b.get("/da/survey/page/arbejdspladsen"); !strings.HasPrefix(d.Path, "/da/survey?") && d.Path != "/da/survey" {
			t.Errorf("after closing, a page is still open on this computer: %s", d.Path)
		}
		other := s.browser()
		d := other.post("/da/survey", url.Values{"code": {s.code}})
		if d.Path != "/da/survey/page/arbejdspladsen" || d.fill().Get("A1") != "leder" {
			t.Errorf("resumed at %s with %v", d.Path, d.fill())
		}
	})
}

func TestGoal27_LanguageSwitchKeepsPageAndInput(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen?from=check")
		d := b.switchLanguage(url.Values{"A1": {"leder"}})
		if d.Path != "/en/survey/page/arbejdspladsen?from=check" || d.fill().Get("A1") != "leder" || !d.has("Manager") {
			t.Errorf("switched to %s with %v", d.Path, d.fill())
		}
		if got := s.stored().Lang; got != i18n.English {
			t.Errorf("language of the response is %s, want en", got)
		}
	})
}

// switchLanguage presses the switch of the page with a form filled in.
func (b *browser) switchLanguage(changes url.Values) *document {
	b.t.Helper()
	form := b.page.fill()
	maps.Copy(form, changes)
	for n := range b.page.root.Descendants() {
		if n.Data == "button" && attr(n, "value") == "language" {
			form.Set("action", "language")
			return b.post(attr(n, "formaction"), form)
		}
	}
	b.t.Fatalf("%s has no language switch that takes the form along", b.page.Path)
	return nil
}

func TestGoal27_LanguageSwitchKeepsACodeAndAnAddress(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.get("/da/survey")
		if d := b.switchLanguage(url.Values{"code": {"7k3p-9q"}}); d.Status != 200 || d.fill().Get("code") != "7k3p-9q" || !d.has("Access code") {
			t.Errorf("status %d, code %q:\n%s", d.Status, d.fill().Get("code"), d.words())
		}
		b.answerAllBut(random(5), "/da/survey/check")
		a := s.stored().Answers
		a["L2"] = questionnaire.Answer{Codes: []string{"ja"}}
		s.have("check", a)
		b.get("/da/survey/check")
		b.send(b.page.fill())
		if d := b.switchLanguage(url.Values{"mirror": {"leder@eksempel"}}); d.Status != 200 || !strings.Contains(d.Source, `value="leder@eksempel"`) || !d.has("Thank you") {
			t.Errorf("status %d:\n%s", d.Status, d.words())
		}
		if kept, err := s.access.Wishes(t.Context(), wave, contact.Mirror); err != nil || len(kept) > 0 {
			t.Errorf("switching the language kept %v, %v", kept, err)
		}
	})
}

func TestGoal30_StaleTabShowsBothAnswers(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder")
		form.Set("A2", "ja")
		a := upTo("fornyelser")
		a["A1"] = questionnaire.Answer{Codes: []string{"medarbejder"}}
		s.have("fornyelser", a)

		d := b.send(form)
		if d.Status != http.StatusConflict || !d.has("Medarbejder") || !d.has("Leder") {
			t.Fatalf("status %d:\n%s", d.Status, d.words())
		}
		if got := s.stored().Answers["A1"].Codes[0]; got != "medarbejder" {
			t.Errorf("the disputed answer became %s before anyone chose", got)
		}
		d = b.send(d.fill())
		if d.Path != "/da/survey/page/fornyelser" || s.stored().Answers["A1"].Codes[0] != "leder" {
			t.Errorf("choosing my answer led to %s with %v", d.Path, s.stored().Answers["A1"])
		}
	})
}

func TestGoal30_ColleaguesOnDifferentPagesMerge(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder")
		form.Set("A2", "ja")
		later := upTo("undervejs")
		delete(later, "A1")
		delete(later, "A2")
		s.have("undervejs", later)
		if d := b.send(form); d.Status != 200 {
			t.Fatalf("status %d on %s", d.Status, d.Path)
		}
		if got, want := s.stored().Answers, upTo("undervejs"); !reflect.DeepEqual(got, want) {
			t.Errorf("stored %v, want %v", got, want)
		}
	})
}

func TestGoal30_PageDrawnFromAnotherRouteIsAConflictNotAnAttack(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		s.have("undervejs", upTo("undervejs"))
		d := b.get("/da/survey/page/undervejs")
		form := choose(random(1), d, true)
		no := upTo("undervejs")
		no["B2"], no["B3"] = questionnaire.Answer{Codes: []string{"nej"}}, questionnaire.Answer{Codes: []string{"nej"}}
		s.have("undervejs", no) // a colleague: no innovation after all, B7 is off the route
		if d := b.send(form); d.Status != http.StatusConflict {
			t.Errorf("status %d, want 409", d.Status)
		}
	})
}

func TestGoal33_LongPauseLosesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		t.Run("within a day", func(t *testing.T) {
			s := surveyAt(t, storetest.Another(t, where))
			b := s.signedIn()
			b.get("/da/survey/page/arbejdspladsen")
			form := b.page.fill()
			form.Set("A1", "leder")
			s.now = s.now.Add(3 * time.Hour)
			d := b.send(form)
			if got := s.stored().Answers["A1"].Codes; len(got) != 1 || !d.has("Skriv koden igen") {
				t.Fatalf("stored %v, shown:\n%s", got, d.words())
			}
			form = d.fill()
			form.Set("code", s.code)
			if d := b.send(form); d.Path != "/da/survey/page/arbejdspladsen" || d.fill().Get("A1") != "leder" {
				t.Errorf("came back to %s with %v", d.Path, d.fill())
			}
		})
		t.Run("without a session", func(t *testing.T) {
			s := surveyAt(t, storetest.Another(t, where))
			b := s.browser()
			d := b.post("/da/survey/page/arbejdspladsen", url.Values{
				"revision": {"0"}, "action": {"continue"}, "A1": {"leder"}, "A2": {"ja"}})
			if d.Status != http.StatusUnauthorized || !d.has("Skriv koden for at gemme") {
				t.Fatalf("status %d:\n%s", d.Status, d.words())
			}
			form := d.fill()
			form.Set("code", "000000000000")
			d = b.send(form)
			if d.Status != 422 {
				t.Errorf("a wrong code on the way: status %d", d.Status)
			}
			form = d.fill()
			form.Set("code", s.code)
			if d := b.send(form); d.Path != "/da/survey/page/fornyelser" || s.stored().Answers["A2"].Codes[0] != "ja" {
				t.Errorf("led to %s with %v", d.Path, s.stored().Answers)
			}
		})
		t.Run("reading on", func(t *testing.T) {
			s := surveyAt(t, storetest.Another(t, where))
			b := s.signedIn()
			s.now = s.now.Add(3 * time.Hour)
			d := b.get("/da/survey/page/arbejdspladsen")
			form := d.fill()
			form.Set("code", s.code)
			if d := b.send(form); d.Path != "/da/survey/page/arbejdspladsen" {
				t.Errorf("the code led back to %s", d.Path)
			}
		})
	})
}

func TestGoal22_HostileFormsChangeNothing(t *testing.T) {
	valid := func() url.Values {
		return url.Values{"revision": {"1"}, "action": {"continue"}, "A1": {"medarbejder"}, "A2": {"nej"}}
	}
	many := valid()
	for i := range 1000 {
		many.Set(fmt.Sprintf("x%d", i), "1")
	}
	tests := map[string]struct {
		form   url.Values
		status int
	}{
		"unknown field":        {with(valid(), "Z9", "ja"), 400},
		"field off the route":  {with(valid(), "B7", "en"), 400},
		"unknown option":       {with(valid(), "A1", "kejser"), 400},
		"two answers to one":   {url.Values{"revision": {"1"}, "A1": {"leder", "andet"}, "A2": {"ja"}}, 400},
		"NUL":                  {with(valid(), "A1", "leder\x00"), 400},
		"not UTF-8":            {with(valid(), "A1", "\xff\xfe"), 400},
		"thousand fields":      {many, 400},
		"oversize":             {with(valid(), "A1", strings.Repeat("x", web.MaxForm)), 413},
		"unknown button":       {with(valid(), "action", "delete"), 400},
		"revision no number":   {with(valid(), "revision", "1; DROP"), 400},
		"revision below zero":  {with(valid(), "revision", "-1"), 400},
		"two revisions":        {url.Values{"revision": {"1", "2"}}, 400},
		"origin elsewhere":     {with(valid(), "from", "https://example.com"), 400},
		"another page's field": {with(valid(), "D1", "ledere"), 400},
	}
	storetest.Each(t, func(t *testing.T, where string) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				s := surveyAt(t, storetest.Another(t, where))
				s.have("arbejdspladsen", upTo("fornyelser"))
				before := s.stored()
				d := s.signedIn().post("/da/survey/page/arbejdspladsen", tt.form)
				if d.Status != tt.status {
					t.Errorf("status %d, want %d:\n%s", d.Status, tt.status, d.words())
				}
				if after := s.stored(); !reflect.DeepEqual(after, before) {
					t.Errorf("stored state changed to %+v", after)
				}
			})
		}
	})
}

func with(form url.Values, name, value string) url.Values {
	form.Set(name, value)
	return form
}

func TestGoal22_FormOfAnotherKindIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		r := httptest.NewRequest(http.MethodPost, "/da/survey/page/arbejdspladsen", strings.NewReader(`{"A1":"leder"}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		if w.Code != 400 {
			t.Errorf("status %d, want 400", w.Code)
		}
	})
}

func TestHostileTextIsShownAsText(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		for _, nasty := range []string{
			`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</textarea><script>alert(1)</script>`,
			`{{.}} ${7*7} %n`, `javascript:alert(1)`, "'; DROP TABLE response_state; --", "\u202eesrever", "\n\nførste linje er tom",
		} {
			s := surveyAt(t, storetest.Another(t, where))
			s.have(s.pageOf("C1"), upTo("undervejs"))
			b := s.signedIn()
			b.get("/da/survey/page/" + s.pageOf("C1"))
			form := b.page.fill()
			form.Set("C1", nasty)
			form.Set("action", "stay")
			d := b.send(form)
			if got, want := d.fill().Get("C1"), strings.TrimSpace(nasty); got != want {
				t.Errorf("came back as %q, want %q", got, want)
			}
			check := b.get("/da/survey/check")
			if strings.Contains(check.Source, "<script>alert") || strings.Contains(check.Source, "<img") {
				t.Errorf("markup got through: %q", nasty)
			}
		}
	})
}

func TestGoal26_ChangingAnAnswerReturnsToTheCheck(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.get("/da/s/" + s.code)
		b.send(b.page.fill())
		r := random(7)
		for b.page.Path != "/da/survey/check" {
			b.send(choose(r, b.page, true))
		}
		b.get("/da/survey/page/arbejdspladsen?from=check")
		form := b.page.fill()
		form.Set("A1", "andet")
		form.Set("action", "continue")
		if d := b.send(form); d.Path != "/da/survey/check" || !d.has("Andet") {
			t.Fatalf("led to %s", d.Path)
		}
		// No innovation after all: what the change opens is asked, then the check.
		b.get("/da/survey/page/fornyelser?from=check")
		form = b.page.fill()
		for _, item := range []string{"B1", "B2", "B3", "B4"} {
			form.Set(item, "nej")
		}
		for b.send(form); b.page.Path != "/da/survey/check"; b.send(form) {
			if !strings.HasSuffix(b.page.Path, "?from=check") {
				t.Fatalf("led to %s", b.page.Path)
			}
			form = choose(r, b.page, false)
		}
		if b.page.has("seneste fornyelse") {
			t.Error("questions off the route are still shown")
		}
		if d := b.send(b.page.fill()); d.Path != "/da/survey/receipt" {
			t.Errorf("led to %s, status %d", d.Path, d.Status)
		}
	})
}

func TestGoal32_UnfinishedAnswersAreNotSubmitted(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		s.have("fornyelser", upTo("fornyelser"))
		b := s.signedIn()
		b.get("/da/survey/check")
		d := b.send(b.page.fill())
		if d.Status != 422 || !d.has("Mangler svar:") || s.stored().Disposition == response.Complete {
			t.Errorf("status %d, disposition %s:\n%s", d.Status, s.stored().Disposition, d.words())
		}
	})
}

func TestGoal31_SubmitIsIdempotentAndOfWhatWasLookedOver(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAllBut(random(5), "/da/survey/check")
		form := b.page.fill()
		a := s.stored().Answers
		other := map[bool]string{true: "leder", false: "andet"}[a["A1"].Has("andet")]
		a["A1"] = questionnaire.Answer{Codes: []string{other}}
		s.have("check", a)
		d := b.send(form)
		if d.Status != http.StatusConflict || s.stored().Disposition == response.Complete {
			t.Fatalf("status %d, disposition %s", d.Status, s.stored().Disposition)
		}
		d = b.get("/da/survey/check")
		form = d.fill()
		first, second := b.post("/da/survey/check", form), b.post("/da/survey/check", form)
		if first.Path != "/da/survey/receipt" || first.Source != second.Source {
			t.Errorf("submitting twice gave %s and %s", first.Path, second.Path)
		}
	})
}

func TestAddressesLeftAreKeptApart(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAllBut(random(5), "/da/survey/check")
		a := s.stored().Answers
		a["L2"], a["L3"] = questionnaire.Answer{Codes: []string{"ja"}}, questionnaire.Answer{Codes: []string{"nej"}}
		s.have("check", a)
		b.get("/da/survey/check")
		if d := b.send(b.page.fill()); !strings.Contains(d.Source, `name="mirror"`) || strings.Contains(d.Source, `name="case"`) {
			t.Fatal("the receipt does not ask for the address of the one offer accepted")
		}
		if d := b.post("/da/survey/receipt", url.Values{"mirror": {"ingen adresse"}}); d.Status != 422 || d.has("Gemt") {
			t.Errorf("a faulty address: status %d", d.Status)
		}
		d := b.post("/da/survey/receipt", url.Values{"mirror": {"leder@example.dk"}, "case": {"unasked@example.dk"}})
		if d.Status != 200 || !d.has("Gemt") {
			t.Errorf("status %d on %s", d.Status, d.Path)
		}
		mirror, err := s.access.Wishes(context.Background(), wave, contact.Mirror)
		must(t, err)
		unasked, err := s.access.Wishes(context.Background(), wave, contact.Case)
		must(t, err)
		if len(mirror) != 1 || mirror[0].Email != "leder@example.dk" || len(unasked) != 0 {
			t.Errorf("kept %v and %v", mirror, unasked)
		}
		if strings.Contains(s.log.String(), "example.dk") {
			t.Error("an address is in the log")
		}
	})
}

func TestGoal28_WholeQuestionnaireCanBeReadBeforeSigningIn(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		for _, l := range i18n.Languages {
			d := s.browser().get("/" + string(l) + "/survey/questionnaire")
			for _, item := range s.q.Items() {
				if !d.has(strings.Join(strings.Fields(item.Label.In(l)), " ")) {
					t.Errorf("%s: lacks the question %s", l, item.ID)
				}
				if !d.has(strings.Join(strings.Fields(item.Asked.In(l)), " ")) {
					t.Errorf("%s: does not say who is asked %s: %s", l, item.ID, item.Asked.In(l))
				}
			}
		}
	})
}

func TestDeclining(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.get("/da/s/" + s.code)
		d := b.post("/da/survey/decline", url.Values{"code": {s.code}, "decline": {"yes"}})
		if d.Path != "/da/survey/declined" || s.stored().Disposition != response.Refused {
			t.Fatalf("led to %s (%d), disposition %s", d.Path, d.Status, s.stored().Disposition)
		}
		d = b.post("/da/survey", url.Values{"code": {s.code}})
		if d.Status != 200 {
			t.Errorf("thinking better of it: status %d on %s", d.Status, d.Path)
		}
	})
}

func TestClosedWorkplace(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		d := b.post("/en/survey/ineligible", url.Values{"ineligible": {"yes"}})
		if d.Path != "/en/survey/ineligible" || s.stored().Disposition != response.Ineligible {
			t.Errorf("led to %s (%d), disposition %s", d.Path, d.Status, s.stored().Disposition)
		}
	})
}

func TestGoal41_ClosedWaveIsRefusedPolitely(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder")
		form.Set("A2", "ja")
		must(t, s.responses.Close(context.Background(), wave))
		if d := b.send(form); d.Status != http.StatusGone || !d.has("Undersøgelsen er lukket") {
			t.Errorf("status %d:\n%s", d.Status, d.words())
		}
		if d := s.browser().post("/da/survey/start", url.Values{"code": {s.code}}); d.Status != http.StatusGone {
			t.Errorf("starting late: status %d", d.Status)
		}
	})
}

func TestPagesNeedASession(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		s.have("fornyelser", upTo("fornyelser"))
		for _, path := range []string{"/da/survey/start", "/da/survey/page/fornyelser", "/da/survey/check", "/da/survey/receipt"} {
			if d := s.browser().get(path); !strings.HasPrefix(d.Path, "/da/survey") || strings.Contains(d.Path, path) || d.has("Leder") {
				t.Errorf("%s without a session leads to %s", path, d.Path)
			}
		}
		if d := s.signedIn().get("/da/survey/page/nowhere"); d.Status != 404 {
			t.Errorf("unknown page: status %d", d.Status)
		}
	})
}

func TestEnterKeyContinues(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		d := s.signedIn().get("/da/survey/page/arbejdspladsen")
		for n := range d.root.Descendants() {
			if n.Data != "button" || attr(n, "type") != "submit" {
				continue
			}
			if attr(n, "form") != "answers" || attr(n, "value") != "continue" {
				t.Errorf("the first button of the form is %s; Enter in a field would press it", attr(n, "value"))
			}
			return
		}
		t.Error("the page has no button")
	})
}
