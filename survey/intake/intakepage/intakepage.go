// Package intakepage is where staff import answers that were collected
// elsewhere, in two steps: a file is checked, and then stored.
//
// A file comes in through a form; what comes of it is shown: every fault by row
// and column, or how many responses it holds. Nothing of the file is kept
// between the steps. The second asks for the same file, knows it by its hash,
// and checks it once more, in the transaction that stores it. Reading is
// package intake's, finding workplaces and storing the caller's; who may come
// here is the business of the table in front of the router.
package intakepage

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/intake"
	"barometer/survey/response"
)

// Largest is the size in bytes of a file that can be sent to the page, packed
// or not. The command takes larger ones.
const Largest = 8 << 20

// Wave is one collection that answers are imported to.
type Wave struct {
	ID        string
	Title     i18n.Text
	Synthetic bool
}

// Order is a file and what is to be done with it.
type Order struct {
	By, Wave string
	Content  []byte
	Options  intake.Options
	Store    bool // false: it is checked in every way, and nothing is stored
}

// Outcome is what came of a file without faults.
type Outcome struct {
	SHA256    string `json:"sha256"`
	Responses int    `json:"responses"`
	New       int    `json:"new"`
	Known     int    `json:"known"`  // stored before, with the same answers
	Passed    int    `json:"passed"` // rows that are no responses
}

// Config is what the pages need.
type Config struct {
	Shell  *web.Shell
	Waves  []Wave
	TakeIn func(context.Context, Order) (Outcome, error) // errors are [intake.Faults], a [*response.TakenError], or no fault of the file
	Actor  func(*http.Request) (string, error)           // id of the person who acts
}

// Pages are the pages of the import.
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
	messages, err := i18n.ParseCatalogue("survey/intake/intakepage/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: cfg}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

// desk is the page of a wave, which leads here.
func desk(wave string) string { return "/staff/fieldwork/" + wave }

// Routes mounts the pages. The router's gate decides who reaches them.
func (p *Pages) Routes(r chi.Router) {
	const path = "/{lang:da|en}/staff/fieldwork/{wave}/answers"
	r.Get(path, p.inWave(func(w http.ResponseWriter, r *http.Request, wave Wave) {
		p.draw(w, r, http.StatusOK, wave, p.blank(w, r))
	}))
	r.Post(path, p.inWave(p.posted))
}

func (p *Pages) inWave(serve func(http.ResponseWriter, *http.Request, Wave)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(p.Waves, func(one Wave) bool { return one.ID == chi.URLParam(r, "wave") })
		if i < 0 {
			p.Shell.Error(w, r, http.StatusNotFound)
			return
		}
		serve(w, r, p.Waves[i])
	}
}

// typed is the form as it was sent.
type typed struct {
	intake.Options
	digest string // of the file that was checked, empty in the first step
}

// form reads the fields beside the file.
func form(fields map[string]string) typed {
	return typed{
		Options: intake.Options{Layout: intake.Layout(fields["layout"]), Key: strings.TrimSpace(fields["key"]), Confirm: fields["confirm"] == "yes"},
		digest:  fields["checked"],
	}
}

// posted checks a file or, where it was checked before, stores it.
func (p *Pages) posted(w http.ResponseWriter, r *http.Request, wave Wave) {
	actor, err := p.Actor(r)
	if err != nil {
		p.Shell.Fail(w, r, err)
		return
	}
	up, err := web.ReadUpload(w, r, "file", Largest)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok && tooLarge.Limit >= Largest {
		p.again(w, r, http.StatusRequestEntityTooLarge, wave, typed{}, "file", p.T(r, "file.large", "max", Largest>>20))
		return
	}
	if err != nil {
		p.Shell.Error(w, r, http.StatusBadRequest)
		return
	}
	in := form(up.Fields)
	switch {
	case !slices.Contains(intake.Layouts, in.Layout):
		p.again(w, r, http.StatusUnprocessableEntity, wave, in, "layout", p.T(r, "layout.fault"))
	case len(up.Content) == 0:
		p.again(w, r, http.StatusUnprocessableEntity, wave, in, "file", p.T(r, "file.none"))
	case in.digest != "" && in.digest != intake.Digest(up.Content):
		p.again(w, r, http.StatusConflict, wave, typed{Options: in.Options}, "file", p.T(r, "file.other"))
	default:
		outcome, err := p.TakeIn(r.Context(), Order{By: actor, Wave: wave.ID, Content: up.Content, Options: in.Options, Store: in.digest != ""})
		p.answer(w, r, wave, in, outcome, err)
	}
}

// answer says what came of a file.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request, wave Wave, in typed, o Outcome, err error) {
	faults, isFaulty := errors.AsType[intake.Faults](err)
	taken, contradicts := errors.AsType[*response.TakenError](err)
	switch {
	case isFaulty:
		p.refused(w, r, wave, in, faults)
	case contradicts:
		p.refused(w, r, wave, in, p.conflicts(r, taken))
	case errors.Is(err, response.ErrClosed):
		p.again(w, r, http.StatusConflict, wave, typed{Options: in.Options}, "file", p.T(r, "file.closed"))
	case errors.Is(err, response.ErrDefinition):
		p.again(w, r, http.StatusConflict, wave, typed{Options: in.Options}, "file", p.T(r, "file.definition"))
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.Canceled):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	case err != nil:
		p.Shell.Fail(w, r, err)
	case in.digest != "":
		p.Shell.Say(w, "said.stored")
		http.Redirect(w, r, web.Localise(web.Lang(r), desk(wave.ID)+"/answers"), http.StatusSeeOther)
	default:
		p.checked(w, r, wave, in, o)
	}
}

// conflicts words what a file says otherwise than the store.
func (p *Pages) conflicts(r *http.Request, e *response.TakenError) (list intake.Faults) {
	for _, c := range e.Conflicts {
		key := "conflict.other"
		switch {
		case errors.Is(c.Reason, response.ErrDiffers):
			key = "conflict.differs"
		case errors.Is(c.Reason, response.ErrIneligible):
			key = "conflict.ineligible"
		case errors.Is(c.Reason, response.ErrClosed):
			key = "conflict.closed"
		}
		list = append(list, intake.Fault{Row: c.Row, Message: i18n.Same(p.T(r, key))})
	}
	return list
}

// T words a message in the language of the request.
func (p *Pages) T(r *http.Request, key string, values ...any) string {
	return p.views.T(web.Lang(r), key, values...)
}

func count(n int) string { return strconv.Itoa(n) }
