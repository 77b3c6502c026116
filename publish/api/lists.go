package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/cube"
	"barometer/publish/formats"
)

// jsonAnswer makes an answer of a value.
func jsonAnswer(v any) (*web.Static, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return web.NewStatic(jsonType, b.Bytes())
}

// list answers with a list that takes no parameters.
func (a *API) list(w http.ResponseWriter, r *http.Request, key string, of func() (any, error)) {
	if _, p := parameters(r, nil); p != nil {
		p.send(w)
		return
	}
	a.give(w, r, key, func() (*web.Static, error) {
		v, err := of()
		if err != nil {
			return nil, err
		}
		return jsonAnswer(v)
	})
}

// indexView is what the API has.
type indexView struct {
	OpenAPI    string `json:"openapi"`
	Tables     string `json:"tables"`
	Indicators string `json:"indicators"`
	Releases   string `json:"releases"`
}

func (a *API) index(w http.ResponseWriter, r *http.Request) {
	a.list(w, r, "index", func() (any, error) {
		return indexView{Path + "/openapi.json", Path + "/tables", Path + "/indicators", Path + "/releases"}, nil
	})
}

type tableView struct {
	ID         string            `json:"id"`
	Version    string            `json:"version"`
	Wave       string            `json:"wave"`
	Synthetic  bool              `json:"synthetic"`
	Title      i18n.Text         `json:"title"`
	Updated    time.Time         `json:"updated"`
	Cells      int               `json:"cells"`
	Dimensions []dimensionView   `json:"dimensions"`
	Href       string            `json:"href"`    // of this version
	Newest     string            `json:"newest"`  // of whichever is the newest
	Formats    map[string]string `json:"formats"` // addresses of this version by format
}

type dimensionView struct {
	ID    string     `json:"id"`
	Label i18n.Text  `json:"label"`
	Total string     `json:"total,omitempty"` // the code for all
	Codes []codeView `json:"codes"`
}

// tables lists the tables of the newest version of every wave.
func (a *API) tables(w http.ResponseWriter, r *http.Request) {
	a.list(w, r, "tables", func() (any, error) {
		list := []tableView{}
		for _, e := range a.editions {
			if !e.newest {
				continue
			}
			cubes, err := e.cubes()
			if err != nil {
				return nil, err
			}
			for _, c := range cubes {
				list = append(list, e.view(c))
			}
		}
		return struct {
			Tables []tableView `json:"tables"`
		}{list}, nil
	})
}

func (e *edition) view(c *cube.Cube) tableView {
	v := tableView{ID: c.ID, Version: c.Version, Wave: c.Wave, Synthetic: e.Manifest.Synthetic, Title: c.Title, Updated: c.Updated,
		Cells: len(c.Cells()), Newest: Path + "/tables/" + c.ID, Href: Path + "/tables/" + c.ID + "@" + c.Version, Formats: make(map[string]string)}
	for _, f := range offered {
		v.Formats[f.name] = v.Href + "?" + formatParameter + "=" + f.name
	}
	for _, d := range c.Dimensions() {
		dv := dimensionView{ID: d.ID, Label: d.Label, Total: d.Total}
		for _, code := range d.Codes {
			dv.Codes = append(dv.Codes, codeView{code.ID, code.Label})
		}
		v.Dimensions = append(v.Dimensions, dv)
	}
	return v
}

type indicatorView struct {
	Wave     string        `json:"wave"`
	ID       string        `json:"id"`
	Family   string        `json:"family"`
	Label    i18n.Text     `json:"label"`
	Kind     table.Kind    `json:"kind"`
	Unit     i18n.Text     `json:"unit"`
	Base     i18n.Text     `json:"base"`
	Question *i18n.Text    `json:"question,omitempty"`
	Item     string        `json:"item,omitempty"`
	Counted  bool          `json:"counted"`
	Multiple bool          `json:"multiple"`
	Note     *i18n.Text    `json:"note,omitempty"`
	Since    string        `json:"since,omitempty"`
	Breaks   []table.Break `json:"breaks,omitempty"`
}

// indicators lists those of the newest version of every wave.
func (a *API) indicators(w http.ResponseWriter, r *http.Request) {
	a.list(w, r, "indicators", func() (any, error) {
		list := []indicatorView{}
		for _, e := range a.editions {
			if !e.newest {
				continue
			}
			t, err := e.Table()
			if err != nil {
				return nil, err
			}
			for _, ind := range t.Indicators() {
				list = append(list, indicatorOf(t.Wave, ind))
			}
		}
		return struct {
			Indicators []indicatorView `json:"indicators"`
		}{list}, nil
	})
}

func indicatorOf(wave string, i table.Indicator) indicatorView {
	optional := func(t i18n.Text) *i18n.Text {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	return indicatorView{Wave: wave, ID: i.ID, Family: i.Family, Label: cube.IndicatorLabel(i), Kind: i.Kind, Unit: i.Unit, Base: i.Base,
		Question: optional(i.Question), Item: i.Item, Counted: i.Counted, Multiple: i.Multiple, Note: optional(i.Note), Since: i.Since, Breaks: i.Breaks}
}

type releaseView struct {
	Wave      string          `json:"wave"`
	Version   string          `json:"version"`
	Newest    bool            `json:"newest"` // of its wave
	Synthetic bool            `json:"synthetic"`
	Title     i18n.Text       `json:"title"`
	Published *time.Time      `json:"published,omitempty"`
	Licence   formats.Licence `json:"licence"`
	DOI       string          `json:"doi,omitempty"`
	Citation  i18n.Text       `json:"citation"`
	Files     []fileView      `json:"files"`
}

type fileView struct {
	Name      string    `json:"name"`
	Title     i18n.Text `json:"title"`
	MediaType string    `json:"media_type"`
	Bytes     int64     `json:"bytes"`
	SHA256    string    `json:"sha256"`
	Href      string    `json:"href"`
}

// releases lists all versions with their files.
func (a *API) releases(w http.ResponseWriter, r *http.Request) {
	a.list(w, r, "releases", func() (any, error) {
		list := []releaseView{}
		for _, e := range a.editions {
			list = append(list, e.releaseView())
		}
		return struct {
			Releases []releaseView `json:"releases"`
		}{list}, nil
	})
}

func (e *edition) releaseView() releaseView {
	m := e.Manifest
	v := releaseView{Wave: m.Wave, Version: m.Version.String(), Newest: e.newest, Synthetic: m.Synthetic, Title: m.Title, Licence: m.Licence,
		DOI: m.DOI, Citation: i18n.Text{DA: m.About().Citation(i18n.Danish), EN: m.About().Citation(i18n.English)}}
	if !e.Published.IsZero() {
		at := e.Published.UTC().Truncate(time.Second)
		v.Published = &at
	}
	for _, f := range m.Files {
		v.Files = append(v.Files, fileView{f.Name, f.Title, f.MediaType, f.Bytes, f.SHA256, "/download/" + m.Wave + "/" + m.Version.String() + "/" + f.Name})
	}
	return v
}
