package release

import (
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats"
	"barometer/publish/formats/datapackage"
	"barometer/publish/formats/jsonstat"
	"barometer/publish/formats/parquet"
	"barometer/publish/formats/px"
	"barometer/publish/formats/sdmx"
)

// cubeFolder holds the tables in machine-readable formats, one for each
// breakdown.
const cubeFolder = "cubes/"

// cubes lists the files of the table's cubes.
func (in Input) cubes(a formats.About) []product {
	var list []product
	for _, b := range formats.Breakdowns(in.Table) {
		made := sync.OnceValues(func() (*cube.Cube, error) { return cube.Of(in.Table, b, a) })
		list = append(list, cubeFiles(b, made)...)
	}
	return list
}

// cubeFiles lists the files of one cube.
func cubeFiles(breakdown string, cubed func() (*cube.Cube, error)) []product {
	by := cubeTitle(breakdown)
	var list []product
	add := func(extension, da, en string, write func(context.Context, string) error) {
		list = append(list, product{cubeFolder + breakdown + extension, i18n.Text{DA: by.DA + ", " + da, EN: by.EN + ", " + en}, write})
	}
	written := func(write func(io.Writer, *cube.Cube) error) func(context.Context, string) error {
		return stream(func(w io.Writer) error {
			c, err := cubed()
			if err != nil {
				return err
			}
			return write(w, c)
		})
	}
	grid := func() (*formats.Grid, error) {
		c, err := cubed()
		if err != nil {
			return nil, err
		}
		return c.Grid()
	}
	add(".csv", "afrundet, CSV", "rounded, CSV", made(grid, csvFile))
	add(".parquet", "afrundet, Parquet", "rounded, Parquet", made(grid, parquet.Write))
	add(px.Extension, "PX til PxWeb", "PX for PxWeb", written(px.Write))
	add(sdmx.Extension, "SDMX-CSV 2.0", "SDMX-CSV 2.0", written(sdmx.Write))
	for _, l := range i18n.Languages {
		add("."+string(l)+jsonstat.Extension, "JSON-stat på "+languageName(l).DA, "JSON-stat in "+languageName(l).EN,
			written(func(w io.Writer, c *cube.Cube) error { return jsonstat.Write(w, c, l) }))
	}
	return list
}

// cubeTitle says what a cube divides the figures by. A breakdown without a name
// is refused with the table.
func cubeTitle(breakdown string) i18n.Text {
	var da, en []string
	for _, d := range formats.DimensionsOf(breakdown) {
		label, err := formats.DimensionLabel(d)
		if err != nil {
			label = i18n.Same(d)
		}
		da, en = append(da, strings.ToLower(label.DA)), append(en, strings.ToLower(label.EN))
	}
	if da == nil {
		return i18n.Text{DA: "Tabel for hele landet", EN: "Table of the whole country"}
	}
	return i18n.Text{DA: "Tabel efter " + strings.Join(da, " og "), EN: "Table by " + strings.Join(en, " and ")}
}

// dataPackage describes the CSV files that the release holds so far.
func (in Input) dataPackage(dir string, m *Manifest) product {
	title := i18n.Text{DA: "Beskrivelse af CSV-filerne (Data Package)", EN: "Description of the CSV files (Data Package)"}
	return product{datapackage.Name, title, stream(func(w io.Writer) error {
		p := datapackage.New(m.About())
		for _, f := range m.Files {
			if path.Ext(f.Name) != ".csv" {
				continue
			}
			schema, err := in.schema(dir, f.Name)
			if err != nil {
				return err
			}
			p.Add(f.Name, f.Title, f.Bytes, f.SHA256, schema)
		}
		return datapackage.Write(w, p)
	})}
}

// schema describes the columns of a CSV file: a cube's as the cube knows them,
// any other's as they were written.
func (in Input) schema(dir, name string) (datapackage.Schema, error) {
	if b := strings.TrimSuffix(strings.TrimPrefix(name, cubeFolder), ".csv"); cubeFolder+b+".csv" == name && len(in.Table.Breakdown(b)) > 0 {
		c, err := cube.Of(in.Table, b, in.about(nil))
		if err != nil {
			return datapackage.Schema{}, err
		}
		return datapackage.Of(c), nil
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return datapackage.Schema{}, err
	}
	defer f.Close()
	return datapackage.Describe(f)
}
