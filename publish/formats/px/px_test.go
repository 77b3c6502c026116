package px_test

import (
	"bytes"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats/px"
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
	if err := px.Write(&out, c); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Goal 13 of publishing: a PX file decodes to the identical cube.
func TestGoal13_PXDecodesToTheIdenticalCube(t *testing.T) {
	for _, c := range cubes(t) {
		back, err := px.Read(strings.NewReader(written(t, c)))
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		if err := cube.Differ(back, c); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
}

// What readers in use stumble over.
func TestFileKeepsTheRulesThatReadersNeed(t *testing.T) {
	for _, c := range cubes(t) {
		head, data, _ := strings.Cut(written(t, c), "DATA=\n")
		if !strings.HasPrefix(head, "CHARSET=\"ANSI\";\nAXIS-VERSION=\"2013\";\nCODEPAGE=\"utf-8\";\nLANGUAGE=\"da\";\nLANGUAGES=\"da\",\n\"en\";\n") {
			t.Errorf("%s begins %.100q", c.ID, head)
		}
		rows := strings.Split(strings.TrimSuffix(data, ";\n"), "\n")
		for _, row := range rows[:len(rows)-1] {
			if !strings.HasSuffix(row, " ") || strings.Contains(row, `"-"`) {
				t.Errorf("%s: the row %q does not end with a space, or holds a dash", c.ID, row)
			}
		}
		for _, l := range strings.Split(head, "\n") {
			if strings.Count(l, `"`)%2 != 0 {
				t.Errorf("%s: the line %q holds a quotation mark within a text", c.ID, l)
			}
			if len(l) > 600 {
				t.Errorf("%s: a line of %d bytes", c.ID, len(l))
			}
		}
		if strings.Count(head, "\nVARIABLECODE(") != len(c.Dimensions()) || strings.Count(head, "\nVARIABLECODE[en](") != len(c.Dimensions()) {
			t.Errorf("%s: not every variable has a code in both languages", c.ID)
		}
		if !strings.Contains(head, "\nTIMEVAL(\"Måling\")=TLIST(A1),\n\"2025\";\n") {
			t.Errorf("%s: the wave is no time", c.ID)
		}
	}
}

func TestZeroIsANumber(t *testing.T) {
	c, err := cubes(t)[0].Pick(map[string][]string{"indicator": {"innov_rate"}})
	if err != nil {
		t.Fatal(err)
	}
	zero, err := cube.New(c.Meta, c.Dimensions(), []cube.Cell{cube.Number(0, false), cube.Number(0, false), cube.Number(0, false), cube.Number(0, false), cube.Number(10, false)})
	if err != nil {
		t.Fatal(err)
	}
	if s := written(t, zero); !strings.HasSuffix(s, "DATA=\n0.0 0.0 0.0 0.00 10 \n;\n") {
		t.Errorf("zeros are written %q", s[len(s)-40:])
	}
}

func TestCubeThatPXWouldChangeIsRefusedBeforeTheFirstByte(t *testing.T) {
	c := cubes(t)[1]
	damaged := *c
	damaged.Notes = []i18n.Text{{DA: "Nr. #1", EN: "No. 1"}}
	damaged.Contact = `"a"`
	var out bytes.Buffer
	err := px.Write(&out, &damaged)
	if err == nil || !strings.Contains(err.Error(), "table 2025-sector: the note") || !strings.Contains(err.Error(), "quotation mark") || out.Len() > 0 {
		t.Errorf("error %v after %d bytes", err, out.Len())
	}
	if err := px.Write(&out, c.In(i18n.Danish)); err == nil || out.Len() > 0 {
		t.Error("a cube without English is written")
	}
}

func TestDamagedFileIsRefused(t *testing.T) {
	var files []string
	for _, c := range cubes(t) {
		files = append(files, written(t, c))
	}
	for name, damage := range map[string][2]string{
		"truncated":           {";\n\x00", ""},
		"cell missing":        {"DATA=\n", "DATA=\n0.1 "},
		"mark of none":        {`".." `, `"......" `},
		"keyword twice":       {"MATRIX=", "CHARSET="},
		"English code":        {`CODES[en]("Sector")="total"`, `CODES[en]("Sector")="all"`},
		"no VARIABLECODE":     {"VARIABLECODE[en](\"Sector\")=\"sector\";\n", ""},
		"uncertain elsewhere": {`DATANOTECELL("2025","`, `DATANOTECELL("2024","`},
	} {
		damaged := 0
		for _, whole := range files {
			s := strings.TrimSuffix(strings.Replace(whole+"\x00", damage[0], damage[1], 1), "\x00")
			if s == whole {
				continue
			}
			damaged++
			if _, err := px.Read(strings.NewReader(s)); err == nil {
				t.Errorf("%s: the file is read", name)
			}
		}
		if damaged == 0 {
			t.Errorf("%s: nothing is damaged", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range cubes(f)[:2] { // small ones: the fuzzer slows down with the length of its seeds
		part, err := c.Pick(map[string][]string{"indicator": {"innov_rate", "culture"}, "measure": {"value", "n"}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(written(f, part))
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := px.Read(strings.NewReader(s))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := px.Write(&out, c); err != nil {
			return // read from texts that PX could hold in other ways
		}
		again, err := px.Read(&out)
		if err != nil {
			t.Fatalf("what was written anew is not read: %v", err)
		}
		if err := cube.Differ(again, c); err != nil {
			t.Error(err)
		}
	})
}
