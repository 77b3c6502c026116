package site

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/release"
)

// releasesPath is the list of all that is out.
const releasesPath = "/releases"

func (s *Site) addReleases() {
	s.addPage(releasesPath, downloadsPath, func(l i18n.Lang) (content, error) {
		return content{
			title: s.views.T(l, "releases.title"), description: s.views.T(l, "releases.lead"), template: "releases",
			data: struct{ Table web.Table }{s.releaseTable(s.byDate(), l)},
		}, nil
	})
	s.list(releasesPath)
}

// out is when a release came out: as the caller knows it, else when it was built.
func out(rel *release.Release) time.Time {
	if !rel.Published.IsZero() {
		return rel.Published
	}
	return rel.Manifest.Built
}

// byDate lists the releases as they came out, the newest first.
func (s *Site) byDate() []*release.Release {
	list := slices.Clone(s.releases)
	slices.SortStableFunc(list, func(a, b *release.Release) int {
		return cmp.Or(out(b).Compare(out(a)), b.Manifest.Version.Compare(a.Manifest.Version))
	})
	return list
}

// releaseTable lists releases with what each changed and whether it stands.
func (s *Site) releaseTable(list []*release.Release, l i18n.Lang) web.Table {
	t := web.Table{Name: "releases", Caption: s.views.T(l, "releases.caption"), Quiet: true, Columns: []web.Column{
		{Label: s.views.T(l, "releases.release")}, {Label: s.views.T(l, "downloads.date")}, {Label: s.views.T(l, "releases.state")},
		{Label: s.views.T(l, "downloads.reason")}, {Label: s.views.T(l, "downloads.cells"), Number: true},
	}}
	for _, rel := range list {
		m, reason, cells := rel.Manifest, "", 0
		if len(m.Changes) > 0 {
			reason, cells = m.Changes[0].Reason.In(l), len(m.Changes[0].Cells)
		}
		t.Rows = append(t.Rows, web.Row{
			{Text: s.views.T(l, "releases.name", "title", m.Title.In(l), "version", m.Version.String()), Href: web.Localise(l, releasePath(m))},
			{Text: published(rel, l)}, {Tag: s.standing(rel, l)}, {Text: reason}, {Text: strconv.Itoa(cells)},
		})
	}
	return t
}

// standing says whether a release is the one to use.
func (s *Site) standing(rel *release.Release, l i18n.Lang) *web.Tag {
	switch newer := s.newer(rel); {
	case newer == nil:
		return &web.Tag{Kind: web.Success, Text: s.views.T(l, "releases.stands")}
	case newer.Figures:
		return &web.Tag{Kind: web.Warning, Text: s.views.T(l, "releases.corrected")}
	default:
		return &web.Tag{Kind: web.Info, Text: s.views.T(l, "releases.superseded")}
	}
}
