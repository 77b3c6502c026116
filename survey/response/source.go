package response

import (
	"fmt"
	"slices"

	"barometer/internal/i18n"
)

// Mode is how answers reached us.
type Mode string

const (
	Web       Mode = "web"    // typed in by the respondent
	Paper     Mode = "paper"  // sent on paper, keyed in by staff
	Telephone Mode = "phone"  // said by telephone, keyed in by staff
	Imported  Mode = "import" // collected elsewhere, read from a file
)

// Modes lists every mode.
var Modes = []Mode{Web, Paper, Telephone, Imported}

// Label returns the mode in words.
func (m Mode) Label() i18n.Text {
	switch m {
	case Web:
		return i18n.Text{DA: "på nettet", EN: "on the web"}
	case Paper:
		return i18n.Text{DA: "på papir", EN: "on paper"}
	case Telephone:
		return i18n.Text{DA: "pr. telefon", EN: "by telephone"}
	case Imported:
		return i18n.Text{DA: "indlæst fra fil", EN: "read from a file"}
	}
	return i18n.Text{}
}

// Source is who typed answers in, and how they came. The zero Source is a
// respondent on the web.
type Source struct {
	Mode  Mode
	Actor string // account of the member of staff, "" for the respondent
}

// respondent is the actor of what workplaces do themselves.
const respondent = "respondent"

func (s Source) actor() string {
	if s.Actor == "" {
		return respondent
	}
	return s.Actor
}

func (s Source) mode() Mode {
	if s.Mode == "" {
		return Web
	}
	return s.Mode
}

// check keeps the log true: on the web a respondent answers and nobody else,
// and what came otherwise was keyed in by somebody.
func (s Source) check() error {
	if !slices.Contains(Modes, s.mode()) || (s.mode() == Web) != (s.actor() == respondent) || !code.MatchString(s.actor()) {
		return fmt.Errorf("answers in mode %q by %q: on the web the respondent answers, otherwise a member of staff keys in", s.mode(), s.actor())
	}
	return nil
}
