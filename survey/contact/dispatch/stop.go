package dispatch

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
)

// ErrNoSuchLetter says that a token belongs to no letter.
var ErrNoSuchLetter = errors.New("the token belongs to no letter")

// respondent is the actor of a stop that came by the link in a letter.
const respondent = "respondent"

// token is the secret in a letter's link to the page that ends reminders: 160
// bits, of which the store keeps a keyed digest.
func (d *Dispatcher) token() (string, error) {
	b, err := d.draw(20)
	return plainBase32.EncodeToString(b), err
}

func (d *Dispatcher) tokenDigest(token string) []byte {
	mac := hmac.New(sha256.New, d.digestKey)
	mac.Write([]byte(token))
	return mac.Sum(nil)
}

// StopLink is the address of the page that ends reminders.
func StopLink(host string, l i18n.Lang, token string) string {
	return host + "/" + string(l) + "/stop/" + token
}

// Stop ends letters to the workplace whose letter has the token. Asked again,
// it changes nothing. What is no token gives [ErrNoSuchLetter].
func (d *Dispatcher) Stop(ctx context.Context, token string) error {
	digest := d.tokenDigest(token)
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		var wave, unit string
		err := tx.QueryRow(`SELECT wave, unit FROM dispatch_sent WHERE stop = ?`, digest).Scan(&wave, &unit)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoSuchLetter
		}
		if err != nil {
			return err
		}
		return d.stop(tx, wave, unit, respondent)
	})
}

// stop notes the wish and takes back what has not left yet.
func (d *Dispatcher) stop(tx *store.Tx, wave, unit, actor string) error {
	if err := d.withdraw(tx, wave, unit); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO dispatch_stop (wave, unit, actor, stopped_ms) VALUES (?, ?, ?, ?) ON CONFLICT (wave, unit) DO NOTHING`,
		wave, unit, actor, store.Millis(d.Now()))
	return err
}

// StopFor notes for a workplace that has said so by other means that it wants
// no letters. actor is as of [audit.Event], and stands in the audit log.
func (d *Dispatcher) StopFor(ctx context.Context, actor, wave, unit string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := d.stop(tx, wave, unit, actor); err != nil {
			return err
		}
		return d.record(tx, actor, "letters.stop", wave, unit)
	})
}

// record writes an event about a workplace into the audit log.
func (d *Dispatcher) record(tx *store.Tx, actor, action, wave, unit string) error {
	object, err := contact.AuditObject(tx, wave, unit)
	if err != nil {
		return err
	}
	return audit.Record(tx, d.Now(), audit.Event{Actor: actor, Action: action, Object: object})
}

// ErrNotStopped says that a workplace has not asked for letters to end.
var ErrNotStopped = errors.New("it has not asked for letters to end")

// Resume takes a stop back, as when the workplace has thought better of it.
func (d *Dispatcher) Resume(ctx context.Context, actor, wave, unit string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`DELETE FROM dispatch_stop WHERE wave = ? AND unit = ?`, wave, unit)
		if err == nil && n == 0 {
			err = fmt.Errorf("unit %s of wave %s: %w", unit, wave, ErrNotStopped)
		}
		if err != nil {
			return err
		}
		return d.record(tx, actor, "letters.resume", wave, unit)
	})
}

// Stop is a workplace's wish for no letters.
type Stop struct {
	Unit  string
	Actor string // respondent, or who noted it
	At    time.Time
}

// Stops lists the workplaces of a wave that want no letters, by unit key.
func (d *Dispatcher) Stops(ctx context.Context, wave string) (list []Stop, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		list = nil
		return tx.Each(func(rows *sql.Rows) error {
			var s Stop
			var at int64
			err := rows.Scan(&s.Unit, &s.Actor, &at)
			s.At = store.FromMillis(at)
			list = append(list, s)
			return err
		}, `SELECT unit, actor, stopped_ms FROM dispatch_stop WHERE wave = ? ORDER BY unit`, wave)
	})
	return list, err
}

// Stopped is since when a workplace wants no letters, zero where it has not
// said so.
func (d *Dispatcher) Stopped(ctx context.Context, wave, unit string) (since time.Time, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		var at int64
		err := tx.QueryRow(`SELECT stopped_ms FROM dispatch_stop WHERE wave = ? AND unit = ?`, wave, unit).Scan(&at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		since = store.FromMillis(at)
		return err
	})
	return since, err
}

// stopped reports whether a workplace wants no letters.
func stopped(tx *store.Tx, wave, unit string) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM dispatch_stop WHERE wave = ? AND unit = ?`, wave, unit).Scan(&n)
	return n > 0, err
}

// withdraw takes back the mails to a workplace that wait to be delivered.
func (d *Dispatcher) withdraw(tx *store.Tx, wave, unit string) error {
	var keys []string
	err := tx.Each(func(rows *sql.Rows) error {
		var key string
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	}, `SELECT handed FROM dispatch_sent WHERE wave = ? AND unit = ? AND channel = ?`, wave, unit, wording.Email)
	for _, key := range keys {
		err = errors.Join(err, d.Mail.Withdraw(tx, key))
	}
	return err
}

// Withdraw takes back all mails of a wave that wait to be delivered, as when it
// closes.
func (d *Dispatcher) Withdraw(ctx context.Context, wave string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error { return d.Mail.Withdraw(tx, mailPrefix(wave)) })
}
