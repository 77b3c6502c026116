// Package mail sends the program's mail: sign-in links, reminders, digests.
//
// [Mailer.Send] renders a [Message] and puts it into the queue, in the
// transaction of whatever calls for it: there is mail when the transaction
// commits and none when it does not. A handler of the queue delivers it
// through a [Transport], an SMTP server or a folder of .eml files, and tries
// again where that fails for the time being. What bounces is read by
// [Mailer.Bounced], and addresses that cannot be reached are not written to.
//
// A mail has a key and is asked for once, however often Send is called with
// it. Its Message-ID, date and parts follow from the first call, so that a
// repeated delivery, as after a lost connection, is the same mail to the
// servers that compare.
//
// Addresses stand in sealed payloads of the queue alone, until the mail is
// delivered. Tables and logs hold keyed digests, and what a mail server
// answered is reduced to its codes. The package knows no occasion for mail:
// the wording comes as [Templates] from the packages that have one.
package mail

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/queue"
	"barometer/internal/store"
)

// Message is one mail to one recipient.
type Message struct {
	Key         string    // names the mail and nobody: letters, digits and ./:_+-
	To          string    // address
	Name        string    // of the recipient, may be empty
	Lang        i18n.Lang // which wording of the template
	Template    string
	Data        any       // of the type of the template's sample
	Urgent      bool      // somebody waits for it
	Expires     time.Time // not delivered later than this; zero is never
	Unsubscribe string    // https address that a POST unsubscribes at, for digests (RFC 8058)
}

// Sender is what packages that have something to say need of a Mailer.
type Sender interface {
	Send(ctx context.Context, tx *store.Tx, m Message) error
}

// Config says who the mail is from and how it leaves.
type Config struct {
	From      string           // address
	Name      i18n.Text        // of the sender
	Reply     string           // address that answers go to, may be empty
	Return    string           // address that bounces go to; default From
	BaseURL   string           // of the site: only links into it become links in mail
	Key       []byte           // 32 bytes that digests of addresses are made with
	PerMinute int              // mails a minute to one domain; default 120
	Transport Transport        // how mail leaves
	Now       func() time.Time // the clock
}

// Mailer writes and delivers mail.
type Mailer struct {
	db        *store.DB
	queue     *queue.Queue
	cfg       Config
	templates map[string]*template
}

// Kind is the kind of the queue's jobs that deliver mail.
const Kind = "mail"

// New returns a mailer and sets it as the queue's handler of mail.
func New(ctx context.Context, db *store.DB, q *queue.Queue, cfg Config) (*Mailer, error) {
	if cfg.Return == "" {
		cfg.Return = cfg.From
	}
	if cfg.PerMinute == 0 {
		cfg.PerMinute = 120
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if err := db.CheckKey(ctx, "mail", cfg.Key); err != nil {
		return nil, err
	}
	m := &Mailer{db: db, queue: q, cfg: cfg, templates: map[string]*template{}}
	return m, q.Handle(queue.Handler{
		Kind:     Kind,
		Label:    i18n.Text{DA: "E-mail", EN: "E-mail"},
		Limit:    2 * time.Minute,
		Attempts: 20, // some three days
		Pause:    queue.Pause{First: time.Minute, Longest: 4 * time.Hour},
		Run:      m.deliver,
	})
}

// Add makes the templates of a package known.
func (m *Mailer) Add(t *Templates) error {
	var faults []error
	for name, one := range t.byName {
		if _, twice := m.templates[name]; twice {
			faults = append(faults, fmt.Errorf("mail template %q: two packages have one", name))
			continue
		}
		m.templates[name] = one
	}
	return errors.Join(faults...)
}

// letter is a mail as it waits in the queue.
type letter struct {
	Key         string    `json:"key"`
	To          string    `json:"to"`
	Name        string    `json:"name,omitempty"`
	Lang        i18n.Lang `json:"lang"`
	Subject     string    `json:"subject"`
	Text        string    `json:"text"`
	Written     time.Time `json:"written"`
	Expires     time.Time `json:"expires,omitzero"`
	Unsubscribe string    `json:"unsubscribe,omitempty"`
}

// Send asks for a mail, in the caller's transaction. The address, the name and
// the filled-in template are checked now, and all faults are named. An address
// that is known to bounce, or whose owner wants no mail, is no error: the mail
// is withheld, and the caller cannot tell.
func (m *Mailer) Send(_ context.Context, tx *store.Tx, msg Message) error {
	subject, text, err := m.render(msg)
	if err := errors.Join(msg.check(), err); err != nil {
		return fmt.Errorf("mail %s: %w", msg.Key, err)
	}
	address := m.digest(msg.To)
	state, ended := "queued", int64(0)
	now := m.cfg.Now()
	if blocked, err := m.blocked(tx, address); err != nil {
		return err
	} else if blocked {
		state, ended = "withheld", store.Millis(now)
	}
	added, err := tx.Exec(`INSERT INTO mail_sent (mail_key, template, address, token, state, code, slot_ms, asked_ms, ended_ms)
		VALUES (?, ?, ?, ?, ?, '', 0, ?, ?) ON CONFLICT (mail_key) DO NOTHING`,
		msg.Key, msg.Template, address, m.token(msg.Key), state, store.Millis(now), ended)
	if err != nil || added == 0 || state == "withheld" {
		return err
	}
	payload, err := json.Marshal(letter{
		Key: msg.Key, To: msg.To, Name: msg.Name, Lang: msg.Lang, Subject: subject, Text: text,
		Written: now.UTC().Truncate(time.Second), Expires: msg.Expires, Unsubscribe: msg.Unsubscribe,
	})
	if err != nil {
		return err
	}
	return m.queue.Enqueue(tx, queue.Job{Kind: Kind, Key: msg.Key, Urgent: msg.Urgent, Payload: payload})
}

// keyed is a digest that only who has the key can make.
func (m *Mailer) keyed(use, of string) []byte {
	mac := hmac.New(sha256.New, m.cfg.Key)
	mac.Write([]byte(use + "\x00" + of))
	return mac.Sum(nil)
}

// digest stands for an address in tables. Letters' case does not matter: no
// provider tells mailboxes apart by it.
func (m *Mailer) digest(address string) []byte { return m.keyed("address", strings.ToLower(address)) }

var plainBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// token names a mail in its Message-ID and return address, where the key can be
// neither guessed nor read. Only who received the mail, or carried it, has it.
func (m *Mailer) token(key string) string {
	return plainBase32.EncodeToString(m.keyed("return", key)[:15])
}
