package api

import (
	"net/http"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/cube"
)

// cellView is one figure with everything that belongs to it.
type cellView struct {
	Table     string              `json:"table"`
	Version   string              `json:"version"`
	Wave      string              `json:"wave"`
	Codes     map[string]codeView `json:"codes"` // by dimension
	Status    statusView          `json:"status"`
	Measures  map[string]*number  `json:"measures"` // null where there is none
	Note      *i18n.Text          `json:"note,omitempty"`
	Source    i18n.Text           `json:"source"`
	Synthetic bool                `json:"synthetic"`
}

type codeView struct {
	Code  string    `json:"code"`
	Label i18n.Text `json:"label"`
}

type statusView struct {
	Code  string    `json:"code"` // "" for an ordinary figure
	Label i18n.Text `json:"label"`
}

type number struct {
	Value    float64   `json:"value"`
	Decimals int       `json:"decimals"`
	Unit     i18n.Text `json:"unit"`
}

// cell answers with one figure. The indicator must be given; a classification
// that is not stands for all.
func (a *API) cell(w http.ResponseWriter, r *http.Request) {
	f := a.asked(w, r)
	if f == nil {
		return
	}
	wanted, p := cellQuery(r, f.Cube)
	if p != nil {
		p.send(w)
		return
	}
	a.version(w, f)
	var key strings.Builder
	key.WriteString("cell " + f.ID + "@" + f.Version)
	for _, d := range f.Dimensions() {
		key.WriteString(" " + strings.Join(wanted[d.ID], ","))
	}
	a.give(w, r, key.String(), func() (*web.Static, error) { return cellAnswer(f, wanted) })
}

// cellQuery reads one code for each dimension, measures aside.
func cellQuery(r *http.Request, c *cube.Cube) (map[string][]string, *problem) {
	axes := c.Dimensions()[:len(c.Dimensions())-1]
	var known []string
	for _, d := range axes {
		known = append(known, d.ID)
	}
	values, p := parameters(r, known)
	if p != nil {
		return nil, p
	}
	wanted := codes(values)
	for _, d := range axes {
		switch given := wanted[d.ID]; {
		case len(given) > 1:
			return nil, bad(d.ID, nil, "En celle har én kode i hver dimension.", "A cell has one code in each dimension.")
		case given == nil && d.Total != "":
			wanted[d.ID] = []string{d.Total}
		case given == nil && len(d.Codes) == 1:
			wanted[d.ID] = []string{d.Codes[0].ID}
		case given == nil:
			return nil, bad(d.ID, d.IDs(), "Parameteren mangler.", "The parameter is missing.")
		}
	}
	return wanted, unknown(c, wanted)
}

func cellAnswer(f *found, wanted map[string][]string) (*web.Static, error) {
	part, err := f.Pick(wanted)
	if err != nil {
		return nil, err
	}
	row := part.Observation(0)
	status := cube.RowStatus(row)
	v := cellView{Table: f.ID, Version: f.Version, Wave: f.Wave, Codes: make(map[string]codeView), Measures: make(map[string]*number),
		Status: statusView{status.String(), status.Label()}, Source: f.Source, Synthetic: f.edition.Manifest.Synthetic}
	for _, d := range part.Dimensions()[:len(part.Dimensions())-1] {
		v.Codes[d.ID] = codeView{d.Codes[0].ID, d.Codes[0].Label}
		if note := d.Codes[0].Note; d.ID == cube.IndicatorDimension && !note.IsZero() {
			v.Note = &note
		}
	}
	for i, m := range part.Measures().Codes {
		v.Measures[m.ID] = nil
		if x, shown := row[i].Number(); shown {
			v.Measures[m.ID] = &number{x, m.Decimals, unitOf(m, part)}
		}
	}
	return jsonAnswer(v)
}

// unitOf is the unit of a measure: of those that are percent or points, the
// indicator knows which.
func unitOf(m cube.Code, part *cube.Cube) i18n.Text {
	d, ok := part.Dimension(cube.IndicatorDimension)
	if ok && !d.Codes[0].Unit.IsZero() && slices.Contains([]string{"value", "low", "high"}, m.ID) {
		return d.Codes[0].Unit
	}
	return m.Unit
}
