// Package site serves the public pages of the barometer: results, methods and
// downloads.
//
// It is the last stage of the flow. Opened releases come in, each with its
// manifest, its table and its files; pages in Danish and English go out. What
// a page shows of a figure is read from the table, every number is written by
// package number and every chart drawn by package chart, so that the site
// cannot say anything else than the report and the data files of the same
// release. A release never changes, so a page is made when it is first asked
// for and kept.
//
// The package knows no database, sets no cookie, asks no other site and reads
// no clock. Which releases may be seen is decided by the caller.
package site

import (
	"embed"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/release"
	"barometer/publish/search"
)

// Options are the circumstances of a site.
type Options struct {
	BaseURL string // address of the site as visitors see it; without one there is no sitemap
	Survey  bool   // answers are being collected: show the way to the survey
	Compare string // path of the page that sets a workplace beside its peers, "" without one
	Preview bool   // not everyone may see the releases yet: every page says so
}

// Site is the public pages of some releases. It is safe for concurrent use.
type Site struct {
	Options
	shell    *web.Shell
	views    *web.Views
	releases []*release.Release // newest wave first, of a wave the newest version first
	current  *edition           // nil before the first release
	pages    map[string]*page   // by address, with the query where one is needed
	sitemap  []string           // addresses without language, in order
	editions []*edition         // the newest release of every wave, the newest first
	texts    []textPage         // pages that say how the survey and the service are made
	files    kept
	index    map[i18n.Lang]func() (*search.Index, error)

	documents map[string]func() (document, error) // by address
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// Navigation is the main navigation of the site.
func Navigation() []web.Link {
	return []web.Link{
		{Path: reportPath, Label: i18n.Text{DA: "Rapport", EN: "Report"}},
		{Path: indicatorsPath, Label: i18n.Text{DA: "Indikatorer", EN: "Indicators"}},
		{Path: explorePath, Label: i18n.Text{DA: "Udforsk tallene", EN: "Explore the figures"}},
		{Path: tablesPath, Label: i18n.Text{DA: "Tabeller", EN: "Tables"}},
		{Path: downloadsPath, Label: i18n.Text{DA: "Hent data", EN: "Downloads"}},
		{Path: aboutPath, Label: i18n.Text{DA: "Om undersøgelsen", EN: "About the survey"}},
		{Path: searchPath, Label: i18n.Text{DA: "Søg", EN: "Search"}},
	}
}

// Paths of the pages, without language.
const (
	frontPath         = "/"
	reportPath        = "/report"
	indicatorsPath    = "/indicators"
	tablesPath        = "/tables"
	downloadsPath     = "/downloads"
	aboutPath         = "/about"
	accessibilityPath = "/accessibility"
	privacyPath       = "/privacy"
)

// New makes the site of some releases, in any order. The newest version of the
// newest wave is the one whose figures are shown; the files of all can be
// downloaded. Without a release the site says that none is out yet.
func New(shell *web.Shell, releases []*release.Release, o Options) (*Site, error) {
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	messages, err := i18n.ParseCatalogue("publish/site/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	s := &Site{Options: o, shell: shell, releases: newestFirst(releases), pages: map[string]*page{},
		documents: map[string]func() (document, error){}}
	if s.views, err = shell.Views(templateFiles, messages); err != nil {
		return nil, err
	}
	if len(s.releases) > 0 {
		if s.current, err = open(s.releases); err != nil {
			return nil, fmt.Errorf("site: %w", err)
		}
		if s.editions, err = s.openOlder(); err != nil {
			return nil, fmt.Errorf("site: %w", err)
		}
	}
	s.addPages()
	s.index = map[i18n.Lang]func() (*search.Index, error){}
	for _, l := range i18n.Languages {
		s.index[l] = sync.OnceValues(func() (*search.Index, error) { return s.makeIndex(l) })
	}
	return s, nil
}

func newestFirst(releases []*release.Release) []*release.Release {
	sorted := slices.Clone(releases)
	slices.SortStableFunc(sorted, func(a, b *release.Release) int {
		if c := strings.Compare(b.Manifest.Wave, a.Manifest.Wave); c != 0 {
			return c
		}
		return b.Manifest.Version.Compare(a.Manifest.Version)
	})
	return sorted
}

// Routes mounts the pages and files of the site.
func (s *Site) Routes(router chi.Router) {
	get := func(pattern string, h http.HandlerFunc) {
		router.Get(pattern, h)
		router.Head(pattern, h)
	}
	get("/{lang:da|en}", s.slash)
	for _, pattern := range []string{
		frontPath, reportPath, indicatorsPath, indicatorsPath + "/{indicator}", indicatorsPath + "/{indicator}/{file}",
		downloadsPath, downloadsPath + "/{wave}/{version}", releasesPath, programsPath, aboutPath, accessibilityPath, privacyPath,
	} {
		get("/{lang:da|en}"+pattern, s.page)
	}
	get("/{lang:da|en}"+tablesPath, s.tables)
	get("/{lang:da|en}"+tableCSVPath, s.tables)
	get("/{lang:da|en}"+explorePath, s.explore)
	for _, file := range []string{exploreSVG, explorePNG, exploreCSV} {
		get("/{lang:da|en}"+file, s.exploredFile)
	}
	get("/{lang:da|en}"+embedPath+"/{indicator}", s.embed)
	get("/{lang:da|en}"+searchPath, s.find)
	get("/{lang:da|en}"+feedPath, s.feed)
	get("/download/{wave}/{version}/*", s.download)
	get("/robots.txt", s.robots)
	get("/sitemap.xml", s.siteMap)
}

// slash leads to the front page of a language.
func (s *Site) slash(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, web.Localise(web.Lang(r), frontPath), http.StatusPermanentRedirect)
}
