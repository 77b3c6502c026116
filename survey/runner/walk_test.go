package runner_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/internal/store/storetest"
	"barometer/survey/response"
)

// choose fills a page in: one choice per question, or with several ones at
// random; innovate decides the questions that open the innovators' route.
func choose(r *rand.Rand, d *document, innovate bool) url.Values {
	form := d.fill()
	form.Set("action", "continue")
	for field, values := range d.offered() {
		pick := values[r.IntN(len(values))]
		if slices.Contains([]string{"B1", "B2", "B3", "B4"}, field) {
			pick = map[bool]string{true: "ja", false: "nej"}[innovate]
		}
		form[field] = []string{pick}
	}
	for name := range form {
		if name == "C1" || name == "L1" {
			form.Set(name, "Vi øvede os på <b>fælles</b> overblik")
		}
	}
	return form
}

// answerAll follows the pages from Start to the receipt.
func (b *browser) answerAll(r *rand.Rand, lang string, innovate bool) (pages []string) {
	b.t.Helper()
	b.get("/" + lang + "/s/" + b.s.code)
	b.send(b.page.fill())
	return b.follow(r, "/"+lang+"/survey/receipt", innovate)
}

// answerAllBut is an innovator who stops at the given page.
func (b *browser) answerAllBut(r *rand.Rand, last string) {
	b.t.Helper()
	b.get("/da/s/" + b.s.code)
	b.send(b.page.fill())
	b.follow(r, last, true)
}

func (b *browser) follow(r *rand.Rand, last string, innovate bool) (pages []string) {
	b.t.Helper()
	for b.page.Path != last {
		if len(pages) > 40 || b.page.Status != 200 {
			b.t.Fatalf("stuck on %s with status %d after %v:\n%s", b.page.Path, b.page.Status, pages, b.page.words())
		}
		pages = append(pages, b.page.Path)
		b.send(choose(r, b.page, innovate))
	}
	return pages
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func TestGoal20_RespondentsReachTheReceiptWithoutScript(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		seen := map[string]bool{}
		for seed := range uint64(6) {
			for _, l := range i18n.Languages {
				t.Run(fmt.Sprintf("seed %d in %s", seed, l), func(t *testing.T) {
					s := surveyAt(t, storetest.Another(t, where))
					b := s.browser()
					for _, p := range b.answerAll(random(seed), string(l), seed%3 != 0) {
						seen[p[strings.LastIndex(p, "/")+1:]] = true
					}
					rec := s.stored()
					if rec.Disposition != response.Complete || rec.Lang != l {
						t.Errorf("response is %s in %s, want complete in %s", rec.Disposition, rec.Lang, l)
					}
					if faults := s.q.Complete(rec.Answers); len(faults) > 0 {
						t.Errorf("submitted with faults: %v", faults)
					}
					if !b.page.has(rec.Receipt) {
						t.Errorf("receipt page lacks the number %s", rec.Receipt)
					}
				})
			}
		}
		for _, p := range waveQuestionnaire(t).Pages {
			if !seen[p.ID] {
				t.Errorf("no respondent came by page %s", p.ID)
			}
		}
	})
}

func TestGoal28_ReceiptRepeatsTheAnswersInWords(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAll(random(3), "da", true)
		if !b.page.has("Vi øvede os på <b>fælles</b> overblik") {
			t.Error("receipt lacks the text answer as written")
		}
		if strings.Contains(b.page.Source, "<b>fælles</b>") {
			t.Error("receipt lets a respondent's markup through")
		}
		for id, a := range s.q.OnRoute(s.stored().Answers) {
			item, _ := s.q.Item(id)
			for _, o := range item.Options {
				if slices.Contains(a.Codes, o.Code) && !b.page.has(o.Label.DA) {
					t.Errorf("receipt lacks the answer %q to %s", o.Label.DA, id)
				}
			}
		}
		if again := b.get("/da/survey/page/fornyelser"); !strings.HasSuffix(again.Path, "/receipt") {
			t.Errorf("a page of a submitted response leads to %s, want the receipt", again.Path)
		}
	})
}
