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

	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// ManifestName is the file in a release that lists the others.
const ManifestName = "manifest.json"

// Manifest describes a release and every file in it. Whether the release is
// out it cannot say, since it is never changed.
type Manifest struct {
	Wave      string           `json:"wave"`
	Version   Version          `json:"version"`
	Previous  *Version         `json:"previous_version,omitempty"`
	Synthetic bool             `json:"synthetic"`
	Title     i18n.Text        `json:"title"`
	Publisher i18n.Text        `json:"publisher"`
	Contact   string           `json:"contact,omitempty"`
	Licence   formats.Licence  `json:"licence"`
	DOI       string           `json:"doi,omitempty"`
	Citation  i18n.Text        `json:"citation"`
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

// check refuses a manifest that contradicts itself or that no release was
// written with.
func (m *Manifest) check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if m.Wave == "" || m.Version == (Version{}) {
		fault("it names no wave or no version")
	}
	if m.Previous != nil && m.Previous.Compare(m.Version) >= 0 {
		fault("version %s cannot come after version %s", m.Version, *m.Previous)
	}
	if len(m.Changes) > 0 && m.Changes[0].Version != m.Version.String() {
		fault("its newest change is that of version %s", m.Changes[0].Version)
	}
	if want := m.citation(); !m.Citation.IsZero() && m.Citation != want {
		fault("its citation is not that of the release: %q", want.EN)
	}
	faults = append(faults, formats.CheckDOI(m.DOI))
	last := ""
	for _, f := range m.Files {
		faults = append(faults, checkName(f.Name))
		if f.Name <= last {
			fault("the file %s is out of order or stands twice", f.Name)
		}
		last = f.Name
	}
	return errors.Join(faults...)
}

// About is what the files of the release say of themselves.
func (m *Manifest) About() formats.About {
	return formats.About{Wave: m.Wave, Version: m.Version.String(), Synthetic: m.Synthetic, Title: m.Title,
		Publisher: m.Publisher, Contact: m.Contact, Licence: m.Licence, DOI: m.DOI, Built: m.Built, Changes: m.Changes}
}

func (m *Manifest) citation() i18n.Text {
	about := m.About()
	return i18n.Text{DA: about.Citation(i18n.Danish), EN: about.Citation(i18n.English)}
}

// HashManifest is the SHA-256 of the manifest of the release in a folder. As
// the manifest holds the hash of every other file, it stands for the release.
func HashManifest(dir string) (string, error) {
	hash, err := archive.HashFile(filepath.Join(dir, ManifestName))
	if err != nil {
		return "", fmt.Errorf("release: %w", err)
	}
	return hash, nil
}
