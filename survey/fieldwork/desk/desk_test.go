package desk

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/audit"
	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/mail"
	"barometer/internal/queue"
	"barometer/internal/seal"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/internal/web"
	"barometer/survey/codebook"
	"barometer/survey/contact"
	"barometer/survey/contact/dispatch"
	"barometer/survey/fieldwork"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
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

// site is the pages over a real store, with a clock that tests set. Whoever
// asks is person 4711 and may do everything.
type site struct {
	t         testing.TB
	db        *store.DB
	access    *contact.Access
	responses *response.Store
	field     *fieldwork.Desk
	sample    *sample.Sample
	codes     map[string]contact.Code
	handed    []contact.Session
	now       time.Time
	log       bytes.Buffer
	handler   http.Handler
}

const wave = "2025"

func newSite(t testing.TB, where string) *site {
	t.Helper()
	s := &site{t: t, db: storetest.Open(t, where), codes: map[string]contact.Code{}, now: time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)}
	ctx := context.Background()
	clock := func() time.Time { return s.now }
	zone := must(time.LoadLocation("Europe/Copenhagen"))
	ring := must(seal.New(fieldwork.KeyName, "1", map[string][]byte{"1": bytes.Repeat([]byte{3}, 32)}))
	s.field = must(fieldwork.New(ctx, s.db, fieldwork.Options{Keys: ring, Now: clock, Zone: zone, MinAnswered: 2}))
	s.access = must(contact.New(ctx, s.db, contact.Options{Secret: bytes.Repeat([]byte{1}, 32), Codes: rand.Reader, Now: clock}))
	keys := must(response.NewKeys("k", map[string][]byte{"k": bytes.Repeat([]byte{2}, 32)}))
	s.responses = must(response.New(ctx, s.db, keys, clock))
	shell := must(web.NewShell(web.Config{Name: i18n.Same("Barometer"), Owner: i18n.Same("COI"), Account: "/account", SignOut: "/sign-out"}))
	pages := must(New(Config{
		Shell: shell, Store: s.db, Fieldwork: s.field, Contacts: s.access, Responses: s.responses, Letters: s.letters(clock, zone),
		Now: clock, Zone: zone,
		Waves: []Wave{{
			ID: wave, Title: i18n.Text{DA: "Innovationsbarometeret 2025", EN: "Innovation Barometer 2025"},
			Deadline: time.Date(2026, 3, 13, 0, 0, 0, 0, time.UTC), Target: 0.36,
		}, {ID: "2027", Title: i18n.Same("2027")}},
		May:   func(*http.Request, string, string) bool { return true },
		Actor: func(*http.Request) (string, error) { return "4711", nil },
		Name:  func(_ context.Context, actor string, _ i18n.Lang) string { return "Anna Holm (" + actor + ")" },
		Hand: func(_ http.ResponseWriter, _ *http.Request, session contact.Session) string {
			s.handed = append(s.handed, session)
			return "/survey/start"
		},
	}))
	r := chi.NewRouter()
	r.Handle("/assets/*", shell.Assets())
	pages.Routes(r)
	s.handler = r
	return s
}

// letters sends to workplaces, as the desk only asks it not to.
func (s *site) letters(clock func() time.Time, zone *time.Location) *dispatch.Dispatcher {
	ctx, key := context.Background(), bytes.Repeat([]byte{4}, 32)
	q := must(queue.New(ctx, s.db, queue.Options{Key: key, Now: clock, Zone: zone, Owner: "test"}))
	post := must(mail.New(ctx, s.db, q, mail.Config{
		From: "barometer@example.dk", Name: i18n.Same("Barometer"), BaseURL: "https://barometer.example.dk",
		Key: key, PerMinute: 60, Transport: mail.Outbox(s.t.TempDir()), Now: clock,
	}))
	return must(dispatch.New(ctx, dispatch.Options{
		Store: s.db, Access: s.access, Responses: s.responses, Mail: post, Key: key, Random: rand.Reader, Now: clock, Zone: zone,
	}))
}

// draw registers and invites a sample of so many workplaces in each stratum of
// subsector and size.
func (s *site) draw(each int) {
	s.t.Helper()
	s.sample = &sample.Sample{Wave: wave}
	for i, sub := range codebook.Subsectors().Codes {
		for _, size := range codebook.Sizes().Codes {
			st := sample.Stratum{Code: sub.Value + "." + size.Value, N: 3 * each, Take: each}
			s.sample.Strata = append(s.sample.Strata, st)
			for n := range each {
				at := len(s.sample.Units)
				s.sample.Units = append(s.sample.Units, sample.Selected{
					Unit: frame.Unit{
						PNumber: fmt.Sprintf("1%09d", at), CVR: "29189846", Name: fmt.Sprintf("Børnehuset Solstrålen nr. %d", at),
						Email: fmt.Sprintf("leder%d@example.dk", at), Sector: codebook.SectorOf(sub.Value), Subsector: sub.Value,
						Region: codebook.Regions().Codes[(i+n)%5].Value, Employees: 12,
						Contact: frame.Contact{Attention: "Bo Lund", Phone: "20 30 40 50", Address: "Søndergade 4, 2. tv.", Postcode: "8000", City: "Aarhus C"},
					},
					Key: fmt.Sprintf("u%05d", at), Size: size.Value, Stratum: st.Code, DesignWeight: 3,
				})
			}
		}
	}
	ctx := context.Background()
	ok(s.field.Register(ctx, s.sample))
	for _, inv := range must(s.access.Issue(ctx, wave, s.sample.Units)) {
		s.codes[inv.Unit] = inv.Code
	}
}

// answer submits a response, or leaves it unfinished.
func (s *site) answer(unit string, submit bool) {
	s.t.Helper()
	ctx := context.Background()
	one := questionnaire.Answer{Codes: []string{"ja"}}
	must(s.responses.Save(ctx, response.Save{Wave: wave, Unit: unit, Page: "p", Next: "q", Lang: i18n.Danish, Answers: questionnaire.Answers{"A": one, "B": one}}))
	if submit {
		must(s.responses.Submit(ctx, wave, unit, 1, func(questionnaire.Answers) error { return nil }))
	}
}

// crowd lets some three weeks pass in which workplaces answer, day care seldom.
func (s *site) crowd() {
	random := mathrand.New(mathrand.NewPCG(1, 1))
	begin := s.now
	for i, u := range s.sample.Units {
		chance := 0.32
		if u.Subsector == "K-DAG" {
			chance = 0.08
		}
		s.now = begin.Add(time.Duration(random.Float64()*random.Float64()*22*24) * time.Hour)
		switch x := random.Float64(); {
		case x < chance:
			s.answer(u.Key, true)
		case x < chance+0.1:
			s.answer(u.Key, false)
		case x < chance+0.14:
			ok(s.responses.SetDisposition(context.Background(), wave, u.Key, []response.Disposition{response.Refused, response.Ineligible}[i%2], "4711"))
		}
	}
	s.now = begin.Add(22 * 24 * time.Hour)
}

func (s *site) ask(method, target string, form url.Values) (int, string, string) {
	s.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Code, string(must(io.ReadAll(w.Body))), w.Header().Get("Location")
}

// logged lists what the audit log says, act by act.
func (s *site) logged() (list []string) {
	s.t.Helper()
	ok(s.db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.Each(scanInto(&list), `SELECT actor || ' ' || action || ' ' || COALESCE(m.wave || '/' || m.unit, object) || ' ' || detail
			FROM audit_event LEFT JOIN contact_mark m ON object = m.wave || '/' || m.mark ORDER BY position`)
	}))
	return list
}

// scanInto reads a column of text.
func scanInto(list *[]string) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		*list = append(*list, s)
		return err
	}
}

// shows fails where a page lacks one of the texts.
func shows(t *testing.T, page string, texts ...string) {
	t.Helper()
	words := strings.Join(strings.Fields(page), " ")
	for _, text := range texts {
		if !strings.Contains(words, text) {
			t.Errorf("no %q in\n%s", text, page)
		}
	}
}

// Goals 38 and 39 on the page: every count, six rates at a stated e, the
// threshold of partial answers, and an undefined rate called so.
func TestGoal39_MonitorPageStatesRatesAndTheirTerms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newSite(t, where)
		s.draw(2)
		status, page, _ := s.ask("GET", "/da/staff/fieldwork/2025", nil)
		if status != 200 {
			t.Fatalf("status %d", status)
		}
		shows(t, page, "kan ikke beregnes", "e = 1,0000", "mindst 2 spørgsmål", "Åben for svar", "RR5", "0,00 pct.", "Mål: 36 pct., som er 43 svar", "Dage tilbage")
		s.answer("u00000", true)
		s.answer("u00001", false)
		status, page, _ = s.ask("GET", "/en/staff/fieldwork/2025?e=0.5", nil)
		if status != 200 {
			t.Fatalf("status %d", status)
		}
		// 1 complete and 1 partial of 120: RR1 1/120, RR3 1/(2 + 0.5 × 118), RR5 1/2.
		shows(t, page, "0.83%", "1.64%", "50.00%", "e = 0.5000", "from 2 answered questions", "<svg", "Short of the target", `href="/en/staff/fieldwork/2025/contacts?stratum=K-DAG.1-19"`)
		for _, bad := range []string{"2", "-0,1", "x"} {
			if status, page, _ := s.ask("GET", "/da/staff/fieldwork/2025?e="+bad, nil); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Skriv e som et tal") {
				t.Errorf("e = %s: %d", bad, status)
			}
		}
		if status, _, _ := s.ask("GET", "/da/staff/fieldwork/2031", nil); status != http.StatusNotFound {
			t.Errorf("a wave that is none: %d", status)
		}
		if _, page, _ := s.ask("GET", "/da/staff/fieldwork", nil); !strings.Contains(page, "Uden stikprøve") {
			t.Error("the list does not say that a wave has no sample")
		}
	})
}

func TestRepresentativityNamesTheGroupsThatLack(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.draw(20)
	if _, page, _ := s.ask("GET", "/da/staff/fieldwork/2025/representativity", nil); !strings.Contains(page, "kan ikke beregnes endnu") {
		t.Error("an indicator of nothing")
	}
	s.crowd()
	_, page, _ := s.ask("GET", "/da/staff/fieldwork/2025/representativity", nil)
	shows(t, page, "Delsektor: Dagtilbud og klub:", "R-indikator", "95 pct.-interval: 0,", "Uden korrektion for skævhed: 0,")
}

// Each look at a contact and each list that is taken out is noted, and by whom;
// what is found stands in no address.
func TestEveryLookAtAContactIsNoted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newSite(t, where)
		s.draw(2)
		_, page, _ := s.ask("GET", "/da/staff/fieldwork/2025/contacts?stratum=K-DAG.1-19&state=noncontact", nil)
		shows(t, page, "2 arbejdspladser", "Børnehuset Solstrålen nr. 0", "Bo Lund", "20 30 40 50, leder0@example.dk", "8000 Aarhus C", "P-nummer 1000000000")
		status, _, to := s.ask("POST", "/da/staff/fieldwork/2025/contacts", url.Values{"workplace": {"10 0000 0003"}})
		if status != http.StatusSeeOther || to != "/da/staff/fieldwork/2025/units/u00003" {
			t.Errorf("found %d, %s", status, to)
		}
		if status, page, _ := s.ask("POST", "/da/staff/fieldwork/2025/contacts", url.Values{"workplace": {"<b>"}}); status != http.StatusUnprocessableEntity || strings.Contains(page, "<b>") {
			t.Errorf("what is not found: %d", status)
		}
		_, page, _ = s.ask("GET", to, nil)
		shows(t, page, "Børnehuset Solstrålen nr. 3", "Søndergade 4, 2. tv., 8000 Aarhus C", "29189846")
		status, file, _ := s.ask("POST", "/da/staff/fieldwork/2025/contacts/export", url.Values{"stratum": {"K-DAG.1-19"}, "state": {"all"}, "quiet": {"0"}})
		if status != 200 || !strings.HasPrefix(file, "\ufeffunit;p_number;") {
			t.Errorf("export %d: %.60q", status, file)
		}
		rows := must(csvRows(file))
		if len(rows) != 3 || rows[1][2] != "Børnehuset Solstrålen nr. 0" || rows[1][11] != "2026-02-02" {
			t.Errorf("exported %q", rows)
		}
		log := strings.Join(s.logged(), "\n")
		for _, want := range []string{
			`4711 contact.list 2025 {"page":"1","quiet":"0","state":"noncontact","stratum":"K-DAG.1-19","workplaces":"2"}`,
			"4711 contact.read 2025/u00003", `4711 contact.export 2025 {"quiet":"0","state":"all","stratum":"K-DAG.1-19","workplaces":"2"}`,
		} {
			if !strings.Contains(log, want) {
				t.Errorf("the audit log lacks %s:\n%s", want, log)
			}
		}
		if strings.Contains(log, "Solstrålen") || strings.Contains(log, "1000000003") {
			t.Errorf("the audit log names a workplace:\n%s", log)
		}
		if _, err := audit.Verify(t.Context(), s.db); err != nil {
			t.Error(err)
		}
		if status, _, _ := s.ask("GET", "/da/staff/fieldwork/2025/units/unknown", nil); status != http.StatusNotFound {
			t.Errorf("a unit that is none: %d", status)
		}
	})
}

func csvRows(file string) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff")))
	r.Comma = ';'
	return r.ReadAll()
}

// A name from a register is no formula in a spreadsheet.
func TestExportedCellsAreInert(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.draw(1)
	for _, name := range []string{"=1+1", "@SUM(A1)", "+45", "-2", "=HYPERLINK(\"x\")\r\n=2"} {
		ok(s.access.ChangePerson(t.Context(), "4711", wave, contact.Person{Unit: "u00000", Name: name}))
		_, file, _ := s.ask("POST", "/da/staff/fieldwork/2025/contacts/export", url.Values{"stratum": {"K-DAG.1-19"}})
		for _, row := range must(csvRows(file))[1:] {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
					t.Errorf("%q comes out as %q", name, cell)
				}
			}
		}
	}
}

func (s *site) act(unit, act string, form url.Values) (int, string, string) {
	s.t.Helper()
	return s.ask("POST", "/da/staff/fieldwork/2025/units/"+unit+"/"+act, form)
}

// What staff do is done in the name of who did it, and asks for a reason.
func TestActsOnAWorkplaceAreNoted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newSite(t, where)
		s.draw(1)
		for _, bad := range []url.Values{{}, {"disposition": {"complete"}, "reason": {"letter"}}, {"disposition": {"refused"}}, {"disposition": {"refused"}, "reason": {"button"}}} {
			if status, page, _ := s.act("u00000", "disposition", bad); status != http.StatusUnprocessableEntity || !strings.Contains(page, "error-summary") {
				t.Errorf("%v: %d", bad, status)
			}
		}
		if status, _, _ := s.act("u00000", "disposition", url.Values{"disposition": {"ineligible"}, "reason": {"closed"}}); status != http.StatusSeeOther {
			t.Errorf("disposition: %d", status)
		}
		if status, page, _ := s.act("u00000", "remark", url.Values{"subject": {"other"}, "text": {""}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Skriv en bemærkning") {
			t.Errorf("an empty remark: %d", status)
		}
		if status, _, _ := s.act("u00000", "remark", url.Values{"subject": {"merged"}, "text": {"Lagt sammen med <i>Solgården</i>"}}); status != http.StatusSeeOther {
			t.Errorf("remark: %d", status)
		}
		_, page, _ := s.ask("GET", "/da/staff/fieldwork/2025/units/u00000", nil)
		shows(t, page, "Udfald noteret: uden for målgruppen", "Registret viser lukning. Af Anna Holm (4711)", "Bemærkning: Lagt sammen", "Lagt sammen med &lt;i&gt;Solgården&lt;/i&gt;", "Kode udstedt")
		log := strings.Join(s.logged(), "\n")
		for _, want := range []string{`4711 response.dispose 2025/u00000 {"disposition":"ineligible","reason":"closed"}`, `4711 remark.add 2025/u00000 {"subject":"merged"}`} {
			if !strings.Contains(log, want) {
				t.Errorf("the audit log lacks %s:\n%s", want, log)
			}
		}
		if status, _, _ := s.act("u00000", "explode", nil); status != http.StatusNotFound {
			t.Errorf("an act that is none: %d", status)
		}
		if status, _, _ := s.act("nobody", "revoke", nil); status != http.StatusNotFound {
			t.Errorf("an act on nobody: %d", status)
		}
	})
}

func TestLettersAreStoppedAndResumed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newSite(t, where)
		s.draw(1)
		for _, step := range []struct{ act, shown string }{
			{"letters-stop", "ønsker ikke flere breve. Det blev noteret"},
			{"letters-stop", "ønsker ikke flere breve. Det blev noteret"},
			{"letters-resume", "får påmindelser som planlagt"},
			{"letters-resume", "får påmindelser som planlagt"}, // from a second tab
		} {
			if status, _, _ := s.act("u00000", step.act, nil); status != http.StatusSeeOther {
				t.Errorf("%s: %d", step.act, status)
			}
			_, page, _ := s.ask("GET", "/da/staff/fieldwork/2025/units/u00000", nil)
			shows(t, page, step.shown)
		}
		_, page, _ := s.ask("GET", "/da/staff/fieldwork/2025/units/u00001", nil)
		shows(t, page, "får påmindelser som planlagt")
		if log := strings.Join(s.logged(), "\n"); !strings.Contains(log, "4711 letters.stop 2025/u00000") || strings.Count(log, "letters.resume") != 1 {
			t.Errorf("the audit log says:\n%s", log)
		}
	})
}

func TestContactIsPutRight(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.draw(1)
	form := url.Values{"name": {"Solgården"}, "phone": {"12"}, "email": {"x"}, "street": {"Gade 1"}, "postcode": {"80"}}
	status, page, _ := s.act("u00000", "contact", form)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	shows(t, page, "Skriv otte cifre", "Skriv en e-mailadresse", "En adresse kræver postnummer og by", "Skriv fire cifre", `value="Solgården"`, `value="12"`)
	form = url.Values{"name": {"Solgården"}, "phone": {"20304051"}, "email": {"ny@example.dk"}, "street": {"Gade 1"}, "postcode": {"8000"}, "city": {"Aarhus"}}
	if status, _, _ := s.act("u00000", "contact", form); status != http.StatusSeeOther {
		t.Errorf("status %d", status)
	}
	one := must(s.access.Person(t.Context(), wave, "u00000"))
	if one.Name != "Solgården" || one.Email != "ny@example.dk" || one.PNumber != "1000000000" {
		t.Errorf("contact %+v", one)
	}
}

// A new code is shown once, on the answer to the act; the page has it no more.
func TestNewCodeIsShownOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newSite(t, where)
		s.draw(1)
		status, page, _ := s.act("u00000", "replace", nil)
		shown := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(page)
		if status != 200 || shown == "" {
			t.Fatalf("status %d: no code in\n%s", status, page)
		}
		if session, err := s.access.Redeem(t.Context(), shown); err != nil || session.Unit != "u00000" {
			t.Errorf("the code shown opens %+v, %v", session, err)
		}
		if _, err := s.access.Redeem(t.Context(), string(s.codes["u00000"])); err == nil {
			t.Error("the old code still opens")
		}
		if _, page, _ := s.ask("GET", "/da/staff/fieldwork/2025/units/u00000", nil); strings.Contains(page, shown) {
			t.Error("the code is shown again")
		}
		if status, _, _ := s.act("u00000", "revoke", nil); status != http.StatusSeeOther {
			t.Errorf("revoke: %d", status)
		}
		if status, page, _ := s.act("u00000", "revoke", nil); status != http.StatusConflict || !strings.Contains(page, "ingen gyldig kode") {
			t.Errorf("revoking none: %d", status)
		}
		if log := strings.Join(s.logged(), "\n"); strings.Contains(log, shown) || !strings.Contains(log, "4711 access.replace 2025/u00000") {
			t.Errorf("audit log:\n%s", log)
		}
	})
}

// Keying in begins with who does it and how the answers came; a submitted
// answer has to be reopened first, with a reason.
func TestKeyingInAndReopening(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newSite(t, where)
		s.draw(1)
		if status, _, to := s.act("u00000", "key", url.Values{"mode": {"paper"}}); status != http.StatusSeeOther || to != "/da/survey/start" {
			t.Errorf("keying in: %d to %s", status, to)
		}
		if len(s.handed) != 1 || s.handed[0].Actor != "4711" || s.handed[0].Mode != "paper" || s.handed[0].Unit != "u00000" {
			t.Errorf("handed %+v", s.handed)
		}
		for _, mode := range []string{"", "web", "import"} {
			if status, _, _ := s.act("u00000", "key", url.Values{"mode": {mode}}); status != http.StatusBadRequest {
				t.Errorf("mode %q: %d", mode, status)
			}
		}
		s.answer("u00001", true)
		_, page, _ := s.ask("GET", "/da/staff/fieldwork/2025/units/u00001", nil)
		shows(t, page, "kan ikke overskrives", "Åbn igen", "2 spørgsmål besvaret, på nettet")
		if strings.Contains(page, "/u00001/key") {
			t.Error("keying in over a submitted answer is offered")
		}
		if status, _, _ := s.act("u00001", "reopen", nil); status != http.StatusUnprocessableEntity {
			t.Errorf("reopened without a reason: %d", status)
		}
		if status, _, _ := s.act("u00001", "reopen", url.Values{"why": {"asked"}}); status != http.StatusSeeOther {
			t.Errorf("reopening: %d", status)
		}
		if status, _, _ := s.act("u00001", "reopen", url.Values{"why": {"asked"}}); status != http.StatusConflict {
			t.Errorf("reopening what is open: %d", status)
		}
		_, page, _ = s.ask("GET", "/da/staff/fieldwork/2025/units/u00001", nil)
		shows(t, page, "Besvarelse åbnet igen", "/u00001/key")
		if log := strings.Join(s.logged(), "\n"); !strings.Contains(log, `4711 response.reopen 2025/u00001 {"reason":"asked"}`) || !strings.Contains(log, `4711 response.key 2025/u00000 {"mode":"paper"}`) {
			t.Errorf("audit log:\n%s", log)
		}
	})
}

func TestDigestIsSwitchedByItsReader(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	want := func() (persons []int64) {
		ok(s.db.Read(t.Context(), func(tx *store.Tx) (err error) {
			persons, err = s.field.Wanting(tx)
			return err
		}))
		return persons
	}
	s.ask("POST", "/da/staff/fieldwork/digest", url.Values{"digest": {"yes"}})
	if got := want(); !slices.Equal(got, []int64{4711}) {
		t.Errorf("wanting %v", got)
	}
	if _, page, _ := s.ask("GET", "/da/staff/fieldwork", nil); !strings.Contains(page, `value="yes" checked`) {
		t.Error("the page does not show the switch on")
	}
	s.ask("POST", "/da/staff/fieldwork/digest", nil)
	if got := want(); len(got) != 0 {
		t.Errorf("wanting %v", got)
	}
}

func TestPagesAreWellFormed(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.draw(2)
	s.crowd()
	for _, path := range []string{"", "/2025", "/2025/representativity", "/2025/contacts", "/2025/contacts?state=all&page=2", "/2025/units/u00001"} {
		for _, l := range i18n.Languages {
			_, page, _ := s.ask("GET", "/"+string(l)+"/staff/fieldwork"+path, nil)
			for _, fault := range htmltest.Faults([]byte(page)) {
				t.Errorf("%s %s: %s", l, path, fault)
			}
		}
	}
}

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	built := []string{"letters.page.title", "letters.page.card", "answers.page.title", "answers.page.card", "state.chase", "state.opened", "state.break_off", "break_off", "key.paper", "key.phone",
		"event.saved", "event.submitted", "event.declined", "event.reopened", "event.imported", "contacts.card", "represent.card"}
	for _, c := range append(slices.Clone(reasons), "button") {
		built = append(built, "reason."+c)
	}
	for _, c := range reopenings {
		built = append(built, "reopen."+c)
	}
	for _, c := range fieldwork.RemarkCodes {
		built = append(built, "remark."+c)
	}
	for _, d := range []response.Disposition{response.Refused, response.Noncontact, response.Unknown, response.Ineligible} {
		built = append(built, "disposition."+string(d))
	}
	for _, field := range []string{"name", "phone", "email", "street", "postcode"} {
		built = append(built, field+".fault")
	}
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}

// BenchmarkMonitorPage draws the page of a wave of 16,000 workplaces, of which a
// third have answered; the goal is 200 ms.
func BenchmarkMonitorPage(b *testing.B) {
	storetest.Each(b, func(b *testing.B, where string) {
		s := newSite(b, where)
		s.draw(267) // of 60 strata
		s.flood()
		b.ResetTimer()
		before := processorTime()
		for b.Loop() {
			if status, _, _ := s.ask("GET", "/da/staff/fieldwork/2025", nil); status != 200 {
				b.Fatalf("status %d", status)
			}
		}
		b.ReportMetric(float64((processorTime()-before).Milliseconds())/float64(b.N), "cpu-ms/op")
	})
}

// processorTime is what this process has used, which tells more than the clock
// on a busy machine.
func processorTime() time.Duration {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used) //nolint:errcheck // 0 says that it is not known
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// flood writes what answering workplaces leave behind, past the package that
// does it one by one.
func (s *site) flood() {
	answers, at := bytes.Repeat([]byte{7}, 1024), store.Millis(s.now)
	ok(s.db.Write(context.Background(), func(tx *store.Tx) error {
		for i, u := range s.sample.Units {
			if i%3 != 0 {
				continue
			}
			const state = `INSERT INTO response_state (wave, unit, revision, disposition, mode, lang, page, answered, submitted_ms, receipt, key_id, sealed)
				VALUES (?, ?, 1, 'complete', 'web', 'da', '', 30, ?, 'r', 'k', ?)`
			const event = `INSERT INTO response_event (wave, unit, revision, at_ms, kind, actor, mode, page, disposition, reason, key_id, sealed)
				VALUES (?, ?, 1, ?, 'submitted', 'respondent', 'web', '', 'complete', '', 'k', ?)`
			_, errState := tx.Exec(state, wave, u.Key, at+int64(i)*120_000, answers)
			_, errEvent := tx.Exec(event, wave, u.Key, at, answers)
			if err := errors.Join(errState, errEvent); err != nil {
				return err
			}
		}
		return nil
	}))
}
