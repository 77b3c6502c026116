package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/xlsform"
)

func lintCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "one questionnaire file", args); err != nil {
			return err
		}
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		findings := questionnaire.Lint(f, args[0])
		faulty := false
		for _, finding := range findings {
			fmt.Fprintln(a.stdout, finding)
			faulty = faulty || finding.Severity == questionnaire.Error
		}
		if faulty {
			return errReported
		}
		_, err = fmt.Fprintf(a.stdout, "%s: no faults\n", args[0])
		return err
	}
}

func printCommand(a *app, flags *flag.FlagSet) action {
	lang := flags.String("lang", "da", "language: da or en")
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "one questionnaire file", args); err != nil {
			return err
		}
		l, err := i18n.ParseLang(*lang)
		if err != nil {
			return usagef("%v", err)
		}
		q, err := load(args[0], questionnaire.Load)
		if err != nil {
			return err
		}
		return q.PrintHTML(a.stdout, l)
	}
}

func exportCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(2, "the questionnaire file and the workbook to write", args); err != nil {
			return err
		}
		q, err := load(args[0], questionnaire.Load)
		if err != nil {
			return err
		}
		err = archive.WriteFile(args[1], func(w io.Writer) error { return xlsform.Export(w, q) })
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "%s: %d questions\n", args[1], len(q.Items()))
		return err
	}
}

func importCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(2, "the workbook and the questionnaire file to write", args); err != nil {
			return err
		}
		if _, err := os.Stat(args[1]); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already: name a new file, and compare the two with barometer questionnaire diff", args[1])
		}
		src, err := load(args[0], xlsform.Import)
		if err != nil {
			return err
		}
		err = archive.WriteFile(args[1], func(w io.Writer) error {
			_, err := w.Write(src)
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "%s: written; check its routes with barometer questionnaire lint\n", args[1])
		return err
	}
}

// publishedCommand prints what the wave collects answers with, so that it can
// be put back where the file has been changed since.
func publishedCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			d, ok, err := c.responses.Published(ctx, w.ID)
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("wave %s has no published questionnaire yet: it is published with the first invitation", w.ID)
			}
			_, err = io.WriteString(a.stdout, d.Source)
			return err
		})
	}
}

// schemaUse is what the help of questionnaire schema tells.
const schemaUse = `Editors with a YAML language server read it from a first line in the file:

  # yaml-language-server: $schema=questionnaire.schema.json

What the schema refuses, questionnaire lint refuses too; lint sees more.
`

func schemaCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		schema, err := questionnaire.Schema()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "%s\n", schema)
		return err
	}
}

// diffStatuses is what the help of questionnaire diff tells beyond its flags.
const diffStatuses = `Every change is of one class; the exit status is that of the gravest:

  0  no change
  3  wording         texts around the questions, or their spelling
  4  codes           what can be answered, or how it is coded
  5  routing         who is asked, or when
  6  trend-breaking  a series ends, or its name stands for another measure

1 and 2 are a file that is refused and wrong usage, as everywhere. Version,
wave and period are expected to differ and are no change.
`

// diffStatus is the exit status of a class: 0 for none, then from 3.
func diffStatus(c questionnaire.Class) error {
	if i := slices.Index(questionnaire.Classes, c); i >= 0 {
		return exitStatus(3 + i)
	}
	return nil
}

func diffCommand(a *app, flags *flag.FlagSet) action {
	asJSON := flags.Bool("json", false, "print the changes as JSON")
	return func(_ context.Context, args []string) error {
		if err := exactly(2, "the old and the new questionnaire file", args); err != nil {
			return err
		}
		from, errFrom := load(args[0], questionnaire.Load)
		to, errTo := load(args[1], questionnaire.Load)
		if err := errors.Join(errFrom, errTo); err != nil {
			return err
		}
		d, err := questionnaire.Diff(from, to)
		if err != nil {
			return err
		}
		if d.SameVersion() {
			fmt.Fprintf(a.stderr, "warning: both are version %s: give the new one its own\n", d.To.Version)
		}
		if err := printDifference(a.stdout, d, *asJSON); err != nil {
			return err
		}
		return diffStatus(d.Class)
	}
}

func printDifference(w io.Writer, d questionnaire.Difference, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(d)
	}
	for _, c := range d.Changes {
		fmt.Fprintf(w, "%-14s  %s: %s\n", c.Class, c.Part, c.What)
		if c.Before != "" {
			fmt.Fprintf(w, "%16s- %s\n", "", indented(c.Before))
		}
		if c.After != "" {
			fmt.Fprintf(w, "%16s+ %s\n", "", indented(c.After))
		}
	}
	_, err := fmt.Fprintf(w, "%s (wave %s) to %s (wave %s): %d changes\n", d.From.Version, d.From.Wave, d.To.Version, d.To.Wave, len(d.Changes))
	return err
}

// indented keeps the lines of a longer text under its first.
func indented(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(s), "\n", fmt.Sprintf("\n%18s", ""))
}
