package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"barometer/internal/account/pages"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
	"barometer/internal/web/stylepage"
	"barometer/publish/api"
	"barometer/publish/benchmark/page"
	"barometer/publish/gallery"
	"barometer/publish/release"
	"barometer/publish/site"
	"barometer/survey/contact"
	"barometer/survey/runner"
)

// serviceName stands in the header and title of every page.
var serviceName = i18n.Text{DA: "Innovationsbarometeret", EN: "The Innovation Barometer"}

// newHandler wires the pages of a home: the survey of its waves and the site
// of its releases.
func newHandler(h *home, c *collection, log *slog.Logger, now func() time.Time) (http.Handler, error) {
	shell, err := web.NewShell(web.Config{
		Name: serviceName, Owner: h.Organisation, Email: h.Contact,
		Statement: "/accessibility", Privacy: "/privacy", Nav: append(site.Navigation(), page.Navigation()...), Account: "/account", SignOut: "/sign-out",
		Host: h.host(), BaseURL: h.BaseURL, Proxied: h.Proxied, HTTPS: h.secure(), Log: log,
	})
	if err != nil {
		return nil, err
	}
	releases, err := c.published(log)
	if err != nil {
		return nil, err
	}
	rules, err := policy.Load()
	if err != nil {
		return nil, err
	}
	people, err := newAccountPages(h, c, shell, rules, log, now)
	if err != nil {
		return nil, err
	}
	survey, err := newRunner(h, c, shell, rules, people, now)
	if err != nil {
		return nil, err
	}
	public, err := site.New(shell, releases, site.Options{BaseURL: h.BaseURL, Survey: survey != nil, Compare: page.Path})
	if err != nil {
		return nil, err
	}
	compared, err := newBenchmark(h, c, shell, releases, log, now)
	if err != nil {
		return nil, err
	}
	field, err := newDesk(h, c, shell, rules, people, survey, now)
	if err != nil {
		return nil, err
	}
	letters, err := newLetterPages(h, c, shell, rules, people, now)
	if err != nil {
		return nil, err
	}
	answers, err := newAnswerPages(h, c, shell, people)
	if err != nil {
		return nil, err
	}
	jobs, err := newJobPages(shell, c, people, now)
	if err != nil {
		return nil, err
	}
	optOut, err := newOptOut(shell, h, c)
	if err != nil {
		return nil, err
	}
	unlinking, err := newUnlinkPages(h, shell, c, people, now)
	if err != nil {
		return nil, err
	}
	releasing, err := newReleasePages(shell, c, people, rules, now)
	if err != nil {
		return nil, err
	}
	researching, err := newResearchPages(shell, c, people, rules, now)
	if err != nil {
		return nil, err
	}
	style, err := stylepage.New(shell)
	if err != nil {
		return nil, err
	}
	charts, err := gallery.New(shell)
	if err != nil {
		return nil, err
	}
	r := chi.NewRouter()
	r.Use(middleware.GetHead)
	r.Use(shell.Secure)
	r.Use(people.Identify)
	r.Use(rules.Gate(r, guard(shell, people, log, now)))
	r.Get("/", web.Front)
	r.Get("/assets/*", shell.Assets().ServeHTTP)
	r.Get("/healthz", health(c))
	r.Get("/.well-known/security.txt", web.SecurityText(h.securityContact(), h.BaseURL, now))
	if survey != nil {
		survey.Routes(r)
	}
	public.Routes(r)
	api.New(releases, api.Options{Log: log}).Routes(r)
	compared.Routes(r)
	people.Routes(r)
	field.Routes(r)
	letters.Routes(r)
	answers.Routes(r)
	jobs.Routes(r)
	optOut.Routes(r)
	unlinking.Routes(r)
	releasing.Routes(r)
	researching.Routes(r)
	style.Routes(r)
	charts.Routes(r)
	r.NotFound(shell.NotFound)
	r.MethodNotAllowed(shell.MethodNotAllowed)
	return r, nil
}

// published opens the releases that everyone may see. One whose folder is not
// what was approved is left out, and the log says so.
func (c *collection) published(log *slog.Logger) ([]*release.Release, error) {
	out, err := c.releases.Out(context.Background()) // asked for by no visitor
	if err != nil {
		return nil, err
	}
	releases, err := c.releases.Open(out)
	if err != nil {
		log.Error("a release is left out", "error", err)
	}
	return releases, nil
}

// guard answers for what the table of rules does not allow.
func guard(shell *web.Shell, people *pages.Pages, log *slog.Logger, now func() time.Time) policy.Guard {
	statuses := map[policy.Decision]int{
		policy.Hidden:    http.StatusNotFound,
		policy.Forbidden: http.StatusForbidden, policy.Weak: http.StatusForbidden, policy.Stale: http.StatusForbidden,
	}
	return policy.Guard{
		Who: people.Who,
		Refuse: func(w http.ResponseWriter, r *http.Request, d policy.Decision) {
			if !people.Refuse(w, r, d) {
				shell.Error(w, r, statuses[d])
			}
		},
		Fail: func(w http.ResponseWriter, r *http.Request, err error) {
			log.Error("who is it", "error", err)
			shell.Error(w, r, http.StatusServiceUnavailable)
		},
		Now:  now,
		Lost: func(method, pattern string) { log.Error("no rule", "method", method, "route", pattern) },
	}
}

// secure reports whether visitors reach the site over HTTPS.
func (h *home) secure() bool { return len(h.BaseURL) > 6 && h.BaseURL[:6] == "https:" }

// securityContact is whom finders of a weakness write to.
func (h *home) securityContact() string {
	if h.Security != "" {
		return h.Security
	}
	return h.Contact
}

// host is the host that a site reached over HTTPS answers to; a site that is
// being tried out answers to any.
func (h *home) host() string {
	u, err := url.Parse(h.BaseURL)
	if err != nil || u.Scheme != "https" {
		return ""
	}
	return u.Host
}

// newRunner makes the survey of the home's waves, nil where it has none.
func newRunner(h *home, c *collection, shell *web.Shell, rules *policy.Table, people *pages.Pages, now func() time.Time) (*runner.Runner, error) {
	waves, err := h.waves()
	if err != nil || len(waves) == 0 {
		return nil, err
	}
	cfg := runner.Config{
		Shell: shell, Access: c.access, Responses: c.responses, Throttle: contact.NewThrottle(), Now: now,
		Mail: c.mail, BaseURL: h.BaseURL,
		Owner: h.Organisation, Email: h.Contact, Phone: h.Phone, Privacy: "/privacy", HTTPS: h.secure(), Proxied: h.Proxied,
		Keying: keying(rules, people, now), Mirror: c.mirror(),
	}
	for _, w := range waves {
		q, err := w.questionnaire()
		if err != nil {
			return nil, err
		}
		cfg.Waves = append(cfg.Waves, runner.Wave{
			ID: w.ID, Questionnaire: q, Deadline: i18n.DateText(w.Deadline.Time), Minutes: w.Minutes,
			Synthetic: w.Synthetic, Paradata: w.Paradata.collected(),
		})
	}
	return runner.New(cfg)
}

// health answers 200 when answers can be stored, 503 when they cannot.
func health(c *collection) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, word := http.StatusOK, "ok"
		if err := c.db.Health(r.Context()); err != nil {
			status, word = http.StatusServiceUnavailable, "store unavailable"
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]string{"status": word, "version": version()})
	}
}

// servingGC is the percentage of garbage a server lets gather beside what it
// holds. It holds little, some tens of megabytes, and makes much per request.
const servingGC = 400

// collectLess lets more garbage gather, unless the environment says how much,
// and returns the way back.
func collectLess() (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(servingGC)
	return func() { debug.SetGCPercent(before) }
}

// listen serves handler on addr until ctx ends, then lets running requests
// finish. ready is told the address once connections are taken.
func listen(ctx context.Context, addr string, proxied bool, handler http.Handler, log *slog.Logger, ready func(net.Addr)) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("serve on %s: %w", addr, err)
	}
	debug.FreeOSMemory() // what making the pages took, several times what they are
	defer collectLess()()
	listener = web.Limit(listener, proxied)
	srv := web.NewServer(addr, handler, log)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	ready(listener.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = srv.Shutdown(grace)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
