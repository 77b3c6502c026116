package account

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
)

// Letter is one mail to one person.
type Letter struct {
	Key      string    // names the mail and nobody
	To       string    // address
	Name     string    // of the recipient, may be empty
	Lang     i18n.Lang // which wording
	Template string    // one of [Letters]
	Data     any       // of the type of the template's sample
	Urgent   bool      // somebody waits for it
	Expires  time.Time // not delivered later than this; zero is never
}

// Post takes letters in the transaction of the act that they tell of: the
// letter goes out when the transaction commits.
type Post interface {
	Send(ctx context.Context, tx *store.Tx, l Letter) error
}

// What letters say beside their fixed wording.
type (
	// LinkLetter brings a link.
	LinkLetter struct {
		Link    string
		Minutes int // until it is worthless
	}
	// PlainLetter tells of something and brings nothing.
	PlainLetter struct{}
	// ClosingLetter says how long an account can be reopened.
	ClosingLetter struct{ Until string }
)

//go:embed letters/*.txt
var letterFiles embed.FS

// Letters are the wordings of the letters, NAME.LANG.txt each, and for every
// name a sample of its data.
func Letters() (wordings fs.FS, samples map[string]any) {
	wordings, err := fs.Sub(letterFiles, "letters")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	link := LinkLetter{Link: "https://example.dk/da/sign-in/link/x", Minutes: 15}
	return wordings, map[string]any{
		"account-sign-in":         link,
		"account-join":            link,
		"account-address":         link,
		"account-unknown":         PlainLetter{},
		"account-address-taken":   PlainLetter{},
		"account-suspended":       PlainLetter{},
		"account-added":           PlainLetter{},
		"account-address-changed": PlainLetter{},
		"account-closing":         ClosingLetter{Until: "2026-12-31"},
	}
}

// letterTo starts a letter to a person.
func letterTo(p Person, template string) Letter {
	return Letter{To: p.Address, Name: p.Name, Lang: p.Lang, Template: template, Data: PlainLetter{}}
}

// write hands a letter over under a key of its own.
func (a *Accounts) write(tx *store.Tx, l Letter) error {
	if l.To == "" {
		return nil
	}
	l.Key = "account/" + random(12)
	return a.opt.Post.Send(tx.Context(), tx, l)
}
