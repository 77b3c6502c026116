package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/survey/contact"
	"barometer/survey/fieldwork"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/sample"
)

func frameCheckCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "one frame file", args); err != nil {
			return err
		}
		f, err := load(args[0], frame.Read)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "%s: %d workplaces, no faults\n", args[0], len(f.Units))
		return err
	}
}

func frameImportCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(_ context.Context, args []string) error {
		if err := exactly(2, "the wave and the frame file", args); err != nil {
			return err
		}
		w, err := a.openWave(*dir, args[0])
		if err != nil {
			return err
		}
		return a.importFrame(w, args[1])
	}
}

// importFrame checks a frame file and takes it into the wave as it is.
func (a *app) importFrame(w *wave, file string) error {
	f, err := load(file, frame.Read)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	err = archive.WriteFile(w.path("frame.csv"), func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "frame       %d workplaces\n", len(f.Units))
	return err
}

func samplePlanCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	rate := flags.Float64("response", 0.36, "assumed response rate")
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		w, err := a.openWave(*dir, args[0])
		if err != nil {
			return err
		}
		f, plan, err := w.framePlan()
		if err != nil {
			return err
		}
		strata, err := sample.Allocate(f, plan)
		if err != nil {
			return err
		}
		expected, err := sample.Expect(strata, *rate)
		if err != nil {
			return err
		}
		return writeExpectations(a.stdout, expected)
	}
}

func writeExpectations(w io.Writer, expected []sample.Expectation) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "domain\tworkplaces\tsample\tanswers\t± points\t")
	for _, e := range expected {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.0f\t%.1f\t\n", strings.TrimSpace(e.By+" "+e.Code), e.N, e.Take, e.Responses, e.HalfWidth)
	}
	return t.Flush()
}

func sampleDrawCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		w, err := a.openWave(*dir, args[0])
		if err != nil {
			return err
		}
		return a.drawSample(w)
	}
}

// drawSample draws the sample of a wave from its frame, plan and seed.
func (a *app) drawSample(w *wave) error {
	stage := archive.Stage{
		Name:       "sample",
		Parameters: map[string]string{"seed": fmt.Sprint(w.Seed)},
		Inputs:     map[string]string{"frame": w.path("frame.csv"), "plan": w.path("sampling.yaml")},
		Outputs:    []string{"sample.csv"},
	}
	_, err := w.archive.Run(stage, func() error {
		f, plan, err := w.framePlan()
		if err != nil {
			return err
		}
		s, err := sample.Draw(f, plan, w.Seed)
		if err != nil {
			return err
		}
		return archive.WriteFile(w.archive.Path("sample.csv"), s.Write)
	})
	if err != nil {
		return err
	}
	s, err := w.sample()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "sample      %d workplaces in %d strata\n", len(s.Units), len(s.Strata))
	return err
}

func (w *wave) framePlan() (*frame.Frame, sample.Plan, error) {
	f, errFrame := load(w.path("frame.csv"), frame.Read)
	plan, errPlan := load(w.path("sampling.yaml"), sample.LoadPlan)
	return f, plan, errors.Join(errFrame, errPlan)
}

func (w *wave) sample() (*sample.Sample, error) {
	s, err := load(w.archive.Path("sample.csv"), sample.Read)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("wave %s has no sample yet: barometer sample draw %s", w.ID, w.ID)
	}
	return s, err
}

// questionnaire reads the wave's questionnaire. One that asks about other
// years than the wave reports on is refused.
func (w *wave) questionnaire() (*questionnaire.Questionnaire, error) {
	q, err := load(w.path("questionnaire.yaml"), questionnaire.Load)
	if err != nil {
		return nil, err
	}
	for _, l := range i18n.Languages {
		if asked, reported := years(q.Period.In(l)), years(w.Period.In(l)); !slices.Equal(asked, reported) {
			return nil, fmt.Errorf("%s asks about %v, %s reports on %v: make the periods agree (%s)",
				w.path("questionnaire.yaml"), asked, w.path("wave.yaml"), reported, l)
		}
	}
	return q, nil
}

var year = regexp.MustCompile(`\d{4}`)

func years(period string) []string { return year.FindAllString(period, -1) }

func inviteCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			_, err := a.invite(ctx, c, w)
			return err
		})
	}
}

// invite issues codes to the units of the sample that have none and writes
// them beside the wave, readable by the owner alone. It is the only copy.
func (a *app) invite(ctx context.Context, c *collection, w *wave) ([]contact.Invitation, error) {
	s, err := w.sample()
	if err != nil {
		return nil, err
	}
	invitations, err := c.access.Issue(ctx, w.ID, s.Units)
	if err != nil {
		return nil, err
	}
	if len(invitations) == 0 {
		_, err := fmt.Fprintf(a.stdout, "invitations none: every workplace of wave %s has a code\n", w.ID)
		return nil, err
	}
	path := w.path(fmt.Sprintf("invitations-%s.csv", a.now().Format("20060102-150405")))
	if err := writeSecretFile(path, func(out io.Writer) error { return w.letter().WriteMerge(out, invitations) }); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(a.stdout, "invitations %d, with their codes in %s\n", len(invitations), path)
	return invitations, err
}

// letter is what the wave's invitations say.
func (w *wave) letter() contact.Letter {
	return contact.Letter{
		Title: w.Title, Host: w.home.BaseURL, Deadline: w.Deadline.Time, Minutes: w.Minutes,
		Sender: w.home.Organisation, Contact: w.home.Contact,
	}
}

func fieldworkCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "write JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			m, err := c.monitor(ctx, w)
			if err != nil {
				return err
			}
			if *asJSON {
				return json.NewEncoder(a.stdout).Encode(m)
			}
			return writeMonitor(a.stdout, m)
		})
	}
}

func writeMonitor(w io.Writer, m *fieldwork.Monitor) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "stratum\tsampled\tinvited\topened\tcomplete\tpartial\trefused\tnoncontact\tunknown\tineligible\t")
	line := func(name string, c fieldwork.Counts) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, c.Sampled, c.Invited, c.Opened,
			c.Complete, c.Partial+c.BreakOff, c.Refused, c.Noncontact, c.Unknown, c.Ineligible)
	}
	for _, s := range m.Strata {
		line(s.Code, s.Counts)
	}
	line("total", m.Total)
	if err := t.Flush(); err != nil {
		return err
	}
	rates, err := m.Total.Rates(m.Total.EligibleShare())
	if err != nil {
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
	_, err = fmt.Fprintf(w, "e = %.4f (share of eligible units among those of known eligibility)\n", rates.E)
	return err
}

func closeCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			if err := c.responses.Close(ctx, w.ID); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.stdout, "closed      wave %s takes no more answers\n", w.ID)
			return err
		})
	}
}

func (a *app) openWave(dir, id string) (*wave, error) {
	h, err := openHome(dir)
	if err != nil {
		return nil, err
	}
	return h.wave(id)
}
