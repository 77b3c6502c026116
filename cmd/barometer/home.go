package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"go.yaml.in/yaml/v4"

	"barometer/internal/account/broker"
	"barometer/internal/archive"
	"barometer/internal/i18n"
)

// config is barometer.yaml in the home folder. Values from BAROMETER_*
// variables win over it.
type config struct {
	BaseURL      string            `yaml:"base_url"` // address of the site as visitors see it
	Organisation i18n.Text         `yaml:"organisation"`
	Contact      string            `yaml:"contact"`                     // e-mail for questions from respondents
	Phone        string            `yaml:"phone,omitempty"`             // for questions from respondents
	Postal       string            `yaml:"postal_address,omitempty"`    // of the organisation in one line, on letters
	CVR          string            `yaml:"cvr,omitempty"`               // of the organisation, as sender in Digital Post; without it nothing goes that way
	Security     string            `yaml:"security_contact,omitempty"`  // e-mail for finders of a weakness; Contact where empty
	Proxied      bool              `yaml:"behind_proxy"`                // a proxy in front reports visitors' addresses
	Registration bool              `yaml:"open_registration,omitempty"` // whoever proves an address may open an account
	Mail         mailBox           `yaml:"mail,omitempty"`              // how mail leaves; into the folder outbox where no server is named
	Providers    []broker.Provider `yaml:"providers,omitempty"`         // where persons may sign in by OpenID Connect
	Demo         bool              `yaml:"demo"`                        // made by barometer demo, which may replace it
}

// home is the folder that holds everything of one installation.
type home struct {
	dir string
	config
}

// homeFlag declares --home, the current folder or BAROMETER_HOME by default.
func homeFlag(flags *flag.FlagSet) *string {
	dir := os.Getenv("BAROMETER_HOME")
	if dir == "" {
		dir = "."
	}
	return flags.String("home", dir, "home folder")
}

// openHome reads the configuration of a home folder.
func openHome(dir string) (*home, error) {
	h := &home{dir: dir}
	err := readYAML(h.path("barometer.yaml"), &h.config)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is no home folder: make one with barometer init %s", dir, dir)
	}
	if err != nil {
		return nil, err
	}
	if url := os.Getenv("BAROMETER_BASE_URL"); url != "" {
		h.BaseURL = url
	}
	return h, nil
}

// makeHome lays a home folder out. The folder must be empty or not there yet.
func makeHome(dir string, c config) (*home, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty: give an empty folder or a new name", dir)
	}
	h := &home{dir: dir, config: c}
	if err := os.MkdirAll(dir, 0o700); err != nil { // the store in it holds addresses
		return nil, err
	}
	for _, sub := range []string{"waves", "releases"} {
		if err := os.MkdirAll(h.path(sub), 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(h.path("secrets"), 0o700); err != nil {
		return nil, err
	}
	return h, writeYAML(h.path("barometer.yaml"), c)
}

func (h *home) path(elem ...string) string {
	return filepath.Join(append([]string{h.dir}, elem...)...)
}

// waveConfig is wave.yaml in the folder of a wave.
type waveConfig struct {
	ID        string    `yaml:"id"`
	Title     i18n.Text `yaml:"title"`
	Period    i18n.Text `yaml:"period"`           // what the questions ask about
	Deadline  day       `yaml:"deadline"`         // last day to answer
	Reference day       `yaml:"reference"`        // the frame describes this day
	Weighting i18n.Text `yaml:"weighting"`        // how answers are weighted, in one sentence for readers
	Minutes   int       `yaml:"minutes"`          // that answering usually takes
	Paradata  paradata  `yaml:"paradata"`         // how pages were used: none, collect or freeze
	Synthetic bool      `yaml:"synthetic"`        // no real workplace answered
	Previous  string    `yaml:"previous"`         // the wave that changes are measured from, if any
	Panel     bool      `yaml:"panel"`            // freeze a key that tells which workplaces waves have in common
	Seed      uint64    `yaml:"seed"`             // of the draw and of the release's record ids
	Version   string    `yaml:"version"`          // of the release that is built next
	Reason    i18n.Text `yaml:"reason,omitempty"` // why this version exists; the first needs none
	Published day       `yaml:"published"`        // on the release
	DOI       string    `yaml:"doi,omitempty"`    // of the release, without https://doi.org/
	Licence   licence   `yaml:"licence"`
	Reminders []day     `yaml:"reminders,omitempty"` // working days on which reminders are sent by mail, in order
	LastCall  day       `yaml:"last_call,omitempty"` // working day of the last reminder
	Thanks    bool      `yaml:"thanks,omitempty"`    // whoever has answered is thanked by mail
	Paused    bool      `yaml:"paused,omitempty"`    // no letters are sent
}

// day is a calendar date, written YYYY-MM-DD; its time of day means nothing.
type day struct{ time.Time }

func (d *day) UnmarshalYAML(node *yaml.Node) error {
	t, err := time.Parse(time.DateOnly, node.Value)
	if err != nil {
		return fmt.Errorf("line %d: %q is no date: write it as 2025-06-30", node.Line, node.Value)
	}
	d.Time = t
	return nil
}

func (d day) MarshalYAML() (any, error) { return d.Format(time.DateOnly), nil }

// licence is what readers may do with the published data.
type licence struct {
	Name string `yaml:"name"`
	URL  string `yaml:"url"`
}

// wave is the folder of one wave: reviewable text beside the archive of what
// the stages made of it.
type wave struct {
	home *home
	dir  string
	waveConfig
	archive *archive.Archive
}

var waveID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// wave opens the folder of a wave.
func (h *home) wave(id string) (*wave, error) {
	if !waveID.MatchString(id) {
		return nil, usagef("%q is no wave: its name is lower-case letters, digits and dashes, as in 2025", id)
	}
	w := &wave{home: h, dir: h.path("waves", id)}
	err := readYAML(w.path("wave.yaml"), &w.waveConfig)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no wave %s in %s", id, h.path("waves"))
	}
	if err != nil {
		return nil, err
	}
	if w.ID != id {
		return nil, fmt.Errorf("%s: id %q does not match the folder", w.path("wave.yaml"), w.ID)
	}
	w.archive, err = archive.Open(w.path("archive"), version())
	return w, err
}

// waves lists the waves of the home in the order of their names.
func (h *home) waves() ([]*wave, error) {
	entries, err := os.ReadDir(h.path("waves"))
	if err != nil {
		return nil, err
	}
	var list []*wave
	for _, e := range entries {
		w, err := h.wave(e.Name())
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, nil
}

func (w *wave) path(name string) string { return filepath.Join(w.dir, name) }

// load reads one of the wave's files with its package's reader.
func load[T any](path string, read func(r io.Reader, file string) (T, error)) (T, error) {
	f, err := os.Open(path)
	if err != nil {
		var none T
		return none, err
	}
	defer f.Close()
	return read(f, path)
}

func readYAML(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := yaml.Load(data, into, yaml.WithKnownFields()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func writeYAML(path string, v any) error {
	data, err := yaml.Dump(v)
	if err != nil {
		return err
	}
	return archive.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
