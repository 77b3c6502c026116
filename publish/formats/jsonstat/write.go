// Package jsonstat writes cubes as JSON-stat 2.0 and reads them back.
//
// A cube.Cube and a language come in, since a document of JSON-stat has one; a
// document of class dataset goes out: values row-major, null for a gap, the
// reason of the gap in a sparse status by index, roles of time and measures,
// decimals and units of the measures. What JSON-stat has no place for (units of
// indicators, the code for all, version, contact) stands under extension. The
// published schema lets pass a wrong number of values, unknown ids in roles and
// texts for values; the reader here does not.
package jsonstat

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"barometer/internal/i18n"
	"barometer/publish/cube"
)

// Extension ends the names of the documents, after the language.
const Extension = ".json"

// MediaType is what servers call a document; JSON-stat has none of its own.
const MediaType = "application/json"

// document is a dataset in the order in which its members are written.
type document struct {
	Version   string               `json:"version"`
	Class     string               `json:"class"`
	Label     string               `json:"label"`
	Source    string               `json:"source"`
	Updated   string               `json:"updated"`
	Note      []string             `json:"note,omitempty"`
	Link      *links               `json:"link,omitempty"`
	Extension extension            `json:"extension"`
	ID        []string             `json:"id"`
	Size      []int                `json:"size"`
	Role      role                 `json:"role"`
	Dimension map[string]dimension `json:"dimension"`
	Value     json.RawMessage      `json:"value"`
	Status    json.RawMessage      `json:"status,omitempty"`
}

type links struct {
	License []link `json:"license"`
}

type link struct {
	Type  string `json:"type"`
	Href  string `json:"href"`
	Label string `json:"label"`
}

type extension struct {
	ID       string            `json:"id"`
	Release  string            `json:"release"` // version
	Language string            `json:"language"`
	Contact  string            `json:"contact,omitempty"`
	License  string            `json:"license,omitempty"` // where it has no address
	Status   map[string]string `json:"status"`            // letters in words
}

type role struct {
	Time   []string `json:"time,omitempty"`
	Metric []string `json:"metric"`
}

type dimension struct {
	Label     string         `json:"label"`
	Extension *axisExtension `json:"extension,omitempty"`
	Category  category       `json:"category"`
}

type axisExtension struct {
	Total string            `json:"total,omitempty"`
	Unit  map[string]string `json:"unit,omitempty"` // of categories that are no measures
}

type category struct {
	Index []string            `json:"index"`
	Label map[string]string   `json:"label"`
	Unit  map[string]unit     `json:"unit,omitempty"`
	Note  map[string][]string `json:"note,omitempty"`
}

type unit struct {
	Label    string `json:"label"`
	Decimals int    `json:"decimals"`
}

// Write writes a cube in one language. It refuses a cube that lacks the
// language, before the first byte.
func Write(w io.Writer, c *cube.Cube, l i18n.Lang) error {
	if c.Title.In(l) == "" {
		return fmt.Errorf("table %s has no texts in %s", c.ID, l)
	}
	d := document{Version: "2.0", Class: "dataset", Label: c.Title.In(l), Source: c.Source.In(l), Updated: c.Updated.UTC().Format(time.RFC3339),
		Size: c.Sizes(), Dimension: make(map[string]dimension), Value: values(c), Status: statuses(c),
		Extension: extension{ID: c.ID, Release: c.Version, Language: string(l), Contact: c.Contact, Status: legend(l)}}
	for _, n := range c.Notes {
		d.Note = append(d.Note, n.In(l))
	}
	if c.Licence.URL == "" {
		d.Extension.License = c.Licence.Name
	} else {
		d.Link = &links{[]link{{"text/html", c.Licence.URL, c.Licence.Name}}}
	}
	for _, axis := range c.Dimensions() {
		d.ID = append(d.ID, axis.ID)
		d.Dimension[axis.ID] = described(axis, l)
		switch axis.Role {
		case cube.Time:
			d.Role.Time = append(d.Role.Time, axis.ID)
		case cube.Metric:
			d.Role.Metric = append(d.Role.Metric, axis.ID)
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(d)
}

func legend(l i18n.Lang) map[string]string {
	words := make(map[string]string)
	for _, s := range cube.Statuses[1:] {
		words[s.String()] = s.Label().In(l)
	}
	return words
}

func described(axis cube.Dimension, l i18n.Lang) dimension {
	d := dimension{Label: axis.Label.In(l), Category: category{Index: axis.IDs(), Label: make(map[string]string)}}
	x := axisExtension{Total: axis.Total}
	for _, c := range axis.Codes {
		d.Category.Label[c.ID] = c.Label.In(l)
		switch {
		case axis.Role == cube.Metric:
			set(&d.Category.Unit, c.ID, unit{c.Unit.In(l), c.Decimals})
		case c.Unit.In(l) != "":
			set(&x.Unit, c.ID, c.Unit.In(l))
		}
		if c.Note.In(l) != "" {
			set(&d.Category.Note, c.ID, []string{c.Note.In(l)})
		}
	}
	if x.Total != "" || x.Unit != nil {
		d.Extension = &x
	}
	return d
}

func set[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = make(map[string]V)
	}
	(*m)[key] = value
}

// values writes the cells, null for a gap.
func values(c *cube.Cube) json.RawMessage {
	out := make([]byte, 1, 2+6*len(c.Cells()))
	out[0] = '['
	measures := c.Measures().Codes
	for i, cell := range c.Cells() {
		if i > 0 {
			out = append(out, ',')
		}
		if x, shown := cell.Number(); shown {
			out = strconv.AppendFloat(out, x, 'f', measures[i%len(measures)].Decimals, 64)
		} else {
			out = append(out, "null"...)
		}
	}
	return append(out, ']')
}

// statuses writes the status of every cell that has one, nothing where none has.
func statuses(c *cube.Cube) json.RawMessage {
	out := []byte{'{'}
	for i, cell := range c.Cells() {
		if cell.Status() == cube.Shown {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(strconv.AppendInt(append(out, '"'), int64(i), 10), `":"`...)
		out = append(append(out, cell.Status().String()...), '"')
	}
	if len(out) == 1 {
		return nil
	}
	return append(out, '}')
}
