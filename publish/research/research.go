// Package research lets researchers have the research files of published waves:
// who asks with what project, who accepts the agreement, and who fetches what.
//
// A signed-in person applies with a [Form] and signs the agreement; another
// person, of the staff, accepts it or not. From then until the project's last
// day, or until staff end it, the researcher makes a [Link] that opens for their
// own session, for an hour, and fetches files by it. Each question is put to the
// store anew, so that access ends at once on every server; each act and each
// file is an event of the audit log, written before the file is sent. What an
// application says of persons is sealed. The file that is for everyone needs
// none of this and is not known here.
//
// The files themselves lie in a folder apart from the releases (package
// release, BuildRestricted), and are shown only where the release that they
// belong to is out. The pages are in desk.
package research

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/publish/release"
)

var (
	// ErrUnknown says that a project is not there, or not this person's.
	ErrUnknown = errors.New("no such project")
	// ErrState says that a project is past what was asked for it.
	ErrState = errors.New("the project has been decided on or has ended")
	// ErrClosed says that a project gives no access: not accepted, ended, or past
	// its last day.
	ErrClosed = errors.New("the project gives no access")
	// ErrLink says that a link is wrong, has expired, or is another project's.
	ErrLink = errors.New("the link does not open anything")
	// ErrNoFiles says that the wave has no research file that is out.
	ErrNoFiles = errors.New("there is no research file of the wave yet")
)

// RefusedError says that the table of rules does not let somebody act.
type RefusedError struct {
	Action   string
	Decision policy.Decision
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s a research project: the table of rules says %s", e.Action, e.Decision)
}

// Person is whom a letter goes to.
type Person struct {
	ID, Name, Address string
	Lang              i18n.Lang
}

// Options are what projects need.
type Options struct {
	Store *store.DB
	Rules *policy.Table
	Mail  mail.Sender
	Now   func() time.Time                      // the clock
	Dir   string                                // folder of research files
	Link  func(l i18n.Lang, path string) string // an address of the site, complete

	// Out is the newest version of each wave that is published.
	Out func(ctx context.Context) (map[string]release.Version, error)
	// Person finds who a letter goes to; Staff lists those who decide.
	Person func(ctx context.Context, id string) (Person, error)
	Staff  func(ctx context.Context) ([]Person, error)

	// Seal and Open keep what must not be read in a copy of the store; Keyed is a
	// hash that a token cannot be found from.
	Seal  func(plain []byte, about string) []byte
	Open  func(sealed []byte, about string) ([]byte, error)
	Keyed func(secret string) []byte
}

// Projects are the projects of a home. Safe for concurrent use.
type Projects struct{ opt Options }

// New returns the projects of a home.
func New(o Options) (*Projects, error) {
	if o.Store == nil || o.Rules == nil || o.Mail == nil || o.Now == nil || o.Dir == "" || o.Link == nil || o.Out == nil ||
		o.Person == nil || o.Staff == nil || o.Seal == nil || o.Open == nil || o.Keyed == nil {
		return nil, errors.New("research: an option is missing")
	}
	return &Projects{o}, nil
}

// Objects and actions of the table of rules.
const (
	projectObject = "research project"
	fileObject    = "research file"

	actApply    = "apply"
	actRead     = "read"
	actAccept   = "accept"
	actEnd      = "refuse or end"
	actDownload = "download"
)

// may asks the table of rules.
func (p *Projects) may(s policy.Subject, object, action string) error {
	if d := p.opt.Rules.Decide(s, object, action, p.opt.Now()); d != policy.Allowed {
		return &RefusedError{action, d}
	}
	return nil
}

// mayAccept asks it where four eyes are wanted: the first two are the
// researcher's.
func (p *Projects) mayAccept(s policy.Subject, one Project) error {
	d, err := p.opt.Rules.Confirm(s, projectObject, actAccept, one.Person, p.opt.Now())
	switch {
	case err != nil:
		return fmt.Errorf("accept research project %d: %w", one.ID, err)
	case d != policy.Allowed:
		return &RefusedError{actAccept, d}
	}
	return nil
}

// actor is how the store and the audit log name a subject.
func actor(s policy.Subject) string {
	if s.Person == "" && s.Holds(policy.Operator) {
		return audit.Operator
	}
	return s.Person
}

func (p *Projects) record(tx *store.Tx, by, verb string, one Project, detail map[string]string) error {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["wave"] = one.Wave
	return audit.Record(tx, p.opt.Now(), audit.Event{Actor: by, Action: "research." + verb, Object: fmt.Sprintf("research/%d", one.ID), Detail: detail})
}

//go:embed contract.da.md contract.en.md
var contracts embed.FS

// Contract is the agreement that researchers sign, by paragraph.
func Contract(l i18n.Lang) string {
	text, err := contracts.ReadFile("contract." + string(l) + ".md")
	if err != nil {
		panic(err) // both languages are in the program
	}
	return string(text)
}

// ContractHash names the agreement as it is worded now.
func ContractHash() string {
	sum := sha256.Sum256([]byte(Contract(i18n.Danish) + "\x00" + Contract(i18n.English)))
	return hex.EncodeToString(sum[:])
}

//go:embed letters/*.txt
var letterFiles embed.FS

// Letter is what the letters say beside their fixed wording.
type Letter struct {
	Title  string // of the project
	Link   string
	Until  string // last day of access
	Reason string // of a refusal or an end
}

// Letters are the wordings of all letters this package writes, for the mailer
// to know.
func Letters() (*mail.Templates, error) {
	wordings, err := fs.Sub(letterFiles, "letters")
	if err != nil {
		return nil, err
	}
	sample := Letter{Title: "Innovation i ældreplejen", Link: "https://example.dk/da/research", Until: "31. december 2026", Reason: "Formålet mangler."}
	samples := make(map[string]any)
	for _, name := range []string{"research-asked", "research-new", "research-accepted", "research-refused", "research-ended"} {
		samples[name] = sample
	}
	return mail.ParseTemplates(wordings, samples)
}

// write asks for a letter about a project.
func (p *Projects) write(tx *store.Tx, to Person, template, key, path string, one Project) error {
	if to.Address == "" {
		return nil
	}
	return p.opt.Mail.Send(tx.Context(), tx, mail.Message{
		Key: fmt.Sprintf("research/%d/%s", one.ID, key), To: to.Address, Name: to.Name, Lang: to.Lang, Template: template,
		Data: Letter{Title: one.Title, Link: p.opt.Link(to.Lang, path), Until: i18n.Date(one.Until, to.Lang), Reason: one.Reason},
	})
}
