package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"barometer/internal/account"
	"barometer/internal/i18n"
)

// userHome is a home whose site a test server serves.
func userHome(t *testing.T) (dir string, server *httptest.Server, c *collection) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "home")
	if status, _, stderr := runs(t, "init", dir); status != 0 {
		t.Fatal(stderr)
	}
	server = httptest.NewUnstartedServer(nil)
	server.Start()
	t.Cleanup(server.Close)
	t.Setenv("BAROMETER_BASE_URL", server.URL)
	a := newApp(io.Discard, os.Stderr)
	h, err := openHome(dir)
	must(t, err)
	c, err = openCollection(t.Context(), h, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	server.Config.Handler, err = newHandler(h, c, slog.New(slog.DiscardHandler), a.now)
	must(t, err)
	return dir, server, c
}

// The first administrator comes to be by the command line, gets in with the
// link that it prints, once, and meets the table of rules.
func TestFirstAdministratorGetsInByThePrintedLink(t *testing.T) {
	dir, server, _ := userHome(t)
	status, out, stderr := runs(t, "user", "add", "anna@example.dk", "--name", "Anna Holm", "--role", "admin", "--home", dir)
	if status != 0 {
		t.Fatal(stderr)
	}
	link := strings.TrimSpace(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
	jar, err := cookiejar.New(nil)
	must(t, err)
	client := &http.Client{Jar: jar}
	visit := func(resp *http.Response, err error) (int, string, string) {
		t.Helper()
		must(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		must(t, err)
		return resp.StatusCode, resp.Request.URL.Path, string(body)
	}
	if status, _, body := visit(client.Get(link)); status != 200 || !strings.Contains(body, "/da/sign-in/confirm") {
		t.Fatalf("%s: %d", link, status)
	}
	token := url.Values{"token": {link[strings.LastIndexByte(link, '/')+1:]}}
	if _, path, body := visit(client.PostForm(server.URL+"/da/sign-in/confirm", token)); path != "/da/account/security" || !strings.Contains(body, "Din rolle kræver det") {
		t.Fatalf("led to %s", path)
	}
	if status, _, _ := visit(http.PostForm(server.URL+"/da/sign-in/confirm", token)); status != http.StatusConflict {
		t.Errorf("the link works twice: %d", status)
	}
	if status, _, body := visit(client.Get(server.URL + "/da/staff/people")); status == 200 || strings.Contains(body, "anna@example.dk") {
		t.Errorf("one factor opens the people: %d", status)
	}
	_, _, body := visit(client.PostForm(server.URL+"/da/account/security/app", nil))
	secret := regexp.MustCompile(`class="code">([A-Z2-7 ]+)<`).FindStringSubmatch(body)
	if secret == nil {
		t.Fatalf("no app can be set up:\n%s", body)
	}
	code, err := totp.GenerateCode(strings.ReplaceAll(secret[1], " ", ""), time.Now())
	must(t, err)
	visit(client.PostForm(server.URL+"/da/account/security/app/confirm", url.Values{"code": {code}}))
	if _, path, _ := visit(client.Get(server.URL + "/da/staff/people")); path != "/da/account/welcome" {
		t.Error("a person without a confirmed name sees the people")
	}
	visit(client.PostForm(server.URL+"/da/account/name", url.Values{"name": {"Anna Holm"}}))
	if status, _, body := visit(client.Get(server.URL + "/da/staff/people")); status != 200 || !strings.Contains(body, "Anna Holm") {
		t.Errorf("two factors and a name: %d", status)
	}
	if status, out, stderr := runs(t, "user", "reset-factors", "1", "--home", dir); status != 0 || !strings.Contains(out, "taken away") {
		t.Errorf("%d %s %s", status, out, stderr)
	}
	if status, _, _ := visit(client.Get(server.URL + "/da/account")); status != http.StatusUnauthorized {
		t.Errorf("signed in after a reset: %d", status)
	}
	_, out, _ = runs(t, "user", "link", "1", "--home", dir)
	link = strings.TrimSpace(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
	token = url.Values{"token": {link[strings.LastIndexByte(link, '/')+1:]}}
	if _, path, _ := visit(client.PostForm(server.URL+"/da/sign-in/confirm", token)); path != "/da/account/security" {
		t.Errorf("the way back leads to %s", path)
	}
	if status, out, _ := runs(t, "user", "revoke-sessions", "1", "--home", dir); status != 0 || !strings.Contains(out, "signed out") {
		t.Errorf("%d %s", status, out)
	}
	if status, _, _ := visit(client.Get(server.URL + "/da/account")); status != http.StatusUnauthorized {
		t.Errorf("a revoked session opens the account: %d", status)
	}
}

var mailedLink = regexp.MustCompile(`http://\S+/da/sign-in/link/([\w-]+)`)

// A letter asked for on the page lands in the outbox, with a link that leads
// in; the list of scheduled work does not tell for whom.
func TestMailedLinkLeadsIn(t *testing.T) {
	dir, server, c := userHome(t)
	_, err := c.accounts.Add(t.Context(), account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: "Anna Holm", Address: "anna@example.dk"})
	must(t, err)
	jar, err := cookiejar.New(nil)
	must(t, err)
	client := &http.Client{Jar: jar}
	resp, err := client.PostForm(server.URL+"/da/sign-in", url.Values{"address": {"anna@example.dk"}})
	must(t, err)
	resp.Body.Close()
	if _, out, _ := runs(t, "jobs", "list", "--home", dir); strings.Contains(out, "anna") || !strings.Contains(out, "mail") {
		t.Errorf("the list of jobs names the recipient, or no mail:\n%s", out)
	}
	_, err = c.queue.RunDue(t.Context())
	must(t, err)
	letters, err := filepath.Glob(filepath.Join(dir, "outbox", "*.eml"))
	must(t, err)
	var token string
	for _, file := range letters {
		text, err := os.ReadFile(file)
		must(t, err)
		plain := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(text))
		if m := mailedLink.FindStringSubmatch(plain); m != nil {
			token = m[1]
		}
	}
	resp, err = client.PostForm(server.URL+"/da/sign-in/confirm", url.Values{"token": {token}})
	must(t, err)
	resp.Body.Close()
	if got := resp.Request.URL.Path; got != "/da/account/welcome" {
		t.Errorf("the link of %d letters leads to %s, %d", len(letters), got, resp.StatusCode)
	}
}

func TestUserCommands(t *testing.T) {
	dir, _, _ := userHome(t)
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"user add anna@example.dk", 0, "/da/sign-in/link/"},
		{"user add anna@example.dk", 1, "belongs to another account"},
		{"user add anna", 1, "no e-mail address"},
		{"user add bo@example.dk --name Аnna", 1, "no Latin letters"},
		{"user add bo@example.dk --role root", 2, "no role"},
		{"user add bo@example.dk --kind robot", 1, "no kind of person"},
		{"user add bo@example.dk --lang sv", 1, "unknown language"},
		{"user grant 1 editor", 0, "person 1: editor"},
		{"user grant 1 editor", 1, "held or asked for already"},
		{"user grant 7 editor", 1, "no such person"},
		{"user grant anna editor", 2, "is no person"},
		{"user link 1", 0, "/da/sign-in/link/"},
		{"user list", 0, "anna@example.dk"},
		{"user list --json", 0, `"roles":["editor"]`},
		{"user erase 1", 2, "add --yes"},
		{"user erase 1 --yes", 0, "erased"},
		{"user erase 1 --yes", 1, "not possible"},
		{"user link 1", 1, "(erased): not possible"},
		{"user list", 0, "Former contributor 1"},
	} {
		status, out, stderr := runs(t, append(strings.Fields(c.args), "--home", dir)...)
		if status != c.status || !strings.Contains(out+stderr, c.says) {
			t.Errorf("%s: %d %q %q; want %d, %q", c.args, status, out, stderr, c.status, c.says)
		}
	}
	if _, out, _ := runs(t, "user", "list", "--home", dir); strings.Contains(out, "anna@") {
		t.Error("an erased address is listed")
	}
}
