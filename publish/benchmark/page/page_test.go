package page_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/go-chi/chi/v5"
	"github.com/xuri/excelize/v2"

	"barometer/internal/browsertest"
	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/internal/web"
	"barometer/publish/benchmark"
	"barometer/publish/benchmark/own"
	"barometer/publish/benchmark/page"
	"barometer/publish/benchmark/room"
	"barometer/publish/internal/publishtest"
	"barometer/survey/questionnaire"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", "form.title", "result.title", "wait.title", "nolink.title", "pending.title", "fault.sector", "fault.subsector", "fault.size",
		"rooms.title", "join.title", "room.title", "thanks.title", "closed.title", "screen.title")
}

// hall is the pages with all that stands behind them.
type hall struct {
	http.Handler
	links *own.Links
	rooms *room.Rooms
	db    *store.DB
	log   *strings.Builder
	mu    sync.Mutex
	at    time.Time
}

func (h *hall) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hall) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// open makes the pages; out says whether the results of the wave are.
func open(t testing.TB, where string, out bool) *hall {
	t.Helper()
	h := &hall{db: storetest.Open(t, where), log: new(strings.Builder), at: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
	h.links = &own.Links{DB: h.db, Now: h.now, Random: rand.Reader}
	h.rooms = &room.Rooms{DB: h.db, Now: h.now, Random: rand.Reader}
	shell, err := web.NewShell(web.Config{
		Name: i18n.Same("Innovationsbarometeret"), Owner: i18n.Same("COI"), Privacy: "/privacy", Nav: page.Navigation(),
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	must(t, err)
	cfg := page.Config{Shell: shell, Links: h.links, Rooms: h.rooms, Now: h.now, Zone: time.UTC, Nonce: rand.Text}
	if out {
		draft, q, c := publishtest.Demo(t)
		s, err := benchmark.NewSource(draft.Table(t), q, c)
		must(t, err)
		cfg.Waves = []page.Wave{{Source: s, Release: "/downloads/2025/1.0"}}
	}
	pages, err := page.New(cfg)
	must(t, err)
	r := chi.NewRouter()
	r.Use(shell.Secure)
	r.NotFound(shell.NotFound)
	r.Get("/assets/*", shell.Assets().ServeHTTP)
	pages.Routes(r)
	h.Handler = r
	return h
}

// ask sends a request, with a form where there is one.
func (h *hall) ask(t testing.TB, method, address string, form url.Values) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t testing.TB, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	return string(b)
}

// filled is the short form of a workplace.
func filled() url.Values {
	return url.Values{"sector": {"kommune"}, "subsector": {"K-DAG"}, "size": {"20-49"},
		"B1": {"nej"}, "B2": {"ja"}, "B3": {"nej"}, "B4": {"nej"}, "E1": {"kvalitet", "effektivitet"}, "D2": {"kommune"},
		"K1.proever_nyt": {"enig"}, "K1.taler_om_fejl": {"enig"}, "K1.saetter_tid_af": {"helt_enig"}, "K1.lytter_til_borgere": {"enig"}}
}

func answers() questionnaire.Answers {
	a := questionnaire.Answers{"C1": {Text: "Vi byggede en bro til Anna"}}
	for id, code := range map[string]string{"B1": "nej", "B2": "ja", "B3": "nej", "B4": "nej"} {
		a[id] = questionnaire.Answer{Codes: []string{code}}
	}
	return a
}

var daycare = benchmark.Place{Sector: "kommune", Subsector: "K-DAG", Size: "20-49"}

// Goal 39: the own answers are reached by an unguessable token that expires; a
// wrong token, an expired one, one of another purpose and one whose wave was
// unlinked are answered alike, to the byte. The store holds neither token nor
// answers in clear.
func TestGoal39_TokensThatOpenNothingAreAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		h := open(t, where, true)
		ctx := t.Context()
		token, until, err := h.links.Issue(ctx, "2025", "UNITA", daycare, answers())
		must(t, err)
		if len(token) < 43 || until.Sub(h.now()) != own.Life {
			t.Errorf("a token of %d characters until %s", len(token), until)
		}
		if resp := h.ask(t, http.MethodGet, "/da/benchmark/own/"+token, nil); resp.StatusCode != http.StatusOK ||
			resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Referrer-Policy") != "no-referrer" || len(resp.Cookies()) > 0 {
			t.Fatalf("own answers: %d %v", resp.StatusCode, resp.Header)
		}
		unlinked, _, err := h.links.Issue(ctx, "2023", "UNITB", daycare, answers())
		must(t, err)
		must(t, h.db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`DELETE FROM benchmark_link WHERE wave = ?`, "2023")
			return err
		}))
		replaced := token
		token, _, err = h.links.Issue(ctx, "2025", "UNITA", daycare, answers())
		must(t, err)
		_, screen, err := h.rooms.Open(ctx, "2025", "K1")
		must(t, err)
		never := h.shown(t, strings.Repeat("A", 43))
		if !strings.HasPrefix(never, "404") || strings.Contains(never, "kvalitet") {
			t.Fatalf("a token that never was: %.200s", never)
		}
		for name, other := range map[string]string{"replaced": replaced, "of a screen": screen, "unlinked": unlinked, "short": "x", "no base64": "%C3%A6%00", "longer": token + "A"} {
			if got := h.shown(t, other); got != never {
				t.Errorf("a token that is %s is told apart:\n%.300s\nfrom\n%.300s", name, got, never)
			}
		}
		if got := h.shown(t, token); got == never {
			t.Error("the link that stands opens nothing")
		}
		h.noSecrets(t, token)
		h.pass(own.Life)
		if got := h.shown(t, token); got != never {
			t.Errorf("an expired token is told apart:\n%.300s", got)
		}
		must(t, h.db.Write(ctx, h.links.DropExpired))
		if n := h.count(t, "benchmark_link"); n != 0 {
			t.Errorf("%d expired links are left", n)
		}
		if log := h.log.String(); strings.Contains(log, token) || strings.Contains(log, replaced) {
			t.Error("a token stands in the log")
		}
	})
}

func (h *hall) shown(t testing.TB, token string) string {
	resp := h.ask(t, http.MethodGet, "/da/benchmark/own/"+token, nil)
	return fmt.Sprint(resp.StatusCode, resp.Header, text(t, resp))
}

func (h *hall) count(t testing.TB, table string) (n int) {
	t.Helper()
	must(t, h.db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n)
	}))
	return n
}

// noSecrets looks into the rows of links: no token, no answer, no words.
func (h *hall) noSecrets(t *testing.T, token string) {
	t.Helper()
	must(t, h.db.Read(t.Context(), func(tx *store.Tx) error {
		var digest, sealed []byte
		if err := tx.QueryRow(`SELECT digest, sealed FROM benchmark_link WHERE wave = ?`, "2025").Scan(&digest, &sealed); err != nil {
			return err
		}
		for _, s := range []string{token, "K-DAG", "kommune", "codes", "Anna"} {
			if bytes.Contains(sealed, []byte(s)) || bytes.Contains(digest, []byte(s)) {
				t.Errorf("the row tells %q", s)
			}
		}
		return nil
	}))
	saved, err := h.links.Open(t.Context(), token)
	must(t, err)
	if _, words := saved.Answers["C1"]; words || !saved.Answers["B2"].Has("ja") {
		t.Errorf("kept: %+v", saved.Answers)
	}
}

// Before the results are out a link says so, and so does the short form.
func TestNothingIsComparedBeforeTheResultsAreOut(t *testing.T) {
	h := open(t, storetest.SQLite(t), false)
	token, _, err := h.links.Issue(t.Context(), "2025", "UNITA", daycare, answers())
	must(t, err)
	for address, want := range map[string]string{"/da/benchmark/own/" + token: "Resultaterne er ikke ude endnu", "/da/benchmark": "ikke klar endnu", "/da/benchmark/rooms": "ikke klar endnu"} {
		resp := h.ask(t, http.MethodGet, address, nil)
		if body := text(t, resp); resp.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, without %q", address, resp.StatusCode, want)
		}
	}
	if resp := h.ask(t, http.MethodPost, "/da/benchmark", filled()); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a form that is not there: %d", resp.StatusCode)
	}
}

// Goal 40: the page shows the own answer as a mark without an interval, the peers
// with theirs, without the own answer, and says in words who they are.
func TestGoal40_PageSaysTheRuleInWords(t *testing.T) {
	h := open(t, storetest.SQLite(t), true)
	token, _, err := h.links.Issue(t.Context(), "2025", "UNITA", daycare, answers())
	must(t, err)
	body := text(t, h.ask(t, http.MethodGet, "/da/benchmark/own/"+token, nil))
	for _, want := range []string{"Jeres eget svar er trukket ud", "mærke uden interval", "først samme delsektor og størrelse", "mindst 10 andre", "ikke rangordnet",
		`class="strip-own"`, `class="strip-interval"`, "Linket virker til 8. juni 2027.", "destrueres"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n, m := strings.Count(body, `class="strip-own"`), strings.Count(body, `strip--line`); n != m+1 {
		t.Errorf("%d own marks on %d lines", n, m)
	}
	anonymous := text(t, h.ask(t, http.MethodPost, "/da/benchmark", filled()))
	if strings.Contains(anonymous, "trukket ud") || !strings.Contains(anonymous, "Svarene er ikke gemt") {
		t.Error("the short form's page says that its answer was among the peers")
	}
}

// The short form is compared, shown and forgotten.
func TestShortFormIsKeptNowhere(t *testing.T) {
	h := open(t, storetest.SQLite(t), true)
	resp := h.ask(t, http.MethodPost, "/en/benchmark", filled())
	body := text(t, resp)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" || len(resp.Cookies()) > 0 || resp.Header.Get("ETag") != "" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	for _, want := range []string{"Day care and clubs", "clearly", "no clear difference"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, table := range []string{"benchmark_link", "benchmark_room", "benchmark_vote"} {
		if n := h.count(t, table); n != 0 {
			t.Errorf("%s has %d rows", table, n)
		}
	}
	if log := h.log.String(); strings.Contains(log, "kvalitet") || strings.Contains(log, "K-DAG") || !strings.Contains(log, "/benchmark") {
		t.Errorf("the log tells of answers: %s", log)
	}
	for _, fault := range htmltest.Faults([]byte(body)) {
		t.Error(fault)
	}
	back := url.Values{"action": {"language"}, "compared": {"yes"}}
	for name, v := range filled() {
		back[name] = v
	}
	if page := text(t, h.ask(t, http.MethodPost, "/da/benchmark", back)); !strings.Contains(page, "Jeres svar ved siden af andres") {
		t.Error("the language switch loses the comparison")
	}
	back.Del("compared")
	if page := text(t, h.ask(t, http.MethodPost, "/da/benchmark", back)); !strings.Contains(page, `value="kvalitet" checked`) || !strings.Contains(page, `value="K-DAG" selected`) {
		t.Error("the language switch loses what was filled in")
	}
}

// The workbook holds what the page shows, with a chart.
func TestWorkbookHoldsTheComparison(t *testing.T) {
	h := open(t, storetest.SQLite(t), true)
	sent := filled()
	sent.Set("compared", "yes")
	resp := h.ask(t, http.MethodPost, "/da/benchmark/workbook", sent)
	first := text(t, resp)
	if again := text(t, h.ask(t, http.MethodPost, "/da/benchmark/workbook", sent)); again != first {
		t.Error("the same answers give other bytes")
	}
	f, err := excelize.OpenReader(strings.NewReader(first))
	must(t, err)
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), "|"); got != "Jeres svar|Læs mig|Figur" {
		t.Errorf("sheets %s", got)
	}
	rows, err := f.GetRows("Jeres svar")
	must(t, err)
	if len(rows) < 15 || rows[1][0] != "Innovative arbejdspladser" || rows[1][1] != "100.0" {
		t.Errorf("%d rows, %q", len(rows), rows[1])
	}
	if resp.Header.Get("Cache-Control") != "no-store" || !strings.Contains(first, "xl/charts/chart1.xml") {
		t.Error("the workbook is cached, or has no chart")
	}
}

func TestFaultyFormsComeBackWithWords(t *testing.T) {
	h := open(t, storetest.SQLite(t), true)
	for name, tt := range map[string]struct {
		change func(url.Values)
		want   string
		status int
	}{
		"no sector":            {func(v url.Values) { v.Del("sector"); v.Del("subsector") }, "Vælg en sektor", 400},
		"unknown sector":       {func(v url.Values) { v.Set("sector", "mars") }, "Vælg en sektor", 400},
		"another's subsector":  {func(v url.Values) { v.Set("subsector", "S-RET") }, "Vælg en delsektor", 400},
		"unknown subsector":    {func(v url.Values) { v.Set("subsector", "K-XXX") }, "Vælg en delsektor", 400},
		"unknown size":         {func(v url.Values) { v.Set("size", "9") }, "Vælg en størrelse", 400},
		"two sizes":            {func(v url.Values) { v.Add("size", "1-19") }, "Vælg kun én", 400},
		"a foreign item":       {func(v url.Values) { v.Set("L1", "x") }, "passer ikke", 400},
		"an over-long answer":  {func(v url.Values) { v.Set("B1", strings.Repeat("x", 5000)) }, "passer ikke", 400},
		"an answer twice":      {func(v url.Values) { v["E1"] = []string{"kvalitet", "kvalitet"} }, "passer ikke", 400},
		"nothing answered":     {func(v url.Values) { clear(v); v.Set("sector", "stat") }, "mindst ét spørgsmål", 400},
		"more than a form has": {func(v url.Values) { v.Set("B1", strings.Repeat("x", 70_000)) }, "", 413},
	} {
		v := filled()
		tt.change(v)
		resp := h.ask(t, http.MethodPost, "/da/benchmark", v)
		body := text(t, resp)
		if resp.StatusCode != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: %d, want %d and %q", name, resp.StatusCode, tt.status, tt.want)
		}
		if tt.status == 400 {
			for _, fault := range htmltest.Faults([]byte(body)) {
				t.Errorf("%s: %s", name, fault)
			}
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/da/benchmark", strings.NewReader("%zz"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest {
		t.Errorf("no form: %d", w.Code)
	}
}

// openMeeting opens a room and returns the addresses of its screen and form.
func (h *hall) openMeeting(t testing.TB, question string) (screen, form string) {
	t.Helper()
	resp := h.ask(t, http.MethodPost, "/da/benchmark/rooms", url.Values{"question": {question}})
	screen = resp.Header.Get("Location")
	if resp.StatusCode != http.StatusSeeOther || screen == "" {
		t.Fatalf("open a room: %d %s", resp.StatusCode, text(t, resp))
	}
	var code string
	must(t, h.db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT MAX(code) FROM benchmark_room`).Scan(&code)
	}))
	return screen, "/da/benchmark/room/" + code
}

// vote answers as a participant does, and returns the form that was sent.
func (h *hall) vote(t testing.TB, form string, answer url.Values) url.Values {
	t.Helper()
	body := text(t, h.ask(t, http.MethodGet, form, nil))
	_, rest, ok := strings.Cut(body, `name="ballot" value="`)
	if !ok {
		t.Fatalf("no form: %.300s", body)
	}
	ballot, _, _ := strings.Cut(rest, `"`)
	sent := url.Values{"ballot": {ballot}}
	for k, v := range answer {
		sent[k] = v
	}
	if resp := h.ask(t, http.MethodPost, form, sent); resp.StatusCode != http.StatusOK {
		t.Fatalf("answer: %d %s", resp.StatusCode, text(t, resp))
	}
	return sent
}

// culture answers every row of a question.
func culture() url.Values {
	v := url.Values{}
	for _, row := range []string{"proever_nyt", "taler_om_fejl", "saetter_tid_af", "lytter_til_borgere", "bruger_andres", "maaler_effekt"} {
		v["K1."+row] = []string{"enig"}
	}
	return v
}

// A row that one of five has answered would tell what that one said: a form is
// taken with all its rows, or not at all.
func TestParticipantAnswersEveryRow(t *testing.T) {
	h := open(t, storetest.SQLite(t), true)
	_, form := h.openMeeting(t, "K1")
	part := culture()
	part.Del("K1.bruger_andres")
	part.Set("ballot", "x")
	resp := h.ask(t, http.MethodPost, form, part)
	if body := text(t, resp); resp.StatusCode != http.StatusBadRequest || !strings.Contains(body, `href="#K1.bruger_andres"`) || h.count(t, "benchmark_vote") != 0 {
		t.Errorf("a row left open: %d", resp.StatusCode)
	}
}

// A meeting sees the spread once five have answered, and then five by five; what
// was answered is gone when the room is closed.
func TestMeetingSeesAnswersByFivesAndNothingIsLeft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		h := open(t, where, true)
		screen, form := h.openMeeting(t, "C4")
		look := func() string { return text(t, h.ask(t, http.MethodGet, screen, nil)) }
		counted := func(body string) int { return strings.Count(body, `class="meeting-bar"`) }
		var last url.Values
		for i := range 4 {
			last = h.vote(t, form, url.Values{"C4": {"kopi"}})
			if body := look(); counted(body) != 0 || !strings.Contains(body, fmt.Sprintf("%d har svaret. 0 svar er vist", i+1)) {
				t.Fatalf("after %d: %d bars", i+1, counted(body))
			}
		}
		h.ask(t, http.MethodPost, form, last) // pressed twice
		if body := look(); counted(body) != 0 {
			t.Fatal("one form counts twice")
		}
		h.vote(t, form, url.Values{"C4": {"foerst"}})
		five := look()
		if counted(five) == 0 || !strings.Contains(five, "5 har svaret. 5 svar er vist") || !strings.Contains(five, "80") {
			t.Fatalf("after five: %d bars", counted(five))
		}
		for i := range 4 {
			h.vote(t, form, url.Values{"C4": {"tilpasset"}})
			if got := look(); strings.ReplaceAll(got, fmt.Sprintf("%d har svaret", 6+i), "5 har svaret") != five {
				t.Fatalf("answer %d can be told apart on the screen", 6+i)
			}
		}
		h.vote(t, form, url.Values{"C4": {"tilpasset"}})
		if got := look(); !strings.Contains(got, "10 svar er vist") {
			t.Error("the tenth answer does not come")
		}
		resp := h.ask(t, http.MethodGet, screen, nil)
		if resp.Header.Get("Refresh") != "10" || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the screen: %v", resp.Header)
		}
		if still := h.ask(t, http.MethodGet, screen+"?still=yes", nil); still.Header.Get("Refresh") != "" {
			t.Error("a screen that was stopped refreshes")
		}
		if resp := h.ask(t, http.MethodPost, screen, url.Values{}); resp.StatusCode != http.StatusOK || h.count(t, "benchmark_vote")+h.count(t, "benchmark_room") != 0 {
			t.Errorf("closed: %d, %d answers left", resp.StatusCode, h.count(t, "benchmark_vote"))
		}
		if resp := h.ask(t, http.MethodGet, form, nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("the form of a closed room: %d", resp.StatusCode)
		}
	})
}

// A room that nobody closes goes when its time is over, and is not seen before
// that by whoever has no token.
func TestRoomsEndByThemselves(t *testing.T) {
	h := open(t, storetest.SQLite(t), true)
	var later []time.Time
	h.rooms.Later = func(_ *store.Tx, key string, at time.Time) error {
		if len(key) != 16 {
			t.Errorf("the work is called %q", key)
		}
		later = append(later, at)
		return nil
	}
	screen, form := h.openMeeting(t, "K1")
	h.vote(t, form, culture())
	if len(later) != 1 || later[0].Sub(h.now()) != room.Life {
		t.Errorf("removal is planned for %v", later)
	}
	h.pass(room.Life)
	for _, address := range []string{screen, form} {
		if resp := h.ask(t, http.MethodGet, address, nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s after its time: %d", address, resp.StatusCode)
		}
	}
	must(t, h.db.Write(t.Context(), h.rooms.DropExpired))
	if n := h.count(t, "benchmark_vote") + h.count(t, "benchmark_room"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestMeetingsRefuseWhatNoPageSends(t *testing.T) {
	h := open(t, storetest.SQLite(t), true)
	for name, v := range map[string]url.Values{"none": {}, "unknown": {"question": {"L1"}}, "two": {"question": {"K1", "C4"}}, "more": {"question": {"K1"}, "x": {"y"}}} {
		if resp := h.ask(t, http.MethodPost, "/da/benchmark/rooms", v); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	_, form := h.openMeeting(t, "C4")
	for name, v := range map[string]url.Values{
		"no ballot": {"C4": {"kopi"}}, "no answer": {"ballot": {"x"}}, "two": {"ballot": {"x"}, "C4": {"kopi", "foerst"}},
		"another question": {"ballot": {"x"}, "E1": {"kvalitet"}}, "an endless ballot": {"ballot": {strings.Repeat("x", 65)}, "C4": {"kopi"}},
	} {
		if resp := h.ask(t, http.MethodPost, form, v); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	if n := h.count(t, "benchmark_vote"); n != 0 {
		t.Errorf("%d answers were taken", n)
	}
	for _, code := range []string{"", "ABC", "ZZZZZZ", strings.Repeat("A", 100)} {
		resp := h.ask(t, http.MethodPost, "/da/benchmark/room", url.Values{"code": {code}})
		if body := text(t, resp); resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "ikke noget åbent rum") {
			t.Errorf("code %.10q: %d", code, resp.StatusCode)
		}
	}
	for i := range 12 {
		resp := h.ask(t, http.MethodPost, "/da/benchmark/rooms", url.Values{"question": {"K1"}})
		if i > 10 && (resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "") {
			t.Errorf("room %d from one network: %d", i+2, resp.StatusCode)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("abc 234")
	f.Add("OIL-000")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := room.ParseCode(typed)
		if err != nil {
			return
		}
		if again, err := room.ParseCode(code); err != nil || again != code {
			t.Errorf("%q is read as %q and then as %q, %v", typed, code, again, err)
		}
	})
}

// Every page is looked at in a browser, in both languages and without script.
func TestPagesInABrowser(t *testing.T) {
	h := open(t, storetest.SQLite(t), true)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	token, _, err := h.links.Issue(t.Context(), "2025", "UNITA", daycare, answers())
	must(t, err)
	screen, form := h.openMeeting(t, "K1")
	for range 5 {
		h.vote(t, form, culture())
	}
	w := browsertest.Open(t, server.URL)
	for _, address := range []string{"/da/benchmark", "/en/benchmark", "/da/benchmark/own/" + token, "/en/benchmark/own/" + token, "/da/benchmark/own/x",
		"/da/benchmark/rooms", "/en/benchmark/rooms", form, strings.Replace(form, "/da/", "/en/", 1), screen + "?still=yes", "/da/benchmark/room"} {
		w.Go(address)
		w.Look()
		if strings.HasPrefix(address, "/da/") {
			w.Keys()
			w.Modes()
		}
	}
	w.Go("/da/benchmark")
	w.Press("main form button")
	w.Look() // the form with its faults
}

// BenchmarkOwnPage is the page of own answers as a browser asks for it.
func BenchmarkOwnPage(b *testing.B) {
	h := open(b, storetest.SQLite(b), true)
	token, _, err := h.links.Issue(context.Background(), "2025", "UNITA", daycare, answers())
	must(b, err)
	for b.Loop() {
		if resp := h.ask(b, http.MethodGet, "/da/benchmark/own/"+token, nil); resp.StatusCode != http.StatusOK {
			b.Fatal(resp.StatusCode)
		}
	}
}

// BenchmarkComparePage is the answer to a short form.
func BenchmarkComparePage(b *testing.B) {
	h := open(b, storetest.SQLite(b), true)
	for b.Loop() {
		if resp := h.ask(b, http.MethodPost, "/da/benchmark", filled()); resp.StatusCode != http.StatusOK {
			b.Fatal(resp.StatusCode)
		}
	}
}
