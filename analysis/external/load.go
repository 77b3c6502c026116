package external

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"barometer/analysis/table"
	"barometer/internal/i18n"
)

// maxBytes bounds what is read of a series; a real one has 10 kB.
const maxBytes = 1 << 20

// Load reads a series from YAML. Every fault is named with the figure.
func Load(r io.Reader, file string) (*Series, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%s: larger than %d bytes", file, maxBytes)
	}
	var s Series
	if err := yaml.Load(data, &s, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &s, nil
}

// UnmarshalJSON reads a series as a release holds it, with the same checks.
func (s *Series) UnmarshalJSON(data []byte) error {
	type plain Series
	var read plain
	if err := json.Unmarshal(data, &read); err != nil {
		return fmt.Errorf("external figures: %w", err)
	}
	*s = Series(read)
	return s.check()
}

type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }

func (f *faults) translated(what string, t i18n.Text) {
	if missing := t.Missing(); len(missing) > 0 {
		f.add("%s: no text in %v", what, missing)
	}
}

func (s *Series) check() error {
	var f faults
	f.translated("label", s.Label)
	f.translated("uncertainty", s.Uncertainty)
	for _, key := range slices.Sorted(maps.Keys(s.Sources)) {
		f.translated("source "+key, s.Sources[key].Text)
		if url := s.Sources[key].URL; url != "" && !strings.HasPrefix(url, "https://") {
			f.add("source %s: url %q does not begin with https://", key, url)
		}
	}
	s.checkWaves(&f)
	seen := map[[3]string]bool{}
	for _, fig := range s.Figures {
		key := [3]string{fig.Indicator, fig.Domain, fig.Wave}
		if seen[key] {
			f.add("%s stands twice", fig)
		}
		seen[key] = true
		s.checkFigure(&f, fig)
	}
	return errors.Join(f...)
}

var waveID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

func (s *Series) checkWaves(f *faults) {
	for i, w := range s.Waves {
		if !waveID.MatchString(w.ID) {
			f.add("wave %q: an id is lower-case letters, digits and dashes, as in 2014", w.ID)
		}
		if i > 0 && w.ID <= s.Waves[i-1].ID {
			f.add("wave %s: stands after %s; give waves once, oldest first", w.ID, s.Waves[i-1].ID)
		}
		f.translated("wave "+w.ID+", name", w.Name)
		f.translated("wave "+w.ID+", period", w.Period)
		if w.Answers < 0 || w.Innovators < 0 || w.Innovators > w.Answers {
			f.add("wave %s: %d innovators of %d answers", w.ID, w.Innovators, w.Answers)
		}
	}
}

func (s *Series) checkFigure(f *faults, fig Figure) {
	if _, ok := s.Wave(fig.Wave); !ok {
		f.add("%s: no wave %q", fig, fig.Wave)
	}
	if fig.Indicator == "" || fig.Domain == "" {
		f.add("%s: give indicator and domain", fig)
	}
	if !(fig.Percent >= 0 && fig.Percent <= 100) {
		f.add("%s: %v is no percentage", fig, fig.Percent)
	}
	if len(fig.Sources) == 0 {
		f.add("%s: no source", fig)
	}
	for _, key := range fig.Sources {
		if _, ok := s.Sources[key]; !ok {
			f.add("%s: no source %q", fig, key)
		}
	}
	if !fig.Note.IsZero() {
		f.translated(fig.String()+", note", fig.Note)
	}
}

// String addresses a figure: "reuse × total, 2014".
func (f Figure) String() string {
	return fmt.Sprintf("figure %s × %s, %s", f.Indicator, f.Domain, f.Wave)
}

// Fits refuses figures of an indicator or a domain that a table does not have,
// of a score, whose scale is no percentage, and of a wave of our own: its
// figures are estimated, not taken over.
func (s *Series) Fits(t *table.Table) error {
	var f faults
	for _, fig := range s.Figures {
		ind, ok := t.Indicator(fig.Indicator)
		_, cell := t.Cell(fig.Indicator, fig.Domain)
		switch {
		case !ok:
			f.add("%s: the catalogue has no indicator %s", fig, fig.Indicator)
		case !cell:
			f.add("%s: the catalogue has no domain %s", fig, fig.Domain)
		case ind.Kind != table.Share:
			f.add("%s: the indicator is no share", fig)
		case fig.Wave >= t.Wave:
			f.add("%s: is not older than wave %s", fig, t.Wave)
		}
	}
	return errors.Join(f...)
}
