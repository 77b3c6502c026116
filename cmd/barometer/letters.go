package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"barometer/internal/account/pages"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/dispatch/letterpage"
	"barometer/survey/contact/memo"
	"barometer/survey/contact/optout"
	"barometer/survey/contact/wording"
)

// openLetters opens what writes to workplaces, with the work that it does by
// itself.
func (c *collection) openLetters(ctx context.Context, h *home, now func() time.Time) error {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return err
	}
	key, err := secret(h.path("secrets", "letters.key"))
	if err != nil {
		return err
	}
	templates, err := dispatch.Mails()
	if err != nil {
		return err
	}
	if err := c.mail.Add(templates); err != nil {
		return err
	}
	c.letters, err = dispatch.New(ctx, dispatch.Options{
		Store: c.db, Access: c.access, Responses: c.responses, Mail: c.mail, Key: key, Random: rand.Reader, Now: now, Zone: zone,
	})
	if err != nil {
		return err
	}
	return c.letters.Handle(c.queue, letterWaves{h})
}

// planLetters puts what the waves plan into the queue when a server starts. A
// wave that plans what cannot be keeps nobody from answering.
func (c *collection) planLetters(ctx context.Context, h *home) error {
	effect, err := c.letters.Planning(c.queue, letterWaves{h})
	if err != nil {
		return err
	}
	return c.db.Write(ctx, func(tx *store.Tx) error { return effect(tx) })
}

// letterWaves opens the waves of a home as their folders say now.
type letterWaves struct{ home *home }

func (l letterWaves) Wave(id string) (*dispatch.Wave, error) {
	w, err := l.home.wave(id)
	if err != nil {
		return nil, err
	}
	return w.letters()
}

// Waves opens those that a sample was drawn for: the others write to nobody.
func (l letterWaves) Waves() (list []*dispatch.Wave, err error) {
	waves, err := l.home.waves()
	if err != nil {
		return nil, err
	}
	for _, w := range waves {
		if _, err := os.Stat(w.archive.Path("sample.csv")); errors.Is(err, os.ErrNotExist) {
			continue
		}
		open, err := w.letters()
		if err != nil {
			return nil, err
		}
		list = append(list, open)
	}
	return list, nil
}

// letters is what the wave's letters are made of, with the workplaces of its
// sample.
func (w *wave) letters() (*dispatch.Wave, error) {
	l, err := w.lettersToNobody()
	if err != nil {
		return nil, err
	}
	s, err := w.sample()
	if err != nil {
		return nil, err
	}
	for _, u := range s.Units {
		l.People = append(l.People, contact.PersonOf(u))
	}
	return l, nil
}

func (w *wave) lettersToNobody() (*dispatch.Wave, error) {
	wordings, err := wording.Load(os.DirFS(w.path("letters")), w.path("letters"))
	if err != nil {
		return nil, err
	}
	h := w.home
	l := &dispatch.Wave{
		ID: w.ID, Title: w.Title, Sender: h.Organisation, Return: h.Postal, Email: h.Contact, Phone: h.Phone, Host: h.BaseURL,
		Deadline: w.Deadline.Time, Minutes: w.Minutes, Wordings: wordings, Thanks: w.Thanks, Paused: w.Paused,
	}
	if h.CVR != "" {
		l.Post = memo.Sender{CVR: h.CVR, Label: h.Organisation.DA}
	}
	for i, d := range w.Reminders {
		l.Planned = append(l.Planned, dispatch.Planned{Kind: wording.Reminder(i + 1), Day: d.Time})
	}
	if !w.LastCall.IsZero() {
		l.Planned = append(l.Planned, dispatch.Planned{Kind: wording.LastCall, Day: w.LastCall.Time})
	}
	if len(w.Reminders) > wording.MostReminders {
		return nil, fmt.Errorf("%s: reminders: %d days, at most %d", w.path("wave.yaml"), len(w.Reminders), wording.MostReminders)
	}
	return l, nil
}

// lintLetters names what is wrong with a wave's letters: their wordings, and
// the days they are planned for.
func (w *wave) lintLetters() error {
	l, err := w.lettersToNobody()
	if err != nil {
		return err
	}
	if err := l.CheckPlanned(); err != nil {
		return fmt.Errorf("%s: %w", w.path("wave.yaml"), err)
	}
	return nil
}

// newLetterPages makes the pages on which staff write to workplaces.
func newLetterPages(h *home, c *collection, shell *web.Shell, rules *policy.Table, people *pages.Pages, now func() time.Time) (*letterpage.Pages, error) {
	cfg := letterpage.Config{
		Shell: shell, Store: c.db, Letters: c.letters, Now: now, Zone: c.letters.Zone, Actor: people.Actor, May: may(rules, people, now),
		Open: func(id string) (*dispatch.Wave, error) {
			w, err := h.wave(id)
			if err != nil {
				return nil, err
			}
			if _, err := os.Stat(w.archive.Path("sample.csv")); errors.Is(err, os.ErrNotExist) {
				return nil, letterpage.ErrNoSample
			}
			return w.letters()
		},
		Publish: func(ctx context.Context, id string) error {
			w, err := h.wave(id)
			if err != nil {
				return err
			}
			return c.publish(ctx, w)
		},
	}
	waves, err := h.waves()
	for _, w := range waves {
		cfg.Waves = append(cfg.Waves, letterpage.Wave{ID: w.ID, Title: w.Title, Synthetic: w.Synthetic, Outgoing: w.path("outgoing")})
	}
	if err != nil {
		return nil, err
	}
	return letterpage.New(cfg)
}

func newOptOut(shell *web.Shell, h *home, c *collection) (*optout.Pages, error) {
	return optout.New(optout.Config{Shell: shell, Stop: c.letters.Stop, Email: h.Contact})
}

// orderLang is the language that a flag names.
func orderLang(code string) (i18n.Lang, error) {
	l, err := i18n.ParseLang(code)
	if err != nil {
		return "", usagef("%v", err)
	}
	return l, nil
}

// dueKind is the letter that a wave plans for today or has planned last.
func (w *wave) dueKind(l *dispatch.Wave, zone *time.Location, now time.Time) (wording.Kind, error) {
	due, ok := l.Due(now.In(zone))
	switch {
	case ok:
		return due.Kind, nil
	case len(l.Planned) == 0:
		return "", usagef("wave %s plans no reminders: say which one with --number 1, or name days in %s", w.ID, w.path("wave.yaml"))
	}
	first := slices.MinFunc(l.Planned, func(a, b dispatch.Planned) int { return a.Day.Compare(b.Day) })
	return "", fmt.Errorf("wave %s: no reminder is due before %s: send one earlier with --number 1", w.ID, first.Day.Format(time.DateOnly))
}
