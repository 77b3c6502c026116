// Package i18n holds what the program says in more than one language.
//
// A [Text] is one wording in Danish and English, written side by side where
// it is authored: in a questionnaire, a classification, an indicator. Danish
// is the language of the survey and comes first; English is complete, and a
// text that lacks either language is a fault that names itself.
//
// The package knows no files, no requests and no clock, so that pure packages
// may carry texts through the whole flow.
package i18n

import "fmt"

// Lang is the two-letter code (ISO 639-1) of a language the program speaks.
type Lang string

const (
	Danish  Lang = "da"
	English Lang = "en"
)

// Languages lists every supported language, the default first.
var Languages = []Lang{Danish, English}

// ParseLang returns the language with the given code.
func ParseLang(code string) (Lang, error) {
	for _, l := range Languages {
		if string(l) == code {
			return l, nil
		}
	}
	return "", fmt.Errorf("unknown language %q: use da or en", code)
}

// Other returns the language a switch on a page leads to.
func (l Lang) Other() Lang {
	if l == Danish {
		return English
	}
	return Danish
}

// Text is one wording in every language.
type Text struct {
	DA string `json:"da" yaml:"da"`
	EN string `json:"en" yaml:"en"`
}

// In returns the wording in language l, Danish when l is unknown.
func (t Text) In(l Lang) string {
	if l == English {
		return t.EN
	}
	return t.DA
}

// Missing lists the languages in which t says nothing.
func (t Text) Missing() []Lang {
	var missing []Lang
	for _, l := range Languages {
		if t.In(l) == "" {
			missing = append(missing, l)
		}
	}
	return missing
}

// IsZero reports whether t says nothing in any language.
func (t Text) IsZero() bool { return t == Text{} }

// Same is a text that reads alike in every language: a code, a year, a name.
func Same(s string) Text { return Text{DA: s, EN: s} }
