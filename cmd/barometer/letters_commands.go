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
	"path/filepath"
	"text/tabwriter"
	"time"

	"barometer/internal/archive"
	"barometer/internal/audit"
	"barometer/reports/pdf"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/wording"
)

func lettersLintCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		w, err := a.openWave(*dir, args[0])
		if err != nil {
			return err
		}
		err = w.lintLetters()
		if faults, ok := errors.AsType[wording.Faults](err); ok {
			fmt.Fprintln(a.stdout, faults)
			return errReported
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "%s: no faults\n", w.path("letters"))
		return err
	}
}

func lettersCopyCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		w, err := a.openWave(*dir, args[0])
		if err != nil {
			return err
		}
		n, err := copyMissing(wording.Defaults(), w.path("letters"))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "letters     %d wordings copied to %s: edit them, then barometer letters lint %s\n", n, w.path("letters"), w.ID)
		return err
	}
}

// copyMissing copies the files that a folder does not have yet.
func copyMissing(from fs.FS, to string) (n int, err error) {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return 0, err
	}
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		path := filepath.Join(to, e.Name())
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		text, err := fs.ReadFile(from, e.Name())
		if err != nil {
			return n, err
		}
		err = archive.WriteFile(path, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func lettersPreviewCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	kind := flags.String("kind", "invitation", "the letter: invitation, reminder-1, …, last-call, thanks")
	lang := flags.String("lang", "da", "language: da or en")
	out := flags.String("out", "", "folder to write to; default: preview in the wave's folder")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		k, errKind := wording.ParseKind(*kind)
		l, errLang := orderLang(*lang)
		if err := errors.Join(errKind, errLang); err != nil {
			return usagef("%v", err)
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			to := *out
			if to == "" {
				to = w.path("preview")
			}
			return a.preview(ctx, c, w, dispatch.Order{Kind: k, Lang: l}, to)
		})
	}
}

// suffixes of the files of a preview.
var suffixes = map[wording.Channel]string{wording.Email: ".txt", wording.DigitalPost: ".xml", wording.Paper: ".html"}

// preview writes one letter to nobody for each channel.
func (a *app) preview(ctx context.Context, c *collection, w *wave, o dispatch.Order, to string) error {
	l, err := w.lettersToNobody()
	if err != nil {
		return err
	}
	if l.Post.CVR == "" {
		l.Post.CVR, l.Post.Label = "10000000", l.Sender.DA
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, channel := range wording.Channels {
		specimen, err := c.letters.Specimen(l, o, channel)
		if err != nil {
			return err
		}
		path := filepath.Join(to, fmt.Sprintf("%s.%s.%s%s", o.Kind, o.Lang, channel, suffixes[channel]))
		if err := archive.WriteFile(path, specimen.Write); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "preview     %s\n", path)
		if channel == wording.Paper && pdf.Find() != "" {
			printed := path[:len(path)-len(".html")] + ".pdf"
			if err := pdf.Print(ctx, pdf.Find(), path, printed); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "preview     %s\n", printed)
		}
	}
	return nil
}

func lettersLogCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "write JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			log, err := c.letters.Log(ctx, w.ID)
			if err != nil {
				return err
			}
			if *asJSON {
				return json.NewEncoder(a.stdout).Encode(log)
			}
			return writeLetterLog(a.stdout, log)
		})
	}
}

func writeLetterLog(w io.Writer, log []dispatch.Sent) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "time\tletter\tunit\tchannel\tstate\thanded over as")
	for _, s := range log {
		state := s.State
		if s.Code != "" {
			state += " (" + s.Code + ")"
		}
		letter := string(s.Kind)
		if s.Turn > 1 {
			letter = fmt.Sprintf("%s, %d. time", letter, s.Turn)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", s.At.Format(time.RFC3339), letter, s.Unit, s.Channel, state, s.Handed)
	}
	return t.Flush()
}

func lettersStopCommand(a *app, flags *flag.FlagSet) action {
	return a.letterWish(flags, "gets no more letters", (*dispatch.Dispatcher).StopFor)
}

func lettersResumeCommand(a *app, flags *flag.FlagSet) action {
	return a.letterWish(flags, "gets letters again", (*dispatch.Dispatcher).Resume)
}

// letterWish is a command that notes what a workplace wants, and says so in the
// audit log.
func (a *app) letterWish(flags *flag.FlagSet, says string, do func(*dispatch.Dispatcher, context.Context, string, string, string) error) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(2, "the wave, and the unit by its key or P-number", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			unit, err := c.access.Find(ctx, w.ID, args[1])
			if err != nil {
				return err
			}
			if err := do(c.letters, ctx, audit.Operator, w.ID, unit); err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "unit %s of wave %s: %s\n", unit, w.ID, says)
			return err
		})
	}
}
