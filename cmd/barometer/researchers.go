package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"barometer/internal/account"
	"barometer/internal/account/pages"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
	"barometer/publish/release"
	"barometer/publish/research"
	"barometer/publish/research/desk"
)

// openResearch opens the projects of researchers.
func (c *collection) openResearch(h *home, now func() time.Time) error {
	rules, err := policy.Load()
	if err != nil {
		return err
	}
	letters, err := research.Letters()
	if err != nil {
		return err
	}
	if err := c.mail.Add(letters); err != nil {
		return err
	}
	c.research, err = research.New(research.Options{
		Store: c.db, Rules: rules, Mail: c.mail, Now: now, Dir: h.path(researchFolder),
		Link: func(l i18n.Lang, path string) string { return h.BaseURL + web.Localise(l, path) },
		Out:  c.newestOut, Person: c.correspondent, Staff: c.researchStaff,
		Seal: c.accounts.Seal, Open: c.accounts.Open, Keyed: c.accounts.Keyed,
	})
	return err
}

// newestOut is the newest published version of each wave.
func (c *collection) newestOut(ctx context.Context) (map[string]release.Version, error) {
	out, err := c.releases.Out(ctx) // newest first
	if err != nil {
		return nil, err
	}
	newest := make(map[string]release.Version)
	for _, e := range slices.Backward(out) {
		newest[e.Wave] = e.Version
	}
	return newest, nil
}

// correspondent is whom letters about a project go to.
func (c *collection) correspondent(ctx context.Context, who string) (research.Person, error) {
	id, ok := account.ParseID(who)
	if !ok {
		return research.Person{}, fmt.Errorf("%q is no person", who)
	}
	p, err := c.accounts.Person(ctx, id)
	return research.Person{ID: who, Name: p.Name, Address: p.Address, Lang: p.Lang}, err
}

// researchStaff are those who may accept a project.
func (c *collection) researchStaff(ctx context.Context) (list []research.Person, err error) {
	persons, err := c.accounts.Persons(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range persons {
		decides := func(r policy.Role) bool { return r == policy.Statistician || r == policy.Approver }
		if p.State == account.Active && slices.ContainsFunc(p.Roles, decides) {
			list = append(list, research.Person{ID: p.ID.String(), Name: p.Name, Address: p.Address, Lang: p.Lang})
		}
	}
	return list, nil
}

func newResearchPages(shell *web.Shell, c *collection, people *pages.Pages, rules *policy.Table, now func() time.Time) (*desk.Pages, error) {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return nil, err
	}
	return desk.New(desk.Config{
		Shell: shell, Projects: c.research, Rules: rules, Now: now, Zone: zone, Name: c.nameOf,
		Who: func(r *http.Request) (policy.Subject, error) { return people.Who(r) },
	})
}

// projectRow is a project as a program reads it. What was written of persons is
// on the page alone.
type projectRow struct {
	ID      int64      `json:"id"`
	Person  string     `json:"person"`
	Wave    string     `json:"wave"`
	State   string     `json:"state"`
	Open    bool       `json:"open"`
	Asked   time.Time  `json:"asked"`
	Until   string     `json:"until"`
	Decided *time.Time `json:"decided,omitempty"`
	Ended   *time.Time `json:"ended,omitempty"`
}

func researchListCommand(a *app, flags *flag.FlagSet) action {
	dir, asJSON := homeFlag(flags), flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		return a.withReleases(ctx, *dir, func(_ *home, c *collection) error {
			projects, err := c.research.All(ctx, operator)
			if err != nil {
				return err
			}
			rows := []projectRow{}
			for _, one := range projects {
				rows = append(rows, rowOf(one, a.now()))
			}
			if *asJSON {
				return json.NewEncoder(a.stdout).Encode(rows)
			}
			t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "PROJECT\tPERSON\tWAVE\tSTATE\tASKED\tUNTIL")
			for _, r := range rows {
				fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Person, r.Wave, r.State, r.Asked.Format(time.DateOnly), r.Until)
			}
			return t.Flush()
		})
	}
}

func rowOf(one research.Project, now time.Time) projectRow {
	r := projectRow{ID: one.ID, Person: one.Person, Wave: one.Wave, State: string(one.State), Open: one.Opens(now), Asked: one.Asked, Until: one.Until.Format(time.DateOnly)}
	for from, to := range map[*time.Time]**time.Time{&one.Decided: &r.Decided, &one.Ended: &r.Ended} {
		if !from.IsZero() {
			*to = from
		}
	}
	return r
}

// researchEndCommand ends an access at once.
func researchEndCommand(a *app, flags *flag.FlagSet) action {
	dir, reason := homeFlag(flags), flags.String("reason", "", "why, for the researcher to read")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the project, as barometer research list shows it", args); err != nil {
			return err
		}
		id, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil {
			return usagef("%q is no project: give the number that barometer research list shows", args[0])
		}
		return a.withReleases(ctx, *dir, func(_ *home, c *collection) error {
			_, err := c.research.End(ctx, operator, id, *reason)
			var fault research.FormError
			if errors.As(err, &fault) {
				return usagef("give the reason for the researcher: --reason \"…\"")
			}
			if err != nil {
				return fmt.Errorf("research project %d: %w", id, err)
			}
			_, err = fmt.Fprintf(a.stdout, "research project %d: the access has ended, and the researcher is told by mail\n", id)
			return err
		})
	}
}
