package demo

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/cmd/barometer/demo/robot"
	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/frame"
	"barometer/survey/freeze"
	"barometer/survey/response"
	"barometer/survey/runner"
	"barometer/survey/sample"
)

// collection is the survey as it is served, over a store of its own.
type collection struct {
	access    *contact.Access
	responses *response.Store
	url       string
}

func collect(t testing.TB, p *Population) *collection {
	t.Helper()
	ctx, now := context.Background(), time.Now
	c := &collection{}
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "barometer.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	secret := bytes.Repeat([]byte{7}, 32)
	c.access, err = contact.New(ctx, db, contact.Options{Secret: secret, Codes: rand.NewChaCha8([32]byte{1}), Now: now})
	must(t, err)
	keys, err := response.NewKeys("k", map[string][]byte{"k": secret})
	must(t, err)
	c.responses, err = response.New(ctx, db, keys, now)
	must(t, err)
	owner := i18n.Text{DA: "Center for Offentlig Innovation", EN: "Centre for Public Sector Innovation"}
	shell, err := web.NewShell(web.Config{
		Name: i18n.Text{DA: "Innovationsbarometeret", EN: "The Innovation Barometer"}, Owner: owner, Email: "barometer@example.dk",
		Statement: "/accessibility", Privacy: "/privacy", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	must(t, err)
	r, err := runner.New(runner.Config{
		Shell: shell, Access: c.access, Responses: c.responses, Throttle: contact.NewThrottle(), Now: now,
		Waves: []runner.Wave{{ID: "2025", Questionnaire: p.questionnaire, Synthetic: true}},
		Owner: owner, Email: "barometer@example.dk", Privacy: "/privacy",
	})
	must(t, err)
	router := chi.NewRouter()
	router.Use(shell.Secure)
	r.Routes(router)
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// draw takes a sample of n units and invites them.
func (c *collection) draw(t testing.TB, p *Population, n int) (*sample.Sample, []robot.Visit) {
	t.Helper()
	s, err := sample.Draw(&frame.Frame{Units: p.units, Hash: "h"}, sample.Plan{
		Wave: "2025", Total: n, Stratify: []string{"sector"}, Allocation: sample.Allocation{Method: sample.Proportional},
	}, 7)
	must(t, err)
	invitations, err := c.access.Issue(context.Background(), "2025", s.Units)
	must(t, err)
	codes := make(map[string]string)
	for _, inv := range invitations {
		codes[inv.Unit] = inv.Code.String()
	}
	visits, err := p.Visits(s, codes)
	must(t, err)
	return s, visits
}

// What the robots enter on the pages is what is stored in the end: the true
// answers of those who finish, some of them of those who stop, and the fate of
// everybody.
func TestRobotsAnswerTheRealSurvey(t *testing.T) {
	p := population(t, 1)
	c := collect(t, p)
	s, visits := c.draw(t, p, 160)
	tally, err := robot.Run(context.Background(), c.url, visits, 4, nil)
	if err != nil {
		t.Fatal(err)
	}
	if tally.Visits[robot.Finish] < 40 || tally.Visits[robot.Stop] < 2 || tally.Visits[robot.Decline] < 2 || tally.Visits[robot.Ineligible] < 1 {
		t.Errorf("tally %+v", tally)
	}
	paid := make(map[string]robot.Visit)
	for _, v := range visits {
		paid[v.Unit] = v
	}
	fate := map[robot.Intent]response.Disposition{
		robot.Finish: response.Complete, robot.Stop: response.Partial, robot.Decline: response.Refused, robot.Ineligible: response.Ineligible,
		"": response.Noncontact,
	}
	var records []response.Record
	for _, u := range s.Units {
		r, err := c.responses.Load(context.Background(), "2025", u.Key)
		must(t, err)
		records = append(records, r)
		v := paid[u.Key]
		if want := fate[v.Intent]; r.Disposition != want {
			t.Errorf("unit %s came to %q and is %s, want %s", u.Key, v.Intent, r.Disposition, want)
		}
		if v.Intent == robot.Finish && (!reflect.DeepEqual(r.Answers, v.Answers) || r.Lang != v.Lang) {
			t.Errorf("unit %s answered %s\n%+v, stored is %s\n%+v", u.Key, v.Lang, v.Answers, r.Lang, r.Answers)
		}
		if v.Intent == robot.Stop && (len(r.Answers) == 0 || len(r.Answers) >= len(v.Answers)) {
			t.Errorf("unit %s stopped half-way with %d of %d answers", u.Key, len(r.Answers), len(v.Answers))
		}
	}
	if _, err := freeze.Build(s, p.questionnaire, records, freeze.Meta{Synthetic: true}); err != nil {
		t.Error(err)
	}
}

// The census freezes as a wave does, with the same columns.
func TestCensusFreezes(t *testing.T) {
	c := census(t)
	w, err := freeze.Build(c.sample, c.q, c.records, freeze.Meta{Synthetic: true})
	if err != nil {
		t.Fatal(err)
	}
	innov, err := w.Column("innov")
	if err != nil {
		t.Fatal(err)
	}
	n, yes := 0, 0.0
	for i, x := range innov.Number {
		if !innov.Missing(i) {
			n++
			yes += x
		}
	}
	if w.Rows() != 14297 || n < 13900 || yes/float64(n) < 0.82 || yes/float64(n) > 0.84 {
		t.Errorf("%d rows, %d answered, innovative %.3f", w.Rows(), n, yes/float64(n))
	}
}

// BenchmarkFieldwork answers a whole wave's worth of visits, server and robots
// in one process.
func BenchmarkFieldwork(b *testing.B) {
	p, err := newPopulation(1)
	must(b, err)
	for b.Loop() {
		c := collect(b, p)
		_, visits := c.draw(b, p, 4494)
		b.ResetTimer()
		tally, err := robot.Run(context.Background(), c.url, visits, 16, nil)
		must(b, err)
		b.ReportMetric(float64(tally.Requests)/b.Elapsed().Seconds(), "requests/s")
		b.ReportMetric(b.Elapsed().Seconds(), "s/wave")
	}
}
