package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"barometer/internal/account"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/digest"
)

const digestKind = "fieldwork.digest"

// sendDigests has those who want it told every morning how yesterday went.
func (c *collection) sendDigests(h *home) error {
	letters, err := digest.Letters()
	if err != nil {
		return err
	}
	if err := c.mail.Add(letters); err != nil {
		return err
	}
	err = c.queue.Handle(queue.Handler{
		Kind:  digestKind,
		Label: i18n.Text{DA: "Daglig opsummering af dataindsamlingen", EN: "Daily digest of the fieldwork"},
		Run: func(ctx context.Context, j queue.Job) (queue.Effect, error) {
			today, err := time.Parse(time.DateOnly, j.Key)
			if err != nil {
				return nil, queue.Permanent(err)
			}
			return c.digest(ctx, h, today.AddDate(0, 0, -1))
		},
	})
	return errors.Join(err, c.queue.Repeat(queue.Rule{Kind: digestKind, Hour: 7, Minute: 30}))
}

// digest asks for the letters about a local day. Their number and wording are
// settled here; they are put into the queue with the outcome of the job.
func (c *collection) digest(ctx context.Context, h *home, day time.Time) (queue.Effect, error) {
	r := digest.Report{Day: day, Link: func(l i18n.Lang) string { return h.BaseURL + web.Localise(l, "/staff/fieldwork") }}
	var err error
	if r.Waves, err = c.openWaves(ctx, h); err != nil || len(r.Waves) == 0 {
		return nil, err
	}
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return nil, err
	}
	begins, _ := queue.Local(day, zone)
	ends, _ := queue.Local(day.AddDate(0, 0, 1), zone)
	counts, errCounts := c.queue.Counts(ctx)
	bounced, errBounced := c.mail.CountBounced(ctx, begins, ends)
	readers, errReaders := c.digestReaders(ctx)
	if err := errors.Join(errCounts, errBounced, errReaders); err != nil {
		return nil, err
	}
	r.Dead, r.Bounced = counts["dead"], bounced
	return func(tx *store.Tx) error { return r.Send(ctx, tx, c.mail, readers) }, nil
}

// openWaves are the waves that somebody was invited to and that are not closed.
func (c *collection) openWaves(ctx context.Context, h *home) (open []digest.Open, err error) {
	waves, err := h.waves()
	if err != nil {
		return nil, err
	}
	for _, w := range waves {
		m, err := c.fieldwork.Watch(ctx, w.ID)
		if errors.Is(err, fieldwork.ErrNoSample) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m.First.IsZero() || !m.Closed.IsZero() {
			continue
		}
		target, err := w.target()
		if err != nil {
			return nil, err
		}
		open = append(open, digest.Open{Title: w.Title, Deadline: w.Deadline.Time, Target: target, Monitor: m})
	}
	return open, nil
}

// digestReaders are those who have switched the digest on and still hold a role
// that may read it.
func (c *collection) digestReaders(ctx context.Context) (readers []digest.Reader, err error) {
	var wanting []int64
	err = c.db.Read(ctx, func(tx *store.Tx) (err error) {
		wanting, err = c.fieldwork.Wanting(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	persons, err := c.accounts.Persons(ctx) // with their roles
	if err != nil {
		return nil, err
	}
	for _, person := range persons {
		id := int64(person.ID)
		holds := func(role policy.Role) bool { return role == policy.Fieldwork || role == policy.Statistician }
		if !slices.Contains(wanting, id) || person.State != account.Active || person.Address == "" || !slices.ContainsFunc(person.Roles, holds) {
			continue
		}
		readers = append(readers, digest.Reader{Person: id, Address: person.Address, Name: person.Name, Lang: person.Lang})
	}
	return readers, nil
}
