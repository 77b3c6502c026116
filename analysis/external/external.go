// Package external holds figures that others have published about the same
// subject, to be shown beside ours.
//
// A YAML file comes in; a checked [Series] goes out. Its figures have a type of
// their own, without interval, standard error or status, so that no stage can
// take one for an estimate of ours, test it, or join the two by a line. Each
// says where it was printed and what is to be known of it.
package external

import (
	"cmp"
	"slices"

	"barometer/internal/i18n"
)

// Series is the published figures of one source.
type Series struct {
	Label       i18n.Text         `yaml:"label" json:"label"`             // who published them
	Uncertainty i18n.Text         `yaml:"uncertainty" json:"uncertainty"` // why they have no interval
	Sources     map[string]Source `yaml:"sources" json:"sources"`
	Waves       []Wave            `yaml:"waves" json:"waves"` // oldest first
	Figures     []Figure          `yaml:"figures" json:"figures"`
}

// Source is a publication.
type Source struct {
	Text i18n.Text `yaml:"text" json:"text"`
	URL  string    `yaml:"url" json:"url,omitempty"`
}

// Wave is a survey that figures come from. Its id sorts among the names of our
// own waves.
type Wave struct {
	ID         string    `yaml:"id" json:"id"` // "2014", the last year asked about
	Name       i18n.Text `yaml:"name" json:"name"`
	Period     i18n.Text `yaml:"period" json:"period"`
	Answers    int       `yaml:"answers" json:"answers"`
	Innovators int       `yaml:"innovators" json:"innovators"`
}

// Figure is one published number: percent as printed.
type Figure struct {
	Indicator string    `yaml:"indicator" json:"indicator"` // of ours that comes closest
	Domain    string    `yaml:"domain" json:"domain"`
	Wave      string    `yaml:"wave" json:"wave"`
	Percent   float64   `yaml:"percent" json:"percent"`
	About     bool      `yaml:"about" json:"about,omitempty"` // printed in words: "about four in ten"
	Sources   []string  `yaml:"sources" json:"sources"`
	Note      i18n.Text `yaml:"note" json:"note,omitzero"` // how it differs from our indicator
}

// Wave returns the wave with the given id.
func (s *Series) Wave(id string) (Wave, bool) {
	i := slices.IndexFunc(s.Waves, func(w Wave) bool { return w.ID == id })
	if i < 0 {
		return Wave{}, false
	}
	return s.Waves[i], true
}

// Of returns the figures of an indicator in a domain, oldest first. A nil
// series has none.
func (s *Series) Of(indicator, domain string) []Figure {
	if s == nil {
		return nil
	}
	var list []Figure
	for _, f := range s.Figures {
		if f.Indicator == indicator && f.Domain == domain {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b Figure) int { return cmp.Compare(a.Wave, b.Wave) })
	return list
}

// Origin names the publications of a figure, one after the other.
func (s *Series) Origin(f Figure, l i18n.Lang) string {
	text := ""
	for _, key := range f.Sources {
		if text != "" {
			text += "; "
		}
		text += s.Sources[key].Text.In(l)
	}
	return text
}
