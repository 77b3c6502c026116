package policy

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

// Guard is what the gate needs to know of the program around it.
type Guard struct {
	Who    func(*http.Request) (Subject, error)                    // asked only where not everyone may
	Refuse func(http.ResponseWriter, *http.Request, Decision)      // answers for what is not allowed
	Fail   func(w http.ResponseWriter, r *http.Request, err error) // answers when Who cannot tell
	Now    func() time.Time                                        // the clock
	Lost   func(method, pattern string)                            // told of a route without a rule
}

// Gate returns the middleware that asks the table before any handler runs. It
// belongs on the router whose routes it guards, before they are added.
func (t *Table) Gate(routes chi.Routes, g Guard) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rule, pattern := t.ruleOf(routes, r)
			switch {
			case pattern == "": // no such page: the router says so
				next.ServeHTTP(w, r)
			case rule == nil:
				g.Lost(r.Method, pattern)
				g.Refuse(w, r, Hidden)
			default:
				g.pass(w, r, next, *rule)
			}
		})
	}
}

// ruleOf returns the rule of the route a request will take, and its pattern.
// HEAD is answered by what answers GET.
func (t *Table) ruleOf(routes chi.Routes, r *http.Request) (*Rule, string) {
	path := r.URL.RawPath // as the router reads it
	if path == "" {
		path = r.URL.Path
	}
	tried := []string{r.Method}
	if r.Method == http.MethodHead {
		tried = append(tried, http.MethodGet)
	}
	var pattern string
	for _, method := range tried {
		if pattern = routes.Find(chi.NewRouteContext(), method, path); pattern == "" {
			continue
		}
		// The root of a router below another is also found without its slash.
		for _, name := range []string{pattern, pattern + "/"} {
			if rule := t.byRoute[asRead(method)+" "+name]; rule != nil {
				return rule, name
			}
		}
	}
	return nil, pattern
}

// asRead takes HEAD for the GET that it asks about.
func asRead(method string) string {
	if method == http.MethodHead {
		return http.MethodGet
	}
	return method
}

func (g Guard) pass(w http.ResponseWriter, r *http.Request, next http.Handler, rule Rule) {
	if rule.everyone() {
		next.ServeHTTP(w, r)
		return
	}
	who, err := g.Who(r)
	if err != nil {
		g.Fail(w, r, err)
		return
	}
	if d := rule.Decide(who, g.Now()); d != Allowed {
		g.Refuse(w, r, d)
		return
	}
	next.ServeHTTP(w, r)
}

// everyone reports whether the rule holds for any visitor, so that a public
// page costs no look at the session.
func (r Rule) everyone() bool { return r.Delegated() || r.Decide(Subject{}, time.Time{}) == Allowed }
