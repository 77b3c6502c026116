package datapackage_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"testing/fstest"

	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats"
	"barometer/publish/formats/csv"
	"barometer/publish/formats/datapackage"
	"barometer/publish/internal/publishtest"
)

// packed describes the CSV files of a cube and of research data.
func packed(t testing.TB) (datapackage.Package, fstest.MapFS) {
	t.Helper()
	c, err := cube.Of(publishtest.Draft().Table(t), "sector_size", publishtest.About())
	if err != nil {
		t.Fatal(err)
	}
	g, err := c.Grid()
	if err != nil {
		t.Fatal(err)
	}
	p, files := datapackage.New(publishtest.About()), fstest.MapFS{}
	add := func(path string, g *formats.Grid, schema func([]byte) datapackage.Schema) {
		var b bytes.Buffer
		if err := csv.Write(&b, g); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b.Bytes())
		files[path] = &fstest.MapFile{Data: b.Bytes()}
		p.Add(path, i18n.Same(path), int64(b.Len()), hex.EncodeToString(sum[:]), schema(b.Bytes()))
	}
	add("cubes/sector_size.csv", g, func([]byte) datapackage.Schema { return datapackage.Of(c) })
	add("microdata.csv", formats.Codes(publishtest.Microdata(t, 40)), func(b []byte) datapackage.Schema {
		s, err := datapackage.Describe(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
	return p, files
}

func TestFilesAreAsDescribed(t *testing.T) {
	p, files := packed(t)
	var out bytes.Buffer
	if err := datapackage.Write(&out, p); err != nil {
		t.Fatal(err)
	}
	back, err := datapackage.Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := back.Verify(files); err != nil {
		t.Errorf("the files differ from their description: %v", err)
	}
	types := map[string]string{}
	for _, r := range back.Resources {
		for _, f := range r.Schema.Fields {
			types[r.Name+"."+f.Name] = f.Type
		}
	}
	for field, want := range map[string]string{"cubes-sector_size.value": "number", "cubes-sector_size.n": "integer", "cubes-sector_size.size": "string",
		"microdata.weight": "number", "microdata.innov": "integer", "microdata.c4": "string", "microdata.record": "string"} {
		if types[field] != want {
			t.Errorf("%s is %q, want %q", field, types[field], want)
		}
	}
	if m := back.Resources[1].Schema.MissingValues; len(m) != 2 || m[1].Value != "[not_asked]" || m[1].Label == "" {
		t.Errorf("missing values of the research data: %v", m)
	}
	if back.Licenses[0].Name != "CC-BY-4.0" || back.Created.Format("15:04Z07:00") != "07:00Z" {
		t.Errorf("licence %v, created %v", back.Licenses, back.Created)
	}
}

func TestChangedFilesAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(fstest.MapFS)
		want   string
	}{
		"byte":     {func(f fstest.MapFS) { f["microdata.csv"].Data[len(f["microdata.csv"].Data)-2] ^= 1 }, "microdata.csv"},
		"missing":  {func(f fstest.MapFS) { delete(f, "microdata.csv") }, "microdata.csv"},
		"header":   {func(f fstest.MapFS) { replace(f, "innov", "innow") }, "its columns are"},
		"text":     {func(f fstest.MapFS) { replace(f, "12.5", "a lot") }, "column weight"},
		"category": {func(f fstest.MapFS) { replace(f, ",kommune,", ",planet,") }, "none of its categories"},
	} {
		p, files := packed(t)
		c.damage(files)
		if err := p.Verify(files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func replace(files fstest.MapFS, from, to string) {
	for _, f := range files {
		f.Data = bytes.Replace(f.Data, []byte(from), []byte(to), 1)
	}
}

func TestPackageThatTheStandardForbidsIsRefused(t *testing.T) {
	for name, damage := range map[string]func(*datapackage.Package){
		"no files":     func(p *datapackage.Package) { p.Resources = nil },
		"name twice":   func(p *datapackage.Package) { p.Resources[1].Name = p.Resources[0].Name },
		"no hash":      func(p *datapackage.Package) { p.Resources[1].Hash = "md5:1" },
		"unknown key":  func(p *datapackage.Package) { p.Resources[0].Schema.PrimaryKey = []string{"x"} },
		"unknown type": func(p *datapackage.Package) { p.Resources[0].Schema.Fields[0].Type = "float" },
		"no licence":   func(p *datapackage.Package) { p.Licenses = nil },
	} {
		p, _ := packed(t)
		damage(&p)
		var out bytes.Buffer
		if err := datapackage.Write(&out, p); err == nil || out.Len() > 0 {
			t.Errorf("%s: error %v after %d bytes", name, err, out.Len())
		}
	}
}

func FuzzRead(f *testing.F) {
	p, _ := packed(f)
	p.Resources = p.Resources[1:]
	var out bytes.Buffer
	if err := datapackage.Write(&out, p); err != nil {
		f.Fatal(err)
	}
	f.Add(out.String())
	f.Fuzz(func(t *testing.T, s string) {
		p, err := datapackage.Read(strings.NewReader(s))
		if err != nil {
			return
		}
		if err := datapackage.Write(&bytes.Buffer{}, p); err != nil {
			t.Errorf("what was read is not written: %v", err)
		}
	})
}

func FuzzDescribe(f *testing.F) {
	f.Add("a,b\n1,x\n2.5,[not_asked]\n")
	f.Fuzz(func(t *testing.T, s string) {
		schema, err := datapackage.Describe(strings.NewReader(s))
		if err == nil && len(schema.Fields) == 0 {
			t.Error("a file without columns is described")
		}
	})
}
