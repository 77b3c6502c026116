package account

import (
	"embed"
	"io/fs"

	"barometer/internal/mail"
	"barometer/internal/store"
)

// What letters say beside their fixed wording.
type (
	// LinkLetter brings a link.
	LinkLetter struct {
		Link    string
		Minutes int // until it is worthless
	}
	// PlainLetter tells of something and brings nothing.
	PlainLetter struct{}
	// GuardLetter tells of a change to what guards an account.
	GuardLetter struct{ Change Change }
	// NewDeviceLetter tells of a sign-in at a browser that was not used before.
	NewDeviceLetter struct {
		Browser, System string // empty: unknown
		Day, Time       string
	}
	// ClosingLetter says how long an account can be reopened.
	ClosingLetter struct{ Until string }
)

//go:embed letters/*.txt
var letterFiles embed.FS

// Letters are the wordings of all letters this package writes, for the mailer
// to know.
func Letters() (*mail.Templates, error) {
	wordings, err := fs.Sub(letterFiles, "letters")
	if err != nil {
		return nil, err
	}
	link := LinkLetter{Link: "https://example.dk/da/sign-in/link/x", Minutes: 15}
	return mail.ParseTemplates(wordings, map[string]any{
		"account-sign-in":         link,
		"account-join":            link,
		"account-address":         link,
		"account-unknown":         PlainLetter{},
		"account-address-taken":   PlainLetter{},
		"account-suspended":       PlainLetter{},
		"account-added":           PlainLetter{},
		"account-address-changed": PlainLetter{},
		"account-guard":           GuardLetter{Change: FactorAdded},
		"account-new-device":      NewDeviceLetter{Browser: "Firefox", System: "Windows", Day: "30. november 2026", Time: "13.15"},
		"account-closing":         ClosingLetter{Until: "31. december 2026"},
	})
}

// Change is what happened to what guards an account.
type Change string

// The changes.
const (
	FactorAdded    Change = "added"
	FactorRemoved  Change = "removed"
	FactorReset    Change = "reset"   // an operator has taken all of them
	RecoveryUsed   Change = "used"    // a code on paper
	RecoveryMade   Change = "made"    // new codes on paper; the old ones are worthless
	Guessed        Change = "guessed" // too many wrong codes
	IdentityLinked Change = "linked"
)

// Tell writes to a person about a change to what guards the account, which
// somebody else may have made.
func (a *Accounts) Tell(tx *store.Tx, id ID, change Change) error {
	p, err := byID(tx, id)
	if err != nil {
		return err
	}
	l := letterTo(p, "account-guard")
	l.Data = GuardLetter{change}
	return a.write(tx, l)
}

// letterTo starts a letter to a person.
func letterTo(p Person, template string) mail.Message {
	return mail.Message{To: p.Address, Name: p.Name, Lang: p.Lang, Template: template, Data: PlainLetter{}}
}

// write hands a letter over under a key of its own.
func (a *Accounts) write(tx *store.Tx, l mail.Message) error {
	if l.To == "" {
		return nil
	}
	l.Key = "account/" + random(12)
	return a.opt.Mail.Send(tx.Context(), tx, l)
}
