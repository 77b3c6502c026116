package intakepage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"barometer/internal/browsertest"
	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/intake"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// site is the pages over a reader of the national questionnaire. What storing
// does is the test's to say: cmd/barometer holds the page against a store.
type site struct {
	t       testing.TB
	orders  []Order
	meets   error
	handler http.Handler
}

const national = "../../../cmd/barometer/demo/wave/questionnaire.yaml"

func newSite(t testing.TB) *site {
	t.Helper()
	src, err := os.ReadFile(national)
	if err != nil {
		t.Fatal(err)
	}
	q, err := questionnaire.Load(bytes.NewReader(src), national)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Config{Name: i18n.Same("Barometer"), Owner: i18n.Same("COI"), Account: "/account", SignOut: "/sign-out"})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t}
	pages, err := New(Config{
		Shell: shell, Waves: []Wave{{ID: "2025", Title: i18n.Text{DA: "Innovationsbarometeret 2025", EN: "Innovation Barometer 2025"}}},
		Actor: func(*http.Request) (string, error) { return "4711", nil },
		TakeIn: func(_ context.Context, o Order) (Outcome, error) {
			file, err := intake.Read(bytes.NewReader(o.Content), q, o.Options)
			if err != nil {
				return Outcome{}, err
			}
			s.orders = append(s.orders, o)
			return Outcome{SHA256: file.Digest, Responses: len(file.Responses), New: len(file.Responses), Passed: file.Passed}, s.meets
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := chi.NewRouter()
	r.Use(shell.Secure)
	r.Handle("/assets/*", shell.Assets())
	pages.Routes(r)
	s.handler = r
	return s
}

const answers = "/da/staff/fieldwork/2025/answers"

// send posts a file with fields, given as name and value in turn.
func (s *site) send(file string, fields ...string) (int, string, http.Header) {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "svar.csv")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	for i := 0; i < len(fields); i += 2 {
		err = errors.Join(err, form.WriteField(fields[i], fields[i+1]))
	}
	if err = errors.Join(err, form.Close()); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, answers, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
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

const file = "unit,disposition,a1\nu1,partial,leder\nu2,partial,medarbejder\nu3,noncontact,\n"

// A file is checked first and stored afterwards, the very same one: checking
// stores nothing, and another file is not stored for it.
func TestAFileIsCheckedAndThenStored(t *testing.T) {
	s := newSite(t)
	status, page, _ := s.send(file, "layout", "csv", "key", " unit ", "confirm", "yes")
	digest := intake.Digest([]byte(file))
	if status != 200 || len(s.orders) != 1 || s.orders[0].Store || s.orders[0].By != "4711" || s.orders[0].Options.Key != "unit" {
		t.Fatalf("checked: %d, %+v", status, s.orders)
	}
	shows(t, page, "Filen er i orden", "Intet er gemt endnu", `value="`+digest+`"`, `name="confirm" value="yes"`, "Indlæs svarene")
	second := []string{"layout", "csv", "key", "unit", "confirm", "yes", "checked", digest}
	status, page, _ = s.send(strings.Replace(file, "u2", "u9", 1), second...)
	if status != 409 || len(s.orders) != 1 {
		t.Errorf("another file: %d", status)
	}
	shows(t, page, "Det er ikke den fil, der blev kontrolleret")
	status, _, head := s.send(file, second...)
	if status != 303 || head.Get("Location") != answers || len(s.orders) != 2 || !s.orders[1].Store || !s.orders[1].Options.Confirm {
		t.Errorf("stored: %d, %v, %+v", status, head, s.orders)
	}
}

// All faults of a file are listed in the reader's language, and nothing of it
// goes on.
func TestEveryFaultIsListed(t *testing.T) {
	s := newSite(t)
	status, page, _ := s.send("unit,disposition,a1\nu1,partial,konge\n,partial,leder\n", "layout", "csv")
	if status != 422 || len(s.orders) != 0 {
		t.Errorf("%d, %v", status, s.orders)
	}
	shows(t, page, "2 fejl i filen", "er ikke en svarmulighed", "intet fortæller, hvilken arbejdsplads det er", ">2<", ">3<", "Filen er afvist, og intet er gemt")
	many := "unit,disposition,a1\n" + strings.Repeat("u1,partial,konge\n", listed+7)
	_, page, _ = s.send(many, "layout", "csv")
	shows(t, page, fmt.Sprintf("%d fejl i filen", listed+7), "7 fejl mere")
	hostile := "unit,disposition,<script>alert(1)</script>\nu1,partial,x\n"
	if _, page, _ = s.send(hostile, "layout", "csv"); strings.Contains(page, "<script>alert") {
		t.Error("a heading is markup")
	}
}

// What is no file, too large a file, or a file that the store does not take is
// said beside the form.
func TestWhatCannotBeTakenIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		fields []string
		meets  error
		status int
		want   string
	}{
		"no file":      {"", []string{"layout", "csv"}, nil, 422, "Vælg en fil, der ikke er tom"},
		"no layout":    {file, nil, nil, 422, "Vælg, hvor filen kommer fra"},
		"a large file": {strings.Repeat("x", Largest+1), []string{"layout", "csv"}, nil, 413, "Filen fylder mere end 8 MB"},
		"a larger one": {strings.Repeat("x", 2*Largest), []string{"layout", "csv"}, nil, 413, "Filen fylder mere end 8 MB"},
		"contradicts": {file, []string{"layout", "csv"}, &response.TakenError{Wave: "2025", Conflicts: []response.TakenConflict{
			{Row: 3, Unit: "u2", Reason: response.ErrDiffers}, {Row: 4, Unit: "u3", Reason: response.ErrIneligible},
		}}, 422, "en fil overskriver ingen"},
		"closed":              {file, []string{"layout", "csv"}, response.ErrClosed, 409, "Bølgen er lukket"},
		"another definition":  {file, []string{"layout", "csv"}, response.ErrDefinition, 409, "Spørgeskemaet er ændret"},
		"no store":            {file, []string{"layout", "csv"}, store.ErrUnavailable, 503, ""},
		"anything else":       {file, []string{"layout", "csv"}, errors.New("x"), 500, ""},
		"an unknown layout":   {file, []string{"layout", "spss"}, nil, 422, "Vælg, hvor filen kommer fra"},
		"a field of no bound": {file, []string{"layout", strings.Repeat("x", web.MaxForm+1)}, nil, 400, ""},
	} {
		s := newSite(t)
		s.meets = c.meets
		status, page, _ := s.send(c.file, c.fields...)
		if status != c.status || !strings.Contains(page, c.want) {
			t.Errorf("%s: %d, want %d and %q", name, status, c.status, c.want)
		}
	}
	s := newSite(t)
	r := httptest.NewRequest(http.MethodPost, answers, strings.NewReader("layout=csv"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if s.handler.ServeHTTP(w, r); w.Code != 400 {
		t.Errorf("a form without a file: %d", w.Code)
	}
}

// Every state of the page is looked at in a real browser, and a file goes
// through both steps as a person sends it.
func TestPagesInARealBrowser(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	w := browsertest.Open(t, server.URL)
	for _, l := range i18n.Languages {
		w.Go("/" + string(l) + "/staff/fieldwork/2025/answers")
		w.Look()
		w.Keys()
		w.Modes()
	}
	good, bad := filepath.Join(t.TempDir(), "svar.csv"), filepath.Join(t.TempDir(), "fejl.csv")
	if err := errors.Join(os.WriteFile(good, []byte(file), 0o600), os.WriteFile(bad, []byte("unit,disposition,a1\nu1,partial,konge\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	w.Go(answers)
	w.Pick("layout-csv")
	w.Upload("#file", bad)
	w.Press("main form button")
	w.Look() // what is wrong with the file
	w.Go(answers)
	w.Pick("layout-csv")
	w.Upload("#file", good)
	w.Press("main form button")
	w.Look() // what would be stored
	w.Upload("#file", good)
	w.Press("main form button")
	w.Look() // what was done
	if len(s.orders) != 2 || !s.orders[1].Store {
		t.Errorf("%+v", s.orders)
	}
}

func TestPagesAreWellFormed(t *testing.T) {
	s := newSite(t)
	_, checked, _ := s.send(file, "layout", "csv")
	_, refused, _ := s.send("unit\n", "layout", "csv")
	for name, page := range map[string]string{"checked": checked, "refused": refused} {
		for _, fault := range htmltest.Faults([]byte(page)) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	var built []string
	for _, layout := range intake.Layouts {
		built = append(built, "layout."+string(layout), "layout."+string(layout)+".hint")
	}
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}
