package release

import (
	"encoding/json"
	"errors"
	"io"
	"os"

	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/publish/formats/csv"
	"barometer/publish/formats/xlsx"
)

// product is one file of a release and how it is written.
type product struct {
	name  string
	title i18n.Text
	write func(path string) error
}

// products lists the files that the release is made of. A new format is added
// here and nowhere else.
func (in Input) products(a formats.About) []product {
	var list []product
	add := func(name, da, en string, write func(path string) error) {
		list = append(list, product{name, i18n.Text{DA: da, EN: en}, write})
	}
	stream := func(write func(io.Writer) error) func(string) error {
		return func(path string) error { return archive.WriteFile(path, write) }
	}
	for _, l := range i18n.Languages {
		language := languageName(l)
		add("tables."+string(l)+".xlsx", "Tabeller i Excel, på "+language.DA, "Tables in Excel, in "+language.EN,
			stream(func(w io.Writer) error { return writeTables(w, in, a, l) }))
		add("microdata."+string(l)+".xlsx", "Forskningsdata i Excel, på "+language.DA, "Research data in Excel, in "+language.EN,
			stream(func(w io.Writer) error { return xlsx.Write(w, formats.MicrodataBook(in.Microdata, a, l)) }))
	}
	add("tables.csv", "Tabeller, CSV", "Tables, CSV", grid(formats.Tables, in.Table, csvFile))
	add("table.json", "Tabeller, JSON", "Tables, JSON", stream(func(w io.Writer) error { return writeJSON(w, in.Table) }))
	add("microdata.csv", "Forskningsdata, CSV", "Research data, CSV", func(path string) error { return csvFile(path, formats.Codes(in.Microdata)) })
	add("codebook.json", "Kodebog, JSON", "Codebook, JSON", stream(func(w io.Writer) error { return writeJSON(w, in.Microdata.Codebook) }))
	add("codebook.csv", "Kodebog: variable, CSV", "Codebook: variables, CSV",
		func(path string) error { return csvFile(path, formats.Variables(in.Microdata, i18n.Languages...)) })
	add("values.csv", "Kodebog: værdier, CSV", "Codebook: values, CSV",
		func(path string) error { return csvFile(path, formats.Values(in.Microdata, i18n.Languages...)) })
	for _, d := range in.Documents {
		list = append(list, product{d.Name, d.Title, stream(d.copy)})
	}
	return list
}

func languageName(l i18n.Lang) i18n.Text {
	if l == i18n.English {
		return i18n.Text{DA: "engelsk", EN: "English"}
	}
	return i18n.Text{DA: "dansk", EN: "Danish"}
}

// grid makes a grid of a source and hands it to a writer.
func grid[S any](lay func(S) (*formats.Grid, error), source S, write func(string, *formats.Grid) error) func(string) error {
	return func(path string) error {
		g, err := lay(source)
		if err != nil {
			return err
		}
		return write(path, g)
	}
}

func csvFile(path string, g *formats.Grid) error {
	return archive.WriteFile(path, func(w io.Writer) error { return csv.Write(w, g) })
}

func writeTables(w io.Writer, in Input, a formats.About, l i18n.Lang) error {
	book, err := formats.TableBook(in.Table, a, l)
	if err != nil {
		return err
	}
	return xlsx.Write(w, book)
}

func writeJSON(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	return enc.Encode(value)
}

func (d Document) copy(w io.Writer) error {
	if d.Path == "" {
		_, err := w.Write(d.Content)
		return err
	}
	f, err := os.Open(d.Path)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}
