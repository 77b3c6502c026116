package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"barometer/internal/store"
	"barometer/survey/contact/wording"
	"barometer/survey/response"
)

// ErrPaused says that the wave sends nothing for now.
var ErrPaused = errors.New("the wave is paused: nothing is sent")

// errTaken says that another process was faster: what was planned is out of
// date.
var errTaken = errors.New("another process sends the same letters")

// Report is what a run did.
type Report struct {
	Mails   int      // put into the queue
	Batches []string // folders of files
	Letters int      // in them
}

// mostRaces is how often another process may be faster before it is given up.
const mostRaces = 20

// Run hands the letters of an order over. It can be run again at any time, and
// by several processes: no letter is handed over twice. files says where
// letters that are no mail go; nil sends mails alone. Nothing is sent where
// the wave has closed ([response.ErrClosed]) or is paused ([ErrPaused]).
func (d *Dispatcher) Run(ctx context.Context, w *Wave, o Order, files *Files) (*Report, error) {
	report := &Report{}
	if err := w.check(o); err != nil {
		return report, err
	}
	if err := d.open(ctx, w); err != nil {
		return report, err
	}
	if files != nil {
		if err := d.tidy(ctx, files); err != nil {
			return report, err
		}
	}
	v, err := d.look(ctx, w, o)
	if err != nil {
		return report, err
	}
	err = v.sendMails(ctx, report)
	for _, channel := range []wording.Channel{wording.DigitalPost, wording.Paper} {
		if err == nil && files != nil {
			err = v.sendFiles(ctx, channel, files, report)
		}
	}
	if err != nil {
		return report, fmt.Errorf("%s of wave %s: %w", o.Kind, w.ID, err)
	}
	return report, nil
}

// open says why nothing may be sent to anybody.
func (d *Dispatcher) open(ctx context.Context, w *Wave) error {
	if w.Paused {
		return fmt.Errorf("wave %s: %w", w.ID, ErrPaused)
	}
	if !d.Now().Before(d.closes(w)) {
		return fmt.Errorf("wave %s: the last day to answer, %s, has passed: %w", w.ID, w.Deadline.Format(time.DateOnly), response.ErrClosed)
	}
	err := d.Store.Read(ctx, func(tx *store.Tx) error { return response.StillOpen(tx, w.ID) })
	if err != nil {
		return fmt.Errorf("wave %s: %w", w.ID, err)
	}
	return nil
}

// sendMails puts mails into the queue, some at a time, and looks anew each
// time.
func (v *view) sendMails(ctx context.Context, report *Report) error {
	for races := 0; ; {
		list := v.due(wording.Email, v.d.mailsAtOnce)
		if len(list) == 0 {
			return nil
		}
		n, err := v.d.mail(ctx, v, list)
		report.Mails += n
		if n == 0 {
			races++
		}
		switch {
		case err != nil:
			return err
		case v.order.Again != "" && n > 0:
			return nil // one, once
		case races > mostRaces:
			return errTaken
		}
		if err := v.refresh(ctx); err != nil {
			return err
		}
	}
}

// sendFiles writes batches of letters, and looks anew each time.
func (v *view) sendFiles(ctx context.Context, channel wording.Channel, files *Files, report *Report) error {
	for races := 0; ; {
		list := v.due(channel, v.d.lettersAtOnce)
		if len(list) == 0 {
			return nil
		}
		folder, err := v.d.file(ctx, v, channel, list, files)
		switch {
		case errors.Is(err, errTaken) && races < mostRaces:
			races++
		case err != nil:
			return err
		default:
			report.Batches, report.Letters = append(report.Batches, folder), report.Letters+len(list)
			if v.order.Again != "" {
				return nil
			}
		}
		if err := v.refresh(ctx); err != nil {
			return err
		}
	}
}

// admit writes a letter into the log and lets its code in, unless it was
// written to or has said that it wants no letters since it was decided about.
func (d *Dispatcher) admit(tx *store.Tx, v *view, l *letter, handed string, stop []byte) (bool, error) {
	no, err := stopped(tx, v.wave.ID, l.Unit)
	if err != nil || no {
		return false, err
	}
	added, err := d.note(tx, l.name, l.Channel, handed, stop)
	if err != nil || !added || l.code == "" {
		return added, err
	}
	return true, d.Access.Admit(tx, v.wave.ID, l.person, l.name.sending(), l.code)
}
