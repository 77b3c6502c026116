package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"filippo.io/age"

	"barometer/internal/i18n"
	"barometer/reports/pdf"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/wording"
)

// letterFlags say how letters are sent.
type letterFlags struct {
	dryRun, asJSON, pdf   bool
	channel, lang, resend string
	file                  *codeFile
}

func newLetterFlags(flags *flag.FlagSet, file *codeFile) *letterFlags {
	f := &letterFlags{file: file}
	flags.BoolVar(&f.dryRun, "dry-run", false, "list who would be written to, and why or why not; send nothing")
	flags.BoolVar(&f.asJSON, "json", false, "write the list as JSON")
	flags.BoolVar(&f.pdf, "pdf", false, "print letters to PDF as well; needs --plain and Chromium")
	flags.StringVar(&f.channel, "channel", "", "the only channel: email, digital_post or letter; default: by what is known of each workplace")
	flags.StringVar(&f.lang, "lang", "da", "language: da or en")
	flags.StringVar(&f.resend, "resend", "", "send the letter once more to one unit, named by key or P-number")
	return f
}

// files reports whether letters may be written to files.
func (f *letterFlags) files() bool { return f.file.plain || len(f.file.recipients) > 0 }

// order reads the flags. The unit is looked up in the store.
func (f *letterFlags) order(ctx context.Context, c *collection, w *wave, kind wording.Kind) (o dispatch.Order, err error) {
	o.Kind = kind
	if o.Lang, err = orderLang(f.lang); err != nil {
		return o, err
	}
	if f.channel != "" {
		if o.Channel, err = wording.ParseChannel(f.channel); err != nil {
			return o, usagef("%v", err)
		}
	}
	if f.files() {
		if err := f.file.check(); err != nil {
			return o, err
		}
	}
	if f.asJSON && !f.dryRun {
		return o, usagef("--json is for the list that --dry-run writes")
	}
	if f.pdf && !f.file.plain {
		return o, usagef("--pdf prints pages that can be read: give --plain, or decrypt letters-*.html and print them")
	}
	if f.resend != "" {
		o.Again, err = c.access.Find(ctx, w.ID, f.resend)
	}
	return o, err
}

func remindCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	number := flags.Int("number", 0, "which reminder, from 1; default: the one that wave.yaml has planned last")
	kind := flags.String("kind", "", "another letter: last-call or thanks")
	f := newLetterFlags(flags, codeFileFlags(flags))
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			l, err := w.letters()
			if err != nil {
				return err
			}
			k, err := a.reminderKind(c, w, l, *number, *kind)
			if err != nil {
				return err
			}
			return a.send(ctx, c, w, l, k, f)
		})
	}
}

// reminderKind is the letter that is asked for, or due.
func (a *app) reminderKind(c *collection, w *wave, l *dispatch.Wave, number int, name string) (wording.Kind, error) {
	switch {
	case number != 0 && name != "":
		return "", usagef("--number and --kind exclude each other")
	case number < 0 || number > wording.MostReminders:
		return "", usagef("--number: reminders are numbered 1 to %d", wording.MostReminders)
	case number > 0:
		return wording.Reminder(number), nil
	case name == "":
		return w.dueKind(l, c.letters.Zone, a.now())
	}
	k, err := wording.ParseKind(name)
	if err != nil || k == wording.Invitation {
		return "", usagef("--kind: want reminder-1 to reminder-%d, last-call or thanks; workplaces are invited by barometer invite", wording.MostReminders)
	}
	return k, nil
}

// send carries an order out, or lists what it would do.
func (a *app) send(ctx context.Context, c *collection, w *wave, l *dispatch.Wave, kind wording.Kind, f *letterFlags) error {
	o, err := f.order(ctx, c, w, kind)
	if err != nil {
		return err
	}
	if f.dryRun {
		p, err := c.letters.Plan(ctx, l, o)
		if err != nil {
			return err
		}
		if f.asJSON {
			return json.NewEncoder(a.stdout).Encode(p)
		}
		return writePlan(a.stdout, p)
	}
	var files *dispatch.Files
	if f.files() {
		files = f.outgoing(w)
	}
	report, err := c.letters.Run(ctx, l, o, files)
	if err == nil && f.pdf {
		err = printBatches(ctx, report.Batches)
	}
	if err != nil {
		return errors.Join(a.writeReport(w, o, report, f), err)
	}
	return errors.Join(a.writeReport(w, o, report, f), a.leftOver(ctx, c, l, o, report, files))
}

// outgoing is where the wave's letters are written, for whom the flags say.
func (f *letterFlags) outgoing(w *wave) *dispatch.Files {
	files := &dispatch.Files{Dir: w.path("outgoing")}
	if len(f.file.recipients) > 0 {
		files.Suffix = ".age"
		files.Wrap = func(out io.Writer) (io.WriteCloser, error) { return age.Encrypt(out, f.file.recipients...) }
	}
	return files
}

func (a *app) writeReport(w *wave, o dispatch.Order, r *dispatch.Report, f *letterFlags) error {
	_, err := fmt.Fprintf(a.stdout, "%-11s wave %s: %d mails for the server to send, %d letters in files\n", o.Kind, w.ID, r.Mails, r.Letters)
	for _, batch := range r.Batches {
		_, errBatch := fmt.Fprintf(a.stdout, "            %s\n", batch)
		err = errors.Join(err, errBatch)
	}
	if len(r.Batches) > 0 {
		_, errAdvice := io.WriteString(a.stdout, f.file.advice())
		err = errors.Join(err, errAdvice)
	}
	return err
}

// leftOver says who waits for a file, and why the one unit that was asked for
// was not written to.
func (a *app) leftOver(ctx context.Context, c *collection, l *dispatch.Wave, o dispatch.Order, r *dispatch.Report, files *dispatch.Files) error {
	sent := r.Mails + r.Letters
	if files != nil && o.Again == "" || o.Again != "" && sent > 0 {
		return nil
	}
	p, err := c.letters.Plan(ctx, l, o)
	if err != nil {
		return err
	}
	if p.Send > 0 {
		_, err = fmt.Fprintf(a.stdout, "            %d more wait for letters or Digital Post: give --age RECIPIENT, or --plain\n", p.Send)
	}
	for _, d := range p.Decisions {
		if d.Unit == o.Again && !d.Send {
			_, err = fmt.Fprintf(a.stdout, "            not sent to unit %s: %s\n", d.Unit, d.Reason.Label().In(i18n.English))
		}
	}
	return err
}

// writePlan lists the decisions as a table, and their sums below.
func writePlan(w io.Writer, p *dispatch.Plan) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "p-number\tworkplace\tletter\twhy")
	for _, d := range p.Decisions {
		by := "-"
		if d.Send {
			by = string(d.Channel)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", d.PNumber, wording.Plain(d.Name), by, d.Reason.Label().In(i18n.English))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s of wave %s, at %s: %d of %d would be written to\n", p.Kind, p.Wave, p.At.UTC().Format(time.RFC3339), p.Send, len(p.Decisions))
	if p.Barred != "" {
		fmt.Fprintf(w, "but nothing would be sent: %s\n", p.Barred)
	}
	for _, n := range p.Count {
		by := "not written to"
		if n.Send {
			by = "by " + string(n.Channel)
		}
		if _, err := fmt.Fprintf(w, "%7d  %s: %s\n", n.N, by, n.Reason.Label().In(i18n.English)); err != nil {
			return err
		}
	}
	return nil
}

// printBatches prints the pages of batches to PDF, beside them.
func printBatches(ctx context.Context, batches []string) error {
	for _, batch := range batches {
		pages, err := filepath.Glob(filepath.Join(batch, "letters-*.html"))
		if err != nil {
			return err
		}
		for _, page := range pages {
			out := page[:len(page)-len(".html")] + ".pdf"
			if err := pdf.Print(ctx, pdf.Find(), page, out); err != nil {
				return err
			}
			if err := os.Chmod(out, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}
