package robot

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// survey is a small survey whose second page depends on the first, with what
// real pages have around their questions.
type survey struct {
	mu  sync.Mutex
	got map[string][]string // what each cookie's visitor sent, in order
}

func (s *survey) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	visitor := ""
	if c, err := r.Cookie("v"); err == nil {
		visitor = c.Value
	}
	r.ParseForm()
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost {
		s.got[visitor] = append(s.got[visitor], r.URL.Path+" "+r.PostForm.Encode())
	}
	lang := r.Header.Get("Accept-Language")
	to := func(path string) { http.Redirect(w, r, "/"+lang+"/survey/"+path, http.StatusSeeOther) }
	show := func(body string) {
		fmt.Fprint(w, `<!doctype html><form action="/da/search"><input name="q"><button>Søg</button></form>`, body)
	}
	switch path := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/"+lang+"/survey/"); {
	case strings.HasPrefix(path, "GET /s/"):
		show(`<form method="post" action="/` + lang + `/survey/start"><input type="hidden" name="code" value="` + r.URL.Path[3:] + `"><button>Start</button></form>`)
	case path == "POST start":
		http.SetCookie(w, &http.Cookie{Name: "v", Value: r.PostForm.Get("code"), Path: "/"})
		to("start")
	case path == "GET start":
		show(`<form method="post" action="decline"><button name="decline" value="yes">Nej tak</button></form>
			<form method="post" action="ineligible"><button>Lukket</button></form>
			<form method="post" action="begin"><button>Begynd</button></form>`)
	case path == "POST begin":
		to("page/b")
	case path == "GET page/b":
		show(`<form method="POST"><input type=hidden name=revision value=3>
			<input type="radio" name="B1" value="ja"><input type="radio" name="B1" value="nej" checked>
			<input type="radio" name="H1.tid" value="lidt"><textarea name="C1"></textarea>
			<button name="action" value="continue">Videre</button><button name="action" value="close">Luk</button></form>`)
	case path == "POST page/b" && r.PostForm.Get("B1") == "ja":
		to("page/d")
	case path == "POST page/b" && r.PostForm.Get("B1") == "nej":
		to("check")
	case path == "GET page/d":
		show(`<form method=post action="/` + lang + `/survey/page/d?x=1"><input type=checkbox name=D2 value=kommune><input type=checkbox name=D2 value=stat disabled>
			<input type=checkbox name=D2 value=borgere><input type=submit name=action value=continue></form>`)
	case path == "POST page/d" && r.PostForm.Get("D2") == "borgere":
		w.WriteHeader(http.StatusUnprocessableEntity)
		show(`<div role="alert"><div>Der er fejl</div> <p>Vælg en <b>anden</b></p></div><p>andet</p>`)
	case path == "POST page/d":
		to("check")
	case path == "GET check":
		show(`<form method="post"><button>Send</button></form>`)
	case path == "POST check":
		to("receipt")
	case path == "POST decline":
		to("declined")
	case path == "POST ineligible":
		to("ineligible")
	default:
		show("<p>Tak")
	}
}

func serve(t *testing.T) (*survey, string) {
	s := &survey{got: make(map[string][]string)}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func answers(codes ...string) questionnaire.Answers {
	return questionnaire.Answers{
		"B1": {Codes: codes[:1]}, "H1": {Rows: map[string][]string{"tid": {"lidt"}}}, "C1": {Text: "Ny vagtplan"}, "D2": {Codes: codes[1:]},
	}
}

func TestVisitorsDoWhatTheyCameFor(t *testing.T) {
	s, base := serve(t)
	calls := 0
	tally, err := Run(context.Background(), base, []Visit{
		{Unit: "u1", Code: "A", Lang: i18n.Danish, Intent: Finish, Answers: answers("ja", "kommune", "borgere")},
		{Unit: "u2", Code: "B", Lang: i18n.English, Intent: Finish, Answers: answers("nej", "kommune")},
		{Unit: "u3", Code: "C", Lang: i18n.Danish, Intent: Stop, Pages: 1, Answers: answers("ja", "kommune")},
		{Unit: "u4", Code: "D", Lang: i18n.Danish, Intent: Decline},
		{Unit: "u5", Code: "E", Lang: i18n.Danish, Intent: Ineligible},
	}, 2, func(done, total int) {
		if calls++; done != calls || total != 5 {
			t.Errorf("progress %d of %d at call %d", done, total, calls)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	page := url.Values{"revision": {"3"}, "B1": {"ja"}, "H1.tid": {"lidt"}, "C1": {"Ny vagtplan"}, "action": {"continue"}}.Encode()
	want := map[string][]string{
		"A": {"/da/survey/begin ", "/da/survey/page/b " + page, "/da/survey/page/d D2=kommune&D2=borgere&action=continue", "/da/survey/check "},
		"B": {"/en/survey/begin ", "/en/survey/page/b " + strings.Replace(page, "ja", "nej", 1), "/en/survey/check "},
		"C": {"/da/survey/begin ", "/da/survey/page/b " + page},
		"D": {"/da/survey/decline decline=yes"},
		"E": {"/da/survey/ineligible "},
	}
	for visitor, sent := range want {
		if !reflect.DeepEqual(s.got[visitor], sent) {
			t.Errorf("visitor %s sent\n%q, want\n%q", visitor, s.got[visitor], sent)
		}
	}
	if want := map[Intent]int{Finish: 2, Stop: 1, Decline: 1, Ineligible: 1}; !reflect.DeepEqual(tally.Visits, want) || tally.Pages != 4 {
		t.Errorf("tally %+v", tally)
	}
}

func TestFailuresNameUnitAndPage(t *testing.T) {
	for name, tt := range map[string]struct {
		answers questionnaire.Answers
		want    string
	}{
		"no answer":     {questionnaire.Answers{}, "unit u1, page /da/survey/page/b: asks for B1, to which the unit has no answer"},
		"two for one":   {questionnaire.Answers{"B1": {Codes: []string{"ja", "nej"}}}, "asks for one answer to B1"},
		"not offered":   {answers("ja", "stat"), "page /da/survey/page/d: offers [kommune borgere] for D2, the unit's answer is stat"},
		"refused":       {answers("ja", "borgere"), "page /da/survey/page/d: status 422: Der er fejl Vælg en anden"},
		"leads nowhere": {answers("ved_ikke", "stat"), "offers [ja nej] for B1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, base := serve(t)
			_, err := Run(context.Background(), base, []Visit{{Unit: "u1", Code: "SECRET", Lang: i18n.Danish, Intent: Finish, Answers: tt.answers}}, 4, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the access code stands in %q", err)
			}
		})
	}
}

func TestUnreachableServer(t *testing.T) {
	_, err := Run(context.Background(), "http://127.0.0.1:1", []Visit{{Unit: "u1", Code: "SECRET", Intent: Finish}}, 1, nil)
	if err == nil || !strings.Contains(err.Error(), "unit u1, start page") || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("got %v", err)
	}
}

func TestStopsWhenCancelled(t *testing.T) {
	_, base := serve(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, base, []Visit{{Unit: "u1", Code: "A", Intent: Finish, Answers: answers("ja")}}, 1, nil); err == nil {
		t.Error("a cancelled run reports success")
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(`<form method=post><input type=radio name=a value=b><div role=alert><textarea name=x>`))
	f.Add([]byte(`</div></form><button><input><form><form>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, form := range read(body).forms {
			form.press("decline")
			for _, fd := range form.fields {
				if fd.name == "" {
					t.Error("a field without a name would be sent")
				}
			}
		}
	})
}
