package formats_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/publish/cube"
	"barometer/publish/formats/csv"
	"barometer/publish/formats/jsonstat"
	"barometer/publish/formats/parquet"
	"barometer/publish/formats/px"
	"barometer/publish/formats/xlsx"
	"barometer/publish/internal/publishtest"
)

// taken is what a reader that others wrote takes from a file.
type taken struct {
	Title  string
	IDs    []string
	Codes  [][]string
	Labels [][]string
	Values []*float64
	Marks  []string
	Roles  map[string][]string
}

func draftCubes(t testing.TB) []*cube.Cube {
	t.Helper()
	cubes, err := cube.All(publishtest.Draft().Table(t), publishtest.About())
	if err != nil {
		t.Fatal(err)
	}
	return cubes
}

// byNode reads a file with a reader of npm.
func byNode(t *testing.T, reader string, content []byte) (s taken) {
	t.Helper()
	node := testenv.NeedNode(t)
	folder := testenv.NeedModules(t, "readers", "testdata/readers/package-lock.json")
	path := filepath.Join(t.TempDir(), "cube")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(node, "testdata/readers/read.mjs", folder, reader, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", reader, err, out)
	}
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatalf("%s: %v\n%.300s", reader, err, out)
	}
	return s
}

// Goal 13 of publishing: px 0.1.2 of npm reads every number and mark at its place.
func TestGoal13_PXIsReadByNPMReader(t *testing.T) {
	for _, c := range draftCubes(t) {
		var out bytes.Buffer
		if err := px.Write(&out, c); err != nil {
			t.Fatal(err)
		}
		compareTaken(t, c, byNode(t, "px", out.Bytes()), func(cube.Cell) string { return "" }, func(d cube.Dimension) string { return d.Label.DA })
	}
}

// Goal 13 of publishing: jsonstat-toolkit 2.2.2 of npm does so, too.
func TestGoal13_JSONStatIsReadByItsToolkit(t *testing.T) {
	for _, c := range draftCubes(t) {
		var out bytes.Buffer
		if err := jsonstat.Write(&out, c, i18n.Danish); err != nil {
			t.Fatal(err)
		}
		s := byNode(t, "json-stat", out.Bytes())
		compareTaken(t, c, s, func(c cube.Cell) string { return c.Status().String() }, func(d cube.Dimension) string { return d.ID })
		if !slices.Equal(s.Roles["time"], []string{"wave"}) || !slices.Equal(s.Roles["metric"], []string{"measure"}) {
			t.Errorf("%s: roles %v", c.ID, s.Roles)
		}
	}
}

func compareTaken(t *testing.T, c *cube.Cube, s taken, mark func(cube.Cell) string, id func(cube.Dimension) string) {
	t.Helper()
	if s.Title != c.Title.DA || len(s.Values) != len(c.Cells()) {
		t.Fatalf("%s: title %q, %d values for %d cells", c.ID, s.Title, len(s.Values), len(c.Cells()))
	}
	for i, d := range c.Dimensions() {
		var labels []string
		for _, code := range d.Codes {
			labels = append(labels, code.Label.DA)
		}
		if s.IDs[i] != id(d) || !slices.Equal(s.Codes[i], d.IDs()) || !slices.Equal(s.Labels[i], labels) {
			t.Errorf("%s: dimension %s is read as %s of %v, %v", c.ID, d.ID, s.IDs[i], s.Codes[i], s.Labels[i])
		}
	}
	for i, cell := range c.Cells() {
		x, shown := cell.Number()
		want := mark(cell)
		if want == "" && !shown { // PX
			want = `"` + cell.Status().Marks().PX + `"`
		}
		if (s.Values[i] != nil) != shown || shown && *s.Values[i] != x || s.Marks[i] != want {
			t.Errorf("%s: cell %d is read as %v %q for %v", c.ID, i, s.Values[i], s.Marks[i], cell)
		}
	}
}

// Goal 13 of publishing: LibreOffice turns the workbook into the rows of the CSV
// file.
func TestGoal13_WorkbookOfACubeIsReadByLibreOffice(t *testing.T) {
	soffice := testenv.Need(t, "soffice")
	c := draftCubes(t)[3]
	book, err := c.Book(i18n.Danish)
	if err != nil {
		t.Fatal(err)
	}
	book.Sheets = book.Sheets[cube.TableSheet : cube.TableSheet+1] // LibreOffice turns the first sheet
	dir := t.TempDir()
	path := filepath.Join(dir, "cube.xlsx")
	var out bytes.Buffer
	if err := xlsx.Write(&out, book); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false", "--outdir", dir, path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	g, err := c.In(i18n.Danish).Grid()
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := csv.Write(&want, g); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "cube.csv"))
	if err != nil {
		t.Fatal(err)
	}
	_, gotRows, _ := bytes.Cut(got, []byte("\n"))
	_, wantRows, _ := bytes.Cut(want.Bytes(), []byte("\n"))
	if !bytes.Equal(gotRows, wantRows) {
		t.Errorf("LibreOffice reads\n%.600s\nfor\n%.600s", gotRows, wantRows)
	}
}

// Goal 13 of publishing: R's readxl reads the numbers of the workbook.
func TestGoal13_WorkbookOfACubeIsReadByReadxl(t *testing.T) {
	rscript := testenv.NeedR(t, "readxl", "jsonlite")
	c := draftCubes(t)[3]
	book, err := c.Book(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := xlsx.Write(&out, book); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cube.xlsx")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	script := `d <- readxl::read_excel(commandArgs(TRUE)[1], sheet = "Figures", guess_max = 10000)
cat(jsonlite::toJSON(list(n = nrow(d), value = d[["Value"]], code = d[["Indicator (code)"]], status = d[["Status"]]), digits = NA, na = "null"))`
	text, err := exec.Command(rscript, "-e", script, path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		N      []int
		Value  []*float64
		Code   []string
		Status []*string
	}
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	if read.N[0] != c.Observations() {
		t.Fatalf("%d rows for %d figures", read.N[0], c.Observations())
	}
	for row := range c.Observations() {
		x, shown := c.Observation(row)[0].Number()
		status := ""
		if read.Status[row] != nil {
			status = *read.Status[row]
		}
		if (read.Value[row] != nil) != shown || shown && *read.Value[row] != x || status != cube.RowStatus(c.Observation(row)).String() {
			t.Errorf("row %d is read as %v %q", row+1, read.Value[row], status)
		}
	}
}

// Goal 13 of publishing: DuckDB's own readers find the same in CSV and Parquet.
func TestGoal13_CSVAndParquetOfACubeAreReadByDuckDB(t *testing.T) {
	c := draftCubes(t)[3]
	g, err := c.Grid()
	if err != nil {
		t.Fatal(err)
	}
	header := make([]string, len(g.Columns))
	for i, column := range g.Columns {
		header[i] = column.Name
	}
	path := filepath.Join(t.TempDir(), "cube.csv")
	var out bytes.Buffer
	if err := csv.Write(&out, g); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	sameCube(t, "csv by DuckDB", header, recordsByDuck(t, path, header), i18n.Languages, c)
	path = filepath.Join(t.TempDir(), "cube.parquet")
	if err := parquet.Write(t.Context(), path, g); err != nil {
		t.Fatal(err)
	}
	sameCube(t, "parquet by DuckDB", header, recordsByDuck(t, path, header), i18n.Languages, c)
}
