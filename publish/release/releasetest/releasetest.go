// Package releasetest builds small releases for tests: of every format, with
// invented figures, in a moment.
//
// It serves tests only.
package releasetest

import (
	"testing"

	"barometer/internal/i18n"
	"barometer/publish/internal/publishtest"
	"barometer/publish/release"
)

// Wave is the wave of all of them.
const Wave = "2025"

// Build builds a version in a folder of releases. Every version has figures
// of its own: the respondents of innov_rate × total are 1,611 plus its major
// number. withdrawn are the versions before it that never came out.
func Build(t testing.TB, dir string, v release.Version, withdrawn ...release.Version) *release.Manifest {
	t.Helper()
	about := publishtest.About()
	draft := publishtest.Draft()
	draft.Cells[0].Figure.N += v.Major
	title := i18n.Text{DA: "Årsrapport", EN: "Yearly report"}
	in := release.Input{Version: v, Title: about.Title, Publisher: about.Publisher, Contact: about.Contact,
		Licence: about.Licence, Built: publishtest.Built.AddDate(0, v.Major-1, 0), Withdrawn: withdrawn,
		Table: draft.Table(t), Microdata: publishtest.Microdata(t, 60),
		Documents: []release.Document{
			{Name: "report.da.html", Title: title, Content: []byte("<!doctype html><html lang=da><title>Rapport</title><h1>Rapport</h1>")},
			{Name: "report.en.html", Title: title, Content: []byte("<!doctype html><html lang=en><title>Report</title><h1>Report</h1>")},
			{Name: "charts/reuse.da.svg", Title: i18n.Text{DA: "Genbrug", EN: "Reuse"}, Content: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
			{Name: "quality.da.html", Title: title, Content: publishtest.QualityPage(i18n.Danish)},
			{Name: "quality.en.html", Title: title, Content: publishtest.QualityPage(i18n.English)},
		}}
	if v != release.First {
		in.Reason = i18n.Text{DA: "Antallet af svar var talt forkert.", EN: "The number of answers was counted wrongly."}
	}
	m, err := release.Build(t.Context(), dir, in)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Restricted builds the research file that goes with a version, in a folder of
// research files.
func Restricted(t testing.TB, dir string, v release.Version) *release.Manifest {
	t.Helper()
	about := publishtest.About()
	m, err := release.BuildRestricted(t.Context(), dir, release.Restricted{Version: v, Title: about.Title, Publisher: about.Publisher, Contact: about.Contact,
		Terms: about.Licence, Access: i18n.Text{DA: "Kun efter aftale.", EN: "By agreement alone."}, Built: publishtest.Built, Microdata: publishtest.Microdata(t, 60)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
