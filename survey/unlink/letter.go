package unlink

import (
	"embed"
	"io/fs"

	"barometer/internal/mail"
)

// DueLetter reminds a statistician of a wave that is linked past its date.
type DueLetter struct{ Wave, Due, Link string }

//go:embed letters/*.txt
var letterFiles embed.FS

// Letters are the wordings of the mails about unlinking, for the mailer to know.
func Letters() (*mail.Templates, error) {
	wordings, err := fs.Sub(letterFiles, "letters")
	if err != nil {
		return nil, err
	}
	return mail.ParseTemplates(wordings, map[string]any{
		"unlink-due": DueLetter{Wave: "Innovationsbarometeret 2025", Due: "31. december 2026", Link: "https://example.dk/da/staff/waves/2025/unlink"},
	})
}
