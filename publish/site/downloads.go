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
	{"microdata", []string{"microdata.", "codebook.", "values."}},
	{"charts", []string{chartFolder}},
	{"other", []string{""}},
}

// downloadView is the page of one release's files.
type downloadView struct {
	Title     i18n.Text
	Version   string
	Published string
	Newer     string // path of the version that replaces this one
	NewerName string
	Sections  []section
	Manifest  string
	Citation  string
	Licence   formats.Licence
	Contact   string
	Changes   web.Table
	Others    []releaseLink
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
		Title: m.Title, Version: m.Version.String(), Published: published(m, l),
		Sections: sectionsOf(m, l), Manifest: filePath(m, release.ManifestName),
		Citation: m.About().Citation(l), Licence: m.Licence, Contact: m.Contact,
	}
	if newest := s.newest(m.Wave); newest != rel {
		v.Newer, v.NewerName = releasePath(newest.Manifest), newest.Manifest.Version.String()
	}
	v.Changes = s.changes(m, l)
	for _, other := range s.releases {
		if other != rel {
			o := other.Manifest
			v.Others = append(v.Others, releaseLink{releasePath(o), o.Title.In(l) + ", version " + o.Version.String(), published(o, l)})
		}
	}
	return content{
		title:       s.views.T(l, "downloads.title", "title", m.Title.In(l), "version", m.Version),
		description: s.views.T(l, "downloads.lead"), template: "downloads", data: v,
	}, nil
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

// published writes the day of a release: that of its newest change.
func published(m *release.Manifest, l i18n.Lang) string {
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
