package pages_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"

	"barometer/internal/account"
	"barometer/internal/account/broker"
	"barometer/internal/account/factor"
	"barometer/internal/account/pages"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/internal/web"
)

// site serves the pages over a real store, behind the real table of rules.
type site struct {
	*account.Accounts
	t       testing.TB
	db      *store.DB
	pages   *pages.Pages
	factors *factor.Factors
	now     time.Time
	letters []mail.Message
	log     bytes.Buffer
	server  *httptest.Server
}

func (s *site) Send(_ context.Context, _ *store.Tx, m mail.Message) error {
	s.letters = append(s.letters, m)
	return nil
}

// each runs a test on every store.
func each(t *testing.T, test func(*testing.T, *site)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, where string) { test(t, newSite(t, open(t, where))) })
}

func open(t testing.TB, where string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), where)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func newSite(t testing.TB, db *store.DB, providers ...func(origin string) broker.Provider) *site {
	t.Helper()
	s := &site{t: t, db: db, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return s.now }
	mux := http.NewServeMux()
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	var err error
	s.Accounts, err = account.New(t.Context(), db, account.Options{
		Secret: []byte("a secret of thirty-two bytes, at least"), Now: clock, Mail: s, Join: true, Link: pages.Link(s.server.URL),
	})
	must(t, err)
	shell, err := web.NewShell(web.Config{
		Name: i18n.Same("Innovationsbarometeret"), Owner: i18n.Same("COI"), Privacy: "/privacy", Account: "/account", SignOut: "/sign-out",
		Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	must(t, err)
	s.factors, err = factor.New(factor.Options{Accounts: s.Accounts, Store: db, Now: clock, Name: "Innovationsbarometeret", BaseURL: s.origin()})
	must(t, err)
	var reached []broker.Provider
	for _, p := range providers {
		reached = append(reached, p(s.origin()))
	}
	brokers, err := broker.New(broker.Options{Accounts: s.Accounts, Store: db, Now: clock, BaseURL: s.origin(), Providers: reached})
	must(t, err)
	s.pages, err = pages.New(pages.Config{Shell: shell, Accounts: s.Accounts, Factors: s.factors, Brokers: brokers, Now: clock, Join: true})
	must(t, err)
	rules, err := policy.Load()
	must(t, err)
	r := chi.NewRouter()
	r.Use(shell.Secure, s.pages.Identify)
	r.Use(rules.Gate(r, policy.Guard{
		Who: s.pages.Who, Now: clock,
		Refuse: func(w http.ResponseWriter, r *http.Request, d policy.Decision) {
			if !s.pages.Refuse(w, r, d) {
				shell.Error(w, r, http.StatusNotFound)
			}
		},
		Fail: func(w http.ResponseWriter, r *http.Request, err error) {
			shell.Error(w, r, http.StatusServiceUnavailable)
		},
		Lost: func(method, pattern string) { t.Errorf("no rule for %s %s", method, pattern) },
	}))
	r.NotFound(shell.NotFound)
	s.pages.Routes(r)
	mux.Handle("/assets/", shell.Assets())
	mux.Handle("/", r)
	return s
}

// origin is the site's address by a name, as passkeys need it.
func (s *site) origin() string { return strings.Replace(s.server.URL, "127.0.0.1", "localhost", 1) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser follows pages as a browser without script does.
type browser struct {
	t    testing.TB
	s    *site
	http *http.Client
	last *page
}

// page is one page as received.
type page struct {
	Status int
	Path   string
	Header http.Header
	Source string
	root   *html.Node
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	return &browser{t: s.t, s: s, http: &http.Client{Jar: jar}}
}

func (b *browser) get(path string) *page {
	b.t.Helper()
	resp, err := b.http.Get(b.s.server.URL + strings.TrimPrefix(path, b.s.server.URL))
	must(b.t, err)
	return b.read(resp)
}

func (b *browser) post(path string, pairs ...string) *page {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	resp, err := b.http.PostForm(b.s.server.URL+path, form)
	must(b.t, err)
	return b.read(resp)
}

func (b *browser) read(resp *http.Response) *page {
	b.t.Helper()
	defer resp.Body.Close()
	source, err := io.ReadAll(resp.Body)
	must(b.t, err)
	root, err := html.Parse(bytes.NewReader(source))
	must(b.t, err)
	b.last = &page{resp.StatusCode, resp.Request.URL.RequestURI(), resp.Header, string(source), root}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		for _, broken := range b.last.broken() {
			b.t.Errorf("%s: %s", b.last.Path, broken)
		}
	}
	return b.last
}

// has reports whether a text stands on the page.
func (p *page) has(text string) bool { return strings.Contains(words(p.root), text) }

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// broken lists the rules that every page keeps and this one does not.
func (p *page) broken() (faults []string) {
	ids, labelled, headings := map[string]bool{}, map[string]bool{}, 0
	for n := range p.root.Descendants() {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				faults = append(faults, "id "+id+" twice")
			}
			ids[id] = true
		}
		switch n.Data {
		case "h1":
			headings++
		case "label":
			labelled[attr(n, "for")] = true
		}
	}
	if headings != 1 {
		faults = append(faults, "not one main heading")
	}
	for n := range p.root.Descendants() {
		if (n.Data == "input" && attr(n, "type") != "hidden" || n.Data == "select") && !labelled[attr(n, "id")] {
			faults = append(faults, "control "+attr(n, "name")+" has no label")
		}
		if n.Data == "button" && strings.TrimSpace(words(n)) == "" {
			faults = append(faults, "button without a name")
		}
		for _, id := range strings.Fields(attr(n, "aria-describedby")) {
			if !ids[id] {
				faults = append(faults, "aria-describedby leads to missing "+id)
			}
		}
		if target, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && !ids[target] {
			faults = append(faults, "link leads to missing id "+target)
		}
	}
	return faults
}

// link is the link of the last letter.
func (s *site) link() string {
	s.t.Helper()
	if len(s.letters) == 0 {
		s.t.Fatal("no letter")
	}
	l, ok := s.letters[len(s.letters)-1].Data.(account.LinkLetter)
	if !ok {
		s.t.Fatalf("the last letter brings no link: %+v", s.letters[len(s.letters)-1])
	}
	return l.Link
}

// confirm opens the last letter's link and presses its button.
func (b *browser) confirm() *page {
	b.t.Helper()
	link := b.s.link()
	b.get(link)
	return b.post("/da/sign-in/confirm", "token", link[strings.LastIndexByte(link, '/')+1:])
}

// signedIn is a browser at which the person with the address is signed in
// under the name.
func (s *site) signedIn(address, name string) *browser {
	s.t.Helper()
	b := s.browser()
	b.post("/da/sign-in", "address", address)
	if p := b.confirm(); p.has("Hvad hedder du?") {
		b.post("/da/account/name", "name", name)
	}
	if b.last.Status != http.StatusOK || !b.last.has("Du er logget ind som "+name) {
		s.t.Fatalf("sign-in led to %s, %d:\n%s", b.last.Path, b.last.Status, words(b.last.root))
	}
	return b
}

// strong puts a session with two factors into a new browser, as the check of a
// second factor does.
func (s *site) strong(address string) *browser {
	s.t.Helper()
	p, err := s.ByAddress(s.t.Context(), address)
	must(s.t, err)
	var session account.Session
	must(s.t, s.db.Write(s.t.Context(), func(tx *store.Tx) (err error) {
		session, err = s.BeginSession(tx, p.ID, account.How{Method: "totp", Factors: 2}, account.Device{}, "")
		return err
	}))
	b := s.browser()
	u, err := url.Parse(s.server.URL)
	must(s.t, err)
	b.http.Jar.SetCookies(u, []*http.Cookie{{Name: "barometer_session", Value: session.Token, Path: "/"}})
	return b
}

// admin is a browser of an administrator.
func (s *site) admin(address, name string) *browser {
	s.t.Helper()
	s.signedIn(address, name)
	p, err := s.ByAddress(s.t.Context(), address)
	must(s.t, err)
	_, err = s.Grant(s.t.Context(), account.ByOperator(), p.ID, policy.Admin)
	must(s.t, err)
	return s.strong(address)
}

// sessionOf is the session token of a browser.
func sessionOf(t *testing.T, b *browser) string {
	u, err := url.Parse(b.s.server.URL)
	must(t, err)
	return cookieOf(b, u, "barometer_session")
}
