package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"barometer/internal/archive"
	"barometer/survey/frame"
	"barometer/survey/frame/workbook"
	"barometer/survey/sample"
)

func frameCheckCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "one frame file", args); err != nil {
			return err
		}
		f, err := loadFrame(args[0])
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

// loadFrame reads a frame from a CSV file or a workbook.
func loadFrame(file string) (*frame.Frame, error) {
	return load(file, func(r io.Reader, name string) (*frame.Frame, error) {
		in := bufio.NewReader(r)
		if start, _ := in.Peek(4); frame.IsWorkbook(start) {
			return workbook.Read(in, name)
		}
		return frame.Read(in, name)
	})
}

// importFrame checks a frame file and takes it into the wave: a CSV file as it
// is, a workbook as the CSV file of its units.
func (a *app) importFrame(w *wave, file string) error {
	if err := w.linked(); err != nil {
		return err
	}
	f, err := loadFrame(file)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	err = archive.WriteFile(w.path("frame.csv"), func(out io.Writer) error {
		if frame.IsWorkbook(data) {
			return frame.Write(out, f.Units)
		}
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
	rate := flags.Float64("response", 0, "assumed response rate; 0: the plan's, or 0.36")
	deff := flags.Float64("deff", 0, "assumed design effect of the weighting; 0: the plan's, or 1")
	asJSON := flags.Bool("json", false, "write JSON")
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		w, err := a.openWave(*dir, args[0])
		if err != nil {
			return err
		}
		p, err := w.outlook(sample.Assumptions{ResponseRate: *rate, DesignEffect: *deff})
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(a.stdout).Encode(p)
		}
		return p.write(a.stdout)
	}
}

// outlook is what a plan promises before anything is drawn.
type outlook struct {
	Wave         string               `json:"wave"`
	ResponseRate float64              `json:"response_rate"`
	DesignEffect float64              `json:"design_effect"`
	Domains      []sample.Expectation `json:"domains"`
}

// outlook allocates the wave's sample under assumptions, of which those that
// are zero are the plan's.
func (w *wave) outlook(assume sample.Assumptions) (*outlook, error) {
	f, plan, err := w.openFrame()
	if err != nil {
		return nil, err
	}
	stated := plan.Assumptions(sample.Assumptions{ResponseRate: 0.36, DesignEffect: 1})
	if assume.ResponseRate == 0 {
		assume.ResponseRate = stated.ResponseRate
	}
	if assume.DesignEffect == 0 {
		assume.DesignEffect = stated.DesignEffect
	}
	strata, err := sample.AllocateFrom(f.Units(), plan)
	if err := errors.Join(err, f.Err()); err != nil {
		return nil, err
	}
	domains, err := plan.Expect(strata, assume)
	return &outlook{w.ID, assume.ResponseRate, assume.DesignEffect, domains}, err
}

// write prints the planning table; a domain that misses its target is marked.
func (p *outlook) write(w io.Writer) error {
	fmt.Fprintf(w, "wave %s at a response rate of %g %% and a design effect of %g, for a share of one half\n",
		p.Wave, 100*p.ResponseRate, p.DesignEffect)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "domain\tworkplaces\tsample\tanswers\t± points\twanted\t\t")
	for _, e := range p.Domains {
		wanted, mark := "", ""
		if e.Wanted > 0 {
			wanted = fmt.Sprintf("%.1f", e.Wanted)
		}
		if e.Missed() {
			mark = "missed"
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%.0f\t%.1f\t%s\t%s\t\n",
			strings.TrimSpace(e.By+" "+e.Code), e.N, e.Take, e.Responses, e.HalfWidth, wanted, mark)
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

// releasedFile records which units of the reserve were taken into the sample.
const releasedFile = "reserve-released.csv"

// drawSample draws the sample of a wave from its frame, plan and seed, with
// what was released of its reserve.
func (a *app) drawSample(w *wave) error {
	if err := w.linked(); err != nil {
		return err
	}
	released, err := w.released()
	if err != nil {
		return err
	}
	stage := archive.Stage{
		Name:       "sample",
		Parameters: map[string]string{"seed": fmt.Sprint(w.Seed)},
		Inputs:     map[string]string{"frame": w.path("frame.csv"), "plan": w.path("sampling.yaml")},
		Outputs:    []string{"sample.csv", "reserve.csv"},
	}
	if len(released) > 0 {
		stage.Inputs["released"] = w.path(releasedFile)
	}
	_, err = w.archive.Run(stage, func() error {
		s, err := w.draw(released)
		if err != nil {
			return err
		}
		return errors.Join(archive.WriteFile(w.archive.Path("sample.csv"), s.Write),
			archive.WriteFile(w.archive.Path("reserve.csv"), s.WriteReserve))
	})
	if err != nil {
		return err
	}
	return a.reportSample(w)
}

// reportSample prints the size of the sample and what it shares with the wave
// before.
func (a *app) reportSample(w *wave) error {
	now, err := w.drawn()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "sample      %d workplaces in %d strata\n", len(now.Units), len(now.Strata))
	if w.Previous == "" {
		return nil
	}
	before, err := w.home.wave(w.Previous)
	if err != nil {
		return err
	}
	then, err := before.drawn()
	if errors.Is(err, os.ErrNotExist) {
		_, err := fmt.Fprintf(a.stdout, "overlap     unknown: wave %s has no sample here\n", before.ID)
		return err
	}
	if err != nil {
		return err
	}
	shared, expected := sample.Overlap(then.Sample, now.Sample), sample.ExpectedOverlap(then, now)
	of := float64(len(now.Units)) / 100
	_, err = fmt.Fprintf(a.stdout, "overlap     %d workplaces were in the sample of wave %s: %.1f %%; the plans and seeds lead one to expect %.1f %%\n",
		shared, before.ID, float64(shared)/of, expected/of)
	return err
}

// drawn is the wave's sample with its plan; the error is os.ErrNotExist where
// either is not there.
func (w *wave) drawn() (sample.Drawn, error) {
	s, errSample := load(w.archive.Path("sample.csv"), sample.Read)
	plan, errPlan := w.plan()
	return sample.Drawn{Sample: s, Plan: plan}, errors.Join(errSample, errPlan)
}

func (w *wave) released() ([]sample.Release, error) {
	released, err := load(w.path(releasedFile), sample.ReadReleases)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return released, err
}

func sampleReleaseCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	reason := flags.String("reason", "", "why, for the record")
	return func(_ context.Context, args []string) error {
		if err := exactly(3, "the wave, the stratum and the number of units", args); err != nil {
			return err
		}
		n, err := strconv.Atoi(args[2])
		if err != nil || n < 1 {
			return usagef("%q is no number of units", args[2])
		}
		w, err := a.openWave(*dir, args[0])
		if err != nil {
			return err
		}
		return a.release(w, sample.Release{At: a.now(), Stratum: args[1], Units: n, Reason: *reason})
	}
}

// release takes units of the reserve into the wave's sample. It is refused
// where the frame or the plan is no longer the one of the sample.
func (a *app) release(w *wave, r sample.Release) error {
	s, errSample := w.sample()
	released, errReleased := w.released()
	if err := errors.Join(errSample, errReleased); err != nil {
		return err
	}
	released = append(released, r)
	larger, err := w.draw(released)
	if err != nil {
		return err
	}
	if larger.FrameHash != s.FrameHash || sample.Overlap(s, larger) != len(s.Units) || len(larger.Units) != len(s.Units)+r.Units {
		return fmt.Errorf("the frame, the plan or the seed of wave %s changed after its sample was drawn: put them back before releasing units", w.ID)
	}
	err = archive.WriteFile(w.path(releasedFile), func(out io.Writer) error { return sample.WriteReleases(out, released) })
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "released    %d workplaces of stratum %s; invite them with barometer invite %s\n", r.Units, r.Stratum, w.ID)
	return a.drawSample(w)
}

// draw goes through the frame on disk, which may be larger than memory.
func (w *wave) draw(released []sample.Release) (*sample.Sample, error) {
	f, plan, err := w.openFrame()
	if err != nil {
		return nil, err
	}
	s, err := sample.DrawFrom(f.Units(), f.Hash, plan, w.Seed, released...)
	return s, errors.Join(err, f.Err())
}

func (w *wave) openFrame() (*frame.File, sample.Plan, error) {
	f, errFrame := frame.Open(w.path("frame.csv"))
	plan, errPlan := w.plan()
	return f, plan, errors.Join(errFrame, errPlan)
}

func (w *wave) framePlan() (*frame.Frame, sample.Plan, error) {
	f, errFrame := load(w.path("frame.csv"), frame.Read)
	plan, errPlan := w.plan()
	return f, plan, errors.Join(errFrame, errPlan)
}

// plan is how the wave's sample is drawn.
func (w *wave) plan() (sample.Plan, error) { return load(w.path("sampling.yaml"), sample.LoadPlan) }

func (w *wave) sample() (*sample.Sample, error) {
	s, err := load(w.archive.Path("sample.csv"), sample.Read)
	if errors.Is(err, os.ErrNotExist) {
		if err := w.linked(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("wave %s has no sample yet: barometer sample draw %s", w.ID, w.ID)
	}
	return s, err
}
