package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"barometer/internal/audit"
	"barometer/internal/mail"
	"barometer/internal/store"
)

// mailBox is how mail leaves, in barometer.yaml. Files are named from the
// home folder.
type mailBox struct {
	From      string     `yaml:"from,omitempty"`       // address; the home's contact where empty
	Return    string     `yaml:"return,omitempty"`     // address that bounces go to, with a + and a code added; default from
	PerMinute int        `yaml:"per_minute,omitempty"` // mails a minute to one domain
	Server    *mail.SMTP `yaml:"server,omitempty"`     // without one, mail is put into the folder outbox
}

func openMail(ctx context.Context, h *home, c *collection, now func() time.Time) (*mail.Mailer, error) {
	key, err := secret(h.path("secrets", "mail.key"))
	if err != nil {
		return nil, err
	}
	transport, err := h.transport()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.path("barometer.yaml"), err)
	}
	from := h.Mail.From
	if from == "" {
		from = h.Contact
	}
	m, err := mail.New(ctx, c.db, c.queue, mail.Config{
		From: from, Name: serviceName, Reply: h.Contact, Return: h.Mail.Return, BaseURL: h.BaseURL,
		Key: key, PerMinute: h.Mail.PerMinute, Transport: transport, Now: now,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.path("barometer.yaml"), err)
	}
	return m, nil
}

// transport is the home's mail server, or its outbox.
func (h *home) transport() (mail.Transport, error) {
	if h.Mail.Server == nil {
		return mail.Outbox(h.path("outbox")), nil
	}
	return mail.NewSMTP(h.mailServer())
}

// mailServer is the home's mail server, its files as seen from here.
func (h *home) mailServer() mail.SMTP {
	server := *h.Mail.Server
	for _, file := range []*string{&server.PasswordFile, &server.CAFile} {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = h.path(*file)
		}
	}
	return server
}

func mailBounceCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		return a.withWork(ctx, *dir, func(c *collection) error {
			reports, err := readReports(args, os.Stdin)
			if err != nil {
				return err
			}
			results := []bounced{}
			for _, r := range reports {
				results = append(results, c.bounce(ctx, r))
			}
			return a.writeBounces(results, *asJSON)
		})
	}
}

// rawReport is a mail that may be a delivery report.
type rawReport struct {
	name string
	data []byte
}

// largestReport is how much of a mail is read.
const largestReport = 4 << 20

// readReports reads the files named, and all files in the folders named: .eml
// files, or a mailbox of the form Maildir. Without names it reads the input.
func readReports(names []string, input io.Reader) ([]rawReport, error) {
	if len(names) == 0 {
		data, err := io.ReadAll(io.LimitReader(input, largestReport))
		return []rawReport{{"input", data}}, err
	}
	var list []rawReport
	var faults []error
	for _, name := range names {
		err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			data, err := io.ReadAll(io.LimitReader(f, largestReport))
			list = append(list, rawReport{path, data})
			return err
		})
		faults = append(faults, err)
	}
	return list, errors.Join(faults...)
}

// bounced is what became of one mail.
type bounced struct {
	File string `json:"file"`
	mail.Bounce
	Fault string `json:"fault,omitempty"`
}

func (c *collection) bounce(ctx context.Context, r rawReport) bounced {
	b, err := c.mail.Bounced(ctx, bytes.NewReader(r.data))
	if err != nil {
		return bounced{File: r.name, Fault: err.Error()}
	}
	return bounced{File: r.name, Bounce: b}
}

// writeBounces prints what became of each. Where none could be used, the
// command fails.
func (a *app) writeBounces(results []bounced, asJSON bool) error {
	used := len(results) == 0
	for _, r := range results {
		used = used || r.Fault == ""
		if asJSON {
			continue
		}
		says := r.Fault
		if says == "" {
			says = fmt.Sprintf("mail %s: %s, the address is %s", r.Key, r.Status, r.Address)
		}
		fmt.Fprintf(a.stdout, "%s: %s\n", r.File, says)
	}
	if asJSON {
		if err := json.NewEncoder(a.stdout).Encode(results); err != nil {
			return err
		}
	}
	if !used {
		return errReported
	}
	return nil
}

func mailSuppressCommand(a *app, flags *flag.FlagSet) action {
	return a.addressAct(flags, "suppress", "no more mail is sent to it", (*mail.Mailer).Suppress)
}

func mailReleaseCommand(a *app, flags *flag.FlagSet) action {
	return a.addressAct(flags, "release", "mail is sent to it again", (*mail.Mailer).Release)
}

// addressAct is a command that changes what is known of an address. The audit
// log tells that it was done, not to whom.
func (a *app) addressAct(flags *flag.FlagSet, verb, says string, do func(*mail.Mailer, *store.Tx, string) error) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "one address", args); err != nil {
			return err
		}
		return a.withWork(ctx, *dir, func(c *collection) error {
			err := c.db.Write(ctx, func(tx *store.Tx) error {
				if err := do(c.mail, tx, args[0]); err != nil {
					return err
				}
				return audit.Record(tx, a.now(), audit.Event{Actor: audit.Operator, Action: "mail." + verb})
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s: %s\n", args[0], says)
			return err
		})
	}
}
