package margin

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"barometer/internal/i18n"
	"go.yaml.in/yaml/v4"
)

// marginFile is a margin as it stands in YAML or JSON.
type marginFile struct {
	Name   string      `yaml:"name,omitempty"`
	Vars   []string    `yaml:"vars"`
	Value  string      `yaml:"value,omitempty"`
	Source i18n.Text   `yaml:"source,omitempty"`
	Date   string      `yaml:"date,omitempty"`
	Totals []totalFile `yaml:"totals"`
}

type totalFile struct {
	Level map[string]string `yaml:"level"`
	Total *float64          `yaml:"total"`
}

// UnmarshalYAML reads {name, vars, value, source, date, totals: [{level, total}]}
// with strict keys; JSON is read the same way.
func (m *Margin) UnmarshalYAML(node *yaml.Node) error {
	var f marginFile
	if err := node.Load(&f, yaml.WithKnownFields()); err != nil {
		return err
	}
	*m = Margin{Name: f.Name, Columns: f.Vars, Value: f.Value, Source: f.Source, Date: f.Date}
	for i, t := range f.Totals {
		if t.Total == nil {
			return fmt.Errorf("margin %s: entry %d has no total", m.Label(), i+1)
		}
		level := make([]string, len(f.Vars))
		for k, v := range f.Vars {
			l, ok := t.Level[v]
			if !ok {
				return fmt.Errorf("margin %s: entry %d has no level of %s", m.Label(), i+1, v)
			}
			level[k] = l
		}
		if len(t.Level) != len(f.Vars) {
			return fmt.Errorf("margin %s: entry %d has levels of other columns than %s", m.Label(), i+1, strings.Join(f.Vars, ", "))
		}
		m.Totals = append(m.Totals, Total{Level: level, Total: *t.Total})
	}
	return nil
}

// MarshalYAML writes the form that UnmarshalYAML reads.
func (m Margin) MarshalYAML() (any, error) {
	f := marginFile{Name: m.Name, Vars: m.Columns, Value: m.Value, Source: m.Source, Date: m.Date}
	for _, t := range m.Totals {
		level := make(map[string]string, len(m.Columns))
		for k, c := range m.Columns {
			level[c] = t.Level[k]
		}
		f.Totals = append(f.Totals, totalFile{Level: level, Total: &t.Total})
	}
	return f, nil
}

// Read reads a YAML list of margins. A margin of a file has a name, a source
// in both languages and a reference date; all faults are listed.
func Read(r io.Reader, file string) ([]Margin, error) {
	var margins []Margin
	loader, err := yaml.NewLoader(r, yaml.WithKnownFields(), yaml.WithSingleDocument())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := loader.Load(&margins); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if faults := checkFile(margins); len(faults) > 0 {
		return nil, fmt.Errorf("%s: %s", file, strings.Join(faults, "\n"+file+": "))
	}
	return margins, nil
}

func checkFile(margins []Margin) []string {
	if len(margins) == 0 {
		return []string{"it holds no margin"}
	}
	var faults, names []string
	for i, m := range margins {
		faults = append(faults, m.Faults()...)
		if m.Name == "" {
			faults = append(faults, fmt.Sprintf("margin %d has no name", i+1))
		} else if slices.Contains(names, m.Name) {
			faults = append(faults, fmt.Sprintf("two margins are named %s", m.Name))
		}
		names = append(names, m.Name)
		if missing := m.Source.Missing(); len(missing) > 0 {
			faults = append(faults, fmt.Sprintf("margin %s: its source is not told in %v", m.Label(), missing))
		}
		if _, err := time.Parse(time.DateOnly, m.Date); err != nil {
			faults = append(faults, fmt.Sprintf("margin %s: date %q is no day: write 2024-12-31", m.Label(), m.Date))
		}
	}
	return append(faults, Disagreements(margins)...)
}

// Write writes margins as the YAML that Read reads.
func Write(w io.Writer, margins []Margin) error {
	out, err := yaml.Dump(margins)
	if err != nil {
		return fmt.Errorf("write margins: %w", err)
	}
	_, err = w.Write(out)
	return err
}

// ReadCSV reads one-way counting margins from a table with the columns margin,
// level and total, where margin is both name and column. All faults are listed.
func ReadCSV(r io.Reader, file string, from Provenance) ([]Margin, error) {
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], []string{"margin", "level", "total"}) {
		return nil, fmt.Errorf("%s: the first line must be margin,level,total", file)
	}
	var margins []Margin
	var faults []string
	for i, rec := range records[1:] {
		total, err := strconv.ParseFloat(rec[2], 64)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s:%d: total %q is not a number", file, i+2, rec[2]))
			continue
		}
		at := slices.IndexFunc(margins, func(m Margin) bool { return m.Name == rec[0] })
		if at < 0 {
			at = len(margins)
			margins = append(margins, Margin{Name: rec[0], Columns: []string{rec[0]}, Source: from.Source, Date: from.Date})
		}
		margins[at].Totals = append(margins[at].Totals, Total{Level: []string{rec[1]}, Total: total})
	}
	for _, m := range margins {
		for _, f := range m.Faults() {
			faults = append(faults, file+": "+f)
		}
	}
	for _, d := range Disagreements(margins) {
		faults = append(faults, file+": "+d)
	}
	if len(faults) > 0 {
		return nil, errors.New(strings.Join(faults, "\n"))
	}
	return margins, nil
}
