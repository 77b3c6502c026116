package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"barometer/internal/archive"
	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/publish/release"
	"barometer/survey/freeze"
	"barometer/survey/response"
	"barometer/survey/sample"
	"barometer/survey/unlink"
)

// unlinkedFile is the report of a wave whose answers nothing joins to its
// workplaces any more.
const unlinkedFile = "unlinked.json"

// promise is how long after its release a wave may stay linked, as respondents
// were told.
const promise = 6 // months

// linked refuses what a wave that was unlinked has not got any more.
func (w *wave) linked() error {
	if !w.has(unlinkedFile) {
		return nil
	}
	return fmt.Errorf("wave %s was unlinked (%s): its sample and its contacts are gone for good", w.ID, w.path(unlinkedFile))
}

// finished carries a stage of an unlinked wave out by seeing that its outputs
// are still what it left; ok is false for a wave that is linked.
func (w *wave) finished(stage string) (ok bool, err error) {
	if !w.has(unlinkedFile) {
		return false, nil
	}
	record, err := w.archive.Record(stage)
	if err != nil {
		return true, w.linked()
	}
	for name, want := range record.Outputs {
		if hash, err := archive.HashFile(w.archive.Path(name)); err != nil || hash != want {
			return true, fmt.Errorf("%s is no longer as it was left; restore it from a backup: %w", w.archive.Path(name), w.linked())
		}
	}
	return true, nil
}

// unlinkMissing lists what must come before a wave can be unlinked.
func unlinkMissing(ctx context.Context, c *collection, w *wave) (missing []i18n.Text, err error) {
	say := func(da, en, command string) {
		command = "barometer " + command + " " + w.ID
		missing = append(missing, i18n.Text{DA: da + ": " + command, EN: en + ": " + command})
	}
	closed, err := c.responses.Closed(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	if closed.IsZero() {
		say("Bølgen er ikke lukket", "The wave is not closed", "close")
	}
	frozen, err := w.archive.Record("freeze")
	switch {
	case errors.Is(err, os.ErrNotExist):
		say("Bølgen er ikke frosset", "The wave is not frozen", "freeze")
	case err != nil:
		return nil, err
	case frozen.Parameters["units"] != "keyed":
		say("Bølgen er frosset af en tidligere version, hvor nøglerne kan findes igen", "The wave was frozen by an earlier version, whose keys can be found again", "freeze")
	default:
		if stale, err := c.answeredSince(ctx, w, frozen); err != nil {
			return nil, err
		} else if stale {
			say("Der er kommet svar eller ændringer, siden bølgen blev frosset", "There are answers or changes that came after the wave was frozen", "freeze")
		}
	}
	return missing, nil
}

// unlinkLosses lists what can never be done again once the wave is unlinked, and
// was not done yet.
func (w *wave) unlinkLosses() (losses []i18n.Text, err error) {
	if _, err := w.archive.Record("weight"); errors.Is(err, os.ErrNotExist) {
		losses = append(losses, i18n.Text{DA: "Bølgen er ikke vægtet. Det kan den ikke blive bagefter.",
			EN: "The wave is not weighted, and cannot be afterwards."})
	}
	releases, err := w.releases()
	if len(releases) == 0 {
		losses = append(losses, i18n.Text{DA: "Bølgen er ikke udgivet. Fejl i svarene kan ikke rettes bagefter.",
			EN: "The wave is not released. Errors in answers cannot be put right afterwards."})
	}
	return losses, err
}

// answeredSince reports whether the store holds other answers than were frozen.
func (c *collection) answeredSince(ctx context.Context, w *wave, frozen archive.Record) (bool, error) {
	records, err := freeze.Gather(c.responses.All(ctx, w.ID))
	if err != nil {
		return false, err
	}
	digest, err := digestOf(records)
	return digest != frozen.Parameters["answers"], err
}

// releases are the wave's releases in the order of their versions.
func (w *wave) releases() ([]*release.Release, error) {
	all, err := release.List(w.home.path("releases"))
	return slices.DeleteFunc(all, func(r *release.Release) bool { return r.Manifest.Wave != w.ID }), err
}

// unlinkDue is when the wave is to be unlinked at the latest, zero where it is
// not released or unlinked already.
func (w *wave) unlinkDue() (time.Time, error) {
	releases, err := w.releases()
	if err != nil || len(releases) == 0 || w.has(unlinkedFile) {
		return time.Time{}, err
	}
	first := releases[0].Manifest.Built
	for _, r := range releases {
		if r.Manifest.Built.Before(first) {
			first = r.Manifest.Built
		}
	}
	return first.AddDate(0, promise, 0), nil
}

// letterFiles are the files and folders of a wave's folder that hold codes,
// addresses or letters, finished or not.
var letterFiles = []string{"invitations-*", "outgoing", "preview", ".tmp-*", "archive/.tmp-*"}

// toUnlink is the wave as package unlink sees it.
func (w *wave) toUnlink(ctx context.Context, c *collection) (unlink.Wave, error) {
	u := unlink.Wave{ID: w.ID, Frame: w.path("frame.csv"), Home: w.home.dir, Secrets: w.home.path("secrets"),
		Files: []string{w.archive.Path("sample.csv"), w.archive.Path("reserve.csv")}, Keys: []string{w.unitSecret()}}
	var err error
	if u.Units, err = w.drawnUnits(); err != nil {
		return u, err
	}
	if u.Rows, err = w.frozenRows(ctx); err != nil {
		return u, err
	}
	if slices.ContainsFunc(u.Rows, func(r unlink.Row) bool { return r.Panel != "" }) {
		u.Keys = append(u.Keys, w.home.panelSecret())
	}
	if u.Others, err = w.otherWaves(ctx); err != nil {
		return u, err
	}
	u.Files = append(u.Files, w.archive.Path(paradataFile)) // times can be held against somebody's log
	for _, pattern := range letterFiles {
		files, err := filepath.Glob(w.path(pattern))
		if err != nil {
			return u, err
		}
		u.Files = append(u.Files, files...)
	}
	if where, err := w.home.storePlace(); err != nil {
		return u, err
	} else if !store.IsPostgres(where) {
		u.Database = c.db.Where()
	}
	u.Backups, err = c.backups(ctx)
	return u, err
}

// otherWaves are the other waves of the home, with the keys that join them to
// this one while they are linked.
func (w *wave) otherWaves(ctx context.Context) ([]unlink.Other, error) {
	waves, err := w.home.waves()
	if err != nil {
		return nil, err
	}
	var list []unlink.Other
	for _, other := range waves {
		if other.ID == w.ID {
			continue
		}
		o := unlink.Other{ID: other.ID, Folder: other.dir, Panels: map[string]bool{}}
		if _, err := os.Stat(other.archive.Path("wave.parquet")); err == nil && !other.has(unlinkedFile) {
			rows, err := other.frozenRows(ctx)
			if err != nil {
				return nil, fmt.Errorf("wave %s: %w", other.ID, err)
			}
			for _, r := range rows {
				o.Panels[r.Panel] = r.Panel != ""
			}
		}
		list = append(list, o)
	}
	return list, nil
}

// drawnUnits are the units of the sample. Where it is destroyed already they are
// drawn again, which shows what the seed still tells.
func (w *wave) drawnUnits() ([]sample.Selected, error) {
	s, err := load(w.archive.Path("sample.csv"), sample.Read)
	if errors.Is(err, os.ErrNotExist) {
		released, errReleased := w.released()
		if errReleased != nil {
			return nil, errReleased
		}
		s, err = w.draw(released)
	}
	if err != nil {
		return nil, err
	}
	return s.Units, nil
}

// frozenRows are the keys of the frozen wave with what is known of each row.
func (w *wave) frozenRows(ctx context.Context) ([]unlink.Row, error) {
	frozen, err := w.frozen(ctx)
	if err != nil {
		return nil, err
	}
	level := func(name string, row int) string {
		c, err := frozen.Column(name)
		if err != nil {
			return ""
		}
		return c.Level(row)
	}
	unit, err := frozen.Column("unit")
	if err != nil {
		return nil, err
	}
	rows := make([]unlink.Row, unit.Len())
	for i := range rows {
		var background []string
		for _, name := range []string{"stratum", "sector", "subsector", "size", "region"} {
			background = append(background, level(name, i))
		}
		d := response.Disposition(level("disposition", i))
		rows[i] = unlink.Row{Unit: unit.Level(i), Panel: level(freeze.PanelColumn, i), Background: strings.Join(background, " "),
			Answered: d == response.Complete || d == response.Partial}
	}
	return rows, nil
}

// unlinkWave carries a confirmed request out and leaves its report beside the
// wave.
func unlinkWave(ctx context.Context, c *collection, w *wave) (*unlink.Report, error) {
	u, err := w.toUnlink(ctx, c)
	if err != nil {
		return nil, err
	}
	report, err := c.unlinks.Carry(ctx, u)
	if report == nil {
		return nil, err
	}
	return report, errors.Join(err, writeJSON(w.path(unlinkedFile), report))
}

// backups are the backups of the store that the audit log knows of.
func (c *collection) backups(ctx context.Context) (list []string, err error) {
	events, err := audit.Of(ctx, c.db, "store.backup")
	for _, e := range events {
		list = append(list, fmt.Sprintf("%s of %s", e.Object, e.At.Format(time.DateOnly)))
	}
	return list, err
}

// unlinkActs are what the command may be told to do, by flag.
type unlinkActs struct{ ask, confirm, withdraw, check bool }

func unlinkCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	var do unlinkActs
	flags.BoolVar(&do.ask, "ask", false, "ask for it; another person has to confirm")
	flags.BoolVar(&do.confirm, "confirm", false, "confirm what another person asked for, and carry it out")
	flags.BoolVar(&do.withdraw, "withdraw", false, "take a request back")
	flags.BoolVar(&do.check, "check", false, "try every way from workplaces to answers, and destroy nothing")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error { return a.unlink(ctx, c, w, do) })
	}
}

func (a *app) unlink(ctx context.Context, c *collection, w *wave, do unlinkActs) error {
	r, err := c.unlinks.Of(ctx, w.ID)
	if err != nil {
		return err
	}
	switch {
	case do.check:
		return a.unlinkCheck(ctx, c, w)
	case do.withdraw:
		return c.unlinks.Withdraw(ctx, audit.Operator, w.ID)
	case do.confirm:
		return a.unlinkConfirm(ctx, c, w, r)
	case do.ask:
		if err := refuseUnlink(ctx, c, w, r); err != nil {
			return err
		}
		if err := c.unlinks.Ask(ctx, audit.Operator, w.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.stdout, "asked       a statistician confirms it within %d days at %s\n",
			int(unlink.RequestLife.Hours()/24), w.home.BaseURL+"/da/staff/waves/"+w.ID+"/unlink")
		return err
	}
	return a.showUnlink(ctx, c, w, r)
}

// refuseUnlink names what is missing before a wave can be unlinked. A wave that
// is being unlinked has lost what would be looked at.
func refuseUnlink(ctx context.Context, c *collection, w *wave, r unlink.Request) error {
	if r.State == unlink.Confirmed || r.State == unlink.Proved {
		return nil
	}
	missing, err := unlinkMissing(ctx, c, w)
	if err != nil || len(missing) == 0 {
		return err
	}
	lines := make([]string, len(missing))
	for i, m := range missing {
		lines[i] = m.EN
	}
	return fmt.Errorf("wave %s cannot be unlinked yet:\n  %s", w.ID, strings.Join(lines, "\n  "))
}

func (a *app) unlinkConfirm(ctx context.Context, c *collection, w *wave, r unlink.Request) error {
	if err := refuseUnlink(ctx, c, w, r); err != nil {
		return err
	}
	if r.State != unlink.Confirmed && r.State != unlink.Proved {
		if err := c.unlinks.Confirm(ctx, audit.Operator, w.ID, nil); err != nil {
			return err
		}
	}
	report, err := unlinkWave(ctx, c, w)
	if report != nil {
		err = errors.Join(report.Write(a.stdout), err)
	}
	return err
}

func (a *app) unlinkCheck(ctx context.Context, c *collection, w *wave) error {
	u, err := w.toUnlink(ctx, c)
	if err != nil {
		return err
	}
	report, err := c.unlinks.Check(ctx, u)
	if err != nil {
		return err
	}
	if err := report.Write(a.stdout); err != nil {
		return err
	}
	if !report.Passed() {
		return fmt.Errorf("wave %s: %w", w.ID, unlink.ErrLeft)
	}
	return nil
}

// showUnlink says where the unlinking of a wave stands, and what it would take.
func (a *app) showUnlink(ctx context.Context, c *collection, w *wave, r unlink.Request) error {
	due, err := w.unlinkDue()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "wave %s     %s\n", w.ID, r.State)
	if r.State == unlink.Asked {
		fmt.Fprintf(a.stdout, "asked       by %s, %s\n", r.AskedBy, r.Asked.Format(time.RFC3339))
	}
	if !due.IsZero() {
		fmt.Fprintf(a.stdout, "promised    %s\n", due.Format(time.DateOnly))
	}
	if r.State == unlink.Confirmed || r.State == unlink.Proved {
		return nil
	}
	missing, err := unlinkMissing(ctx, c, w)
	for _, m := range missing {
		fmt.Fprintf(a.stdout, "missing     %s\n", m.EN)
	}
	if err != nil || len(missing) > 0 {
		return err
	}
	losses, errLosses := w.unlinkLosses()
	for _, l := range losses {
		fmt.Fprintf(a.stdout, "beware      %s\n", l.EN)
	}
	u, err := w.toUnlink(ctx, c)
	if err := errors.Join(err, errLosses); err != nil {
		return err
	}
	for _, f := range slices.Concat(u.Files, u.Keys) {
		fmt.Fprintf(a.stdout, "destroys    %s\n", f)
	}
	_, err = fmt.Fprintf(a.stdout, "destroys    every row of the store about %d workplaces, and addresses in %s\n", len(u.Units), u.Frame)
	return err
}
