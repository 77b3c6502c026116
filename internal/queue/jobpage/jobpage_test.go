package jobpage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/web"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// newSite is a router with the pages of a queue that holds a dead, a waiting
// and a done job.
func newSite(t *testing.T) (*queue.Queue, *store.DB, http.Handler) {
	t.Helper()
	db := must(store.Open(t.Context(), filepath.Join(t.TempDir(), "jobs.db")))
	t.Cleanup(func() { db.Close() })
	clock := func() time.Time { return now }
	zone := must(time.LoadLocation("Europe/Copenhagen"))
	q := must(queue.New(t.Context(), db, queue.Options{Key: bytes.Repeat([]byte{1}, 32), Now: clock, Zone: zone, Owner: "host/17"}))
	err := q.Handle(queue.Handler{
		Kind: "mail", Label: i18n.Text{DA: "E-mail", EN: "E-mail"},
		Run: func(_ context.Context, j queue.Job) (queue.Effect, error) {
			if strings.HasPrefix(j.Key, "bad") {
				return nil, queue.Permanent(errors.New("the mail server answered <550>"))
			}
			return nil, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		return errors.Join(
			q.Enqueue(tx, queue.Job{Kind: "mail", Key: "bad/1", Payload: []byte("bo@aarhus.dk")}),
			q.Enqueue(tx, queue.Job{Kind: "mail", Key: "good/1"}),
			q.Enqueue(tx, queue.Job{Kind: "mail", Key: "later/1", RunAt: now.Add(time.Hour)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	must(q.RunDue(t.Context()))
	shell := must(web.NewShell(web.Config{Name: i18n.Same("Barometer"), Owner: i18n.Same("COI")}))
	pages := must(New(Config{Shell: shell, Store: db, Queue: q, Now: clock, Zone: zone, Actor: func(*http.Request) (string, error) { return "4711", nil }}))
	r := chi.NewRouter()
	pages.Routes(r)
	return q, db, r
}

// ask sends a request without cookies.
func ask(t *testing.T, h http.Handler, method, target string, form url.Values) (int, string, string) {
	t.Helper()
	status, body, header := askWith(t, h, method, target, form, nil)
	return status, body, header.Get("Location")
}

func askWith(t *testing.T, h http.Handler, method, target string, form url.Values, cookies []*http.Cookie) (int, string, http.Header) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body := must(io.ReadAll(w.Body))
	return w.Code, string(body), w.Header()
}

// cookies are those that an answer sets.
func cookies(header http.Header) []*http.Cookie { return (&http.Response{Header: header}).Cookies() }

func TestListTellsWhatStaffNeedAndNamesNobody(t *testing.T) {
	_, _, site := newSite(t)
	for target, wants := range map[string][]string{
		"/da/staff/jobs": {"Planlagt arbejde", "Opgivet (1)", "Venter (1)", "Udført (1)", "bad/1", "answered &lt;550&gt;",
			"23. november 2026 kl. 10.00.00", "Hver dag kl. 03.40 (Europe/Copenhagen)", "Næste gang: 24. november 2026 kl. 03.40.00"},
		"/en/staff/jobs?state=waiting": {"Scheduled work", "later/1", "23 November 2026, 11:00:00", "Try now"},
		"/en/staff/jobs?state=done":    {"good/1", "host/17"},
		"/en/staff/jobs?state=running": {"No jobs."},
		"/en/staff/jobs?state=<x>":     {"Given up (1)"},
	} {
		status, page, _ := ask(t, site, http.MethodGet, target, nil)
		for _, want := range wants {
			if status != http.StatusOK || !strings.Contains(page, want) {
				t.Errorf("%s: status %d, no %q in\n%s", target, status, want, page)
			}
		}
		if strings.Contains(page, "aarhus") || strings.Contains(page, "<x>") {
			t.Errorf("%s shows a payload or what was asked", target)
		}
	}
	if _, page, _ := ask(t, site, http.MethodGet, "/en/staff/jobs?state=done", nil); strings.Contains(page, "<form") {
		t.Error("a job that is done can be acted on")
	}
}

func TestActsAreDoneOnceAndAudited(t *testing.T) {
	q, db, site := newSite(t)
	dead := url.Values{"kind": {"mail"}, "key": {"bad/1"}, "state": {"dead"}}
	status, _, header := askWith(t, site, http.MethodPost, "/da/staff/jobs/discard", dead, nil)
	to := header.Get("Location")
	if status != http.StatusSeeOther || to != "/da/staff/jobs?state=dead" {
		t.Fatalf("status %d to %s", status, to)
	}
	_, page, told := askWith(t, site, http.MethodGet, to, nil, cookies(header))
	if !strings.Contains(page, "Opgaven er kasseret.") || !strings.Contains(page, "Opgivet (0)") {
		t.Errorf("after discarding:\n%s", page)
	}
	if list := cookies(told); len(list) != 1 || list[0].MaxAge >= 0 {
		t.Errorf("the page does not forget what it said: %v", list)
	}
	forged := []*http.Cookie{{Name: "barometer_note", Value: "fault.state"}}
	if _, page, _ := askWith(t, site, http.MethodGet, to, nil, forged); strings.Contains(page, "kan ikke ændres") {
		t.Error("a cookie has the page say what nobody left for it")
	}
	if status, page, _ := ask(t, site, http.MethodPost, "/da/staff/jobs/retry", dead); status != http.StatusConflict || !strings.Contains(page, "kan ikke ændres") {
		t.Errorf("retrying what was discarded: %d", status)
	}
	waiting := url.Values{"kind": {"mail"}, "key": {"later/1"}, "state": {"waiting"}}
	if status, _, _ := ask(t, site, http.MethodPost, "/en/staff/jobs/retry", waiting); status != http.StatusSeeOther {
		t.Errorf("bringing a job forward: %d", status)
	}
	if n := must(q.RunDue(t.Context())); n != 1 {
		t.Errorf("%d jobs ran", n)
	}
	head, err := audit.Verify(t.Context(), db)
	if err != nil || head.Position != 2 {
		t.Errorf("the audit log has %d events (%v), want the two acts", head.Position, err)
	}
	for _, form := range []url.Values{{}, {"kind": {"mail"}, "key": {"bad/1"}}, {"kind": {"mail"}, "key": {"bad/1"}, "state": {"x"}}} {
		if status, _, _ := ask(t, site, http.MethodPost, "/da/staff/jobs/retry", form); status != http.StatusBadRequest {
			t.Errorf("form %v: %d", form, status)
		}
	}
}

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	built := []string{"did.retry", "did.discard", "rule.daily", "rule.mon", "rule.tue", "rule.wed", "rule.thu", "rule.fri", "rule.sat", "rule.sun"}
	for _, s := range queue.States {
		built = append(built, "state."+s, "state."+s+".text")
	}
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}
