package runner_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/runner"
	"barometer/survey/sample"
)

const (
	wave = "2025"
	unit = "unit-one"
)

// survey is a running survey over a real store, with one workplace invited.
type survey struct {
	t         testing.TB
	db        *store.DB
	q         *questionnaire.Questionnaire
	responses *response.Store
	access    *contact.Access
	code      string
	now       time.Time
	staff     string // account that is signed in and may key in
	log       bytes.Buffer
	site      *web.Shell
	handler   http.Handler
	server    *httptest.Server
}

// each runs a test on an empty survey over every kind of store.
func each(t *testing.T, test func(t *testing.T, s *survey)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, where string) { test(t, surveyAt(t, where)) })
}

// newSurvey is a survey over SQLite.
func newSurvey(t testing.TB) *survey {
	t.Helper()
	return surveyAt(t, storetest.SQLite(t))
}

func surveyAt(t testing.TB, where string) *survey {
	t.Helper()
	return surveyOver(t, storetest.Open(t, where), contact.Options{}, waveQuestionnaire(t))
}

// newSurveyOf is a survey with another questionnaire, over SQLite.
func newSurveyOf(t testing.TB, q *questionnaire.Questionnaire) *survey {
	t.Helper()
	return surveyOver(t, storetest.Open(t, storetest.SQLite(t)), contact.Options{}, q)
}

// surveyOver is a survey over an open store, with the life of sessions that the
// options say.
func surveyOver(t testing.TB, db *store.DB, o contact.Options, q *questionnaire.Questionnaire) *survey {
	t.Helper()
	s := &survey{t: t, q: q, now: time.Date(2026, 1, 12, 9, 30, 0, 0, time.UTC)}
	clock := func() time.Time { return s.now }
	ctx := context.Background()
	s.db = db
	var err error
	o.Secret, o.Codes, o.Now = secret(1), rand.Reader, clock
	s.access, err = contact.New(ctx, db, o)
	must(t, err)
	keys, err := response.NewKeys("k1", map[string][]byte{"k1": secret(2)})
	must(t, err)
	s.responses, err = response.New(ctx, db, keys, clock)
	must(t, err)
	s.code = s.invite(unit)

	site, err := web.NewShell(web.Config{
		Name:      i18n.Text{DA: "Innovationsbarometeret", EN: "Innovation Barometer"},
		Owner:     i18n.Text{DA: "Center for Offentlig Innovation", EN: "Centre for Public Sector Innovation"},
		Email:     "barometer@example.dk",
		Statement: "/about/accessibility",
		Privacy:   "/about/privacy",
		Log:       slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	must(t, err)
	s.serveWave(site, true)
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }))
	t.Cleanup(s.server.Close)
	return s
}

// serveWave makes the handler, for a wave with or without paradata.
func (s *survey) serveWave(site *web.Shell, paradata bool, changes ...func(*runner.Config)) {
	s.t.Helper()
	s.site = site
	cfg := runner.Config{
		Shell: site, Access: s.access, Responses: s.responses, Throttle: contact.NewThrottle(), Now: func() time.Time { return s.now },
		Waves: []runner.Wave{{ID: wave, Questionnaire: s.q, Synthetic: true, Paradata: paradata, Minutes: 10,
			Deadline: i18n.Text{DA: "27. februar 2026", EN: "27 February 2026"}}},
		Owner: i18n.Text{DA: "Center for Offentlig Innovation", EN: "Centre for Public Sector Innovation"},
		Email: "barometer@example.dk", Phone: "+4570000000", Privacy: "/about/privacy",
		Keying: &runner.Keying{
			Who:  func(*http.Request) string { return s.staff },
			Desk: func(wave, unit string) string { return "/staff/fieldwork/" + wave + "/units/" + unit },
		},
	}
	for _, change := range changes {
		change(&cfg)
	}
	r, err := runner.New(cfg)
	must(s.t, err)
	router := chi.NewRouter()
	router.Use(site.Secure)
	router.NotFound(site.NotFound)
	router.Handle("/assets/*", site.Assets())
	r.Routes(router)
	s.handler = router
}

func (s *survey) withoutParadata() { s.serveWave(s.site, false) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func secret(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

func waveQuestionnaire(t testing.TB) *questionnaire.Questionnaire {
	t.Helper()
	return loadQuestionnaire(t, "../../cmd/barometer/demo/wave/questionnaire.yaml")
}

func (s *survey) invite(key string) string {
	s.t.Helper()
	issued, err := s.access.Issue(context.Background(), wave, []sample.Selected{{
		Unit: frame.Unit{Name: "Børnehuset Solstrålen", Email: "leder@example.dk"}, Key: key,
	}})
	must(s.t, err)
	return string(issued[0].Code)
}

// stored returns the response as it stands.
func (s *survey) stored() response.Record {
	s.t.Helper()
	rec, err := s.responses.Load(context.Background(), wave, unit)
	must(s.t, err)
	return rec
}

// have stores answers as if given before, and returns the revision.
func (s *survey) have(page string, a questionnaire.Answers) int {
	s.t.Helper()
	rec, err := s.responses.Save(context.Background(), response.Save{
		Wave: wave, Unit: unit, Base: s.stored().Revision, Page: page, Next: page, Lang: i18n.Danish, Answers: a,
	})
	must(s.t, err)
	return rec.Revision
}

// answers for an innovator, as far as the pages in question need them.
func upTo(page string) questionnaire.Answers {
	one := func(codes ...string) questionnaire.Answer { return questionnaire.Answer{Codes: codes} }
	a := questionnaire.Answers{"A1": one("leder"), "A2": one("ja")}
	if page == "fornyelser" {
		return a
	}
	a["B1"], a["B2"], a["B3"], a["B4"] = one("nej"), one("ja"), one("ja"), one("nej")
	return a
}

// pageOf returns the page that asks the item.
func (s *survey) pageOf(item string) string {
	s.t.Helper()
	for _, p := range s.q.Pages {
		for _, i := range p.Items {
			if i.ID == item {
				return p.ID
			}
		}
	}
	s.t.Fatalf("no page asks %s", item)
	return ""
}
