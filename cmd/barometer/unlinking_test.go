package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/survey/unlink"
)

// statistician is the token of a session of a new statistician with a second
// factor.
func statistician(t *testing.T, c *collection, name string) string {
	t.Helper()
	n := account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: name, Address: strings.ToLower(name[:3]) + "@example.dk"}
	id, err := c.accounts.Add(t.Context(), account.ByOperator(), n)
	must(t, err)
	_, err = c.accounts.Grant(t.Context(), account.ByOperator(), id, policy.Statistician)
	must(t, err)
	link, err := c.accounts.OperatorLink(t.Context(), id)
	must(t, err)
	_, err = c.accounts.Confirm(t.Context(), account.Confirmation{Token: link})
	must(t, err)
	must(t, c.accounts.SetName(t.Context(), id, n.Name))
	var s account.Session
	must(t, c.db.Write(t.Context(), func(tx *store.Tx) (err error) {
		s, err = c.accounts.BeginSession(tx, id, account.How{Method: "totp", Factors: 2}, account.Device{}, "")
		return err
	}))
	return s.Token
}

// TestUnlinkPages has two statisticians part a wave from its workplaces on the
// pages, in a browser, and looks at every state of them.
func TestUnlinkPages(t *testing.T) {
	dir, a, w, c, _ := answeredPilot(t)
	handler, err := newHandler(w.home, c, slog.New(slog.DiscardHandler), a.now)
	must(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	anna, bent := browsertest.Open(t, server.URL), browsertest.Open(t, server.URL)
	anna.Cookie("barometer_session", statistician(t, c, "Anna Holm"))
	bentToken := statistician(t, c, "Bent Dahl")
	bent.Cookie("barometer_session", bentToken)
	const page = "/da/staff/waves/2025-pilot/unlink"
	state := func(want unlink.State) {
		t.Helper()
		if r, err := c.unlinks.Of(t.Context(), w.ID); err != nil || r.State != want {
			t.Fatalf("state %s, %v; want %s", r.State, err, want)
		}
	}
	buttons := func(b *browsertest.Window) string {
		return browsertest.Ask[string](b, `[...document.querySelectorAll("main form")].map(f => f.action.replace(/.*\//, "")).join(" ")`)
	}

	anna.Go("/da/staff/waves")
	anna.Look()
	anna.Go(page)
	anna.Look() // not closed, not frozen
	if got := buttons(anna); got != "" {
		t.Errorf("an open wave offers %q", got)
	}
	if status := postAs(t, server.URL+page+"/ask", bentToken); status != http.StatusConflict {
		t.Errorf("asking for an open wave: %d", status)
	}
	moves(t, dir, []move{{"close 2025-pilot", 0, ""}, {"freeze 2025-pilot", 0, ""}})
	anna.Go(page)
	anna.Look()
	anna.Keys()
	anna.Modes()
	anna.Press("main form[action$='/ask'] button")
	anna.Look()
	state(unlink.Asked)
	if got := buttons(anna); got != "withdraw" {
		t.Errorf("who asked is offered %q", got)
	}
	bent.Go("/en/staff/waves/2025-pilot/unlink")
	bent.Look()
	if got := buttons(bent); got != "confirm withdraw" {
		t.Errorf("the other is offered %q", got)
	}
	bent.Press("main form[action$='/confirm'] button")
	bent.Look()
	state(unlink.Confirmed)
	if _, err := c.queue.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	state(unlink.Proved)
	for _, l := range []string{"/da", "/en"} {
		bent.Go(l + "/staff/waves")
		bent.Look()
		bent.Go(l + "/staff/waves/2025-pilot/unlink")
		bent.Look()
		bent.Keys()
	}
	if text := browsertest.Ask[string](bent, `document.querySelector("main").innerText`); strings.Contains(text, "beware.") {
		t.Errorf("a message has no wording:\n%s", text)
	}
	if got := postAs(t, server.URL+page+"/confirm", bentToken); got != http.StatusConflict {
		t.Errorf("confirming once more: %d", got)
	}
	if got := postAs(t, server.URL+"/da/staff/waves/none/unlink/confirm", bentToken); got != http.StatusNotFound {
		t.Errorf("a wave that is not there: %d", got)
	}
}

func postAs(t *testing.T, address, session string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(url.Values{}.Encode()))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.AddCookie(&http.Cookie{Name: "barometer_session", Value: session})
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	must(t, err)
	resp.Body.Close()
	return resp.StatusCode
}

// A wave that is linked for longer than promised is named by the doctor, and
// statisticians are written to every Monday until it is not.
func TestLateWavesAreRemindedOf(t *testing.T) {
	_, _, w, c, _ := answeredPilot(t)
	statistician(t, c, "Anna Holm")
	released := time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)
	writeRelease(t, w, "1.1", released.AddDate(0, 5, 0))
	writeRelease(t, w, "1.0", released)
	if due, err := w.unlinkDue(); err != nil || !due.Equal(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)) { // 31 September is 1 October
		t.Errorf("due %v, %v", due, err)
	}
	mails := func(now time.Time) (n int) {
		t.Helper()
		effect, err := c.remindOfUnlinking(t.Context(), w.home, now)
		must(t, err)
		must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
			if effect != nil {
				if err := effect(tx); err != nil {
					return err
				}
			}
			return tx.QueryRow(`SELECT COUNT(*) FROM mail_sent WHERE template = 'unlink-due'`).Scan(&n)
		}))
		return n
	}
	if got := mails(released.AddDate(0, 5, 0)); got != 0 {
		t.Errorf("%d mails before the date", got)
	}
	late := released.AddDate(0, 7, 0)
	mails(late)
	if got := mails(late); got != 1 {
		t.Errorf("%d mails, want one to the statistician", got)
	}
	if f := w.home.examineLinks(late); len(f) != 1 || f[0].State != poor || !strings.Contains(f[0].Says, "wave 2025-pilot was to be unlinked by 2026-10-01") {
		t.Errorf("the doctor says %+v", f)
	}
	must(t, os.WriteFile(w.path(unlinkedFile), []byte("{}"), 0o644))
	if got := mails(late.AddDate(0, 0, 7)); got != 1 {
		t.Errorf("%d mails after it was unlinked", got)
	}
	if f := w.home.examineLinks(late); f[0].State != sound {
		t.Errorf("the doctor says %+v", f)
	}
}

// writeRelease leaves the manifest of a release.
func writeRelease(t *testing.T, w *wave, version string, built time.Time) {
	t.Helper()
	dir := w.home.path("releases", w.ID, version)
	must(t, os.MkdirAll(dir, 0o755))
	text, err := json.Marshal(map[string]any{"wave": w.ID, "version": version, "status": "built", "built": built, "files": []any{}})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "manifest.json"), text, 0o644))
}
