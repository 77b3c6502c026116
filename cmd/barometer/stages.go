package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"

	"barometer/internal/archive"
)

// stageRun carries one stage of a wave out and reports whether it had to.
type stageRun func(ctx context.Context, w *wave) (ran bool, err error)

// stageOrder lists the stages after collection, each the input of the next.
var stageOrder = []string{"freeze", "weight", "indicators", "report", "release"}

func (a *app) stage(name string) stageRun {
	return map[string]stageRun{
		"freeze":     a.freeze,
		"weight":     a.weight,
		"indicators": a.indicators,
		"report":     a.report,
		"release":    a.releaseStage,
	}[name]
}

// stageCommand is the subcommand of a single stage.
func stageCommand(name string) func(*app, *flag.FlagSet) action {
	return func(a *app, flags *flag.FlagSet) action {
		dir := homeFlag(flags)
		return func(ctx context.Context, args []string) error {
			if err := exactly(1, "the wave", args); err != nil {
				return err
			}
			w, err := a.openWave(*dir, args[0])
			if err != nil {
				return err
			}
			return a.carryOut(ctx, w, name)
		}
	}
}

func runCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		w, err := a.openWave(*dir, args[0])
		if err != nil {
			return err
		}
		return a.runAll(ctx, w)
	}
}

// runAll carries out every stage of the wave that is due.
func (a *app) runAll(ctx context.Context, w *wave) error {
	for _, name := range stageOrder {
		if err := a.carryOut(ctx, w, name); err != nil {
			return err
		}
	}
	return nil
}

// carryOut runs one stage and prints how it went in one line.
func (a *app) carryOut(ctx context.Context, w *wave, name string) error {
	return a.told(w, name, func() (bool, error) { return a.stage(name)(ctx, w) })
}

// told does something about a wave and prints how it went in one line.
func (a *app) told(w *wave, name string, do func() (ran bool, err error)) error {
	p := a.progress(name)
	ran, err := do()
	if err != nil {
		p.stop()
		return fmt.Errorf("wave %s, %w", w.ID, err)
	}
	if !ran {
		p.done("unchanged")
		return nil
	}
	p.done("")
	return nil
}

// writeJSON writes a value as an indented file of the archive.
func writeJSON(path string, v any) error {
	return archive.WriteFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(v)
	})
}

func readJSON[T any](r io.Reader, file string) (T, error) {
	var v T
	if err := json.NewDecoder(r).Decode(&v); err != nil {
		return v, fmt.Errorf("%s: %w", file, err)
	}
	return v, nil
}
