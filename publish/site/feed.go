package site

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/release"
)

// feedPath is the news of the site, without language.
const feedPath = "/feed.xml"

// atomFeed is the news of the site as Atom (RFC 4287): an entry for each release
// and each correction that is out, the newest first.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    i18n.Lang   `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomAuthor  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomAuthor struct {
	Name  string `xml:"name"`
	Email string `xml:"email,omitempty"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary"`
}

// feed answers with the news. Addresses in it must be complete, and a feed says
// when it last changed, so there is none where the site does not know its own
// address, or nothing is out.
func (s *Site) feed(w http.ResponseWriter, r *http.Request) {
	if s.BaseURL == "" || len(s.releases) == 0 {
		s.shell.NotFound(w, r)
		return
	}
	l := web.Lang(r)
	f := atomFeed{
		Lang: l, ID: s.tag("news." + string(l)), Title: s.views.T(l, "feed.title"),
		Author: atomAuthor{s.shell.Owner().In(l), s.shell.Email()},
		Links: []atomLink{
			{"self", "application/atom+xml", s.BaseURL + web.Localise(l, feedPath)},
			{"alternate", "text/html", s.BaseURL + web.Localise(l, releasesPath)},
		},
	}
	for _, rel := range s.byDate() {
		f.Entries = append(f.Entries, s.entry(rel, l))
	}
	f.Updated = f.Entries[0].Updated
	content, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		s.shell.Fail(w, r, err)
		return
	}
	s.give(w, r, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), content...))
}

func (s *Site) entry(rel *release.Release, l i18n.Lang) atomEntry {
	m := rel.Manifest
	e := atomEntry{
		ID: s.tag("release." + m.Wave + "." + m.Version.String() + "." + string(l)), Published: out(rel).UTC().Format(time.RFC3339),
		Link: atomLink{"alternate", "text/html", s.BaseURL + web.Localise(l, releasePath(m))},
	}
	e.Updated = e.Published
	e.Title = s.views.T(l, "feed.release", "title", m.Title.In(l), "version", m.Version.String())
	e.Summary = s.views.T(l, "feed.summary")
	if m.Version != release.First && len(m.Changes) > 0 {
		e.Title = s.views.T(l, "feed.correction", "title", m.Title.In(l), "version", m.Version.String())
		e.Summary = m.Changes[0].Reason.In(l)
	}
	return e
}

// tag is the lasting name of something on the site (RFC 4151). The day is fixed:
// it only says when the host was ours.
func (s *Site) tag(of string) string {
	host := s.BaseURL
	if u, err := url.Parse(s.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return "tag:" + host + ",2026-01-01:" + of
}
