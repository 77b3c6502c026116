package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/cmd/barometer/demo"
	"barometer/internal/account"
	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/queue"
	"barometer/survey/contact"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/wording"
)

const visitedSite = "https://barometer.example.dk"

// TestGoal19_VisitsLeaveNoTrace answers the survey, signs in by a mailed link, and does
// both wrong in every way, against the server as it runs, with its log at its
// most talkative. No code, token, address, name, number of a workplace or
// answer may then stand in the log, in a page of an error, in an address that a
// visitor was sent to, among the scheduled work or in the audit log; and every
// cookie must be out of reach for scripts, other hosts and plain connections.
func TestGoal19_VisitsLeaveNoTrace(t *testing.T) {
	s := openSite(t)
	s.signIn(t)
	s.answer(t)
	s.stopLetters(t)
	s.everywhere(t)
	s.wrongCodes(t)
	s.malformed(t)
	s.panics(t)
	s.storeGone(t)

	s.mustHide(t, "the log", s.log.String())
	for _, page := range s.errors {
		s.mustHide(t, "a page of an error", page)
	}
	for _, place := range s.places {
		s.mustHide(t, "an address to go to", place)
	}
	for _, record := range s.records {
		s.mustHide(t, "a record that is kept", record)
	}
	for _, c := range s.cookies {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s: Secure %t, HttpOnly %t, SameSite %d, path %s", c.Name, c.Secure, c.HttpOnly, c.SameSite, c.Path)
		}
	}
	// What was looked through holds what it should.
	for what, ok := range map[string]bool{
		"log of requests": strings.Contains(s.log.String(), "msg=request"), "log of the panic": strings.Contains(s.log.String(), "msg=panic"),
		"errors": len(s.errors) > 8, "addresses": len(s.places) > 5, "cookies": len(s.cookies) > 3, "records": len(s.records) > 3,
	} {
		if !ok {
			t.Errorf("nothing was collected: %s", what)
		}
	}
}

// watched is a site with everything that it says to anyone written down.
type watched struct {
	c       *collection
	home    *home
	wave    *wave
	routes  chi.Routes
	invited contact.Invitation
	pNumber string
	addr    string
	log     lockedText
	fail    atomic.Bool // the clock panics
	*http.Client

	mu      sync.Mutex
	secrets map[string]string // what must not be told → what it is
	errors  []string          // pages, with their headers, of answers from 400 on
	places  []string          // Location of every answer
	cookies []*http.Cookie
	records []string // audit log and scheduled work
}

// openSite serves a wave that is open for answers as if behind HTTPS.
func openSite(t *testing.T) *watched {
	t.Helper()
	t.Setenv("BAROMETER_BASE_URL", visitedSite)
	a := newApp(io.Discard, os.Stderr)
	dir := t.TempDir()
	h, err := demoHome(filepath.Join(dir, "home"))
	must(t, err)
	h.BaseURL = visitedSite
	w, err := a.demoWave(h, pilotWave, 7, pilotUnits(demo.Workplaces(7)))
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	drawn, err := w.sample()
	must(t, err)
	invitations, err := c.access.Issue(t.Context(), w.ID, drawn.Units)
	must(t, err)
	s := &watched{c: c, home: h, wave: w, invited: invitations[0], secrets: map[string]string{}}
	for _, u := range drawn.Units {
		if u.Key == s.invited.Unit {
			s.pNumber = u.PNumber
			s.hide("a P-number", u.PNumber)
			s.hide("a workplace", u.Name)
			s.hide("an address", u.Email)
		}
	}
	s.hide("a code", s.invited.Code.String())
	s.hide("a code", bare(s.invited.Code.String()))
	s.serve(t)
	return s
}

func bare(code string) string { return strings.ReplaceAll(code, "-", "") }

// serve runs the server itself on a port of this machine, and a browser that
// takes it for the site.
func (s *watched) serve(t *testing.T) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	now := func() time.Time {
		if s.fail.Load() {
			panic("the clock stands still")
		}
		return time.Now()
	}
	handler, err := newHandler(s.home, s.c, log, now)
	must(t, err)
	s.routes = handler.(chi.Routes)
	s.c.queue.LogTo(log)
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- listen(ctx, "127.0.0.1:0", false, handler, log, func(at net.Addr) { ready <- at.String() })
	}()
	s.addr = <-ready
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	jar, err := cookiejar.New(nil)
	must(t, err)
	s.Client = &http.Client{Jar: jar, Transport: s}
}

// RoundTrip takes a request to the server and writes down what comes back.
func (s *watched) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := req.Clone(req.Context())
	sent.Host, sent.URL.Scheme, sent.URL.Host = req.URL.Host, "http", s.addr
	resp, err := http.DefaultTransport.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(strings.NewReader(string(body)))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range resp.Cookies() {
		s.cookies = append(s.cookies, c)
		if len(c.Value) > 20 {
			s.secrets[c.Value] = "a token"
		}
	}
	if place := resp.Header.Get("Location"); place != "" {
		s.places = append(s.places, place)
	}
	header := resp.Header.Clone()
	header.Del("Set-Cookie")
	again := resp.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(body), `<form id="answers"`) // to be sent once more
	switch form := again || resp.StatusCode == http.StatusUnprocessableEntity || strings.Contains(string(body), `aria-invalid="true"`); {
	case form && header.Get("Cache-Control") != "no-store":
		s.errors = append(s.errors, "a form shown again may stay in a cache: "+string(body))
	case !form && resp.StatusCode >= 400: // a form shows what was typed, to be put right
		s.errors = append(s.errors, fmt.Sprint(header, string(body)))
	}
	return resp, err
}

// hide names what must not be told.
func (s *watched) hide(what, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets[secret] = what
}

func (s *watched) mustHide(t *testing.T, where, text string) {
	t.Helper()
	for secret, what := range s.secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			if strings.Contains(text, form) {
				t.Errorf("%s tells %s, %q:\n%.600s", where, what, secret, around(text, form))
				break
			}
		}
	}
}

func around(text, part string) string {
	at := strings.Index(text, part)
	return text[max(0, at-200):min(len(text), at+200)]
}

func (s *watched) post(t *testing.T, path string, fields ...string) (status int, at string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	resp, err := s.PostForm(visitedSite+path, form)
	must(t, err)
	resp.Body.Close()
	return resp.StatusCode, resp.Request.URL.Path
}

func (s *watched) get(t *testing.T, path string) (status int, at string) {
	t.Helper()
	resp, err := s.Get(visitedSite + path)
	must(t, err)
	resp.Body.Close()
	return resp.StatusCode, resp.Request.URL.Path
}

// signIn asks for a link, opens it, and gives a name.
func (s *watched) signIn(t *testing.T) {
	t.Helper()
	const address, name = "jytte.sandager@example.dk", "Jytte Sandager"
	s.hide("an address", address)
	s.hide("a name", name)
	_, err := s.c.accounts.Add(t.Context(), account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: name, Address: address})
	must(t, err)
	s.post(t, "/da/sign-in", "address", address)
	s.post(t, "/da/sign-in", "address", "unknown."+address)
	s.post(t, "/da/sign-in", "address", "<"+address+">\r\nBcc: x@example.dk")
	_, err = s.c.queue.RunDue(t.Context())
	must(t, err)
	token := s.mailed(t)
	s.hide("a token", token)
	s.get(t, "/da/sign-in/link/"+token)
	if status, at := s.post(t, "/da/sign-in/confirm", "token", token); at != "/da/account/welcome" {
		t.Fatalf("the link leads to %s, %d", at, status)
	}
	s.post(t, "/da/account/name", "name", name)
	s.post(t, "/da/account/name", "name", "\u202e"+name)
	s.post(t, "/da/account/address", "address", "new."+address)
	s.post(t, "/da/sign-in/confirm", "token", token)
	s.get(t, "/da/sign-in/link/"+token)
	s.get(t, "/da/account/export")
}

// mailed is the token of the link to sign in with in the outbox.
func (s *watched) mailed(t *testing.T) string {
	t.Helper()
	return s.inMail(t, "/da/sign-in/link/")
}

// inMail is the secret that follows on an address in the outbox.
func (s *watched) inMail(t *testing.T, address string) string {
	t.Helper()
	letters, err := filepath.Glob(s.home.path("outbox", "*.eml"))
	must(t, err)
	for _, file := range letters {
		text, err := os.ReadFile(file)
		must(t, err)
		_, rest, found := strings.Cut(strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(text)), address)
		if end := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("-_", r) && !isAlnum(r) }); found && end > 0 {
			return rest[:end]
		}
	}
	t.Fatal("no letter has a link")
	return ""
}

// stopLetters ends reminders by the link in one, twice, and by a wrong link.
func (s *watched) stopLetters(t *testing.T) {
	t.Helper()
	s.wave.Deadline = day{time.Now().AddDate(0, 2, 0)}
	l, err := s.wave.letters()
	must(t, err)
	o := dispatch.Order{Kind: wording.Reminder(1), Lang: i18n.Danish, Channel: wording.Email, Again: s.invited.Unit}
	report, err := s.c.letters.Run(t.Context(), l, o, nil)
	must(t, err)
	for waiting := 1; waiting > 0; time.Sleep(100 * time.Millisecond) { // mails to one domain leave one after the other
		_, err = s.c.queue.RunDue(t.Context())
		must(t, err)
		counts, err := s.c.queue.Counts(t.Context())
		must(t, err)
		waiting = counts["waiting"]
	}
	token, code := s.inMail(t, "/da/stop/"), s.inMail(t, visitedSite+"/s/")
	if report.Mails != 1 || len(token) != 32 || len(code) != 12 {
		t.Fatalf("%+v, token %q, code %q", report, token, code)
	}
	s.hide("a token", token)
	s.hide("a code", code)
	s.get(t, "/da/stop/"+token)
	for range 2 {
		if status, _ := s.post(t, "/da/stop/"+token, "List-Unsubscribe", "One-Click"); status != http.StatusOK {
			t.Errorf("reminders are not ended: %d", status)
		}
	}
	if status, _ := s.post(t, "/en/stop/"+token[1:]); status != http.StatusNotFound {
		t.Errorf("a wrong token: %d", status)
	}
}

func isAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// answer types the code, answers up to a question in one's own words, and
// saves an answer that makes no sense.
func (s *watched) answer(t *testing.T) {
	t.Helper()
	const words = "Vi har samlet hjemmeplejen i Vollsmose"
	s.hide("an answer", words)
	s.hide("a choice", "leder_hemmelig")
	if status, at := s.post(t, "/da/survey", "code", s.invited.Code.String()); status != http.StatusOK {
		t.Fatalf("the code leads to %s, %d", at, status)
	}
	s.post(t, "/da/survey/start")
	s.post(t, "/da/survey/page/arbejdspladsen", "revision", "0", "A1", "leder", "A2", "ja")
	s.post(t, "/da/survey/page/fornyelser", "revision", "1", "B1", "ja", "B2", "ja", "B3", "nej", "B4", "nej")
	s.post(t, "/da/survey/page/undervejs", "revision", "2", "B6", "ja", "B7", "1")
	if status, at := s.post(t, "/da/survey/page/seneste", "revision", "3", "C1", words, "C2", "proces"); status != http.StatusOK {
		t.Fatalf("%s: %d", at, status)
	}
	rec, err := s.c.responses.Load(t.Context(), s.invited.Wave, s.invited.Unit)
	must(t, err)
	if rec.Answers["C1"].Text != words {
		t.Fatalf("the answer was not saved: %v", rec.Answers)
	}
	s.post(t, "/da/survey/page/arbejdspladsen", "revision", "3", "A1", "leder_hemmelig")
	s.post(t, "/da/survey/page/nowhere", "revision", "3", "C1", words)
	s.post(t, "/da/survey/page/seneste", "revision", "x", "C1", words, words, words)
	s.get(t, "/da/survey/page/seneste?C1="+url.QueryEscape(words))
	s.get(t, "/s/"+bare(s.invited.Code.String()))
	s.get(t, "/s/"+s.invited.Code.String()+"/"+url.PathEscape(words))
	s.get(t, "/en/"+s.pNumber)
}

// everywhere asks at every route, to see what cookies it sets, and then sends
// every form empty.
func (s *watched) everywhere(t *testing.T) {
	t.Helper()
	list := walk(t, s.routes)
	for _, r := range list {
		if r[0] == http.MethodGet {
			s.get(t, concrete(r[1]))
		}
	}
	for _, r := range list {
		if r[0] == http.MethodPost {
			s.post(t, concrete(r[1]))
		}
	}
}

// wrongCodes tries codes that are none, until it has to wait.
func (s *watched) wrongCodes(t *testing.T) {
	t.Helper()
	stranger, err := cookiejar.New(nil)
	must(t, err)
	s.Jar = stranger
	mistyped := s.invited.Code.String()[1:] + "7"
	never := "ABCD-EFGH-JKMN-PQRS"
	for range 12 {
		for _, code := range []string{mistyped, never} {
			resp, err := s.PostForm(visitedSite+"/da/survey", url.Values{"code": {code}})
			must(t, err)
			resp.Body.Close()
			s.get(t, "/s/"+code)
		}
	}
	s.hide("a mistyped code", mistyped)
	s.hide("a code that never was", never)
}

// malformed sends what no browser sends.
func (s *watched) malformed(t *testing.T) {
	t.Helper()
	code := bare(s.invited.Code.String())
	long := strings.Repeat("x", 70<<10)
	for _, raw := range []string{
		"GET /s/" + code + " HTTP/9.9\r\nHost: barometer.example.dk\r\n\r\n",
		"GET /s/" + code + "\x00 HTTP/1.1\r\nHost: barometer.example.dk\r\n\r\n",
		"GET /s/" + code + " HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
		"GET /s/" + code + " HTTP/1.1\r\nHost: barometer.example.dk\r\nX-" + code + ": " + long + "\r\n\r\n",
		"GET /%zz/" + code + " HTTP/1.1\r\nHost: barometer.example.dk\r\n\r\n",
		"BREW /s/" + code + " HTTP/1.1\r\nHost: barometer.example.dk\r\n\r\n",
		"POST /da/survey HTTP/1.1\r\nHost: barometer.example.dk\r\nOrigin: https://elsewhere.example\r\nContent-Length: 10\r\n\r\ncode=" + code[:5],
		"POST /da/survey HTTP/1.1\r\nHost: barometer.example.dk\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n%zz=%" + code[:4],
		"POST /da/survey HTTP/1.1\r\nHost: barometer.example.dk\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"code\":\"" + code[:9] + "\"}",
	} {
		s.raw(t, raw)
	}
	s.post(t, "/da/survey", "code", code, "more", long)
}

// raw sends a request as it is and keeps the answer.
func (s *watched) raw(t *testing.T, request string) {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	io.WriteString(conn, request) //nolint:errcheck // the server may hang up in the middle
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.CloseWrite() //nolint:errcheck
	}
	answer, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 4") && !strings.HasPrefix(string(answer), "HTTP/1.1 505") {
		t.Errorf("%.60q is answered with %.60q", request, answer)
	}
	s.errors = append(s.errors, string(answer))
}

// panics breaks the program in the middle of a request that has everything in
// it.
func (s *watched) panics(t *testing.T) {
	t.Helper()
	s.fail.Store(true)
	status, _ := s.post(t, "/da/survey?code="+s.invited.Code.String(), "code", s.invited.Code.String())
	s.fail.Store(false)
	if status != http.StatusInternalServerError {
		t.Errorf("a panic is answered with %d", status)
	}
}

// storeGone closes the store under the server, after reading what is kept in it
// of the acts.
func (s *watched) storeGone(t *testing.T) {
	t.Helper()
	events, err := audit.List(t.Context(), s.c.db, 0, 1000)
	must(t, err)
	for _, e := range events {
		s.record(t, e)
	}
	for _, state := range queue.States {
		jobs, err := s.c.queue.List(t.Context(), state, 1000)
		must(t, err)
		for _, j := range jobs {
			s.record(t, j)
		}
	}
	must(t, s.c.close())
	for _, path := range []string{"/da/survey", "/da/sign-in"} {
		if status, _ := s.post(t, path, "code", s.invited.Code.String(), "address", "jytte.sandager@example.dk"); status < 500 {
			t.Errorf("%s without a store: %d", path, status)
		}
	}
}

func (s *watched) record(t *testing.T, v any) {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	s.records = append(s.records, string(text))
}

// lockedText is a text that many write to.
type lockedText struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
