package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats/csv"
	"barometer/publish/formats/jsonstat"
	"barometer/publish/formats/parquet"
	"barometer/publish/formats/px"
	"barometer/publish/formats/sdmx"
	"barometer/publish/formats/xlsx"
)

const jsonType = "application/json"

// format is one of the forms in which a table is given.
type format struct {
	name      string // of the parameter
	media     string
	extension string
	worded    bool // has the texts of one language
	saved     bool // by a browser, rather than shown
	write     func(w io.Writer, c *cube.Cube, l i18n.Lang) error
}

// offered are all formats; where several are as welcome, the first is given.
var offered = []*format{
	{"json-stat", jsonstat.MediaType, jsonstat.Extension, true, false, jsonstat.Write},
	{"csv", "text/csv; charset=utf-8", ".csv", false, true, writeCSV},
	{"px", px.MediaType, px.Extension, false, true, func(w io.Writer, c *cube.Cube, _ i18n.Lang) error { return px.Write(w, c) }},
	{"sdmx-csv", sdmx.MediaType, sdmx.Extension, false, true, func(w io.Writer, c *cube.Cube, _ i18n.Lang) error { return sdmx.Write(w, c) }},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", true, true, writeBook},
	{"parquet", "application/vnd.apache.parquet", ".parquet", false, true, writeParquet},
}

// Format is one of the forms in which a table is given: the name by which it is
// asked for, and its media type without parameters.
type Format struct{ Name, Media string }

// Formats are all forms in which a table is given.
func Formats() []Format {
	list := make([]Format, len(offered))
	for i, f := range offered {
		media, _, _ := strings.Cut(f.media, ";")
		list[i] = Format{f.name, media}
	}
	return list
}

// formatNames are the names of all formats.
func formatNames() []string {
	names := make([]string, len(offered))
	for i, f := range offered {
		names[i] = f.name
	}
	return names
}

// formatOf is the format that the parameter names, else the one most welcome by
// the header Accept.
func formatOf(values map[string]string, r *http.Request) (*format, *problem) {
	if given, some := values[formatParameter]; some {
		for _, f := range offered {
			if f.name == given {
				return f, nil
			}
		}
		return nil, notAcceptable(formatNames())
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return offered[0], nil
	}
	var best *format
	most := 0.0
	for _, f := range offered {
		if q := welcome(accept, f.media); q > most {
			best, most = f, q
		}
	}
	if best == nil {
		return nil, notAcceptable(formatNames())
	}
	return best, nil
}

// welcome is the quality that an Accept header gives a media type: that of the
// most specific range that it falls in (RFC 9110, 12.5.1). Parameters other than
// the quality are not compared.
func welcome(accept, media string) float64 {
	media, _, _ = strings.Cut(media, ";")
	group, _, _ := strings.Cut(media, "/")
	specific, q := 0, 0.0
	for entry := range strings.SplitSeq(accept, ",") {
		name, rest, _ := strings.Cut(entry, ";")
		rank := 0
		switch strings.ToLower(strings.TrimSpace(name)) {
		case media:
			rank = 3
		case group + "/*":
			rank = 2
		case "*/*":
			rank = 1
		}
		if rank > specific {
			specific, q = rank, quality(rest)
		}
	}
	return q
}

// quality reads the q among the parameters of a range, 1 where there is none.
func quality(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}

// bytesOf writes a table.
func (f *format) bytesOf(c *cube.Cube, l i18n.Lang) ([]byte, error) {
	var b bytes.Buffer
	if err := f.write(&b, c, l); err != nil {
		return nil, fmt.Errorf("table %s as %s: %w", c.ID, f.name, err)
	}
	return b.Bytes(), nil
}

// disposition names the file under which an answer is saved.
func (f *format) disposition(c *cube.Cube) string {
	kind := "inline"
	if f.saved {
		kind = "attachment"
	}
	return fmt.Sprintf(`%s; filename="barometer-%s-%s%s"`, kind, c.ID, c.Version, f.extension)
}

func writeCSV(w io.Writer, c *cube.Cube, _ i18n.Lang) error {
	g, err := c.Grid()
	if err != nil {
		return err
	}
	return csv.Write(w, g)
}

func writeBook(w io.Writer, c *cube.Cube, l i18n.Lang) error {
	book, err := c.Book(l)
	if err != nil {
		return err
	}
	return xlsx.Write(w, book)
}

// writeParquet goes by way of a file, since DuckDB writes no other. An answer is
// made once for all who ask, so none of them can call it off.
func writeParquet(w io.Writer, c *cube.Cube, _ i18n.Lang) error {
	g, err := c.Grid()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "barometer-api-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "table.parquet")
	if err := parquet.Write(context.Background(), path, g); err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}
