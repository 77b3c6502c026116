package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/survey/contact/wording"
	"barometer/survey/response"
)

// Planned is a letter that is sent by itself, by mail, on a day.
type Planned struct {
	Kind wording.Kind
	Day  time.Time // its time of day means nothing
}

// CheckPlanned names what is wrong with the days of a wave: one that nobody
// works on, one that is not after the one before, one past the deadline, a
// letter without a wording.
func (w *Wave) CheckPlanned() error {
	var faults []error
	for i, p := range w.Planned {
		if err := Workday(p.Day); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w: choose a working day", p.Kind, err))
		}
		if i > 0 && !w.Planned[i-1].Day.Before(p.Day) {
			faults = append(faults, fmt.Errorf("%s: %s is not after the day of %s", p.Kind, p.Day.Format(time.DateOnly), w.Planned[i-1].Kind))
		}
		if p.Day.After(w.Deadline) {
			faults = append(faults, fmt.Errorf("%s: %s is after the deadline, %s", p.Kind, p.Day.Format(time.DateOnly), w.Deadline.Format(time.DateOnly)))
		}
		if w.Wordings != nil {
			if _, err := w.Wordings.Get(p.Kind, i18n.Danish); err != nil {
				faults = append(faults, err)
			}
		}
	}
	return errors.Join(faults...)
}

// Due is the planned letter whose day came last, and whether there is one.
func (w *Wave) Due(now time.Time) (due Planned, ok bool) {
	for _, p := range w.Planned {
		if !dateOf(p.Day).After(dateOf(now)) {
			due, ok = p, true
		}
	}
	return due, ok
}

// Kinds of the queue's jobs.
const (
	planJob   = "letters.plan"
	remindJob = "letters.remind"
	thankJob  = "letters.thank"
)

// key names the job of a planned letter: "2025/reminder-1/2026-02-16".
func (p Planned) key(wave string) string {
	return fmt.Sprintf("%s/%s/%s", wave, p.Kind, p.Day.Format(time.DateOnly))
}

// Enqueue puts the wave's planned letters into the queue, where staff see them
// wait. Days that are past are not made up for. It may be called again, as when
// a day was moved: a job whose day is no longer the wave's sends nothing.
func (d *Dispatcher) Enqueue(tx *store.Tx, q *queue.Queue, w *Wave) error {
	today := dateOf(d.Now().In(d.Zone))
	for _, p := range w.Planned {
		if dateOf(p.Day).Before(today) {
			continue
		}
		job := queue.Job{Kind: remindJob, Key: p.key(w.ID), RunAt: clock(dateOf(p.Day), hourOfSending, d.Zone)}
		if err := q.Enqueue(tx, job); err != nil {
			return err
		}
	}
	return nil
}

// Waves opens waves as their folders say now.
type Waves interface {
	Wave(id string) (*Wave, error)
	Waves() ([]*Wave, error)
}

// Handle makes the queue send what is planned. Every server may: the queue
// gives a job to one of them, and the send log bears a second.
func (d *Dispatcher) Handle(q *queue.Queue, waves Waves) error {
	return errors.Join(
		q.Handle(queue.Handler{
			Kind: planJob, Label: i18n.Text{DA: "Planlægning af påmindelser", EN: "Planning of reminders"},
			Run: func(context.Context, queue.Job) (queue.Effect, error) { return d.Planning(q, waves) },
		}),
		q.Repeat(queue.Rule{Kind: planJob, Hour: 6, Minute: 5}),
		q.Handle(queue.Handler{
			Kind: remindJob, Label: i18n.Text{DA: "Påmindelser til arbejdspladser", EN: "Reminders to workplaces"}, Limit: 20 * time.Minute,
			Run: func(ctx context.Context, j queue.Job) (queue.Effect, error) { return nil, d.remind(ctx, waves, j.Key) },
		}),
		q.Handle(queue.Handler{
			Kind: thankJob, Label: i18n.Text{DA: "Tak til arbejdspladser, der har svaret", EN: "Thanks to workplaces that have answered"}, Limit: 20 * time.Minute,
			Run: func(ctx context.Context, _ queue.Job) (queue.Effect, error) { return nil, d.thank(ctx, waves) },
		}),
		q.Repeat(queue.Rule{Kind: thankJob, Hour: hourOfSending, Minute: 30, Weekdays: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}}),
	)
}

// Planning puts what all waves plan into the queue, as every morning and when a
// server starts. Nothing is put in where a wave cannot be opened or plans what
// cannot be: its fault is told instead.
func (d *Dispatcher) Planning(q *queue.Queue, waves Waves) (queue.Effect, error) {
	list, err := waves.Waves()
	if err != nil {
		return nil, errWaves
	}
	for _, w := range list {
		if err := w.CheckPlanned(); err != nil {
			return nil, fmt.Errorf("wave %s: %w", w.ID, err)
		}
	}
	return func(tx *store.Tx) error {
		for _, w := range list {
			if err := d.Enqueue(tx, q, w); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// errWaves is told instead of what is wrong, which may name files.
var errWaves = errors.New("a wave cannot be opened: see barometer letters lint")

// remind sends a planned letter by mail, if it still stands in the wave's
// folder, the wave is open, and it is office hours.
func (d *Dispatcher) remind(ctx context.Context, waves Waves, key string) error {
	id, _, _ := strings.Cut(key, "/")
	w, err := waves.Wave(id)
	if err != nil {
		return fmt.Errorf("wave %s cannot be opened: see barometer letters lint %s", id, id)
	}
	at := slices.IndexFunc(w.Planned, func(p Planned) bool { return p.key(w.ID) == key })
	if at < 0 {
		return nil // the day was moved or taken back
	}
	return d.sendPlanned(ctx, w, w.Planned[at].Kind)
}

// sendPlanned sends mails within office hours. A wave that is paused waits for
// the next working day, one that is closed sends nothing any more.
func (d *Dispatcher) sendPlanned(ctx context.Context, w *Wave, k wording.Kind) error {
	now := d.Now()
	if at := officeHours(now, d.Zone); at.After(now) {
		return queue.Later(at)
	}
	_, err := d.Run(ctx, w, Order{Kind: k, Lang: i18n.Danish, Channel: wording.Email}, nil)
	switch {
	case errors.Is(err, response.ErrClosed):
		return nil
	case errors.Is(err, ErrPaused):
		return queue.Later(clock(nextWorkday(dateOf(now.In(d.Zone))), hourOfSending, d.Zone))
	}
	return err
}

// thank writes to whoever has answered since, in the waves that ask for it.
func (d *Dispatcher) thank(ctx context.Context, waves Waves) error {
	list, err := waves.Waves()
	if err != nil {
		return errWaves
	}
	for _, w := range list {
		if !w.Thanks || w.Paused {
			continue
		}
		if err := d.sendPlanned(ctx, w, wording.Thanks); err != nil {
			return err
		}
	}
	return nil
}
