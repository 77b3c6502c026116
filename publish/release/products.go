package release

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/publish/formats/csv"
	"barometer/publish/formats/parquet"
	"barometer/publish/formats/xlsx"
)

// product is one file of a release and how it is written.
type product struct {
	name  string
	title i18n.Text
	write func(ctx context.Context, path string) error
}

// products lists the files that the release is made of. A new format is added
// here and nowhere else.
func (in Input) products(a formats.About) []product {
	var list []product
	add := func(name, da, en string, write func(context.Context, string) error) {
		list = append(list, product{name, i18n.Text{DA: da, EN: en}, write})
	}
	for _, l := range i18n.Languages {
		language := languageName(l)
		add("tables."+string(l)+".xlsx", "Tabeller i Excel, på "+language.DA, "Tables in Excel, in "+language.EN,
			stream(func(w io.Writer) error { return writeTables(w, in, a, l) }))
	}
	add("tables.csv", "Tabeller, CSV", "Tables, CSV", in.tables(csvFile))
	add("tables.parquet", "Tabeller, Parquet", "Tables, Parquet", in.tables(parquet.Write))
	add("table.json", "Tabeller, JSON", "Tables, JSON", stream(func(w io.Writer) error { return writeJSON(w, in.Table) }))
	list = append(list, in.cubes(a)...)
	if in.Models != nil {
		add("models.csv", "Modelbaserede skøn, CSV", "Model-based estimates, CSV", in.modelled(csvFile))
		add("models.parquet", "Modelbaserede skøn, Parquet", "Model-based estimates, Parquet", in.modelled(parquet.Write))
		add(modelsName, "Modelbaserede skøn med modellerne bag, JSON", "Model-based estimates with their models, JSON", stream(func(w io.Writer) error { return writeJSON(w, in.Models) }))
	}
	if in.Changes != nil {
		add("changes.csv", "Ændringer siden forrige måling, CSV", "Changes since the previous wave, CSV", made(func() (*formats.Grid, error) { return formats.Changes(in.Changes) }, csvFile))
		add(changesName, "Ændringer siden forrige måling, JSON", "Changes since the previous wave, JSON", stream(func(w io.Writer) error { return writeJSON(w, in.Changes) }))
	}
	if in.External != nil {
		add("external.csv", "Tal, som andre har offentliggjort, CSV", "Figures published by others, CSV", made(func() (*formats.Grid, error) { return formats.External(in.External) }, csvFile))
		add(externalName, "Tal, som andre har offentliggjort, JSON", "Figures published by others, JSON", stream(func(w io.Writer) error { return writeJSON(w, in.External) }))
	}
	list = append(list, records{in.Microdata, a, in.Example, in.Access}.products()...)
	for _, d := range in.Documents {
		list = append(list, product{d.Name, d.Title, stream(d.copy)})
	}
	return list
}

// Files that tell what a version corrects.
const (
	correctionsName = "corrections.json"
	correctionsCSV  = "corrections.csv"
)

// products are the files that tell what this version corrects, none where no
// figure of the table differs.
func (h history) products() []product {
	if len(h.corrections) == 0 {
		return nil
	}
	grid := made(func() (*formats.Grid, error) { return formats.Corrections(h.corrections) }, csvFile)
	return []product{
		{correctionsCSV, i18n.Text{DA: "Rettede tal, CSV", EN: "Corrected figures, CSV"}, grid},
		{correctionsName, i18n.Text{DA: "Rettede tal, JSON", EN: "Corrected figures, JSON"},
			stream(func(w io.Writer) error { return writeJSON(w, h.corrections) })},
	}
}

func languageName(l i18n.Lang) i18n.Text {
	if l == i18n.English {
		return i18n.Text{DA: "engelsk", EN: "English"}
	}
	return i18n.Text{DA: "dansk", EN: "Danish"}
}

// gridWriter writes a grid to a path.
type gridWriter func(ctx context.Context, path string, g *formats.Grid) error

// of writes a grid that is there.
func of(g *formats.Grid, write gridWriter) func(context.Context, string) error {
	return func(ctx context.Context, path string) error { return write(ctx, path, g) }
}

// made writes a grid that is made when its turn comes.
func made(grid func() (*formats.Grid, error), write gridWriter) func(context.Context, string) error {
	return func(ctx context.Context, path string) error {
		g, err := grid()
		if err != nil {
			return err
		}
		return write(ctx, path, g)
	}
}

// tables writes the grid of the table.
func (in Input) tables(write gridWriter) func(context.Context, string) error {
	return made(func() (*formats.Grid, error) { return formats.Tables(in.Table) }, write)
}

// modelled writes the grid of the model-based figures.
func (in Input) modelled(write gridWriter) func(context.Context, string) error {
	return made(func() (*formats.Grid, error) { return formats.Models(in.Table, in.Models) }, write)
}

func csvFile(_ context.Context, path string, g *formats.Grid) error {
	return archive.WriteFile(path, func(w io.Writer) error { return csv.Write(w, g) })
}

// stream writes what write puts out.
func stream(write func(io.Writer) error) func(context.Context, string) error {
	return func(_ context.Context, path string) error { return archive.WriteFile(path, write) }
}

func writeTables(w io.Writer, in Input, a formats.About, l i18n.Lang) error {
	book, err := formats.TableBook(in.Table, in.Models, a, l)
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
