package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/publish/embargo"
	"barometer/publish/release"
)

// correction is what wave.yaml is to say of the version that is built next.
type correction struct {
	version release.Version
	day     string
	reason  i18n.Text
}

// releaseCorrectCommand builds the version that corrects the one that is out. It
// is a release like any other: another person approves it, and it waits for its
// moment.
func releaseCorrectCommand(a *app, flags *flag.FlagSet) action {
	dir, who := homeFlag(flags), a.acting(flags)
	k := correction{}
	flags.StringVar(&k.reason.DA, "da", "", "reason, in Danish")
	flags.StringVar(&k.reason.EN, "en", "", "reason, in English")
	flags.StringVar(&k.day, "on", "", "day of its publication; default: today")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		if len(k.reason.Missing()) > 0 {
			return usagef("readers are told why: give the reason with --da and --en")
		}
		if k.day == "" {
			k.day = a.now().Format(time.DateOnly)
		}
		if _, err := time.Parse(time.DateOnly, k.day); err != nil {
			return usagef("%q is no day: write it as 2026-04-09", k.day)
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			by, err := who(ctx, w.home, c)
			if err != nil {
				return err
			}
			return a.correct(ctx, c, w, by, k)
		})
	}
}

// correct builds the next version from the frozen wave, which stands. Its number
// depends on whether figures differ, and which figures may be shown on the
// versions before, so that the stages run under a major number first.
func (a *app) correct(ctx context.Context, c *collection, w *wave, by policy.Subject, k correction) error {
	basis, err := c.releases.MayBuild(ctx, by, w.ID)
	if err != nil {
		return err
	}
	last, err := release.Latest(w.home.path("releases"), w.ID)
	if err != nil {
		return err
	}
	if basis.Out == 0 || last == nil {
		return fmt.Errorf("wave %s has no release that is out: there is nothing to correct", w.ID)
	}
	k.version = release.Version{Major: last.Manifest.Version.Major + 1}
	before, err := os.ReadFile(w.path("wave.yaml"))
	if err != nil {
		return err
	}
	if err := a.buildCorrection(ctx, c, w, by, basis, k); err != nil {
		return errors.Join(err, archive.WriteFile(w.path("wave.yaml"), func(out io.Writer) error {
			_, err := out.Write(before)
			return err
		}))
	}
	return nil
}

func (a *app) buildCorrection(ctx context.Context, c *collection, w *wave, by policy.Subject, basis embargo.Basis, k correction) error {
	for range 2 {
		again, err := w.set(k)
		if err != nil {
			return err
		}
		for _, name := range stageOrder[1 : len(stageOrder)-1] {
			if err := a.carryOut(ctx, again, name); err != nil {
				return err
			}
		}
		in, err := again.releaseInput(ctx, k.version, basis)
		if err != nil {
			return err
		}
		next, err := release.NextVersion(w.home.path("releases"), in)
		if err != nil {
			return err
		}
		if next == k.version {
			return a.told(again, "release", func() (bool, error) { return again.buildRelease(ctx, c, by) })
		}
		k.version = next
	}
	return fmt.Errorf("wave %s: its figures depend on the number of the version", w.ID)
}

// set writes a correction into wave.yaml, whose other lines stay as they are,
// and reads the wave anew.
func (w *wave) set(k correction) (*wave, error) {
	text, err := os.ReadFile(w.path("wave.yaml"))
	if err != nil {
		return nil, err
	}
	reason, err := flow(k.reason)
	if err != nil {
		return nil, err
	}
	lines := string(text)
	for _, line := range [][2]string{{"version", `"` + k.version.String() + `"`}, {"reason", reason}, {"published", `"` + k.day + `"`}} {
		if lines, err = setLine(lines, line[0], line[1]); err != nil {
			return nil, fmt.Errorf("%s: %w", w.path("wave.yaml"), err)
		}
	}
	err = archive.WriteFile(w.path("wave.yaml"), func(out io.Writer) error {
		_, err := io.WriteString(out, lines)
		return err
	})
	if err != nil {
		return nil, err
	}
	return w.home.wave(w.ID)
}

// setLine gives a key at the beginning of a line another value, or adds the
// line. A value that goes on below is for its author to change.
func setLine(text, key, value string) (string, error) {
	at := regexp.MustCompile(`(?m)^` + key + `:.*$`).FindStringIndex(text)
	if at == nil {
		return strings.TrimRight(text, "\n") + "\n" + key + ": " + value + "\n", nil
	}
	if rest := strings.TrimPrefix(text[at[1]:], "\n"); strings.HasPrefix(rest, " ") {
		return "", fmt.Errorf("%s goes over several lines: write it on one, or leave it out", key)
	}
	return text[:at[0]] + key + ": " + value + text[at[1]:], nil
}

// flow writes a text on one line. JSON's strings are YAML's.
func flow(t i18n.Text) (string, error) {
	var parts []string
	for _, one := range [][2]string{{"da", t.DA}, {"en", t.EN}} {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(one[1]); err != nil {
			return "", err
		}
		parts = append(parts, one[0]+": "+strings.TrimSpace(b.String()))
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}
