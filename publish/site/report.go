package site

import (
	"path"
	"strings"

	"barometer/internal/i18n"
	"barometer/publish/release"
	"barometer/reports/number"
)

// fileView is a file of a release as a link.
type fileView struct {
	Path   string
	Name   string
	Title  string
	Lang   i18n.Lang // "" where the file is of no one language
	Format string    // "PDF"
	Size   string    // "1,2 MB"
	SHA256 string
}

// reportView is the page that leads to the report.
type reportView struct {
	Version   string
	Title     i18n.Text
	Published string
	Read      *fileView // the report as a page, in the reader's language
	Print     *fileView // as PDF
	Other     []fileView
	More      []accompanying
	Charts    []chartFiles
	Citation  string
}

// accompanying is a document beside the report: as a page, and as PDF where the
// release has it.
type accompanying struct {
	Read  fileView
	Print *fileView
}

// accompanyingNames are the documents beside the report, by the stems of their files.
var accompanyingNames = []string{"quality", "sectors"}

// accompany lists the documents beside the report that a release has in a language.
func accompany(m *release.Manifest, l i18n.Lang) []accompanying {
	var list []accompanying
	for _, name := range accompanyingNames {
		stem := name + "." + string(l)
		if read := fileOf(m, stem+".html", l); read != nil {
			list = append(list, accompanying{*read, fileOf(m, stem+".pdf", l)})
		}
	}
	return list
}

// chartFiles are the files of one chart of the report.
type chartFiles struct {
	Title string
	Files []fileView
}

func (s *Site) addReport() {
	s.addPage(reportPath, reportPath, s.report)
	s.list(reportPath)
}

func (s *Site) report(l i18n.Lang) (content, error) {
	m := s.current.release.Manifest
	v := reportView{
		Version: m.Version.String(), Title: m.Title, Published: published(s.current.release, l),
		Read: fileOf(m, reportFile(l, ".html"), l), Print: fileOf(m, reportFile(l, ".pdf"), l),
		More: accompany(m, l), Charts: chartsOf(m, l), Citation: m.About().Citation(l),
	}
	for _, ext := range []string{".html", ".pdf"} {
		if f := fileOf(m, reportFile(l.Other(), ext), l); f != nil {
			v.Other = append(v.Other, *f)
		}
	}
	return content{
		title: s.views.T(l, "report.title"), description: m.Title.In(l) + ". " + s.views.T(l, "report.lead"),
		template: "report", data: v,
	}, nil
}

// reportFile is the name of the report in a release.
func reportFile(l i18n.Lang, ext string) string { return "report." + string(l) + ext }

// fileOf describes a file of a release, nil where there is none of the name.
func fileOf(m *release.Manifest, name string, l i18n.Lang) *fileView {
	f, ok := m.File(name)
	if !ok {
		return nil
	}
	v := viewOf(m, f, l)
	return &v
}

func viewOf(m *release.Manifest, f release.File, l i18n.Lang) fileView {
	return fileView{
		Path: filePath(m, f.Name), Name: f.Name, Title: f.Title.In(l),
		Lang: langOf(f.Name), Format: format(f.Name), Size: size(f.Bytes, l), SHA256: f.SHA256,
	}
}

// chartFolder is where the charts of the report stand in a release:
// "charts/values.da.svg".
const chartFolder = "charts/"

// chartsOf lists the charts in a language, each with its files.
func chartsOf(m *release.Manifest, l i18n.Lang) []chartFiles {
	var list []chartFiles
	last := ""
	for _, f := range m.Files {
		stem, ok := strings.CutSuffix(strings.TrimSuffix(f.Name, path.Ext(f.Name)), "."+string(l))
		if !ok || !strings.HasPrefix(f.Name, chartFolder) {
			continue
		}
		if stem != last {
			list = append(list, chartFiles{Title: f.Title.In(l)})
			last = stem
		}
		c := &list[len(list)-1]
		c.Files = append(c.Files, viewOf(m, f, l))
	}
	return list
}

// langOf reads the language of a file from its name: "report.da.html".
func langOf(name string) i18n.Lang {
	stem := strings.TrimSuffix(name, path.Ext(name))
	l, err := i18n.ParseLang(strings.TrimPrefix(path.Ext(stem), "."))
	if err != nil {
		return ""
	}
	return l
}

// formatNames names kinds of file as readers know them.
var formatNames = map[string]string{
	".html": "HTML", ".pdf": "PDF", ".svg": "SVG", ".png": "PNG", ".xlsx": "Excel",
	".csv": "CSV", ".parquet": "Parquet", ".json": "JSON", ".px": "PX",
}

func format(name string) string {
	if f, ok := formatNames[path.Ext(name)]; ok {
		return f
	}
	return strings.ToUpper(strings.TrimPrefix(path.Ext(name), "."))
}

// size writes the size of a file in kB or MB.
func size(bytes int64, l i18n.Lang) string {
	if bytes < 1e6 {
		return number.Integer(int(max(1, (bytes+500)/1000)), l) + "\u00a0kB"
	}
	return number.Decimal(float64(bytes)/1e6, 1, l) + "\u00a0MB"
}
