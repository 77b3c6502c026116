package sdmx_test

import (
	"bytes"
	"strings"
	"testing"

	"barometer/publish/cube"
	"barometer/publish/formats/sdmx"
	"barometer/publish/internal/publishtest"
)

func cubes(t testing.TB) []*cube.Cube {
	t.Helper()
	list, err := cube.All(publishtest.Draft().Table(t), publishtest.About())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func written(t testing.TB, c *cube.Cube) string {
	t.Helper()
	var out bytes.Buffer
	if err := sdmx.Write(&out, c); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Goal 13 of publishing: an SDMX-CSV file decodes to the identical codes and cells.
func TestGoal13_SDMXDecodesToTheIdenticalCells(t *testing.T) {
	for _, c := range cubes(t) {
		back, err := sdmx.Read(strings.NewReader(written(t, c)))
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		if err := cube.Differ(back, c.Bare()); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
}

// Goal 11 of publishing: statuses by the code lists of SDMX.
func TestGoal11_StatusesAreThoseOfSDMX(t *testing.T) {
	lines := strings.Split(written(t, cubes(t)[3]), "\n")
	if lines[0] != "STRUCTURE,STRUCTURE_ID,ACTION,TIME_PERIOD,INDICATOR,SECTOR,SIZE,MEASURE,OBS_VALUE,OBS_STATUS,CONF_STATUS,DECIMALS" {
		t.Errorf("the header is %s", lines[0])
	}
	if lines[1] != "dataflow,BAROMETER:2025-sector_size(1.0),I,2025,innov_rate,total,total,value,80.0,A,F,1" {
		t.Errorf("the first row is %s", lines[1])
	}
	seen := map[string]bool{}
	for _, c := range cubes(t) {
		for row := range strings.Lines(written(t, c)) {
			f := strings.Split(row, ",")
			if f = f[len(f)-4:]; f[0] == "OBS_VALUE" {
				continue
			}
			seen[f[1]+f[2]] = true
			if (f[0] == "") != (f[1] == "Q" || f[1] == "O" || f[1] == "M") {
				t.Errorf("the value of %s does not fit its status", row)
			}
		}
	}
	for _, want := range []string{"AF", "UF", "QC", "QF", "OF", "MF"} {
		if !seen[want] {
			t.Errorf("the draft shows no status %s", want)
		}
	}
	if all := strings.Join(lines, "\n"); !strings.Contains(all, ",value@kvalitet,") || !strings.Contains(all, ",100$,") {
		t.Error("codes with a point or a plus are not ids of SDMX")
	}
}

func TestDamagedFileIsRefused(t *testing.T) {
	whole := written(t, cubes(t)[1])
	for name, damage := range map[string][2]string{
		"row missing":        {"dataflow,BAROMETER:2025-sector(1.0),I,2025,innov_rate,total,low,", "\n#"},
		"number beside gap":  {",80.0,A,F,1", ",80.0,Q,C,1"},
		"gap without reason": {",80.0,A,F,1", ",,A,F,1"},
		"no number":          {",80.0,A,F,1", ",NaN,A,F,1"},
		"unknown status":     {",80.0,A,F,1", ",80.0,A,C,1"},
		"another flow":       {"BAROMETER:2025-sector(1.0),I,2025,innov_rate,kommune", "BAROMETER:2025-sector(1.1),I,2025,innov_rate,kommune"},
		"another header":     {"OBS_VALUE", "VALUE"},
	} {
		s := strings.Replace(whole, damage[0], damage[1], 1)
		if s == whole {
			t.Errorf("%s: nothing is damaged", name)
		} else if _, err := sdmx.Read(strings.NewReader(s)); err == nil {
			t.Errorf("%s: the file is read", name)
		}
	}
	unversioned := *cubes(t)[0]
	unversioned.Version = "draft"
	var out bytes.Buffer
	if err := sdmx.Write(&out, &unversioned); err == nil || out.Len() > 0 {
		t.Errorf("a version that is none: %v after %d bytes", err, out.Len())
	}
}

func FuzzRead(f *testing.F) {
	part, err := cubes(f)[1].Pick(map[string][]string{"indicator": {"innov_rate", "culture"}, "measure": {"value", "n"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(written(f, part))
	f.Fuzz(func(t *testing.T, s string) {
		c, err := sdmx.Read(strings.NewReader(s))
		if err == nil && len(c.Cells()) > strings.Count(s, "\n")+1 {
			t.Errorf("%d cells of %d lines", len(c.Cells()), strings.Count(s, "\n"))
		}
	})
}
