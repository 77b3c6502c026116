package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"

	"barometer/internal/i18n"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
	"barometer/survey/questionnaire"
)

// questionnaire reads the wave's questionnaire. One that asks about other
// years than the wave reports on is refused.
func (w *wave) questionnaire() (*questionnaire.Questionnaire, error) {
	q, _, err := w.definition()
	return q, err
}

// definition is questionnaire with the file it was read from.
func (w *wave) definition() (q *questionnaire.Questionnaire, source string, err error) {
	path := w.path("questionnaire.yaml")
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	if q, err = questionnaire.Load(bytes.NewReader(src), path); err != nil {
		return nil, "", err
	}
	for _, l := range i18n.Languages {
		if asked, reported := years(q.Period.In(l)), years(w.Period.In(l)); !slices.Equal(asked, reported) {
			return nil, "", fmt.Errorf("%s asks about %v, %s reports on %v: make the periods agree (%s)",
				path, asked, w.path("wave.yaml"), reported, l)
		}
	}
	return q, string(src), nil
}

// publish notes the definition that the wave collects answers with, before the
// first code is issued. From then on no other is served.
func (c *collection) publish(ctx context.Context, w *wave) error {
	q, source, err := w.definition()
	if err != nil {
		return err
	}
	return c.responses.Publish(ctx, w.ID, q, source)
}

// publishInvited publishes the questionnaire of every wave that codes have
// been issued for, before a server shows it: one that has been changed since
// is refused.
func (c *collection) publishInvited(ctx context.Context, h *home) error {
	waves, err := h.waves()
	if err != nil {
		return err
	}
	var refused []error
	for _, w := range waves {
		invited, err := c.access.Statuses(ctx, w.ID)
		if err == nil && len(invited) > 0 {
			err = c.publish(ctx, w)
		}
		refused = append(refused, err)
	}
	return errors.Join(refused...)
}

var year = regexp.MustCompile(`\d{4}`)

func years(period string) []string { return year.FindAllString(period, -1) }

func inviteCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	file := codeFileFlags(flags)
	send := flags.Bool("send", false, "write to the workplaces that have no code: by mail, Digital Post or letter")
	f := newLetterFlags(flags, file)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		if *send || f.dryRun || f.channel != "" || f.resend != "" {
			return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error { return a.sendInvitations(ctx, c, w, f) })
		}
		if err := file.check(); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			_, err := a.inviteTo(ctx, c, w, file)
			return err
		})
	}
}

// sendInvitations publishes the questionnaire and invites to it by letters.
func (a *app) sendInvitations(ctx context.Context, c *collection, w *wave, f *letterFlags) error {
	l, err := w.letters()
	if err == nil && !f.dryRun {
		err = c.publish(ctx, w)
	}
	if err != nil {
		return err
	}
	return a.send(ctx, c, w, l, wording.Invitation, f)
}

// invite is inviteTo with a file that can be read.
func (a *app) invite(ctx context.Context, c *collection, w *wave) ([]contact.Invitation, error) {
	return a.inviteTo(ctx, c, w, &codeFile{plain: true})
}

// inviteTo issues codes to the units of the sample that have none and writes
// them beside the wave. It is the only copy: codes that could not be written
// were not issued.
func (a *app) inviteTo(ctx context.Context, c *collection, w *wave, file *codeFile) ([]contact.Invitation, error) {
	s, err := w.sample()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(c.publish(ctx, w), c.fieldwork.Register(ctx, s)); err != nil {
		return nil, err
	}
	path := file.name(w.path(fmt.Sprintf("invitations-%s.csv", a.now().Format("20060102-150405"))))
	invitations, err := c.access.IssueTo(ctx, w.ID, s.Units, func(list []contact.Invitation) error {
		return file.write(path, func(out io.Writer) error { return w.letter().WriteMerge(out, list) })
	})
	if err != nil {
		return nil, errors.Join(err, file.withdraw(path))
	}
	if len(invitations) == 0 {
		_, err := fmt.Fprintf(a.stdout, "invitations none: every workplace of wave %s has a code\n", w.ID)
		return nil, err
	}
	_, err = fmt.Fprintf(a.stdout, "invitations %d, with their codes in %s\n%s", len(invitations), path, file.advice())
	return invitations, err
}

// letter is what the wave's invitations say.
func (w *wave) letter() contact.Letter {
	return contact.Letter{
		Title: w.Title, Host: w.home.BaseURL, Deadline: w.Deadline.Time, Minutes: w.Minutes,
		Sender: w.home.Organisation, Contact: w.home.Contact,
	}
}

func closeCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "the wave", args); err != nil {
			return err
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			if err := errors.Join(c.responses.Close(ctx, w.ID), c.letters.Withdraw(ctx, w.ID)); err != nil {
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
