package site

import (
	"strconv"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/formats"
	"barometer/publish/release"
)

// section is a part of a release's files that belong together.
type section struct {
	Key   string // of its messages
	Files []fileView
}

// sections assign files to parts by the beginning of their names; what fits
// none is in the last.
var sections = []struct {
	key      string
	prefixes []string
}{
	{"report", []string{"report."}},
	{"tables", []string{"table.", "tables.", "models.", "corrections."}},
	{"cubes", []string{"cubes/", "datapackage."}},
	{"microdata", []string{"microdata.", "codebook.", "values.", "replicates.", "anonymity.", "setup"}},
	{"charts", []string{chartFolder}},
	{"other", []string{""}},
}

// downloadView is the page of one release's files.
type downloadView struct {
	Title     i18n.Text
	Version   string
	Published string
	Newer     *newerView
	Sections  []section
	Manifest  string
	Citation  string
	Licence   formats.Licence
	Contact   string
	Changes   web.Table
	Figures   web.Table // what this version corrects, from what to what
	MoreCells string    // path of the file with all of them, where not all are shown
	Others    []releaseLink
}

// newerView says that a version was corrected, by which, and why.
type newerView struct {
	Path, Name string
	Reason     i18n.Text
	Figures    bool // figures were corrected, and not texts alone
}

type releaseLink struct {
	Path, Name, Published string
}

func (s *Site) addDownloads() {
	s.addPage(downloadsPath, downloadsPath, func(l i18n.Lang) (content, error) { return s.downloads(s.releases[0], l) })
	s.list(downloadsPath)
	for _, rel := range s.releases {
		s.addPage(releasePath(rel.Manifest), downloadsPath, func(l i18n.Lang) (content, error) { return s.downloads(rel, l) })
		s.list(releasePath(rel.Manifest))
		s.addDocuments(rel)
	}
}

func releasePath(m *release.Manifest) string {
	return downloadsPath + "/" + m.Wave + "/" + m.Version.String()
}

func (s *Site) downloads(rel *release.Release, l i18n.Lang) (content, error) {
	m := rel.Manifest
	v := downloadView{
		Title: m.Title, Version: m.Version.String(), Published: published(rel, l),
		Sections: sectionsOf(m, l), Manifest: filePath(m, release.ManifestName),
		Citation: m.About().Citation(l), Licence: m.Licence, Contact: m.Contact,
	}
	v.Newer = s.newer(rel)
	v.Changes = s.changes(m, l)
	if err := s.corrections(&v, rel, l); err != nil {
		return content{}, err
	}
	for _, other := range s.releases {
		if other != rel {
			o := other.Manifest
			v.Others = append(v.Others, releaseLink{releasePath(o), o.Title.In(l) + ", version " + o.Version.String(), published(other, l)})
		}
	}
	return content{
		title:       s.views.T(l, "downloads.title", "title", m.Title.In(l), "version", m.Version),
		description: s.views.T(l, "downloads.lead"), template: "downloads", data: v,
	}, nil
}

// newer tells of the version that replaces another, nil where none does.
func (s *Site) newer(rel *release.Release) *newerView {
	newest := s.newest(rel.Manifest.Wave)
	if newest == rel {
		return nil
	}
	m := newest.Manifest
	v := &newerView{Path: releasePath(m), Name: m.Version.String()}
	for _, c := range m.Changes {
		if c.Version == rel.Manifest.Version.String() {
			break
		}
		if len(c.Cells) > 0 || v.Reason.IsZero() { // figures weigh more than texts
			v.Reason = c.Reason
		}
		v.Figures = v.Figures || len(c.Cells) > 0
	}
	return v
}

// changes lists the versions of a release with what changed in each.
func (s *Site) changes(m *release.Manifest, l i18n.Lang) web.Table {
	t := web.Table{Name: "changes", Caption: s.views.T(l, "downloads.changes"), Quiet: true, Columns: []web.Column{
		{Label: s.views.T(l, "downloads.version")}, {Label: s.views.T(l, "downloads.date")},
		{Label: s.views.T(l, "downloads.reason")}, {Label: s.views.T(l, "downloads.cells"), Number: true},
	}}
	for _, c := range m.Changes {
		t.Rows = append(t.Rows, web.Row{{Text: c.Version}, {Text: dateOf(c.Date, l)}, {Text: c.Reason.In(l)}, {Text: strconv.Itoa(len(c.Cells))}})
	}
	return t
}

// newest is the newest version of a wave.
func (s *Site) newest(wave string) *release.Release {
	for _, rel := range s.releases {
		if rel.Manifest.Wave == wave {
			return rel
		}
	}
	return nil
}

func sectionsOf(m *release.Manifest, l i18n.Lang) []section {
	list := make([]section, len(sections))
	for i, s := range sections {
		list[i].Key = s.key
	}
	for _, f := range m.Files {
		i := sectionOf(f.Name)
		list[i].Files = append(list[i].Files, viewOf(m, f, l))
	}
	return list
}

func sectionOf(name string) int {
	for i, s := range sections {
		for _, p := range s.prefixes {
			if strings.HasPrefix(name, p) {
				return i
			}
		}
	}
	return len(sections) - 1
}

// published writes the day on which a release came out: as the caller knows it,
// else that of its newest change.
func published(rel *release.Release, l i18n.Lang) string {
	m := rel.Manifest
	if !rel.Published.IsZero() {
		return i18n.Date(rel.Published, l)
	}
	if len(m.Changes) == 0 {
		return i18n.Date(m.Built, l)
	}
	return dateOf(m.Changes[0].Date, l)
}

// dateOf writes a day given as 2025-11-27, and any other text as it is.
func dateOf(day string, l i18n.Lang) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return i18n.Date(t, l)
}
