package policy_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/policy"
)

var noon = time.Date(2025, 6, 2, 12, 0, 0, 0, time.UTC)

const small = `
- {object: page, action: read, roles: [visitor], routes: [GET /, "GET /{lang:da|en}/p/", "GET /{lang:da|en}/p/*"]}
- {object: account, action: change, roles: [member], own: true, routes: [POST /account]}
- {object: response, action: answer, roles: [respondent], own: true, routes: [GET /answer]}
- {object: case, action: edit, roles: [editor], second_factor: true, routes: [POST /case]}
- {object: case, action: propose, roles: [editor], second_factor: true, visible: true, routes: [POST /proposal]}
- {object: role, action: grant, roles: [admin, operator], second_factor: true, fresh: 10m, four_eyes: true, routes: [POST /grant], commands: [user grant]}
`

func parse(t *testing.T, src string) *policy.Table {
	t.Helper()
	table, err := policy.Parse("policy.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestProgramsTableIsSound(t *testing.T) {
	if _, err := policy.Load(); err != nil {
		t.Error(err)
	}
}

func TestFaultsAreNamedTogether(t *testing.T) {
	_, err := policy.Parse("policy.yaml", []byte(`
- {object: page, action: read, roles: [everybody]}
- {object: page, action: read, roles: []}
- {object: case, action: edit, roles: [editor]}
- {object: role, action: grant, roles: [visitor], second_factor: true}
- {object: role, action: list, roles: [member], fresh: 10m, routes: [FETCH /x, GET y, GET /z]}
- {object: role, action: show, roles: [member], routes: [GET /z]}
- {action: show, roles: [member]}
`))
	for _, want := range []string{
		`rule 1 (page × read): no role is called "everybody"`, "rule 2 (page × read): given twice", "nobody may",
		"rule 3 (case × edit): editor is a staff role", "rule 4 (role × grant): visitor has no second factor",
		"rule 5 (role × list): fresh is said", `route "FETCH /x"`, `route "GET y"`,
		"rule 6 (role × show): GET /z stands at role × list too", "rule 7 ( × show): needs an object",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the fault %q is not named in %v", want, err)
		}
	}
	if _, err := policy.Parse("policy.yaml", []byte(`[{object: page, action: read, role: [visitor]}]`)); err == nil {
		t.Error("a misspelt key is taken")
	}
}

func TestDecide(t *testing.T) {
	table := parse(t, small)
	visitor := policy.Subject{}
	member := policy.Subject{Person: "p1", Factors: 1, At: noon}
	editor := policy.Subject{Person: "p2", Roles: []policy.Role{policy.Editor}, Factors: 2, At: noon}
	weak := policy.Subject{Person: "p2", Roles: []policy.Role{policy.Editor}, Factors: 1, At: noon}
	admin := policy.Subject{Person: "p3", Roles: []policy.Role{policy.Admin}, Factors: 2, At: noon.Add(-9 * time.Minute)}
	tired := policy.Subject{Person: "p3", Roles: []policy.Role{policy.Admin}, Factors: 2, At: noon.Add(-11 * time.Minute)}
	operator := policy.Subject{Roles: []policy.Role{policy.Operator}}
	for _, c := range []struct {
		who            policy.Subject
		object, action string
		want           policy.Decision
	}{
		{visitor, "page", "read", policy.Allowed},
		{visitor, "account", "change", policy.Unnamed},
		{member, "account", "change", policy.Allowed},
		{visitor, "response", "answer", policy.Allowed}, // the handler asks for the code
		{visitor, "case", "edit", policy.Unnamed},
		{member, "case", "edit", policy.Hidden},
		{member, "case", "propose", policy.Forbidden},
		{editor, "case", "edit", policy.Allowed},
		{weak, "case", "edit", policy.Weak},
		{editor, "role", "grant", policy.Hidden},
		{admin, "role", "grant", policy.Allowed},
		{tired, "role", "grant", policy.Stale},
		{operator, "role", "grant", policy.Allowed},
		{admin, "case", "edit", policy.Hidden}, // no role holds another
		{admin, "nothing", "named", policy.Hidden},
	} {
		if got := table.Decide(c.who, c.object, c.action, noon); got != c.want {
			t.Errorf("%v, %s × %s: %s, want %s", c.who, c.object, c.action, got, c.want)
		}
	}
}

func TestFourEyes(t *testing.T) {
	table := parse(t, small)
	admin := policy.Subject{Person: "p3", Roles: []policy.Role{policy.Admin}, Factors: 2, At: noon}
	if d, err := table.Confirm(admin, "role", "grant", "p3", noon); d == policy.Allowed || !errors.Is(err, policy.ErrSamePerson) {
		t.Errorf("confirming one's own: %s, %v", d, err)
	}
	if d, err := table.Confirm(admin, "role", "grant", "p4", noon); d != policy.Allowed || err != nil {
		t.Errorf("confirming another's: %s, %v", d, err)
	}
	admin.Roles = nil
	if d, _ := table.Confirm(admin, "role", "grant", "p4", noon); d != policy.Hidden {
		t.Errorf("confirming without the role: %s", d)
	}
	nameless := policy.Subject{Roles: []policy.Role{policy.Operator}}
	if _, err := table.Confirm(nameless, "role", "grant", "p4", noon); !errors.Is(err, policy.ErrSamePerson) {
		t.Error("who has no name may be the one who asked")
	}
}

// guarded serves a router with the small table's gate; who is the visitor.
func guarded(t *testing.T, who policy.Subject, fail error) (h http.Handler, lost *[]string) {
	t.Helper()
	status := map[policy.Decision]int{policy.Unnamed: 401, policy.Hidden: 404, policy.Forbidden: 403, policy.Weak: 403, policy.Stale: 403}
	lost = new([]string)
	r := chi.NewRouter()
	r.Use(parse(t, small).Gate(r, policy.Guard{
		Who:    func(*http.Request) (policy.Subject, error) { return who, fail },
		Refuse: func(w http.ResponseWriter, _ *http.Request, d policy.Decision) { w.WriteHeader(status[d]) },
		Fail:   func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(503) },
		Now:    func() time.Time { return noon },
		Lost:   func(method, pattern string) { *lost = append(*lost, method+" "+pattern) },
	}))
	ok := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }
	r.Get("/", ok)
	r.Route("/{lang:da|en}/p", func(r chi.Router) {
		r.Get("/", ok)
		r.Get("/*", ok)
	})
	r.Post("/account", ok)
	r.Post("/case", ok)
	r.Get("/forgotten", ok)
	r.Get("/account", ok)
	return r, lost
}

func TestGate(t *testing.T) {
	member := policy.Subject{Person: "p1", Factors: 1}
	for _, c := range []struct {
		who          policy.Subject
		method, path string
		want         int
	}{
		{policy.Subject{}, "GET", "/", 200},
		{policy.Subject{}, "GET", "/da/p/a%2Fb", 200},
		{policy.Subject{}, "GET", "/da/p", 200},
		{policy.Subject{}, "GET", "/da/p/", 200},
		{policy.Subject{}, "GET", "/sv/p/a", 404},
		{policy.Subject{}, "POST", "/account", 401},
		{member, "POST", "/account", 200},
		{member, "POST", "/case", 404},
		{member, "GET", "/forgotten", 404},
		{member, "GET", "/account", 404}, // another method has a rule, this one none
		{member, "PUT", "/account", 405},
		{member, "GET", "/nowhere", 404},
	} {
		h, lost := guarded(t, c.who, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.want {
			t.Errorf("%s %s as %q: %d, want %d", c.method, c.path, c.who.Person, w.Code, c.want)
		}
		if forgotten := c.path == "/forgotten" || c.method+c.path == "GET/account"; forgotten != (len(*lost) == 1) {
			t.Errorf("%s %s: lost %v", c.method, c.path, *lost)
		}
	}
}

// A store that cannot say who the visitor is must not keep public pages away,
// nor open any other.
func TestGateWithoutAnswer(t *testing.T) {
	h, _ := guarded(t, policy.Subject{}, errors.New("store unavailable"))
	for path, want := range map[string]int{"/": 200, "/account": 503} {
		w := httptest.NewRecorder()
		method := map[string]string{"/": "GET", "/account": "POST"}[path]
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}
