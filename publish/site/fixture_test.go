package site_test

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/analysis/disclosure/anonymise"
	"barometer/analysis/external"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/api"
	"barometer/publish/formats"
	"barometer/publish/internal/publishtest"
	"barometer/publish/release"
	"barometer/publish/site"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
)

// The folder of the demonstration wave: its indicators, labels and questions
// are the ones the pages are made for.
const waveFolder = "../../cmd/barometer/demo/wave/"

type storedCell struct {
	Status table.Status  `json:"status,omitempty"`
	Figure *table.Figure `json:"figure,omitempty"`
}

// draft is a table that can still be changed.
type draft struct {
	Meta       table.Meta        `json:"meta"`
	Indicators []table.Indicator `json:"indicators"`
	Domains    []table.Domain    `json:"domains"`
	Cells      []storedCell      `json:"cells"`
}

// definitions reads the indicators and domains of the demonstration once.
var definitions = sync.OnceValues(func() (*draft, error) {
	catalogue, err := read("indicators.yaml", indicator.Load)
	if err != nil {
		return nil, err
	}
	q, err := read("questionnaire.yaml", questionnaire.Load)
	if err != nil {
		return nil, err
	}
	defs, err := catalogue.Expand(q)
	if err != nil {
		return nil, err
	}
	d := &draft{Domains: catalogue.Domains()}
	for _, def := range defs {
		d.Indicators = append(d.Indicators, def.Indicator)
	}
	return d, nil
})

func read[T any](name string, load func(io.Reader, string) (T, error)) (T, error) {
	f, err := os.Open(waveFolder + name)
	if err != nil {
		var none T
		return none, err
	}
	defer f.Close()
	return load(f, name)
}

// newDraft is a table of all indicators with invented figures. Regional
// administration is confidential throughout, small regional workplaces are
// unreliable, and teaching at university level is uncertain.
func newDraft(t testing.TB, wave string, synthetic bool) *draft {
	t.Helper()
	defs, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	d := &draft{Indicators: defs.Indicators, Domains: defs.Domains, Meta: table.Meta{
		Wave: wave, Synthetic: synthetic, Period: i18n.Same("2024–2025"),
		Title: i18n.Text{DA: "Innovationsbarometeret " + wave, EN: "Innovation Barometer " + wave},
		Frame: 14297, Sample: 4494, Respondents: 1611, Ineligible: 88, Level: 0.95, EffectiveN: 1340,
		Weighting:    i18n.Text{DA: "Svarene er vægtet.", EN: "Answers are weighted."},
		ResponseRate: 1611.0 / (4494 - 88),
	}}
	for _, ind := range d.Indicators {
		for _, dom := range d.Domains {
			d.Cells = append(d.Cells, invent(ind, dom))
		}
	}
	return d
}

func invent(ind table.Indicator, dom table.Domain) storedCell {
	switch dom.ID() {
	case "subsector:R-ADM":
		return storedCell{Status: table.Confidential}
	case "sector_size:region:1-19":
		return storedCell{Status: table.Unreliable}
	}
	h := fnv.New32a()
	h.Write([]byte(ind.ID + dom.ID()))
	p := 0.2 + 0.6*float64(h.Sum32()>>8)/(1<<24)
	scale := 1.0
	if ind.Kind == table.Score {
		scale = 100
	}
	f := table.Figure{Value: p * scale, Low: (p - 0.04) * scale, High: (p + 0.04) * scale, SE: 0.02 * scale, DF: 300, N: 412}
	if ind.Counted {
		f.Low, f.High, f.SE = f.Value, f.Value, 0
	}
	if dom.ID() == "subsector:S-VID" {
		return storedCell{Status: table.Uncertain, Figure: &f}
	}
	return storedCell{Figure: &f}
}

func (d *draft) cell(indicator, domain string) *storedCell {
	for i, ind := range d.Indicators {
		for j, dom := range d.Domains {
			if ind.ID == indicator && dom.ID() == domain {
				return &d.Cells[i*len(d.Domains)+j]
			}
		}
	}
	panic("no cell " + indicator + " × " + domain)
}

func (d *draft) table(t testing.TB) *table.Table {
	t.Helper()
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	tab := new(table.Table)
	if err := json.Unmarshal(data, tab); err != nil {
		t.Fatal(err)
	}
	return tab
}

const reportHTML = `<!DOCTYPE html>
<html lang="da"><head><meta charset="utf-8"><title>Rapport</title><style>h1 { color: #12436d; }</style></head>
<body><h1>Rapport</h1></body></html>
`

// build makes a release of a table below dir, as COI would.
func build(t testing.TB, dir string, tab *table.Table, v release.Version) *release.Release {
	t.Helper()
	data, err := microdata.New(microdata.Numbers("innov", []float64{1, 0, 1}))
	if err != nil {
		t.Fatal(err)
	}
	book := codebook.Codebook{Variables: []codebook.Variable{
		{Name: "innov", Kind: codebook.Binary, Role: codebook.RoleAnswer, Label: i18n.Text{DA: "Innovativ", EN: "Innovative"}},
	}}
	in := release.Input{
		Version: v, Title: tab.Title, Publisher: i18n.Text{DA: "Center for Offentlig Innovation", EN: "Centre for Public Innovation"},
		Contact: "barometer@example.dk", Licence: formats.Licence{Name: "CC BY 4.0", URL: "https://creativecommons.org/licenses/by/4.0/"},
		Built: time.Date(2025, 11, 27, 8, 0, 0, 0, time.UTC), Table: tab,
		Microdata: &anonymise.File{Wave: tab.Wave, Synthetic: tab.Synthetic, Codebook: book, Data: data},
	}
	if tab.Wave >= "2025" { // the published figures are older
		in.Models = modelsOf(tab)
		if in.External, err = read("external.yaml", external.Load); err != nil {
			t.Fatal(err)
		}
	}
	if v != release.First {
		in.Reason = i18n.Text{DA: "Et tal er rettet.", EN: "A figure was corrected."}
	}
	title := i18n.Text{DA: "Rapport", EN: "Report"}
	for _, l := range i18n.Languages {
		in.Documents = append(in.Documents,
			release.Document{Name: "report." + string(l) + ".html", Title: title, Content: []byte(reportHTML)},
			release.Document{Name: "report." + string(l) + ".pdf", Title: title, Content: []byte("%PDF-1.7\n")},
			release.Document{Name: "quality." + string(l) + ".html", Title: i18n.Text{DA: "Kvalitetsrapport", EN: "Quality report"}, Content: publishtest.QualityPage(l)},
			release.Document{Name: "charts/values." + string(l) + ".svg", Title: title, Content: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		)
	}
	if _, err := release.Build(t.Context(), dir, in); err != nil {
		t.Fatal(err)
	}
	rel, err := release.Latest(dir, tab.Wave)
	if err != nil {
		t.Fatal(err)
	}
	return rel
}

// modelsOf invents a model of the reuse of others' solutions by subsector.
func modelsOf(tab *table.Table) *table.Models {
	text := func(da, en string) i18n.Text { return i18n.Text{DA: da, EN: en} }
	return &table.Models{Wave: tab.Wave, Level: tab.Level, List: []table.Model{{
		Indicator: "reuse", Breakdown: "subsector", Method: "reml", Groups: 14,
		Coefficients: []table.Coefficient{
			{Name: "intercept", Label: text("Konstantled", "Intercept"), Value: 0.7, SE: 0.02},
			{Name: "large", Label: text("Andelen af store arbejdspladser", "Share of large workplaces"), Value: 0.1, SE: 0.03}},
		Figures: []table.ModelFigure{
			{Domain: "subsector:R-ADM", Basis: table.Prediction, Value: 0.713, Low: 0.6, High: 0.82, RMSE: 0.05},
			{Domain: "subsector:S-VID", Basis: table.Combined, Value: 0.66, Low: 0.5, High: 0.8, RMSE: 0.07}},
	}}}
}

// mount makes the whole web server of some releases.
func mount(t testing.TB, releases []*release.Release, o site.Options) http.Handler {
	t.Helper()
	shell, err := web.NewShell(web.Config{
		Name:  i18n.Text{DA: "Innovationsbarometeret", EN: "The Innovation Barometer"},
		Owner: i18n.Text{DA: "Center for Offentlig Innovation", EN: "Centre for Public Innovation"},
		Email: "barometer@example.dk", Statement: "/accessibility", Privacy: "/privacy", Nav: site.Navigation(), BaseURL: o.BaseURL,
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := site.New(shell, releases, o)
	if err != nil {
		t.Fatal(err)
	}
	r := chi.NewRouter()
	r.Use(shell.Secure)
	r.NotFound(shell.NotFound)
	r.MethodNotAllowed(shell.MethodNotAllowed)
	r.Get("/", web.Front)
	r.Handle("/assets/*", shell.Assets())
	s.Routes(r)
	api.New(releases, api.Options{}).Routes(r)
	return r
}

// ordinary is the site of one synthetic release, made once for all tests that
// only look.
func ordinary(t testing.TB) http.Handler {
	t.Helper()
	once.Do(func() {
		dir, err := os.MkdirTemp("", "site")
		if err != nil {
			t.Fatal(err)
		}
		made.dir = dir
		made.release = build(t, dir, newDraft(t, "2025", true).table(t), release.First)
		made.handler = mount(t, []*release.Release{made.release}, site.Options{BaseURL: "https://barometer.example/"})
	})
	return made.handler
}

var (
	once sync.Once
	made struct {
		dir     string
		release *release.Release
		handler http.Handler
	}
)

func TestMain(m *testing.M) {
	code := m.Run()
	if made.dir != "" {
		os.RemoveAll(made.dir)
	}
	os.Exit(code)
}

// ask sends a request with headers given as pairs.
func ask(t testing.TB, h http.Handler, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
