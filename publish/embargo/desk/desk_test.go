package desk

import (
	"bytes"
	"context"
	"fmt"
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

	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/publish/embargo"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
	"barometer/publish/site"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var (
	now   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	first = embargo.Name{Wave: releasetest.Wave, Version: release.First}
	anna  = policy.Subject{Person: "4", Roles: []policy.Role{policy.Statistician, policy.Editor, policy.Approver}, Factors: 2, At: now}
	bo    = policy.Subject{Person: "5", Roles: []policy.Role{policy.Approver}, Factors: 2, At: now}
	root  = policy.Subject{Roles: []policy.Role{policy.Operator}}
)

// newsroom is a router with the pages of one release, built and entered.
type newsroom struct {
	http.Handler
	*embargo.Releases
	queue *queue.Queue
	dir   string
	files int // of the release
	who   policy.Subject
	now   time.Time
}

func open(t *testing.T) *newsroom {
	t.Helper()
	n := &newsroom{dir: t.TempDir(), who: anna, now: now}
	n.files = len(releasetest.Build(t, n.dir, release.First).Files)
	db := must(store.Open(t.Context(), filepath.Join(t.TempDir(), "desk.db")))
	t.Cleanup(func() { db.Close() })
	clock := func() time.Time { return n.now }
	zone := must(time.LoadLocation("Europe/Copenhagen"))
	rules := must(policy.Load())
	n.queue = must(queue.New(t.Context(), db, queue.Options{Key: bytes.Repeat([]byte{1}, 32), Now: clock, Zone: zone}))
	n.Releases = must(embargo.New(embargo.Options{Store: db, Queue: n.queue, Rules: rules, Dir: n.dir, Now: clock, Zone: zone}))
	shell := must(web.NewShell(web.Config{Name: i18n.Same("Barometer"), Owner: i18n.Same("COI"), Nav: site.Navigation(), Account: "/account", SignOut: "/sign-out"}))
	pages := must(New(Config{Shell: shell, Releases: n.Releases, Rules: rules, Now: clock, Zone: zone,
		Who:  func(*http.Request) (policy.Subject, error) { return n.who, nil },
		Name: func(_ context.Context, who string) i18n.Text { return i18n.Same("Person " + who) }}))
	r := chi.NewRouter()
	pages.Routes(r)
	n.Handler = r
	_, _, err := n.Enter(t.Context(), root, first)
	must(0, err)
	return n
}

func (n *newsroom) ask(t *testing.T, method, target string, form url.Values) (int, string, http.Header) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	return w.Code, string(must(io.ReadAll(w.Body))), w.Header()
}

const one = "/da/staff/releases/2025/1.0"

// do posts an act and returns the page it leads to.
func (n *newsroom) do(t *testing.T, who policy.Subject, act string, form url.Values) string {
	t.Helper()
	n.who = who
	status, page, h := n.ask(t, http.MethodPost, one+"/"+act, form)
	if status != http.StatusSeeOther {
		t.Fatalf("%s: %d\n%s", act, status, page)
	}
	_, page, _ = n.ask(t, http.MethodGet, h.Get("Location"), nil)
	return page
}

// between is what stands in the middle of a page.
func between(page string) string {
	_, rest, _ := strings.Cut(page, "<main")
	body, _, _ := strings.Cut(rest, "</main>")
	return body
}

// has looks for texts in a page; one that begins with ! must not be there.
func has(t *testing.T, what, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		text, not := strings.CutPrefix(want, "!")
		if strings.Contains(page, text) == not {
			t.Errorf("%s: %s in %s", what, want, between(page))
		}
	}
}

func TestReleaseIsCarriedThroughByTwoPersons(t *testing.T) {
	n := open(t)
	_, page, _ := n.ask(t, http.MethodGet, "/da/staff/releases", nil)
	has(t, "list", page, "2025, version 1.0", "Bygget", `href="/da/staff/releases/2025/1.0"`)
	_, page, _ = n.ask(t, http.MethodGet, one, nil)
	has(t, "built", page, "ingen svarer for den endnu", fmt.Sprintf("Alle %d filer er, som de var", n.files), one+`/submit"`, one+`/withdraw"`, "!"+one+`/approve"`, "!"+one+`/now"`)
	page = n.do(t, anna, "submit", nil)
	has(t, "submitted", page, "Udgivelsen er sendt til godkendelse.", "Til godkendelse", "Person 4", "!"+one+`/approve"`)
	if status, page, _ := n.ask(t, http.MethodPost, one+"/approve", nil); status != http.StatusForbidden || !strings.Contains(page, "En anden end den, der svarer for") {
		t.Errorf("approving one's own: %d", status)
	}
	n.who = bo
	_, page, _ = n.ask(t, http.MethodGet, one, nil)
	has(t, "to the approver", page, one+`/approve"`)
	page = n.do(t, bo, "approve", nil)
	has(t, "approved", page, "Udgivelsen er godkendt.", one+`/schedule"`, one+`/now"`)
	if status, _, _ := n.ask(t, http.MethodPost, one+"/approve", nil); status != http.StatusConflict {
		t.Errorf("approving twice: %d", status)
	}
	page = n.do(t, anna, "schedule", url.Values{"day-day": {"26"}, "day-month": {"3"}, "day-year": {"2026"}, "time": {"8.00"}})
	has(t, "scheduled", page, "Tidspunktet er fastsat.", "26. marts 2026 kl. 08.00", "Klausuleret", "tallene fortrolige", "!"+one+`/now"`)
	n.now = time.Date(2026, 3, 26, 7, 30, 0, 0, time.UTC) // no server ran at eight
	_, page, _ = n.ask(t, http.MethodGet, one, nil)
	has(t, "overdue", page, "Tidspunktet er passeret, uden at")
	must(n.queue.RunDue(t.Context()))
	_, page, _ = n.ask(t, http.MethodGet, "/en/staff/releases/2025/1.0", nil)
	has(t, "published", page, "Everyone can see the release.", "Published by Person system", "!"+`<form class="act"`)
}

func TestMomentsThatCannotBeAreShownAtTheirField(t *testing.T) {
	n := open(t)
	n.do(t, anna, "submit", nil)
	n.do(t, bo, "approve", nil)
	for want, typed := range map[string][4]string{
		"Skriv dagen med tal":             {"26", "marts", "2026", "08:00"},
		"Tidspunktet er passeret":         {"1", "3", "2026", "08:00"},
		"fordi urene stilles frem":        {"29", "3", "2026", "02.30"},
		"fordi urene stilles tilbage":     {"25", "10", "2026", "2:30"},
		"Skriv dagen med tal og":          {"", "", "", ""},
		"klokkeslættet som 08.00":         {"26", "3", "2026", "8"},
		"Skriv dagen med tal og klokkesl": {"31", "2", "2026", "08:00"},
	} {
		form := url.Values{"day-day": {typed[0]}, "day-month": {typed[1]}, "day-year": {typed[2]}, "time": {typed[3]}}
		status, page, _ := n.ask(t, http.MethodPost, one+"/schedule", form)
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, want) || !strings.Contains(page, `href="#day"`) || !strings.Contains(page, `value="`+typed[1]+`"`) {
			t.Errorf("%v: %d, want %q in\n%s", typed, status, want, page)
		}
	}
	if e := must(n.Entry(t.Context(), first)); e.State != embargo.Approved {
		t.Errorf("the release is %s", e.State)
	}
}

func TestChangedFolderIsToldFileByFile(t *testing.T) {
	n := open(t)
	n.do(t, anna, "submit", nil)
	must(0, os.WriteFile(filepath.Join(n.dir, "2025", "1.0", "charts", "more.svg"), []byte("<svg/>"), 0o644))
	_, page, _ := n.ask(t, http.MethodGet, one, nil)
	has(t, "changed", page, "Filerne er ændret", "charts/more.svg is not in the manifest", "!/site/")
	n.who = bo
	if status, page, _ := n.ask(t, http.MethodPost, one+"/approve", nil); status != http.StatusConflict || !strings.Contains(page, "Intet er sket") {
		t.Errorf("approving: %d", status)
	}
}

// The preview is the site as it will be, with every link kept within it, marked,
// and kept by nobody.
func TestPreviewIsTheSiteAsItWillBe(t *testing.T) {
	n := open(t)
	for target, wants := range map[string][]string{
		one + "/site/":                                     {"Forhåndsvisning.", one + "/site/tables", one + "/site/downloads", `content="noindex"`, "/en/staff/releases/2025/1.0/site/", "Log ud", `href="/da/account"`},
		one + "/site/downloads":                            {one + "/files/tables.csv", `!"/download/2025/1.0/`, "Forhåndsvisning."},
		one + "/site/downloads/2025/1.0":                   {one + "/files/manifest.json"},
		one + "/site/indicators/innov_rate":                {"Innovative arbejdspladser", one + "/site/indicators"},
		one + "/site/tables?family=value&breakdown=sector": {"Højere kvalitet", "Forhåndsvisning."},
		"/en/staff/releases/2025/1.0/site/":                {"Preview.", "/en/staff/releases/2025/1.0/site/tables"},
	} {
		status, page, h := n.ask(t, http.MethodGet, target, nil)
		if status != http.StatusOK || h.Get("Cache-Control") != "no-store" || h.Get("X-Robots-Tag") != "noindex" || h.Get("ETag") != "" {
			t.Errorf("%s: %d, %v", target, status, h)
		}
		has(t, target, page, wants...)
		for _, fault := range htmltest.Faults([]byte(page)) {
			t.Errorf("%s: %s", target, fault)
		}
		if strings.Contains(strings.ReplaceAll(page, "/staff/releases/2025/1.0/site/", ""), `href="/da/tables`) {
			t.Errorf("%s leads out of the preview", target)
		}
	}
	for _, target := range []string{one + "/files/tables.csv", one + "/files/report.da.html"} {
		status, content, h := n.ask(t, http.MethodGet, target, nil)
		if status != http.StatusOK || content == "" || h.Get("Cache-Control") != "no-store" || h.Get("ETag") != "" {
			t.Errorf("%s: %d, %v", target, status, h)
		}
		if status, content, _ := n.ask(t, http.MethodHead, target, nil); status != http.StatusOK && status != http.StatusMethodNotAllowed || content != "" {
			t.Errorf("HEAD %s: %d", target, status)
		}
	}
	for _, target := range []string{one + "/site/nowhere", one + "/files/secret.txt", one + "/files/..%2f..%2fetc", "/da/staff/releases/2025/9.0/site/", "/da/staff/releases/2025/x/site/", "/da/staff/releases/%00/1.0", "/da/staff/releases/%ff/1.0/site/", "/da/staff/releases/2025/9.0"} {
		if status, _, _ := n.ask(t, http.MethodGet, target, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", target, status)
		}
	}
}

func TestFoldersThatWereNotEnteredAreListed(t *testing.T) {
	n := open(t)
	releasetest.Build(t, n.dir, release.Version{Major: 2})
	_, page, _ := n.ask(t, http.MethodGet, "/da/staff/releases", nil)
	has(t, "list", page, "Ikke indført", "barometer release enter", `!href="/da/staff/releases/2025/2.0"`)
	if status, _, _ := n.ask(t, http.MethodGet, "/da/staff/releases/2025/2.0", nil); status != http.StatusNotFound {
		t.Errorf("its page: %d", status)
	}
}

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	var built []string
	for _, s := range append(embargo.States(), "unentered") {
		built = append(built, "state."+string(s))
		if s != "unentered" {
			built = append(built, "waits."+string(s))
		}
	}
	for _, key := range []string{"built", "submitted", "approved", "opens", "published", "corrected", "withdrawn"} {
		built = append(built, "event."+key)
	}
	for _, verb := range did {
		built = append(built, "did."+verb, "act."+verb, "act."+verb+".text")
	}
	for _, why := range []embargo.Why{embargo.NoTime, embargo.InGap, embargo.IsTwice, embargo.IsPast} {
		built = append(built, "fault.moment."+string(why))
	}
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}
