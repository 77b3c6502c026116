// Package runner shows the questionnaire to respondents and takes their
// answers in.
//
// A contact.Invitation's code comes in, a response.Record goes out: the
// package turns codes into sessions, draws each page on the respondent's route,
// has what the browser sends checked by package questionnaire, and lets
// package response store it before the next page is shown. It decides no
// route, no validity and no merge itself. Every page is complete without
// script, every POST ends in a redirect or in the same form with its faults,
// and what is posted is never lost: not to an expired session, not to a
// colleague who saved first.
package runner

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// Access lets respondents in; [contact.Access] is one.
type Access interface {
	Redeem(ctx context.Context, typed string) (contact.Session, error)
	Session(ctx context.Context, token string) (contact.Session, error)
	Extend(ctx context.Context, s contact.Session) (contact.Session, error)
	End(ctx context.Context, token string) error
	KeepWish(ctx context.Context, wave, unit string, p contact.Purpose, email string) error
	HandOver(ctx context.Context, s contact.Session, alone bool, send func(*store.Tx, contact.HandOver) error) (contact.HandOver, error)
	TakeOver(ctx context.Context, token string) (contact.Session, contact.Code, error)
}

// Responses keeps the answers; [response.Store] is one.
type Responses interface {
	Load(ctx context.Context, wave, unit string) (response.Record, error)
	Save(ctx context.Context, save response.Save) (response.Record, error)
	Refused(ctx context.Context, wave, unit, page string, l i18n.Lang, t response.Trace, items []string) error
	ParadataOff(ctx context.Context, wave, unit string) (bool, error)
	SwitchParadata(ctx context.Context, wave, unit string, off bool) error
	SubmitFrom(ctx context.Context, wave, unit string, base int, from response.Source, check func(questionnaire.Answers) error) (response.Record, error)
	Decline(ctx context.Context, wave, unit, reason string) error
	SetDisposition(ctx context.Context, wave, unit string, d response.Disposition, by string) error
	Closed(ctx context.Context, wave string) (time.Time, error)
}

// Throttle slows down the guessing of codes; [contact.Throttle] is one.
type Throttle interface {
	Wait(address netip.Addr, now time.Time) time.Duration
	Failed(address netip.Addr, now time.Time)
}

// Wave is one collection that is open to respondents.
type Wave struct {
	ID            string
	Questionnaire *questionnaire.Questionnaire
	Deadline      i18n.Text // last day to answer, may be empty
	Minutes       int       // it usually takes, 0 = not said
	Synthetic     bool      // no real workplace answers
	Paradata      bool      // keep how pages are used, by respondents who do not object

	drawn *drawn
}

// Config is what a runner is made of.
type Config struct {
	Shell     *web.Shell
	Access    Access
	Responses Responses
	Throttle  Throttle
	Mail      mail.Sender // of links to colleagues; without one they are shown alone
	BaseURL   string      // address of the site, for links that are passed on; the request's where empty
	Now       func() time.Time
	Waves     []Wave    // the first is introduced to visitors without a code
	Owner     i18n.Text // data controller
	Email     string    // help for respondents
	Phone     string    // may be empty
	Privacy   string    // address of the privacy notice; a path is put in the reader's language
	HTTPS     bool      // cookies travel over HTTPS only
	Proxied   bool      // the visitor's address is the last one in X-Forwarded-For
	Mirror    Mirror    // gives a respondent a link to the own answers; nil: nobody gets one
	Keying    *Keying   // staff may key in what came on paper or by telephone; nil: nobody may
}

// Runner serves the questionnaire. It is safe for concurrent use.
type Runner struct {
	Config
	views *web.Views
	waves map[string]*Wave
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// New returns a runner for the configured waves.
func New(cfg Config) (*Runner, error) {
	if len(cfg.Waves) == 0 {
		return nil, errors.New("runner: no wave to collect")
	}
	if cfg.Shell == nil || cfg.Access == nil || cfg.Responses == nil || cfg.Throttle == nil || cfg.Now == nil {
		return nil, errors.New("runner: shell, access, responses, throttle and clock are all needed")
	}
	messages, err := i18n.ParseCatalogue("survey/runner/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	r := &Runner{Config: cfg, waves: map[string]*Wave{}}
	r.Waves = slices.Clone(cfg.Waves)
	if r.views, err = cfg.Shell.Views(templateFiles, messages); err != nil {
		return nil, err
	}
	for i := range r.Waves {
		wave := &r.Waves[i]
		if wave.Questionnaire == nil || r.waves[wave.ID] != nil {
			return nil, fmt.Errorf("runner: wave %q is given twice or has no questionnaire", wave.ID)
		}
		r.waves[wave.ID] = wave
		if wave.drawn, err = draw(r.views, wave.Questionnaire); err != nil {
			return nil, fmt.Errorf("runner: wave %s: %w", wave.ID, err)
		}
	}
	return r, nil
}

// Routes mounts the survey's pages.
func (r *Runner) Routes(router chi.Router) {
	router.Group(func(router chi.Router) {
		router.Use(private)
		router.Get("/s/{code}", r.link)
		router.Get("/{lang:da|en}/s/{code}", r.link)
		router.Route("/{lang:da|en}/survey", r.pages)
	})
}

func (r *Runner) pages(router chi.Router) {
	router.Get("/", r.entry)
	router.Post("/", r.posted(r.enter))
	router.Get("/questionnaire", r.printed)
	router.Get("/start", r.member(r.start))
	router.Post("/start", r.posted(r.begin))
	router.Post("/decline", r.posted(r.decline))
	router.Post("/ineligible", r.posted(r.ineligible))
	router.Get("/declined", r.notice("declined"))
	router.Get("/ineligible", r.notice("ineligible"))
	router.Get("/saved", r.notice("saved"))
	router.Post("/paradata", r.posted(r.switchParadata))
	router.Get("/overview", r.member(r.overview))
	router.Get("/page/{page}", r.member(r.page))
	router.Post("/page/{page}", r.posted(r.savePage))
	router.Get("/check", r.member(r.check))
	router.Post("/check", r.posted(r.submit))
	router.Get("/receipt", r.member(r.receipt))
	router.Post("/receipt", r.posted(r.keepWishes))
	router.Post("/receipt/mirror", r.posted(r.giveMirror))
	r.handOverPages(router)
}

// private keeps survey pages out of caches, and addresses with a code in them
// out of other sites' logs.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "same-origin")
		if chi.URLParam(req, "code") != "" {
			w.Header().Set("Referrer-Policy", "no-referrer")
		}
		next.ServeHTTP(w, req)
	})
}

// paths of the survey's pages, without language.
const (
	home         = "/survey"
	startPath    = "/survey/start"
	overviewPath = "/survey/overview"
	checkPath    = "/survey/check"
	receiptPath  = "/survey/receipt"
	mirrorPath   = receiptPath + "/mirror"
	savedPath    = "/survey/saved"
	paradataPath = "/survey/paradata"
)

// checkPage is the name under which a record remembers the check of answers as
// the place to resume at.
const checkPage = "check"

// overviewPage names the overview where a signed-out respondent comes from it.
const overviewPage = "overview"

func pagePath(page string) string {
	switch page {
	case checkPage:
		return checkPath
	case overviewPage:
		return overviewPath
	}
	return "/survey/page/" + page
}
