package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"text/tabwriter"
	"time"

	"barometer/internal/account/pages"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/seal"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/desk"
	"barometer/survey/runner"
)

// minAnswered is the number of items from which an unfinished response counts
// as partial and not as broken off: past the opening page.
const minAnswered = 3

func openFieldwork(ctx context.Context, db *store.DB, remarks seal.Ring, now func() time.Time) (*fieldwork.Desk, error) {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return nil, err
	}
	return fieldwork.New(ctx, db, fieldwork.Options{Keys: remarks, Now: now, Zone: zone, MinAnswered: minAnswered})
}

// register has the fieldwork of a wave counted by its sample.
func (c *collection) register(ctx context.Context, w *wave) error {
	s, err := w.sample()
	if err != nil {
		return err
	}
	return c.fieldwork.Register(ctx, s)
}

// registerDrawn registers the sample of every wave that has one, before a server
// shows how its collection goes.
func (c *collection) registerDrawn(ctx context.Context, h *home) error {
	waves, err := h.waves()
	if err != nil {
		return err
	}
	var refused []error
	for _, w := range waves {
		if _, err := os.Stat(w.archive.Path("sample.csv")); errors.Is(err, os.ErrNotExist) {
			continue
		}
		refused = append(refused, c.register(ctx, w))
	}
	return errors.Join(refused...)
}

func (c *collection) monitor(ctx context.Context, w *wave) (*fieldwork.Monitor, error) {
	if err := c.register(ctx, w); err != nil {
		return nil, err
	}
	return c.fieldwork.Watch(ctx, w.ID)
}

func fieldworkCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "write JSON")
	e := flags.Float64("e", -1, "eligible share of the unknown, 0 to 1; default: the share among those of known eligibility")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			m, err := c.monitor(ctx, w)
			if err != nil {
				return err
			}
			if *e < 0 {
				*e = m.Total.EligibleShare()
			}
			rates, err := m.Total.Rates(*e)
			if err != nil {
				return usagef("%v", err)
			}
			if *asJSON {
				return json.NewEncoder(a.stdout).Encode(struct {
					*fieldwork.Monitor
					Rates   fieldwork.Rates `json:"rates"`
					Partial int             `json:"partial_from"` // answered items
				}{m, rates, c.fieldwork.Partial()})
			}
			return writeMonitor(a.stdout, m, rates, c.fieldwork.Partial())
		})
	}
}

func writeMonitor(w io.Writer, m *fieldwork.Monitor, rates fieldwork.Rates, partial int) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "stratum\tsampled\tinvited\topened\tcomplete\tpartial\tbroken off\trefused\tnoncontact\tunknown\tineligible\t")
	line := func(name string, c fieldwork.Counts) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, c.Sampled, c.Invited, c.Opened,
			c.Complete, c.Partial, c.BreakOff, c.Refused, c.Noncontact, c.Unknown, c.Ineligible)
	}
	for _, s := range m.Strata {
		line(s.Code, s.Counts)
	}
	line("total", m.Total)
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range []struct {
		name string
		rate fieldwork.Rate
	}{{"RR1", rates.RR1}, {"RR2", rates.RR2}, {"RR3", rates.RR3}, {"RR4", rates.RR4}, {"RR5", rates.RR5}, {"RR6", rates.RR6}} {
		text := "undefined"
		if v, ok := r.rate.Value(); ok {
			text = fmt.Sprintf("%.2f %%", 100*v)
		}
		fmt.Fprintf(w, "%s %s\n", r.name, text)
	}
	_, err := fmt.Fprintf(w, "e = %.4f (eligible share of the unknown); partial from %d answered items on\n", rates.E, partial)
	return err
}

// newDesk makes the pages of the fieldwork. survey is nil where the home has no
// wave.
func newDesk(h *home, c *collection, shell *web.Shell, rules *policy.Table, people *pages.Pages, survey *runner.Runner, now func() time.Time) (*desk.Pages, error) {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return nil, err
	}
	cfg := desk.Config{
		Shell: shell, Store: c.db, Fieldwork: c.fieldwork, Contacts: c.access, Responses: c.responses, Letters: c.letters,
		Now: now, Zone: zone, May: may(rules, people, now), Actor: people.Actor, Name: c.wordActor,
	}
	if survey != nil {
		cfg.Hand = survey.Hand
	}
	waves, err := h.waves()
	if err != nil {
		return nil, err
	}
	for _, w := range waves {
		target, err := w.target()
		if err != nil {
			return nil, err
		}
		cfg.Waves = append(cfg.Waves, desk.Wave{ID: w.ID, Title: w.Title, Deadline: w.Deadline.Time, Target: target, Synthetic: w.Synthetic})
	}
	return desk.New(cfg)
}

// target is the share of the sample that the plan expects to answer, 0 where it
// states none.
func (w *wave) target() (float64, error) {
	plan, err := w.plan()
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	return plan.Allocation.ResponseRate, err
}

// wordActor words who did something at the desk.
func (c *collection) wordActor(ctx context.Context, actor string, l i18n.Lang) string {
	return c.nameOf(ctx, actor).In(l)
}

// may reports whether whoever asks may use a route, by the table of rules.
func may(rules *policy.Table, people *pages.Pages, now func() time.Time) func(*http.Request, string, string) bool {
	return func(r *http.Request, method, pattern string) bool {
		who, err := people.Who(r)
		rule, ok := rules.Route(method, pattern)
		return err == nil && ok && rule.Decide(who, now()) == policy.Allowed
	}
}

// keying lets whoever may act at the desk key answers in.
func keying(rules *policy.Table, people *pages.Pages, now func() time.Time) *runner.Keying {
	allowed := may(rules, people, now)
	return &runner.Keying{
		Desk: desk.UnitPath,
		Who: func(r *http.Request) string {
			actor, err := people.Actor(r)
			if err != nil || !allowed(r, http.MethodPost, "/{lang:da|en}/staff/fieldwork/{wave}/units/{unit}/{act}") {
				return ""
			}
			return actor
		},
	}
}
