package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/cmd/barometer/demo"
	"barometer/internal/account"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/publish/cube"
	"barometer/publish/embargo"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
)

// surveyedHome is a home with the demonstration's wave open for answers, all
// its routes, and a store.
func surveyedHome(t *testing.T) (chi.Routes, *collection) {
	t.Helper()
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	w, err := a.demoWave(h, demoWave, 7, demo.Workplaces(7))
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	s, err := w.sample()
	must(t, err)
	surveyedUnit = s.Units[0].Key
	must(t, c.fieldwork.Register(t.Context(), s))
	releasetest.Build(t, h.path("releases"), release.First)
	_, _, err = c.releases.Enter(t.Context(), operator, embargo.Name{Wave: releasetest.Wave, Version: release.First})
	must(t, err)
	researchers(t, h, c)
	handler, err := newHandler(h, c, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), a.now)
	must(t, err)
	return handler.(chi.Routes), c
}

// surveyedUnit is a workplace of the surveyed home's sample.
var surveyedUnit string

// walk lists the routes as the table names them.
func walk(t *testing.T, routes chi.Routes) (list [][2]string) {
	t.Helper()
	must(t, chi.Walk(routes, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != http.MethodHead {
			list = append(list, [2]string{method, pattern})
		}
		return nil
	}))
	return list
}

// Every route has its rule, and the table names no route that is gone.
func TestEveryRouteHasARule(t *testing.T) {
	table, err := policy.Load()
	must(t, err)
	routes, _ := surveyedHome(t)
	registered := map[string]bool{}
	for _, r := range walk(t, routes) {
		registered[r[0]+" "+r[1]] = true
		if _, ok := table.Route(r[0], r[1]); !ok {
			t.Errorf("%s %s has no rule in internal/policy/policy.yaml", r[0], r[1])
		}
	}
	for _, rule := range table.Rules() {
		for _, route := range rule.Routes {
			if !registered[route] {
				t.Errorf("%s × %s names %s, which is no route", rule.Object, rule.Action, route)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+(:[^}]*)?\}`)

// concrete is an address of a pattern.
func concrete(pattern string) string {
	address := placeholder.ReplaceAllStringFunc(pattern, func(p string) string {
		switch p {
		case "{lang:da|en}":
			return "da"
		case "{person}", "{grant}", "{project}":
			return "1"
		case "{wave}":
			if strings.Contains(pattern, "/fieldwork/") {
				return demoWave
			}
			return releasetest.Wave
		case "{table}":
			return cube.ID(releasetest.Wave, "sector")
		case "{version}":
			return release.First.String()
		case "{unit}":
			return surveyedUnit
		case "{act}":
			return "remark"
		}
		return "x1"
	})
	return strings.Replace(address, "*", "x1", 1)
}

// persona is somebody at the door: without a name, or with a role and a number
// of factors shown.
type persona struct {
	role    policy.Role
	factors int
	id      account.ID // 0: nobody
}

func (p persona) String() string { return fmt.Sprintf("%s with %d factors", p.role, p.factors) }

// subject is who the table is asked about at a route. Staff who have shown one
// factor are nobody yet, except where the second is set up.
func (p persona) subject(pattern string, now time.Time) policy.Subject {
	half := p.role.Staff() && p.factors < 2
	if p.id == 0 || half && !strings.Contains(pattern, "/account/security") {
		return policy.Subject{}
	}
	return policy.Subject{Person: p.id.String(), Roles: []policy.Role{p.role}, Factors: p.factors, At: now}
}

// personas are a visitor, a member, and every role with one factor and with two.
func personas(t *testing.T, c *collection) []persona {
	t.Helper()
	list := []persona{{role: policy.Visitor}}
	for _, role := range append([]policy.Role{policy.Member}, policy.Grantable()...) {
		n := account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: "Anna Holm", Address: string(role) + "@example.dk"}
		id, err := c.accounts.Add(t.Context(), account.ByOperator(), n)
		must(t, err)
		if role != policy.Member {
			_, err = c.accounts.Grant(t.Context(), account.ByOperator(), id, role)
			must(t, err)
		}
		link, err := c.accounts.OperatorLink(t.Context(), id)
		must(t, err)
		_, err = c.accounts.Confirm(t.Context(), account.Confirmation{Token: link})
		must(t, err)
		must(t, c.accounts.SetName(t.Context(), id, n.Name))
		list = append(list, persona{role, 1, id}, persona{role, 2, id})
	}
	return list
}

// enter signs the persona in and returns its cookie.
func (p persona) enter(t *testing.T, c *collection) (cookie *http.Cookie) {
	t.Helper()
	must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
		s, err := c.accounts.BeginSession(tx, p.id, account.How{Method: account.ByLink.Method, Factors: p.factors}, account.Device{}, "")
		cookie = &http.Cookie{Name: "barometer_session", Value: s.Token}
		return err
	}))
	return cookie
}

// What the table says is what everyone meets, with every role, at every route.
func TestEveryoneMeetsWhatTheTableSays(t *testing.T) {
	table, err := policy.Load()
	must(t, err)
	routes, c := surveyedHome(t)
	server := httptest.NewServer(routes.(http.Handler))
	defer server.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	all := walk(t, routes)
	for _, p := range personas(t, c) {
		var cookie *http.Cookie
		for _, r := range all {
			rule, _ := table.Route(r[0], r[1])
			req, err := http.NewRequestWithContext(t.Context(), r[0], server.URL+concrete(r[1]), nil)
			must(t, err)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if p.id != 0 {
				if cookie == nil {
					cookie = p.enter(t, c)
				}
				req.AddCookie(cookie)
			}
			resp, err := client.Do(req)
			must(t, err)
			resp.Body.Close()
			if _, more := asksMore[r[1]]; more && rule.Decide(p.subject(r[1], time.Now()), time.Now()) == policy.Allowed {
				continue
			}
			if fault := meets(rule, rule.Decide(p.subject(r[1], time.Now()), time.Now()), resp); fault != "" {
				t.Errorf("%s at %s %s: %d, %s", p, r[0], r[1], resp.StatusCode, fault)
			}
			if r[0] != http.MethodGet { // the act may have ended the session
				cookie = nil
			}
		}
	}
}

// asksMore are routes whose handler asks for what the table does not know of.
var asksMore = map[string]string{
	"/{lang:da|en}/account/security/codes":  "that the second factor was shown a moment ago",
	"/{lang:da|en}/account/security/remove": "the name of a factor that is there",

	"/{lang:da|en}/research/projects/{project}":                         "a project of one's own",
	"/{lang:da|en}/research/projects/{project}/link":                    "a project of one's own",
	"/{lang:da|en}/research/projects/{project}/files/{token}":           "a link of one's own",
	"/{lang:da|en}/research/projects/{project}/files/{token}/{file}":    "a link of one's own",
	"/{lang:da|en}/staff/fieldwork/{wave}/letters/files/{batch}/{file}": "the name of a file with letters",

	"/{lang:da|en}/staff/releases/{wave}/{version}/site/*":  "the address of a page of the site",
	"/{lang:da|en}/staff/releases/{wave}/{version}/files/*": "the name of a file of the release",
}

// meets says how an answer differs from what was decided, empty where it does
// not. An act that is allowed may still be refused for what was posted.
func meets(rule policy.Rule, d policy.Decision, resp *http.Response) string {
	expected := map[policy.Decision]int{
		policy.Unnamed: http.StatusUnauthorized, policy.Hidden: http.StatusNotFound,
		policy.Forbidden: http.StatusForbidden, policy.Weak: http.StatusForbidden, policy.Stale: http.StatusForbidden,
	}
	want, refused := expected[d]
	atEntry := strings.HasSuffix(resp.Header.Get("Location"), "/survey")
	restricted := rule.Decide(policy.Subject{}, time.Now()) != policy.Allowed
	switch {
	case refused && resp.StatusCode != want:
		return fmt.Sprintf("want %d, since the table says %s", want, d)
	case rule.Delegated() && !atEntry && resp.StatusCode < 400:
		return "want a request for the code"
	case refused || rule.Delegated():
		return ""
	case resp.StatusCode >= 500, resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden,
		restricted && resp.StatusCode == http.StatusNotFound:
		return "want to be let in"
	}
	return ""
}

// The acts that one person must not bring about alone are those that the table
// says so of.
func TestActsForFourEyes(t *testing.T) {
	table, err := policy.Load()
	must(t, err)
	var found []string
	for _, r := range table.Rules() {
		if r.FourEyes {
			found = append(found, r.Object+" × "+r.Action)
		}
	}
	if want := "role × grant, release × approve, research project × accept, wave × unlink"; strings.Join(found, ", ") != want {
		t.Errorf("with four eyes: %v, want %s", found, want)
	}
}

// A command that acts on persons, mail, jobs or releases has its rule, and the table names
// no command that is not there.
func TestActingCommandsHaveARule(t *testing.T) {
	table, err := policy.Load()
	must(t, err)
	known := map[string]bool{}
	for _, c := range commands {
		known[c.name] = true
		area, _, _ := strings.Cut(c.name, " ")
		if c.name == "release verify" { // looks at a folder, whosever it is
			continue
		}
		if _, ok := table.Command(c.name); !ok && slices.Contains([]string{"user", "mail", "jobs", "answers", "release", "keys", "access", "unlink", "research"}, area) {
			t.Errorf("barometer %s has no rule", c.name)
		}
	}
	for _, r := range table.Rules() {
		for _, name := range r.Commands {
			if !known[name] && !known[strings.Fields(name)[0]] {
				t.Errorf("%s × %s names the command %q, which is none", r.Object, r.Action, name)
			}
		}
	}
}
