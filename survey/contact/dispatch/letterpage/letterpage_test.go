package letterpage

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/go-chi/chi/v5"

	"barometer/internal/audit"
	"barometer/internal/browsertest"
	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/mail"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/memo"
	"barometer/survey/contact/wording"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ok(err error) {
	if err != nil {
		panic(err)
	}
}

// site is the pages over a real store. Whoever asks is person 4711 and may do
// everything.
type site struct {
	t         testing.TB
	db        *store.DB
	access    *contact.Access
	responses *response.Store
	letters   *dispatch.Dispatcher
	wave      *dispatch.Wave
	opened    error // what opening the wave's folder meets
	published int
	outgoing  string
	now       time.Time
	handler   http.Handler
}

func newSite(t testing.TB, where string) *site {
	t.Helper()
	s := &site{t: t, db: storetest.Open(t, where), outgoing: filepath.Join(t.TempDir(), "outgoing"), now: time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)}
	ctx, key := context.Background(), bytes.Repeat([]byte{4}, 32)
	clock, zone := func() time.Time { return s.now }, must(time.LoadLocation("Europe/Copenhagen"))
	s.access = must(contact.New(ctx, s.db, contact.Options{Secret: key, Codes: rand.Reader, Now: clock}))
	s.responses = must(response.New(ctx, s.db, must(response.NewKeys("1", map[string][]byte{"1": key})), clock))
	q := must(queue.New(ctx, s.db, queue.Options{Key: key, Now: clock, Zone: zone, Owner: "test"}))
	post := must(mail.New(ctx, s.db, q, mail.Config{
		From: "barometer@example.dk", Name: i18n.Same("Barometer"), BaseURL: "https://barometer.example.dk",
		Key: key, PerMinute: 60, Transport: mail.Outbox(t.TempDir()), Now: clock,
	}))
	ok(post.Add(must(dispatch.Mails())))
	s.letters = must(dispatch.New(ctx, dispatch.Options{
		Store: s.db, Access: s.access, Responses: s.responses, Mail: post, Key: key, Random: rand.Reader, Now: clock, Zone: zone,
	}))
	s.wave = &dispatch.Wave{
		ID: "2025", Title: i18n.Text{DA: "Innovationsbarometeret 2025", EN: "Innovation Barometer 2025"}, Sender: i18n.Same("COI"),
		Email: "barometer@example.dk", Host: "https://barometer.example.dk", Deadline: time.Date(2026, 3, 13, 0, 0, 0, 0, time.UTC), Minutes: 15,
		Wordings: must(wording.Load(nil, "")), Post: memo.Sender{CVR: "98000005", Label: "COI"}, Thanks: true,
		Planned: []dispatch.Planned{{Kind: wording.Reminder(1), Day: time.Date(2026, 2, 16, 0, 0, 0, 0, time.UTC)}},
	}
	shell := must(web.NewShell(web.Config{Name: i18n.Same("Barometer"), Owner: i18n.Same("COI"), Account: "/account", SignOut: "/sign-out"}))
	pages := must(New(Config{
		Shell: shell, Store: s.db, Letters: s.letters, Now: clock, Zone: zone,
		Waves: []Wave{{ID: "2025", Title: s.wave.Title, Outgoing: s.outgoing}},
		Open:  func(string) (*dispatch.Wave, error) { return s.wave, s.opened },
		Publish: func(context.Context, string) error {
			s.published++
			return nil
		},
		Actor: func(*http.Request) (string, error) { return "4711", nil },
		May:   func(*http.Request, string, string) bool { return true },
	}))
	r := chi.NewRouter()
	r.Handle("/assets/*", shell.Assets())
	pages.Routes(r)
	s.handler = r
	return s
}

// people puts workplaces into the sample: by mail, by Digital Post, by letter,
// and one that cannot be reached, in turn.
func (s *site) people(n int) {
	for i := range n {
		p := contact.Person{Unit: fmt.Sprintf("u%05d", i), PNumber: fmt.Sprintf("1%09d", i), Name: fmt.Sprintf("Børnehuset Solstrålen nr. %d", i)}
		switch i % 4 {
		case 0:
			p.Email = fmt.Sprintf("leder%d@example.dk", i)
		case 1:
			p.CVR = "98000013"
		case 2:
			p.Address, p.Postcode, p.City = "Søndergade 4, 2. tv.", "8000", "Aarhus C"
		}
		s.wave.People = append(s.wave.People, p)
	}
}

func (s *site) ask(method, target string, form url.Values) (int, string, string) {
	s.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code == 200 && w.Header().Get("Cache-Control") != "no-store" {
		s.t.Errorf("%s %s may be kept in a cache", method, target)
	}
	return w.Code, w.Body.String(), w.Header().Get("Location")
}

// logged is what the audit log says.
func (s *site) logged() string {
	s.t.Helper()
	var lines []string
	ok(s.db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var one string
			err := rows.Scan(&one)
			lines = append(lines, one)
			return err
		}, `SELECT actor || ' ' || action || ' ' || object || ' ' || detail FROM audit_event ORDER BY position`)
	}))
	return strings.Join(lines, "\n")
}

func shows(t *testing.T, page string, texts ...string) {
	t.Helper()
	words := strings.Join(strings.Fields(page), " ")
	for _, text := range texts {
		if !strings.Contains(words, text) {
			t.Errorf("no %q in\n%s", text, page)
		}
	}
}

const letters = "/da/staff/fieldwork/2025/letters"

var order = url.Values{"kind": {"invitation"}, "lang": {"da"}, "channel": {""}}

// with is an order with more fields.
func with(fields ...string) url.Values {
	v := url.Values{}
	for k, list := range order {
		v[k] = list
	}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return v
}

// Goal 37 on the pages: the dry run says of each workplace whether it is written
// to, how and why, sends nothing, and what is sent is decided when the press
// comes. Goal 36: a second press sends nothing twice.
func TestGoal37_StaffSeeWhoAndWhyBeforeTheySend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newSite(t, where)
		s.people(4)
		status, page, _ := s.ask("GET", letters+"/plan?"+order.Encode(), nil)
		if status != 200 {
			t.Fatalf("status %d", status)
		}
		shows(t, page, "3 ud af 4 arbejdspladser får brevet", "har en e-mailadresse", "har ingen e-mailadresse", "kan ikke nås ad nogen kanal", "Børnehuset Solstrålen nr. 3",
			"P-nummer 1000000001", "2 breve, der ikke er e-mail", `href="/da/staff/fieldwork/2025/units/u00002"`)
		if log := must(s.letters.Log(t.Context(), "2025")); len(log) != 0 || s.published != 0 {
			t.Errorf("a look has sent %v", log)
		}
		if status, page, _ := s.ask("POST", letters+"/send", with("asked", "yes")); status != 422 || !strings.Contains(page, "Vælg, hvad der skal ske med de breve") {
			t.Errorf("no choice of files: %d", status)
		}
		for _, bad := range []string{"", "age1x", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA"} {
			if status, page, _ := s.ask("POST", letters+"/send", with("asked", "yes", "files", "age", "recipient", bad)); status != 422 || !strings.Contains(page, "Skriv én nøgle") {
				t.Errorf("recipient %q: %d", bad, status)
			}
		}
		if log := must(s.letters.Log(t.Context(), "2025")); len(log) != 0 {
			t.Errorf("what was refused has sent %v", log)
		}
		must(s.responses.Submit(t.Context(), "2025", "u00001", 0, nothing)) // since the dry run
		status, _, to := s.ask("POST", letters+"/send", with("asked", "yes", "files", "none"))
		if status != http.StatusSeeOther || to != letters || s.published != 1 {
			t.Errorf("sent: %d, %s, published %d times", status, to, s.published)
		}
		for range 2 {
			s.ask("POST", letters+"/send", with("asked", "yes", "files", "plain"))
		}
		log := must(s.letters.Log(t.Context(), "2025"))
		if len(log) != 2 || log[0].Unit != "u00000" || log[0].Channel != wording.Email || log[1].Unit != "u00002" || log[1].Channel != wording.Paper {
			t.Errorf("sent %+v", log)
		}
		_, page, _ = s.ask("GET", letters, nil)
		shows(t, page, "I kø", "Gemt i fil", "16. februar 2026", "Slet filerne")
		_, page, _ = s.ask("GET", letters+"/log", nil)
		shows(t, page, "u00000", "u00002", "Invitation")
		if strings.Contains(page, "Solstrålen") {
			t.Error("the log names a workplace")
		}
		noted := s.logged()
		for _, want := range []string{
			`4711 letters.plan 2025 {"channel":"","letter":"invitation","page":"1","send":"3","workplaces":"4"}`, `4711 letters.order 2025`,
			`4711 letters.send 2025 {"letter":"invitation","letters":"0","mails":"1"}`, `4711 letters.send 2025 {"letter":"invitation","letters":"1","mails":"0"}`,
		} {
			if !strings.Contains(noted, want) {
				t.Errorf("the audit log lacks %s:\n%s", want, noted)
			}
		}
		if strings.Contains(noted, "Solstrålen") || strings.Contains(noted, "1000000000") {
			t.Errorf("the audit log names a workplace:\n%s", noted)
		}
		if _, err := audit.Verify(t.Context(), s.db); err != nil {
			t.Error(err)
		}
	})
}

func nothing(questionnaire.Answers) error { return nil }

var fileLink = regexp.MustCompile(`href="(/da/staff/fieldwork/2025/letters/files/[^"]+)"`)

// Files with codes are fetched one by one, each noted, and destroyed for good;
// what is sealed opens for its recipient alone.
func TestFilesAreFetchedAndDestroyed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newSite(t, where)
		s.people(3)
		identity := must(age.GenerateX25519Identity())
		s.ask("POST", letters+"/send", with("asked", "yes", "files", "age", "recipient", " "+identity.Recipient().String()+" "))
		_, page, _ := s.ask("GET", letters, nil)
		links := fileLink.FindAllStringSubmatch(page, -1)
		if len(links) != 5 { // letters.csv, .xlsx, -01.html; digital-post.tar, manifest.json
			t.Fatalf("%d files: %v", len(links), links)
		}
		read := 0
		for _, link := range links {
			status, content, _ := s.ask("GET", link[1], nil)
			plain, err := age.Decrypt(strings.NewReader(content), identity)
			if status != 200 || err != nil {
				t.Fatalf("%s: %d, %v", link[1], status, err)
			}
			if strings.HasSuffix(link[1], "letters.csv.age") {
				rows := string(must(io.ReadAll(plain)))
				if !strings.Contains(rows, "Børnehuset Solstrålen nr. 2") || strings.Contains(content, "Solstrålen") {
					t.Errorf("the list says %q", rows)
				}
				read++
			}
		}
		if noted := s.logged(); read != 1 || strings.Count(noted, "4711 letters.fetch 2025") != 5 || !strings.Contains(noted, `"file":"letters.csv.age"`) {
			t.Errorf("%d lists; the audit log says\n%s", read, noted)
		}
		batch := strings.Split(links[0][1], "/")[7]
		for range 2 { // the second time they are gone
			if status, _, to := s.ask("POST", letters+"/destroy", url.Values{"batch": {batch}}); status != http.StatusSeeOther || to != letters {
				t.Errorf("destroyed: %d, %s", status, to)
			}
		}
		if _, err := os.Stat(filepath.Join(s.outgoing, batch)); !os.IsNotExist(err) {
			t.Errorf("the files are still there: %v", err)
		}
		if status, _, _ := s.ask("GET", links[0][1], nil); status != 404 {
			t.Errorf("a file that is destroyed: %d", status)
		}
		if n := strings.Count(s.logged(), "4711 letters.destroy 2025"); n != 1 {
			t.Errorf("noted %d times that files were destroyed", n)
		}
	})
}

// No name leads out of the folder of letters, or to what is not finished.
func TestNoNameLeadsOutOfTheFolder(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	ok(os.MkdirAll(filepath.Join(s.outgoing, "invitation-letter-1.part"), 0o700))
	ok(os.MkdirAll(filepath.Join(s.outgoing, "batch"), 0o700))
	ok(os.WriteFile(filepath.Join(s.outgoing, "invitation-letter-1.part", "letters.csv"), []byte("x"), 0o600))
	secret := filepath.Join(filepath.Dir(s.outgoing), "secret")
	ok(os.WriteFile(secret, []byte("secret"), 0o600))
	ok(os.Symlink(secret, filepath.Join(s.outgoing, "batch", "link")))
	ok(os.Symlink(filepath.Dir(s.outgoing), filepath.Join(s.outgoing, "out")))
	for _, name := range []string{"invitation-letter-1.part/letters.csv", "..%2Fsecret", "../secret", "batch/..%2F..%2Fsecret", "batch/link", "out/secret", "batch/", "nothing/letters.csv"} {
		if status, page, _ := s.ask("GET", letters+"/files/"+name, nil); status != 404 && status != 500 || strings.Contains(page, "secret") && status == 200 {
			t.Errorf("%s: %d", name, status)
		}
	}
	for _, name := range []string{"", "..", "../x", "invitation-letter-1.part", "/"} {
		if status, _, _ := s.ask("POST", letters+"/destroy", url.Values{"batch": {name}}); status != 422 {
			t.Errorf("destroyed %q: %d", name, status)
		}
	}
	s.ask("POST", letters+"/destroy", url.Values{"batch": {"out"}})
	if _, err := os.Stat(secret); err != nil {
		t.Error(err)
	}
}

// What hinders sending is said on the page, with what to do.
func TestWhatHindersIsSaid(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.people(1)
	hinder := func(name, want string, set func()) {
		t.Helper()
		open, wave, now := s.opened, *s.wave, s.now
		set()
		status, page, _ := s.ask("GET", letters+"/plan", nil)
		if status != 200 || !strings.Contains(page, want) || strings.Contains(page, "/letters/send") {
			t.Errorf("%s: %d\n%s", name, status, page)
		}
		if status, _, _ := s.ask("POST", letters+"/send", order); status != 409 {
			t.Errorf("%s, sent: %d", name, status)
		}
		s.opened, *s.wave, s.now = open, wave, now
	}
	hinder("no sample", "Bølgen har ingen stikprøve", func() { s.opened = ErrNoSample })
	hinder("a faulty wording", "invitation.da.txt:3:8: unknown field", func() {
		s.opened = fmt.Errorf("x: %w", wording.Faults{{File: "/home/x/letters/invitation.da.txt", Line: 3, Col: 8, Message: "unknown field {hepl}"}})
	})
	hinder("paused", "sat på pause", func() { s.wave.Paused = true })
	hinder("past the deadline", "Fristen er passeret", func() { s.now = s.wave.Deadline.AddDate(0, 0, 2) })
	hinder("no title", "mangler oplysninger", func() { s.wave.Title = i18n.Text{} })
	ok(s.responses.Close(t.Context(), "2025"))
	hinder("closed", "bølgen er lukket", func() {})
	if log := must(s.letters.Log(t.Context(), "2025")); len(log) != 0 {
		t.Errorf("sent %v", log)
	}
	for _, bad := range []url.Values{{}, {"kind": {"invitation"}, "lang": {"sv"}}, {"kind": {"fax"}, "lang": {"da"}}, {"kind": {"invitation"}, "lang": {"da"}, "channel": {"fax"}}} {
		if status, _, _ := s.ask("POST", letters+"/send", bad); status < 400 || status > 499 {
			t.Errorf("%v: %d", bad, status)
		}
	}
	if status, _, _ := s.ask("GET", "/da/staff/fieldwork/2031/letters", nil); status != 404 {
		t.Errorf("a wave that is none: %d", status)
	}
}

// Every page is looked at in a real browser.
func TestPagesInARealBrowser(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.people(130)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	w := browsertest.Open(t, server.URL)
	look := func(path string) {
		for _, l := range i18n.Languages {
			w.Go("/" + string(l) + "/staff/fieldwork/2025/letters" + path)
			w.Look()
			if l == i18n.Danish {
				w.Keys()
				w.Modes()
			}
		}
	}
	look("/plan?" + order.Encode())
	w.Go(letters + "/plan?" + order.Encode())
	w.Press("form[action$='/send'] button")
	w.Look() // what is wrong
	s.ask("POST", letters+"/send", with("asked", "yes", "files", "plain"))
	look("")
	look("/log")
	s.wave.Paused = true
	look("")
}

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	built := []string{"hindered.sample", "hindered.wording", "hindered.closed", "hindered.paused", "hindered.definition", "hindered.incomplete"}
	for _, group := range [][]string{
		{"channel.", "email", "digital_post", "letter", "rule", "only"}, {"lang.", "da", "en"}, {"files.", noFiles, sealed, plain, "none.hint", "age.hint", "plain.hint"},
		{"state.", "filed", "sent", "queued", "failed", "expired", "withheld", "bounced"}, {"", "letter", "day", "way", "state", "last", "n", "time", "workplace", "becomes", "why"},
	} {
		for _, name := range group[1:] {
			built = append(built, group[0]+name)
		}
	}
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}

func TestPagesAreWellFormed(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.people(5)
	for _, path := range []string{"", "/plan", "/log"} {
		_, page, _ := s.ask("GET", letters+path, nil)
		for _, fault := range htmltest.Faults([]byte(page)) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}
