// Package dispatch writes to workplaces: it decides who gets an invitation, a
// reminder or a word of thanks, by which channel, hands the letters over, and
// keeps the log of it.
//
// A [Wave] and an [Order] come in. A [Plan] says of every workplace of the
// sample whether it is written to, how, and why or why not, by what is known
// of it at that moment; [Dispatcher.Run] carries the same decisions out. Mails
// go into the queue of package mail; letters for the post and for Digital Post
// become files in a folder of their own. What letters say is left to package
// wording, how they look to packages paper and memo.
//
// # Codes
//
// Codes are kept as hashes, so a code that was sent cannot be sent again. Each
// letter brings a code of its own, of the same form, which opens the same
// response; earlier ones go on working until the wave closes or staff revoke
// them, and the letter says which it is. A letter that was passed on is then
// worth as much as before.
//
// # Once
//
// A letter has the name wave, unit, kind and turn. Its row in the send log is
// written in one transaction with its code and its mail, so that of two
// processes one writes it, and a process that dies has written all three or
// none. Files are complete under a name of their own before that transaction
// and get their last name after it; whoever runs next finishes what a dead
// process left in between.
//
// The log names units by their random key, and mails by names drawn at random.
package dispatch

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/survey/contact"
	"barometer/survey/contact/memo"
	"barometer/survey/contact/wording"
	"barometer/survey/response"
)

// Options are what a Dispatcher needs.
type Options struct {
	Store     *store.DB
	Access    *contact.Access
	Responses *response.Store
	Mail      *mail.Mailer
	Key       []byte           // 32 bytes that digests of tokens are made with
	Random    io.Reader        // names letters and draws tokens: crypto/rand.Reader
	Now       func() time.Time // the clock
	Zone      *time.Location   // local time of deadlines and office hours
}

// Dispatcher writes to the workplaces of all waves in a store.
type Dispatcher struct {
	Options
	digestKey []byte

	mailsAtOnce   int // in one transaction: visitors' answers wait for it
	lettersAtOnce int // in one batch of files
}

// Wave is what letters of a wave are made of.
type Wave struct {
	ID       string
	People   []contact.Person // of the sample, in its order; what staff put right since is read from the store
	Title    i18n.Text        // of the survey
	Sender   i18n.Text        // who asks
	Return   string           // the sender's postal address in one line, may be empty
	Email    string           // for questions
	Phone    string           // for questions, may be empty
	Host     string           // where the survey is: "https://barometer.example.dk"
	Deadline time.Time        // last day to answer; its time of day means nothing
	Minutes  int              // answering takes
	Wordings *wording.Set
	Post     memo.Sender // in Digital Post; without a CVR number nothing goes that way
	Planned  []Planned   // what is sent by itself
	Thanks   bool        // whoever has answered is thanked by mail
	Paused   bool        // nothing is sent
}

// Order is what to send.
type Order struct {
	Kind    wording.Kind
	Lang    i18n.Lang
	Channel wording.Channel // the only one; empty: by the rule
	Again   string          // key of the one unit that is sent the letter once more; empty: all that have not got it
}

//go:embed mails/*.txt
var mailFiles embed.FS

// mailTemplate is the template of all mails of this package: their wording is
// finished before.
const mailTemplate = "dispatch-letter"

// mailData fills it.
type mailData struct{ Subject, Text string }

// Mails are the templates of this package, for the mailer to know.
func Mails() (*mail.Templates, error) {
	files, err := fs.Sub(mailFiles, "mails")
	if err != nil {
		return nil, err
	}
	return mail.ParseTemplates(files, map[string]any{mailTemplate: mailData{"Emne", "Tekst"}})
}

// New returns a dispatcher. A key other than the one the store's log was made
// with is refused.
func New(ctx context.Context, o Options) (*Dispatcher, error) {
	if o.Store == nil || o.Access == nil || o.Responses == nil || o.Mail == nil || o.Now == nil || o.Zone == nil || o.Random == nil || len(o.Key) != 32 {
		return nil, errors.New("dispatch: store, access, responses, mail, clock, zone, randomness and a key of 32 bytes are all needed")
	}
	if err := o.Store.CheckKey(ctx, "dispatch", o.Key); err != nil {
		return nil, fmt.Errorf("dispatch: %w", err)
	}
	d := &Dispatcher{Options: o, mailsAtOnce: 200, lettersAtOnce: 5000}
	var err error
	d.digestKey, err = hkdf.Key(sha256.New, o.Key, nil, "barometer dispatch stop digests", 32)
	return d, err
}

// name is what one letter is called: nobody else's, and the same whoever asks.
type name struct {
	wave, unit string
	kind       wording.Kind
	turn       int
}

// sending is the name under which the letter's code is valid.
func (n name) sending() string { return string(n.kind) + "/" + strconv.Itoa(n.turn) }

// draw draws random bits. What names a letter outside this store is drawn and
// not derived from the unit's key: once the log is destroyed, no key joins a
// letter that somebody kept to an answer.
func (d *Dispatcher) draw(bytes int) ([]byte, error) {
	b := make([]byte, bytes)
	if _, err := io.ReadFull(d.Random, b); err != nil {
		return nil, fmt.Errorf("draw the name of a letter: %w", err)
	}
	return b, nil
}

var plainBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// mailPrefix begins the keys of a wave's mails.
func mailPrefix(wave string) string { return "dispatch/" + wave + "/" }

// mailKey names a mail of the wave, and nobody.
func (d *Dispatcher) mailKey(wave string) (string, error) {
	b, err := d.draw(15)
	return mailPrefix(wave) + plainBase32.EncodeToString(b), err
}

// uuid names a letter in Digital Post (RFC 9562, version 4).
func (d *Dispatcher) uuid() (string, error) {
	b, err := d.draw(16)
	if err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}

// closes is the last moment of the deadline's day, in local time.
func (d *Dispatcher) closes(w *Wave) time.Time {
	next, _ := queue.Local(w.Deadline.AddDate(0, 0, 1), d.Zone)
	return next.Add(-time.Second)
}

// ErrIncomplete says that the wave's folder or the home lacks what letters are
// made of; the error names it.
var ErrIncomplete = errors.New("letters cannot be written")

// check names what is missing before anything can be written.
func (w *Wave) check(o Order) error {
	var faults []error
	if w.Wordings == nil || len(w.Title.Missing()) > 0 || len(w.Sender.Missing()) > 0 {
		faults = append(faults, errors.New("title and sender are needed in Danish and English"))
	}
	if w.Deadline.IsZero() || w.Minutes <= 0 || w.Email == "" || !strings.HasPrefix(w.Host, "http") {
		faults = append(faults, errors.New("deadline, minutes, the home's contact and base_url are needed"))
	}
	if w.Wordings != nil {
		_, err := w.Wordings.Get(o.Kind, o.Lang)
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("letters of wave %s: %w: %w", w.ID, ErrIncomplete, err)
	}
	return nil
}
