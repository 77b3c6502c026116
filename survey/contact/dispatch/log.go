package dispatch

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"barometer/internal/mail"
	"barometer/internal/store"
	"barometer/survey/contact/wording"
)

// Sent is one letter of the send log, with what became of it.
type Sent struct {
	Unit    string          `json:"unit"`
	Kind    wording.Kind    `json:"kind"`
	Turn    int             `json:"turn"`
	Channel wording.Channel `json:"channel"`
	Handed  string          `json:"handed"` // key of the mail, or name of the batch of files
	At      time.Time       `json:"at"`
	State   string          `json:"state"` // of a mail: queued, sent, failed, expired, withheld, bounced; else: filed
	Code    string          `json:"code,omitempty"`
}

// Lost reports whether the letter has not reached the workplace and will not.
func (s Sent) Lost() bool { return mail.Outcome{State: s.State}.Lost() }

// Log lists what was sent in a wave, held against what became of the mails, in
// the order it was sent.
func (d *Dispatcher) Log(ctx context.Context, wave string) ([]Sent, error) {
	outcomes, err := d.Mail.Outcomes(ctx, mailPrefix(wave))
	if err == nil {
		var list []Sent
		if list, err = d.log(ctx, wave, `ORDER BY sent_ms, kind, unit, turn`); err == nil {
			return reconcile(list, outcomes), nil
		}
	}
	return nil, fmt.Errorf("send log of wave %s: %w", wave, err)
}

func (d *Dispatcher) log(ctx context.Context, wave, rest string, args ...any) (list []Sent, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		list = nil
		return tx.Each(func(rows *sql.Rows) error {
			var s Sent
			var at int64
			err := rows.Scan(&s.Unit, &s.Kind, &s.Turn, &s.Channel, &s.Handed, &at)
			s.At = store.FromMillis(at)
			list = append(list, s)
			return err
		}, `SELECT unit, kind, turn, channel, handed, sent_ms FROM dispatch_sent WHERE wave = ? `+rest, append([]any{wave}, args...)...)
	})
	return list, err
}

// reconcile adds what became of the letters. A mail that package mail knows
// nothing of any more was delivered long ago.
func reconcile(list []Sent, outcomes map[string]mail.Outcome) []Sent {
	for i, s := range list {
		list[i].State = "filed"
		if s.Channel != wording.Email {
			continue
		}
		list[i].State = "sent"
		if o, ok := outcomes[s.Handed]; ok {
			list[i].State, list[i].Code = o.State, o.Code
		}
	}
	return list
}

// note writes a letter into the log; false where it stands there already.
func (d *Dispatcher) note(tx *store.Tx, n name, channel wording.Channel, handed string, stop []byte) (bool, error) {
	const q = `INSERT INTO dispatch_sent (wave, unit, kind, turn, channel, handed, stop, sent_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (wave, kind, unit, turn) DO NOTHING`
	added, err := tx.Exec(q, n.wave, n.unit, n.kind, n.turn, channel, handed, stop, store.Millis(d.Now()))
	return added == 1, err
}
