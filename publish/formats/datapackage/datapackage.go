// Package datapackage describes the CSV files of a release as a Data Package
// (version 2), so that a program knows of each column what it holds, and of each
// file whether it is whole.
//
// The files come in as they were written, each with its size and hash; one
// datapackage.json goes out. A table of a cube is described by the cube: titles,
// codes and their labels. Of any other file the header and the values tell:
// a column whose values are all numbers holds numbers, a value in square brackets
// is the reason why one is missing.
package datapackage

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// Name is the name of the description in a release.
const Name = "datapackage.json"

const profile = "https://datapackage.org/profiles/2.0/datapackage.json"

// Package is a Data Package in the order in which its members are written.
type Package struct {
	Schema       string        `json:"$schema"`
	Name         string        `json:"name"`
	ID           string        `json:"id,omitempty"` // address of the DOI
	Title        string        `json:"title"`
	Description  string        `json:"description"`
	Version      string        `json:"version"`
	Created      time.Time     `json:"created"`
	Licenses     []Licence     `json:"licenses"`
	Contributors []Contributor `json:"contributors"`
	Resources    []Resource    `json:"resources"`
}

// Licence is one of the terms under which the files may be used.
type Licence struct {
	Name  string `json:"name"` // "CC-BY-4.0"
	Path  string `json:"path,omitempty"`
	Title string `json:"title"`
}

// Contributor is who made the package.
type Contributor struct {
	Title string   `json:"title"`
	Email string   `json:"email,omitempty"`
	Roles []string `json:"roles"`
}

// Resource is one file.
type Resource struct {
	Name      string `json:"name"` // small letters, digits and - . _
	Path      string `json:"path"`
	Type      string `json:"type"`
	Title     string `json:"title"`
	Format    string `json:"format"`
	MediaType string `json:"mediatype"`
	Encoding  string `json:"encoding"`
	Bytes     int64  `json:"bytes"`
	Hash      string `json:"hash"` // "sha256:..."
	Schema    Schema `json:"schema"`
}

// Schema describes the columns of a file in order.
type Schema struct {
	Fields        []Field   `json:"fields"`
	MissingValues []Missing `json:"missingValues"`
	PrimaryKey    []string  `json:"primaryKey,omitempty"`
}

// Missing is a value that stands for none, and why.
type Missing struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Field is one column.
type Field struct {
	Name        string     `json:"name"`
	Type        string     `json:"type"` // "string", "integer", "number"
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Categories  []Category `json:"categories,omitempty"`
}

// Category is a value that a column may hold.
type Category struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// New describes a release without its files. Texts are English, with the Danish
// title first, since a package has no languages.
func New(a formats.About) Package {
	p := Package{Schema: profile, Name: "barometer-" + strings.ToLower(a.Wave), ID: a.DOILink(),
		Title: a.Title.DA + " / " + a.Title.EN, Version: a.Version, Created: a.Built.UTC().Truncate(time.Second),
		Description:  "Tables and research data of one release. An empty value is none; the column status tells why.",
		Licenses:     []Licence{{Name: notName.ReplaceAllString(a.Licence.Name, "-"), Path: a.Licence.URL, Title: a.Licence.Name}},
		Contributors: []Contributor{{Title: a.Publisher.In(i18n.English), Roles: []string{"publisher"}}},
	}
	if strings.Contains(a.Contact, "@") {
		p.Contributors[0].Email = a.Contact
	}
	if a.Synthetic {
		p.Description = formats.SyntheticNote().EN + " " + p.Description
	}
	return p
}

var notName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// Add enters a file: its path below the release, its title, size and hash, and
// its columns.
func (p *Package) Add(path string, title i18n.Text, bytes int64, sha256 string, s Schema) {
	name := strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(path, "/", "-")), ".csv")
	p.Resources = append(p.Resources, Resource{Name: name, Path: path, Type: "table", Title: title.DA + " / " + title.EN,
		Format: "csv", MediaType: "text/csv", Encoding: "utf-8", Bytes: bytes, Hash: "sha256:" + sha256, Schema: s})
}

// Write writes the description. A package without a file, or with a name that
// stands twice, is refused before the first byte.
func Write(w io.Writer, p Package) error {
	if err := p.check(); err != nil {
		return fmt.Errorf("datapackage: %w", err)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	return enc.Encode(p)
}

// Forms of what the standard binds.
var (
	nameForm = regexp.MustCompile(`^[a-z0-9._-]+$`)
	hashForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

func (p *Package) check() error {
	var faults formats.Faults
	if p.Schema != profile || !nameForm.MatchString(p.Name) || len(p.Licenses) == 0 || p.Licenses[0].Name == "" {
		faults.Addf("its profile, name %q or licence is not as the standard has them", p.Name)
	}
	if len(p.Resources) == 0 {
		faults.Addf("it has no resources")
	}
	taken := map[string]bool{}
	for _, r := range p.Resources {
		switch {
		case !nameForm.MatchString(r.Name) || taken[r.Name]:
			faults.Addf("resource %.80q: its name is malformed or stands twice", r.Name)
		case !hashForm.MatchString(r.Hash) || r.Bytes <= 0:
			faults.Addf("resource %s: its hash or size is malformed", r.Name)
		case r.Type != "table" || r.Format != "csv" || r.MediaType != "text/csv" || r.Encoding != "utf-8":
			faults.Addf("resource %s: it is no table in CSV", r.Name)
		}
		taken[r.Name] = true
		r.Schema.check(&faults, r.Name)
	}
	return faults.Err()
}

func (s Schema) check(faults *formats.Faults, resource string) {
	taken := map[string]bool{}
	for _, f := range s.Fields {
		if f.Name == "" || taken[f.Name] {
			faults.Addf("resource %s: the field %q has no name or stands twice", resource, f.Name)
		}
		taken[f.Name] = true
		if f.Type != text && f.Type != whole && f.Type != number {
			faults.Addf("resource %s, field %s: unknown type %q", resource, f.Name, f.Type)
		}
	}
	for _, key := range s.PrimaryKey {
		if !taken[key] {
			faults.Addf("resource %s: the key %q is no field", resource, key)
		}
	}
	if len(s.Fields) == 0 {
		faults.Addf("resource %s has no fields", resource)
	}
}
