package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"barometer/internal/account"
	"barometer/internal/account/factor"
	"barometer/internal/account/pages"
	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
	"barometer/publish/embargo"
	"barometer/publish/embargo/desk"
	"barometer/publish/release"
)

// openReleases opens the releases of a home with the work of letting them out.
func (c *collection) openReleases(h *home, now func() time.Time) error {
	rules, err := policy.Load()
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return err
	}
	c.releases, err = embargo.New(embargo.Options{
		Store: c.db, Queue: c.queue, Rules: rules, Dir: h.path("releases"), Now: now, Zone: zone,
	})
	return err
}

func newReleasePages(shell *web.Shell, c *collection, people *pages.Pages, rules *policy.Table, now func() time.Time) (*desk.Pages, error) {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return nil, err
	}
	return desk.New(desk.Config{
		Shell: shell, Releases: c.releases, Rules: rules, Now: now, Zone: zone, Name: c.nameOf,
		Who: func(r *http.Request) (policy.Subject, error) { return people.Who(r) },
	})
}

// nameOf words who did something.
func (c *collection) nameOf(ctx context.Context, who string) i18n.Text {
	id, ok := account.ParseID(who)
	switch {
	case who == audit.Operator:
		return i18n.Text{DA: "operatøren", EN: "the operator"}
	case !ok:
		return i18n.Text{DA: "programmet", EN: "the program"}
	}
	p, err := c.accounts.Person(ctx, id)
	if err != nil {
		return i18n.Same(who)
	}
	return p.Label()
}

// acting declares --as, and says who a command acts for: the operator, or a
// person who shows by a code that it is them.
func (a *app) acting(flags *flag.FlagSet) func(context.Context, *home, *collection) (policy.Subject, error) {
	as := flags.String("as", "", "act as this person, whose code is read from the input; default: as the operator")
	return func(ctx context.Context, h *home, c *collection) (policy.Subject, error) {
		if *as == "" {
			return operator, nil
		}
		id, ok := account.ParseID(*as)
		if !ok {
			return policy.Subject{}, usagef("%q is no person: give the number that barometer user list shows", *as)
		}
		factors, err := c.factors(h, a.now)
		if err != nil {
			return policy.Subject{}, err
		}
		fmt.Fprintf(a.stderr, "Code of person %s, from the app or from paper: ", id)
		code, err := bufio.NewReader(a.stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return policy.Subject{}, err
		}
		who, err := factors.ProveHere(ctx, id, strings.TrimSpace(code))
		if errors.Is(err, factor.ErrCode) {
			err = fmt.Errorf("person %s: %w; somebody with a passkey alone acts on the page /staff/releases", id, err)
		}
		return who, err
	}
}

// lifeOfARelease is what the help says of the commands that carry a release.
const lifeOfARelease = `A release is built, a named person answers for it (submit), another named person
approves it, and it comes out at the moment that is set (publish), at 08:00
Copenhagen time unless said otherwise. Until then the site does not know it.
A command acts as the operator, who may build, set a moment and withdraw, and who
neither answers for a release nor approves one; with --as ID it acts for a person,
whose code it reads from the input. The page /staff/releases does the same.
`

// withReleases opens a home for a command on releases.
func (a *app) withReleases(ctx context.Context, dir string, do func(*home, *collection) error) error {
	h, err := openHome(dir)
	if err != nil {
		return err
	}
	c, err := openCollection(ctx, h, a.now)
	if err != nil {
		return err
	}
	return errors.Join(do(h, c), c.close())
}

// releaseName reads the wave and the version that a command names.
func releaseName(args []string) (embargo.Name, error) {
	if err := exactly(2, "the wave and the version, as barometer release list shows them", args); err != nil {
		return embargo.Name{}, err
	}
	version, err := release.ParseVersion(args[1])
	if err != nil {
		return embargo.Name{}, usagef("%v", err)
	}
	return embargo.Name{Wave: args[0], Version: version}, nil
}

// releaseAct is a command that carries one release through an event.
func releaseAct(do func(context.Context, *collection, policy.Subject, embargo.Name) (embargo.Entry, error)) func(*app, *flag.FlagSet) action {
	return func(a *app, flags *flag.FlagSet) action {
		dir, who := homeFlag(flags), a.acting(flags)
		return func(ctx context.Context, args []string) error {
			n, err := releaseName(args)
			if err != nil {
				return err
			}
			return a.withReleases(ctx, *dir, func(h *home, c *collection) error {
				by, err := who(ctx, h, c)
				if err != nil {
					return err
				}
				e, err := do(ctx, c, by, n)
				if err != nil {
					return err
				}
				return a.sayState(e)
			})
		}
	}
}

// sayState prints how far a release has come.
func (a *app) sayState(e embargo.Entry) error {
	if e.State == embargo.Embargoed {
		_, err := fmt.Fprintf(a.stdout, "release %s: %s, comes out at %s\n", e.Name, e.State, e.Opens.Format(time.RFC3339))
		return err
	}
	_, err := fmt.Fprintf(a.stdout, "release %s: %s\n", e.Name, e.State)
	return err
}

var (
	releaseEnterCommand = releaseAct(func(ctx context.Context, c *collection, by policy.Subject, n embargo.Name) (embargo.Entry, error) {
		e, _, err := c.releases.Enter(ctx, by, n)
		return e, err
	})
	releaseSubmitCommand = releaseAct(func(ctx context.Context, c *collection, by policy.Subject, n embargo.Name) (embargo.Entry, error) {
		return c.releases.Submit(ctx, by, n)
	})
	releaseApproveCommand = releaseAct(func(ctx context.Context, c *collection, by policy.Subject, n embargo.Name) (embargo.Entry, error) {
		return c.releases.Approve(ctx, by, n)
	})
	releaseWithdrawCommand = releaseAct(func(ctx context.Context, c *collection, by policy.Subject, n embargo.Name) (embargo.Entry, error) {
		return c.releases.Withdraw(ctx, by, n)
	})
)

// releasePublishCommand sets the moment of a release, by default the day of its
// wave's publication at eight, or lets it out at once.
func releasePublishCommand(a *app, flags *flag.FlagSet) action {
	on := flags.String("on", "", "day on which it comes out, as 2026-11-26; default: the day that its files were made for")
	at := flags.String("at", embargo.Usual, "time of day, in Copenhagen")
	atOnce := flags.Bool("now", false, "at once: for an approver alone, as with --as")
	return releaseAct(func(ctx context.Context, c *collection, by policy.Subject, n embargo.Name) (embargo.Entry, error) {
		if *atOnce {
			return c.releases.PublishNow(ctx, by, n)
		}
		moment, err := c.momentOf(n, *on, *at)
		if err != nil {
			return embargo.Entry{}, fmt.Errorf("release %s: %w", n, err)
		}
		return c.releases.Schedule(ctx, by, n, moment)
	})(a, flags)
}

// momentOf is the moment that a day and time name; without a day, that of the
// release's files.
func (c *collection) momentOf(n embargo.Name, day, clock string) (time.Time, error) {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return time.Time{}, err
	}
	if day == "" {
		announced, err := c.releases.Announced(n)
		if err != nil {
			return time.Time{}, err
		}
		day = announced.In(zone).Format(time.DateOnly)
	}
	return embargo.Moment(day, clock, zone)
}

// listedRelease is a release as release list --json prints one.
type listedRelease struct {
	Wave        string          `json:"wave"`
	Version     release.Version `json:"version"`
	State       embargo.State   `json:"state"` // empty: a folder that was not entered
	Manifest    string          `json:"manifest,omitempty"`
	BuiltBy     string          `json:"built_by,omitempty"`
	SubmittedBy string          `json:"submitted_by,omitempty"`
	ApprovedBy  string          `json:"approved_by,omitempty"`
	Opens       *time.Time      `json:"opens,omitempty"`
	Published   *time.Time      `json:"published,omitempty"`
	Successor   string          `json:"successor,omitempty"`
}

func releaseListCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		return a.withReleases(ctx, *dir, func(_ *home, c *collection) error {
			all, err := c.releases.List(ctx)
			if err != nil {
				return err
			}
			list := []listedRelease{}
			for _, e := range all {
				list = append(list, listedRelease{e.Wave, e.Version, e.State, e.Manifest, e.BuiltBy, e.SubmittedBy, e.ApprovedBy,
					whenSet(e.Opens), whenSet(e.Published), e.Successor})
			}
			if *asJSON {
				return json.NewEncoder(a.stdout).Encode(list)
			}
			return writeReleases(a.stdout, list)
		})
	}
}

func whenSet(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func writeReleases(w io.Writer, list []listedRelease) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "wave\tversion\tstate\tbuilt by\tanswered for by\tapproved by\tcomes out\tout since")
	when := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	for _, r := range list {
		state := string(r.State)
		if state == "" {
			state = "not entered"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Wave, r.Version, state, r.BuiltBy, r.SubmittedBy, r.ApprovedBy, when(r.Opens), when(r.Published))
	}
	return t.Flush()
}
