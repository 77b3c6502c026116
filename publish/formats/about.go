package formats

import (
	"time"

	"barometer/internal/i18n"
)

// About is what the files of a release say of themselves.
type About struct {
	Wave      string // "2025"
	Version   string // "1.0"
	Synthetic bool
	Title     i18n.Text
	Publisher i18n.Text
	Contact   string // address for questions
	Licence   Licence
	DOI       string // "10.1234/barometer.2025", without https://doi.org/; empty where none is registered
	Built     time.Time
	Changes   []Change // newest first
}

// Licence is the terms under which a release may be used.
type Licence struct {
	Name string `json:"name"` // "CC BY 4.0"
	URL  string `json:"url"`
}

// Change is one version in the history of a release.
type Change struct {
	Version string    `json:"version"`
	Date    string    `json:"date"` // ISO 8601
	Reason  i18n.Text `json:"reason"`
	Cells   []string  `json:"cells,omitempty"` // figures that changed, "innov_rate × sector:kommune"
}

// Citation is how the release wants to be cited.
func (a About) Citation(l i18n.Lang) string {
	text := a.Publisher.In(l) + " (" + a.Built.Format("2006") + "): " + a.Title.In(l) + ", version " + a.Version + "."
	if a.DOI != "" {
		text += " " + a.DOILink()
	}
	return text
}

// DOILink is the address that the DOI is resolved at, "" where there is none.
func (a About) DOILink() string {
	if a.DOI == "" {
		return ""
	}
	return "https://doi.org/" + a.DOI
}

// SyntheticNote is the sentence that marks demonstration data wherever they
// are shown.
func SyntheticNote() i18n.Text {
	return i18n.Text{
		DA: "Syntetiske data: tallene er konstruerede og siger intet om virkelige arbejdspladser.",
		EN: "Synthetic data: the figures are constructed and say nothing about real workplaces.",
	}
}

// Check names every text that is missing in a language.
func (a About) Check() error {
	var faults Faults
	CheckTranslated(&faults, "title of the release", a.Title)
	CheckTranslated(&faults, "publisher of the release", a.Publisher)
	for _, c := range a.Changes {
		CheckTranslated(&faults, "reason for version "+c.Version, c.Reason)
	}
	if a.Licence.Name == "" {
		faults.Addf("the release has no licence")
	}
	faults.Add(CheckDOI(a.DOI))
	if a.Built.IsZero() {
		faults.Addf("the release has no build time")
	}
	return faults.Err()
}

// CheckTranslated notes the languages in which a text says nothing.
func CheckTranslated(faults *Faults, what string, t i18n.Text) {
	for _, l := range t.Missing() {
		faults.Addf("%s: the %s text is missing", what, languageName(l))
	}
}

func languageName(l i18n.Lang) string {
	if l == i18n.English {
		return "English"
	}
	return "Danish"
}
