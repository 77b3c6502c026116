// Package jobpage shows staff the scheduled work of the program: what waits,
// runs, is done or has failed, and lets them retry or discard what is stuck.
//
// It shows kinds, keys, times and the text of the last error, which name
// nobody; payloads it cannot see. Who may look and who may act is the business
// of the table in front of the router. Every act is written into the audit log
// in its own transaction.
package jobpage

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/web"
)

// Config is what the pages need.
type Config struct {
	Shell *web.Shell
	Store *store.DB
	Queue *queue.Queue
	Actor func(*http.Request) (string, error) // id of the person who acts, for the audit log
	Now   func() time.Time
	Zone  *time.Location // that times are shown in
}

// Pages are the pages of scheduled work.
type Pages struct {
	Config
	views *web.Views
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// New parses the pages.
func New(cfg Config) (*Pages, error) {
	messages, err := i18n.ParseCatalogue("internal/queue/jobpage/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: cfg}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

const path = "/staff/jobs"

// Routes mounts the pages. The router's gate decides who reaches them.
func (p *Pages) Routes(r chi.Router) {
	r.Get("/{lang:da|en}"+path, p.list)
	r.Post("/{lang:da|en}"+path+"/retry", p.act("retry", p.Queue.Retry))
	r.Post("/{lang:da|en}"+path+"/discard", p.act("discard", p.Queue.Discard))
}

// shown is how many jobs a page lists.
const shown = 200

func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	state := r.URL.Query().Get("state")
	if !slices.Contains(queue.States, state) {
		state = queue.States[0]
	}
	p.render(w, r, http.StatusOK, view{State: state, Did: p.did(w, r)})
}

// did says what was done to a job on the page before, once.
func (p *Pages) did(w http.ResponseWriter, r *http.Request) *web.Alert {
	switch key := p.Shell.Said(w, r); key {
	case "did.retry", "did.discard":
		return web.Done(p.views.T(web.Lang(r), key))
	default:
		return nil
	}
}

// act carries an act out on one job and leads back to the list.
func (p *Pages) act(verb string, do func(tx *store.Tx, kind, key string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			p.refuse(w, r, err)
			return
		}
		kind, key, state := r.PostForm.Get("kind"), r.PostForm.Get("key"), r.PostForm.Get("state")
		if kind == "" || key == "" || !slices.Contains(queue.States, state) {
			p.Shell.Error(w, r, http.StatusBadRequest)
			return
		}
		actor, err := p.Actor(r)
		if err == nil {
			err = p.Store.Write(r.Context(), func(tx *store.Tx) error {
				if err := do(tx, kind, key); err != nil {
					return err
				}
				return audit.Record(tx, p.Now(), audit.Event{Actor: actor, Action: "job." + verb, Object: key, Detail: map[string]string{"kind": kind}})
			})
		}
		l := web.Lang(r)
		switch {
		case errors.Is(err, queue.ErrState):
			p.render(w, r, http.StatusConflict, view{State: state, Faults: web.Faults{{Target: "jobs", Message: p.views.T(l, "fault.state")}}})
		case err != nil:
			p.refuse(w, r, err)
		default:
			p.Shell.Say(w, "did."+verb)
			http.Redirect(w, r, web.Localise(l, path)+"?"+url.Values{"state": {state}}.Encode(), http.StatusSeeOther)
		}
	}
}

func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		p.Shell.Error(w, r, http.StatusRequestEntityTooLarge)
	case errors.Is(err, store.ErrUnavailable):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	default:
		p.Shell.Fail(w, r, err)
	}
}

// view is what the template sees.
type view struct {
	State     string
	Explained string     // what the state means
	Did       *web.Alert // what was done, nil for nothing
	Faults    web.Faults
	States    []stateLink
	Jobs      web.Table
	More      bool // than are shown
	Recurring web.Facts
}

type stateLink struct {
	Label   string
	Path    string
	Count   int
	Current bool
}

// render draws the list of v.State with what v says above it.
func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, v view) {
	if err := p.fill(r, &v); err != nil {
		p.refuse(w, r, err)
		return
	}
	l := web.Lang(r)
	w.Header().Set("Cache-Control", "no-store")
	p.views.Render(w, r, status, web.Page{
		Lang: l, Title: p.views.T(l, "title"), Path: path + "?state=" + v.State, NoIndex: true, Fault: v.Faults != nil, SignedIn: true,
	}, "jobs", v)
}

// fill puts the jobs of v.State into the view.
func (p *Pages) fill(r *http.Request, v *view) error {
	l, state := web.Lang(r), v.State
	counts, errCounts := p.Queue.Counts(r.Context())
	jobs, errJobs := p.Queue.List(r.Context(), state, shown+1)
	rules, errRules := p.Queue.Recurring(r.Context())
	if err := errors.Join(errCounts, errJobs, errRules); err != nil {
		return err
	}
	v.Explained = p.views.T(l, "state."+state+".text")
	v.Jobs, v.More = p.table(l, state, jobs[:min(len(jobs), shown)]), len(jobs) > shown
	for _, s := range queue.States {
		v.States = append(v.States, stateLink{p.views.T(l, "state."+s), path + "?state=" + s, counts[s], s == state})
	}
	for _, rule := range rules {
		v.Recurring = append(v.Recurring, web.Fact{
			Term: p.Queue.Label(rule.Kind).In(l), Text: p.rule(l, rule.Rule), Note: p.views.T(l, "next", "time", p.moment(l, rule.Next)),
		})
	}
	return nil
}

// table lists jobs. Those that wait or were given up can be acted on.
func (p *Pages) table(l i18n.Lang, state string, jobs []queue.Info) web.Table {
	t := web.Table{Name: "job-list", Caption: p.views.T(l, "state."+state), Quiet: true, None: p.views.T(l, "none")}
	for _, key := range []string{"job", "when", "attempts", "error"} {
		t.Columns = append(t.Columns, web.Column{Label: p.views.T(l, key), Number: key == "attempts"})
	}
	canAct := state == "dead" || state == "waiting"
	if canAct {
		t.Columns = append(t.Columns, web.Column{Label: p.views.T(l, "acts")})
	}
	for _, j := range jobs {
		row := p.row(l, j)
		if canAct {
			row = append(row, web.Cell{Acts: p.acts(l, state, j)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (p *Pages) row(l i18n.Lang, j queue.Info) web.Row {
	at := j.Ended
	if at.IsZero() {
		at = j.Due
	}
	fault := web.Cell{Text: j.Error, Lang: "en"}
	if j.Owner != "" {
		fault.Note = p.views.T(l, "owner", "owner", j.Owner)
	}
	return web.Row{
		{Text: p.Queue.Label(j.Kind).In(l), Note: j.Key}, {Text: p.moment(l, at)}, {Text: strconv.Itoa(j.Attempts)}, fault,
	}
}

func (p *Pages) acts(l i18n.Lang, state string, j queue.Info) []web.Act {
	act := func(verb string, look web.Look) web.Act {
		return web.Act{
			Action: web.Localise(l, path) + "/" + verb, Label: p.views.T(l, verb), Object: p.Queue.Label(j.Kind).In(l) + " " + j.Key, Look: look,
			Fields: []web.Hidden{{Name: "kind", Value: j.Kind}, {Name: "key", Value: j.Key}, {Name: "state", Value: state}},
		}
	}
	return []web.Act{act("retry", web.Secondary), act("discard", web.Tertiary)}
}

// moment writes a point in time as people read it.
func (p *Pages) moment(l i18n.Lang, t time.Time) string {
	t = t.In(p.Zone)
	if l == i18n.English {
		return i18n.Date(t, l) + ", " + t.Format("15:04:05")
	}
	return i18n.Date(t, l) + " kl. " + t.Format("15.04.05")
}

// rule writes "daily 08:00 Europe/Copenhagen" in words.
func (p *Pages) rule(l i18n.Lang, text string) string {
	parts := strings.SplitN(text, " ", 3)
	if len(parts) != 3 {
		return text
	}
	var days []string
	for d := range strings.SplitSeq(parts[0], ",") {
		days = append(days, p.views.T(l, "rule."+strings.ToLower(d)))
	}
	at := parts[1]
	if l == i18n.Danish {
		at = "kl. " + strings.Replace(at, ":", ".", 1)
	}
	return fmt.Sprintf("%s %s (%s)", strings.Join(days, ", "), at, parts[2])
}
