// Package release builds, checks and opens the releases of a wave.
//
// A release is a folder of files that all hold the same figures: the report,
// charts, tables and research data, and a manifest that names each file with
// its size and hash. The table and the research file come in, with report and
// charts as made by package reports; the folder goes out, complete or not at
// all, and is never changed again: a correction is a new version beside it.
// When a release may be seen is decided elsewhere, and so is what its figures
// are.
package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// ManifestName is the file in a release that lists the others.
const ManifestName = "manifest.json"

// Status is how far a release has come.
type Status string

// Built is the status of a release that is complete but not yet approved.
const Built Status = "built"

// Manifest describes a release and every file in it.
type Manifest struct {
	Wave      string           `json:"wave"`
	Version   Version          `json:"version"`
	Previous  *Version         `json:"previous_version,omitempty"`
	Status    Status           `json:"status"`
	Synthetic bool             `json:"synthetic"`
	Title     i18n.Text        `json:"title"`
	Publisher i18n.Text        `json:"publisher"`
	Contact   string           `json:"contact,omitempty"`
	Licence   formats.Licence  `json:"licence"`
	Built     time.Time        `json:"built"`
	Changes   []formats.Change `json:"changes"` // newest first
	Files     []File           `json:"files"`   // by name
}

// File is one file of a release.
type File struct {
	Name      string    `json:"name"` // path below the release, with slashes
	Title     i18n.Text `json:"title"`
	MediaType string    `json:"media_type"`
	Bytes     int64     `json:"bytes"`
	SHA256    string    `json:"sha256"`
}

// File returns the entry of a file.
func (m *Manifest) File(name string) (File, bool) {
	for _, f := range m.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// ID is how a release is spoken of: "2025 version 1.0".
func (m *Manifest) ID() string { return m.Wave + " version " + m.Version.String() }

// readManifest reads and checks the manifest of a release.
func readManifest(dir string) (*Manifest, error) {
	path := filepath.Join(dir, ManifestName)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	m := new(Manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("release: %s: %w", path, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("release: %s: %w", path, err)
	}
	return m, nil
}

func (m *Manifest) check() error {
	var faults []error
	if m.Wave == "" || m.Version == (Version{}) {
		faults = append(faults, errors.New("it names no wave or no version"))
	}
	for _, f := range m.Files {
		faults = append(faults, checkName(f.Name))
	}
	return errors.Join(faults...)
}
