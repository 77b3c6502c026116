package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"barometer/internal/account"
	"barometer/internal/account/pages"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/unlink"
	"barometer/survey/unlink/unlinkpage"
)

// carryKind is the job that carries out what was confirmed on a page.
const carryKind = "unlink.carry"

// openUnlinking gives the queue its work on unlinking: what was confirmed, and
// reminders of what was promised.
func (c *collection) openUnlinking(h *home, now func() time.Time) error {
	letters, err := unlink.Letters()
	if err != nil {
		return err
	}
	const remind = "unlink.remind"
	return errors.Join(c.mail.Add(letters),
		c.queue.Handle(queue.Handler{
			Kind: carryKind, Limit: 10 * time.Minute, Attempts: 3,
			Label: i18n.Text{DA: "Adskillelse af svar og arbejdspladser", EN: "Parting of answers from workplaces"},
			Run: func(ctx context.Context, j queue.Job) (queue.Effect, error) {
				w, err := h.wave(j.Key)
				if err != nil {
					return nil, err
				}
				if _, err = unlinkWave(ctx, c, w); errors.Is(err, unlink.ErrLeft) {
					err = queue.Permanent(err)
				}
				return nil, err
			},
		}),
		c.queue.Handle(queue.Handler{
			Kind:  remind,
			Label: i18n.Text{DA: "Påmindelse om bølger, der skal adskilles", EN: "Reminder of waves that are to be unlinked"},
			Run: func(ctx context.Context, _ queue.Job) (queue.Effect, error) {
				return c.remindOfUnlinking(ctx, h, now())
			},
		}),
		c.queue.Repeat(queue.Rule{Kind: remind, Weekdays: []time.Weekday{time.Monday}, Hour: 7, Minute: 5}))
}

// remindOfUnlinking writes to all statisticians about waves past their date.
func (c *collection) remindOfUnlinking(ctx context.Context, h *home, now time.Time) (queue.Effect, error) {
	late, err := h.lateWaves(now)
	if err != nil || len(late) == 0 {
		return nil, err
	}
	people, err := c.accounts.Persons(ctx)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		for _, w := range late {
			for _, p := range people {
				if p.State != account.Active || !slices.Contains(p.Roles, policy.Statistician) {
					continue
				}
				if err := c.mail.Send(ctx, tx, w.dueLetter(p, now)); err != nil {
					return err
				}
			}
		}
		return nil
	}, nil
}

// lateWave is a wave that is linked past its date.
type lateWave struct {
	*wave
	due time.Time
}

func (h *home) lateWaves(now time.Time) (late []lateWave, err error) {
	waves, err := h.waves()
	if err != nil {
		return nil, err
	}
	for _, w := range waves {
		due, err := w.unlinkDue()
		if err != nil {
			return nil, err
		}
		if !due.IsZero() && now.After(due) {
			late = append(late, lateWave{w, due})
		}
	}
	return late, nil
}

func (w lateWave) dueLetter(p account.Person, now time.Time) mail.Message {
	return mail.Message{
		Key: "unlink-due/" + w.ID + "/" + now.Format(time.DateOnly) + "/" + p.ID.String(), To: p.Address, Name: p.Name, Lang: p.Lang, Template: "unlink-due",
		Data: unlink.DueLetter{Wave: w.Title.In(p.Lang), Due: i18n.Date(w.due, p.Lang), Link: w.home.BaseURL + web.Localise(p.Lang, "/staff/waves/"+w.ID+"/unlink")},
	}
}

// unlinkSite is what the pages know of the home.
type unlinkSite struct {
	home *home
	c    *collection
}

func (s unlinkSite) Outlooks(ctx context.Context) (list []unlinkpage.Outlook, err error) {
	waves, err := s.home.waves()
	if err != nil {
		return nil, err
	}
	for _, w := range waves {
		o, err := s.brief(ctx, w)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// brief is what the list shows of a wave.
func (s unlinkSite) brief(ctx context.Context, w *wave) (o unlinkpage.Outlook, err error) {
	o = unlinkpage.Outlook{ID: w.ID, Title: w.Title, Panel: w.Panel}
	if o.Request, err = s.c.unlinks.Of(ctx, w.ID); err == nil {
		o.Due, err = w.unlinkDue()
	}
	return o, err
}

func (s unlinkSite) Outlook(ctx context.Context, id string) (o unlinkpage.Outlook, err error) {
	w, err := s.wave(id)
	if err != nil {
		return o, err
	}
	if o, err = s.brief(ctx, w); err != nil {
		return o, err
	}
	if o.Request.State == unlink.Linked || o.Request.State == unlink.Asked {
		var errLosses error
		o.Missing, err = unlinkMissing(ctx, s.c, w)
		o.Losses, errLosses = w.unlinkLosses()
		return o, errors.Join(err, errLosses)
	}
	o.Report, err = load(w.path(unlinkedFile), readJSON[*unlink.Report])
	if errors.Is(err, os.ErrNotExist) {
		return o, nil
	}
	return o, err
}

func (s unlinkSite) wave(id string) (*wave, error) {
	if !waveID.MatchString(id) {
		return nil, unlinkpage.ErrNoWave
	}
	if _, err := os.Stat(s.home.path("waves", id, "wave.yaml")); errors.Is(err, os.ErrNotExist) {
		return nil, unlinkpage.ErrNoWave
	}
	return s.home.wave(id)
}

func (s unlinkSite) Ask(ctx context.Context, by, wave string) error {
	return s.c.unlinks.Ask(ctx, by, wave)
}

func (s unlinkSite) Withdraw(ctx context.Context, by, wave string) error {
	if _, err := s.wave(wave); err != nil {
		return err
	}
	return s.c.unlinks.Withdraw(ctx, by, wave)
}

// Confirm has the work done by the queue, in the transaction of the act.
func (s unlinkSite) Confirm(ctx context.Context, by, wave string) error {
	w, err := s.wave(wave)
	if err != nil {
		return err
	}
	if missing, err := unlinkMissing(ctx, s.c, w); err != nil || len(missing) > 0 {
		return errors.Join(err, unlink.ErrNotAsked)
	}
	return s.c.unlinks.Confirm(ctx, by, wave, func(tx *store.Tx) error {
		return s.c.queue.Enqueue(tx, queue.Job{Kind: carryKind, Key: wave, Urgent: true})
	})
}

func newUnlinkPages(h *home, shell *web.Shell, c *collection, people *pages.Pages, now func() time.Time) (*unlinkpage.Pages, error) {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return nil, err
	}
	return unlinkpage.New(unlinkpage.Config{
		Shell: shell, Waves: unlinkSite{h, c}, Actor: people.Actor, Now: now, Zone: zone,
		Name: func(ctx context.Context, id string, l i18n.Lang) string { return c.nameOf(ctx, id).In(l) },
	})
}
