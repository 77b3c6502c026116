package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"barometer/internal/account"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/publish/embargo"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
)

// newsroom is a home with persons who carry releases, and a clock.
type newsroom struct {
	*app
	home *home
	c    *collection
	mu   sync.Mutex
	time time.Time

	author, approver policy.Subject
}

var before = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func openNewsroom(t testing.TB) *newsroom {
	t.Helper()
	n := &newsroom{app: newApp(io.Discard, os.Stderr), time: before}
	n.now = n.clock
	var err error
	n.home, err = demoHome(t.TempDir())
	must(t, err)
	n.home.BaseURL = "https://barometer.example.dk" // so that there is a sitemap
	n.c, err = openCollection(t.Context(), n.home, n.clock)
	must(t, err)
	t.Cleanup(func() { must(t, n.c.close()) })
	n.author, err = n.invent(t.Context(), n.c, "Oda Opfundet", "oda@example.dk", policy.Statistician)
	must(t, err)
	n.approver, err = n.invent(t.Context(), n.c, "Palle Påfund", "palle@example.dk", policy.Approver)
	must(t, err)
	return n
}

func (n *newsroom) clock() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.time
}

func (n *newsroom) set(at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.time = at
}

// approved builds a version and has it approved.
func (n *newsroom) approved(t testing.TB, v release.Version) embargo.Name {
	t.Helper()
	releasetest.Build(t, n.home.path("releases"), v)
	name := embargo.Name{Wave: releasetest.Wave, Version: v}
	_, _, err := n.c.releases.Enter(t.Context(), operator, name)
	must(t, err)
	_, err = n.c.releases.Submit(t.Context(), n.author, name)
	must(t, err)
	n.approver.At = n.clock()
	_, err = n.c.releases.Approve(t.Context(), n.approver, name)
	must(t, err)
	return name
}

func (n *newsroom) published(t testing.TB, v release.Version) {
	t.Helper()
	name := n.approved(t, v)
	_, err := n.c.releases.PublishNow(t.Context(), n.approver, name)
	must(t, err)
}

func (n *newsroom) embargoed(t testing.TB, v release.Version, at time.Time) {
	t.Helper()
	name := n.approved(t, v)
	_, err := n.c.releases.Schedule(t.Context(), n.approver, name, at)
	must(t, err)
}

func (n *newsroom) site(t testing.TB) *live {
	t.Helper()
	l, err := newLive(t.Context(), n.c, func() (http.Handler, error) {
		return newHandler(n.home, n.c, slog.New(slog.DiscardHandler), n.clock)
	})
	must(t, err)
	return l
}

// said is an answer without what differs from one to the next by its nature.
func said(h http.Handler, method, address string) string {
	r := httptest.NewRequest(method, "https://barometer.example.dk"+address, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	w.Header().Del("Date")
	return fmt.Sprint(w.Code, w.Header(), w.Body)
}

// addresses are all that visitors may ask for, with a release in the place of
// every parameter.
func addresses(t testing.TB, version string) (list []string) {
	t.Helper()
	table, err := policy.Load()
	must(t, err)
	for _, rule := range table.Rules() {
		for _, route := range rule.Routes {
			method, pattern, _ := strings.Cut(route, " ")
			if method != http.MethodGet || !strings.Contains("service, published release, release, benchmark", rule.Object) {
				continue
			}
			for _, l := range i18n.Languages {
				address := strings.NewReplacer("{lang:da|en}", string(l), "{wave}", releasetest.Wave, "{version}", version,
					"{indicator}", "innov_rate", "{file}", "figures.csv",
					"{table}", "2025-sector@"+version).Replace(pattern)
				list = append(list, strings.Replace(address, "*", "tables.csv", 1))
			}
		}
	}
	return append(list, "/da/tables?family=value&breakdown=sector", "/da/tables/figures.csv?family=value&breakdown=sector",
		"/da/downloads/2025/"+version+"/", "/DA/downloads/2025/"+version, "/download/2025/"+version, "/da/search?q="+version, "/da/search?q=syntetisk", "/da/explore?wave=2025", "/da/explore?wave="+version, "/da/embed/innov_rate?wave=2025",
		"/da/indicators/innov_rate/card.png", "/da/explore/chart.png?wave=2025&indicator=innov_rate&breakdown=sector", "/da/releases", "/da/feed.xml", "/feed.xml", "/v1/tables/2025-sector", "/v1/tables/2025-sector?format=csv",
		"/v1/cells/2025-sector@"+version+"?indicator=innov_rate&sector=kommune")
}

// Goal 5 of publishing: until the moment a release comes out, the whole site
// answers as if it were not there, to the byte and by every method. One home has
// a correction under embargo, the other has none; everything is asked of both.
func TestGoal5_BeforeTheEmbargoEndsNothingLeaks(t *testing.T) {
	first, second := release.First, release.Version{Major: 2}
	at := time.Date(2026, 4, 9, 6, 0, 0, 0, time.UTC)
	for name, published := range map[string]bool{"a correction": true, "the first release": false} {
		t.Run(name, func(t *testing.T) {
			with, without := openNewsroom(t), openNewsroom(t)
			waiting := first
			if published {
				with.published(t, first)
				without.published(t, first)
				waiting = second
			}
			with.embargoed(t, waiting, at)
			site, plain := with.site(t), without.site(t)
			asked := append(addresses(t, "1.0"), addresses(t, "2.0")...)
			for _, f := range manifestOf(t, with, waiting).Files {
				asked = append(asked, "/download/2025/"+waiting.String()+"/"+f.Name)
			}
			asked = append(asked, "/download/2025/"+waiting.String()+"/manifest.json")
			for _, address := range asked {
				for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions} {
					if got, want := said(site, method, address), said(plain, method, address); got != want {
						t.Errorf("%s %s:\n%.600s\ninstead of\n%.600s", method, address, got, want)
					}
				}
			}
			for _, address := range addresses(t, waiting.String()) { // and as one that never was
				never := strings.NewReplacer("/2025/"+waiting.String(), "/2025/9.0", "@"+waiting.String(), "@9.0").Replace(address)
				if got, want := said(site, http.MethodGet, address), said(site, http.MethodGet, never); strings.ReplaceAll(got, address, never) != want {
					t.Errorf("%s differs from %s:\n%.600s\ninstead of\n%.600s", address, never, got, want)
				}
			}
			if published {
				sameTime(t, site, "/download/2025/2.0/tables.csv", "/download/2025/9.0/tables.csv")
				sameTime(t, site, "/da/downloads/2025/2.0", "/da/downloads/2025/9.0")
				sameTime(t, site, "/v1/tables/2025-sector@2.0?format=csv", "/v1/tables/2025-sector@9.0?format=csv")
			}
			comesOut(t, with, site, waiting, at)
		})
	}
}

func manifestOf(t testing.TB, n *newsroom, v release.Version) *release.Manifest {
	t.Helper()
	r, err := release.Open(release.Folder(n.home.path("releases"), releasetest.Wave, v))
	must(t, err)
	return r.Manifest
}

// comesOut lets the moment come and sees the release on the site that runs.
func comesOut(t *testing.T, n *newsroom, site *live, v release.Version, at time.Time) {
	t.Helper()
	address := "/download/2025/" + v.String() + "/tables.csv"
	n.set(at.Add(-time.Second))
	_, err := n.c.queue.RunDue(t.Context())
	must(t, err)
	must(t, site.refresh(t.Context()))
	if got := said(site, http.MethodGet, address); !strings.HasPrefix(got, "404") {
		t.Errorf("a second before the moment: %.80s", got)
	}
	n.set(at)
	_, err = n.c.queue.RunDue(t.Context())
	must(t, err)
	must(t, site.refresh(t.Context()))
	if got := said(site, http.MethodGet, address); !strings.HasPrefix(got, "200") {
		t.Errorf("at the moment: %.80s", got)
	}
	if v.Major > 1 {
		page := said(site, http.MethodGet, "/da/downloads/2025/1.0")
		if !strings.HasPrefix(page, "200") || !strings.Contains(page, "Tal i denne version er rettet.") {
			t.Errorf("the version before does not say that it was corrected: %.80s", page)
		}
	}
	if got := said(site, http.MethodGet, "/sitemap.xml"); !strings.Contains(got, "/downloads/2025/"+v.String()) {
		t.Error("the sitemap does not have the release")
	}
}

// sameTime asks for two addresses in turn, and compares the shortest time that
// each took: what is not there takes one path through the program.
func sameTime(t *testing.T, h http.Handler, a, b string) {
	t.Helper()
	shortest := [2]time.Duration{time.Hour, time.Hour}
	for i := range 600 {
		began := time.Now()
		said(h, http.MethodGet, [2]string{a, b}[i%2])
		shortest[i%2] = min(shortest[i%2], time.Since(began))
	}
	if long, short := max(shortest[0], shortest[1]), min(shortest[0], shortest[1]); long > 2*short {
		t.Errorf("%s takes %s, %s takes %s", a, shortest[0], b, shortest[1])
	}
}

// A release whose folder was exchanged is left out, and shown when it is back.
func TestServerLeavesOutWhatWasNotApproved(t *testing.T) {
	n := openNewsroom(t)
	n.published(t, release.First)
	manifest := filepath.Join(release.Folder(n.home.path("releases"), releasetest.Wave, release.First), release.ManifestName)
	content, err := os.ReadFile(manifest)
	must(t, err)
	must(t, os.WriteFile(manifest, bytes.Replace(content, []byte("CC BY 4.0"), []byte("CC BY 3.0"), 1), 0o644))
	site := n.site(t)
	if got := said(site, http.MethodGet, "/download/2025/1.0/tables.csv"); !strings.HasPrefix(got, "404") {
		t.Errorf("a release that was exchanged: %.60s", got)
	}
	must(t, os.WriteFile(manifest, content, 0o644))
	must(t, site.refresh(t.Context()))
	if got := said(site, http.MethodGet, "/download/2025/1.0/tables.csv"); !strings.HasPrefix(got, "200") {
		t.Errorf("put right: %.60s", got)
	}
}

// commandLine runs commands in a home, with what is typed.
func (n *newsroom) commandLine(typed string, line ...string) (status int, out, errs string) {
	var stdout, stderr strings.Builder
	a := newApp(&stdout, &stderr)
	a.now, a.stdin = n.clock, strings.NewReader(typed)
	err := a.dispatch(context.Background(), append(line, "--home", n.home.dir))
	if err != nil {
		return 1, stdout.String(), err.Error()
	}
	return 0, stdout.String(), stderr.String()
}

// The commands carry a release as the pages do, under the same rules: the
// operator is nobody's pair of eyes, and a person shows a code.
func TestReleaseCommandsHoldFourEyes(t *testing.T) {
	n := openNewsroom(t)
	releasetest.Build(t, n.home.path("releases"), release.First)
	author, approver := n.withApp(t, n.author), n.withApp(t, n.approver)
	for _, c := range []struct {
		typed string
		line  string
		want  string // in the output, or in the error where the command fails
		fails bool
	}{
		{"", "release list", "not entered", false},
		{"", "release approve 2025 1.0", "no such release was entered", true},
		{"", "release enter 2025 1.0", "release 2025 version 1.0: built", false},
		{"", "release submit 2025 1.0", "the table of rules says", true},
		{"000000\n", "release submit 2025 1.0 --as " + n.author.Person, "code is wrong", true},
		{author(), "release submit 2025 1.0 --as " + n.author.Person, "release 2025 version 1.0: submitted", false},
		{"", "release approve 2025 1.0", "another person", true},
		{author(), "release approve 2025 1.0 --as " + n.author.Person, "another person", true},
		{approver(), "release approve 2025 1.0 --as " + n.approver.Person, "release 2025 version 1.0: approved", false},
		{"", "release publish 2025 1.0 --now", "the table of rules says", true},
		{"", "release publish 2025 1.0 --on 2026-03-29 --at 02:30", "skip that time", true},
		{"", "release publish 2025 1.0 --on 2026-03-29", "embargoed, comes out at 2026-03-29T08:00:00+02:00", false},
		{"", "release publish 2025 1.0 --on 2025-03-29", "has passed", true},
		{"", "release list --json", `"state":"embargoed"`, false},
		{"", "release withdraw 2025 1.0", "release 2025 version 1.0: withdrawn", false},
		{"", "release withdraw 2025 1.0", "not possible", true},
		{"", "release withdraw 2025 1", "version", true},
		{"", "release list", "withdrawn", false},
	} {
		n.set(n.clock().Add(time.Minute)) // a code is good once
		if c.typed != "" && c.typed != "000000\n" {
			c.typed = map[bool]func() string{true: author, false: approver}[strings.HasSuffix(c.line, n.author.Person)]()
		}
		status, out, errs := n.commandLine(c.typed, strings.Fields(c.line)...)
		if (status != 0) != c.fails || !strings.Contains(out+errs, c.want) {
			t.Errorf("barometer %s: %d, %s%s; want %q", c.line, status, out, errs, c.want)
		}
	}
}

// withApp gives a person an app, and returns what it shows at any time.
func (n *newsroom) withApp(t *testing.T, who policy.Subject) func() string {
	t.Helper()
	ctx := t.Context()
	id, _ := account.ParseID(who.Person)
	link, err := n.c.accounts.OperatorLink(ctx, id)
	must(t, err)
	_, err = n.c.accounts.Confirm(ctx, account.Confirmation{Token: link})
	must(t, err)
	must(t, n.c.accounts.SetName(ctx, id, "Oda Opfundet"))
	factors, err := n.c.factors(n.home, n.clock)
	must(t, err)
	var s account.Session
	must(t, n.c.db.Write(ctx, func(tx *store.Tx) (err error) {
		s, err = n.c.accounts.BeginSession(tx, id, account.ByLink, account.Device{}, "")
		return err
	}))
	must(t, factors.BeginTOTP(ctx, s))
	e, err := factors.PendingTOTP(ctx, s)
	must(t, err)
	code := func() string {
		shown, err := totp.GenerateCode(strings.ReplaceAll(e.Secret, " ", ""), n.clock())
		must(t, err)
		return shown + "\n"
	}
	_, _, err = factors.ConfirmTOTP(ctx, s, strings.TrimSpace(code()))
	must(t, err)
	return code
}

// Two servers on one PostgreSQL, one of which is killed as the moment comes: the
// other shows the release, without a restart, and it came out once.
func TestReleaseComesOutThoughAServerIsKilled(t *testing.T) {
	t.Setenv("BAROMETER_STORE", storetest.Postgres(t))
	n := openNewsroom(t)
	n.set(time.Now())
	at := time.Now().Add(12 * time.Second)
	n.embargoed(t, release.First, at)
	first, victim := startServer(t, n.home.dir, os.Getenv("BAROMETER_STORE"))
	second, _ := startServer(t, n.home.dir, os.Getenv("BAROMETER_STORE"))
	status := func(base, path string) int {
		resp, err := http.Get(base + path)
		if err != nil {
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	const path = "/download/2025/1.0/tables.csv"
	for time.Until(at) > 0 {
		if got := []int{status(first.String(), path), status(second.String(), path)}; time.Now().Before(at) && !slices.Equal(got, []int{404, 404}) {
			t.Fatalf("before the moment: %v", got)
		}
		time.Sleep(200 * time.Millisecond)
	}
	must(t, victim.Process.Kill())
	deadline := time.Now().Add(90 * time.Second) // a job of the dead is taken over when its lease ends
	for status(second.String(), path) != http.StatusOK && time.Now().Before(deadline) {
		time.Sleep(200 * time.Millisecond)
	}
	if got := status(second.String(), path); got != http.StatusOK {
		t.Errorf("the server that is left answers %d", got)
	}
	e, err := n.c.releases.Entry(t.Context(), embargo.Name{Wave: releasetest.Wave, Version: release.First})
	must(t, err)
	if e.State != embargo.Published || e.Published.Before(at.Truncate(time.Millisecond)) {
		t.Errorf("it came out as %+v", e)
	}
	var out bytes.Buffer
	a := newApp(&out, os.Stderr)
	must(t, a.dispatch(t.Context(), []string{"release", "list", "--json", "--home", n.home.dir}))
	var list []listedRelease
	must(t, json.Unmarshal(out.Bytes(), &list))
	if len(list) != 1 || list[0].State != embargo.Published {
		t.Errorf("listed as %s", out.String())
	}
}

func TestDoctorLooksAtReleases(t *testing.T) {
	n := openNewsroom(t)
	says := func() (all string) {
		for _, f := range n.examineReleases(t.Context(), n.home) {
			all += f.State + " " + f.Says + "\n"
		}
		return all
	}
	releasetest.Build(t, n.home.path("releases"), release.First)
	if got := says(); !strings.Contains(got, "warning 2025 version 1.0 was not entered") {
		t.Errorf("a folder without a row: %s", got)
	}
	must(t, os.RemoveAll(n.home.path("releases", "2025")))
	at := before.Add(24 * time.Hour)
	n.embargoed(t, release.First, at)
	if got := says(); !strings.Contains(got, "ok 2025 version 1.0 is as it was built, and embargoed") {
		t.Errorf("a sound one: %s", got)
	}
	n.set(at.Add(time.Hour))
	if got := says(); !strings.Contains(got, "fault 2025 version 1.0 was to come out at 2026-03-03T09:00:00Z and did not") {
		t.Errorf("one that is late: %s", got)
	}
	must(t, os.RemoveAll(n.home.path("releases", "2025")))
	if got := says(); !strings.Contains(got, "fault 2025 version 1.0: ") {
		t.Errorf("a row without a folder: %s", got)
	}
}

func TestLinesOfAWaveAreSet(t *testing.T) {
	const text = "# a comment\nid: \"2025\"\nversion: \"1.0\"\npublished: \"2025-11-27\" # the day\nlicence:\n  name: CC\n"
	got, err := setLine(text, "version", `"2.0"`)
	must(t, err)
	if want := strings.Replace(text, `"1.0"`, `"2.0"`, 1); got != want {
		t.Errorf("%s", got)
	}
	reason, err := flow(i18n.Text{DA: `Tal: "rettet" & <talt> om`, EN: "Counted\nagain"})
	must(t, err)
	got, err = setLine(text, "reason", reason)
	must(t, err)
	path := filepath.Join(t.TempDir(), "wave.yaml")
	must(t, os.WriteFile(path, []byte(got), 0o644))
	var c waveConfig
	must(t, readYAML(path, &c))
	if c.Reason.DA != `Tal: "rettet" & <talt> om` || c.Reason.EN != "Counted\nagain" || c.Version != "1.0" {
		t.Errorf("read back as %+v", c)
	}
	if _, err := setLine("reason:\n  da: x\n", "reason", reason); err == nil || !strings.Contains(err.Error(), "several lines") {
		t.Errorf("a value over several lines: %v", err)
	}
}
