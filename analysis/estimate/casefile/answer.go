package casefile

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// Answer is what a case comes to.
type Answer struct {
	ID       string   `json:"id"`
	Rows     []Row    `json:"rows"`
	Warnings []string `json:"warnings"`
	Weights  *Weights `json:"-"`
}

// Row is one line of an answer.
type Row struct {
	By      []design.Level
	Item    string
	Figures []Figure

	data *microdata.Data // tells numbers and truth values of By from text
}

// Figure is one named number of a row, NaN where it is undefined.
type Figure struct {
	Key   string
	Value float64
}

// Figure returns the named number.
func (r Row) Figure(key string) (float64, bool) {
	for _, f := range r.Figures {
		if f.Key == key {
			return f.Value, true
		}
	}
	return 0, false
}

// MarshalJSON writes the row as one flat object; undefined numbers are null.
func (r Row) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`{"by":{`)
	for i, l := range r.By {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(l.Column))
		b.WriteByte(':')
		b.Write(r.level(l))
	}
	b.WriteString(`},"item":`)
	b.Write(quoted(r.Item))
	for _, f := range r.Figures {
		fmt.Fprintf(&b, ",%s:%s", quoted(f.Key), figure(f.Value))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// level is a level as JSON, of the type its column has in the data.
func (r Row) level(l design.Level) []byte {
	if r.data != nil {
		c, err := r.data.Column(l.Column)
		switch {
		case err != nil:
		case c.IsNumeric() && json.Valid([]byte(l.Level)): // not of infinity
			return []byte(l.Level)
		case c.IsLogical():
			return []byte(strings.ToLower(l.Level))
		}
	}
	return quoted(l.Level)
}

func quoted(s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always valid JSON
	}
	return text
}

func figure(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "null"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// Weights are the final weights of the rows, by the key of the data file.
type Weights struct {
	Keys   []string
	Values []float64
}

// WriteCSV writes the columns row,weight; 0 is the weight of a row that left
// the sample.
func (w *Weights) WriteCSV(to io.Writer) error {
	out := csv.NewWriter(to)
	lines := [][]string{{"row", "weight"}}
	for i, key := range w.Keys {
		lines = append(lines, []string{key, strconv.FormatFloat(w.Values[i], 'g', -1, 64)})
	}
	return out.WriteAll(lines)
}

// refusal is the form of an error on standard output.
type refusal struct {
	ID    string `json:"id"`
	Error *Error `json:"error"`
}

// Refusal returns the JSON form of an error.
func Refusal(id string, err error) ([]byte, error) {
	return json.Marshal(refusal{id, asError(err)})
}
