package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"barometer/internal/archive"
	"barometer/survey/frame"
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
	f, plan, err := w.framePlan()
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
	strata, err := sample.Allocate(f, plan)
	if err != nil {
		return nil, err
	}
	domains, err := sample.Expect(strata, assume, plan.Allocation.Targets)
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
