package cube_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/internal/publishtest"
)

func made(t *testing.T, breakdown string) *cube.Cube {
	t.Helper()
	c, err := cube.Of(publishtest.Draft().Table(t), breakdown, publishtest.About())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// at finds a cell by the codes of all dimensions.
func at(t *testing.T, c *cube.Cube, codes ...string) cube.Cell {
	t.Helper()
	place := 0
	for i, d := range c.Dimensions() {
		j := d.Index(codes[i])
		if j < 0 {
			t.Fatalf("dimension %s has no code %s", d.ID, codes[i])
		}
		place = place*len(d.Codes) + j
	}
	return c.Cells()[place]
}

// Every cell of a cube is the table's, rounded, with its margins under the code
// for all.
func TestCubeIsTheTable(t *testing.T) {
	source := publishtest.Draft().Table(t)
	cubes, err := cube.All(source, publishtest.About())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range cubes {
		ids = append(ids, c.ID)
	}
	if want := []string{"2025-total", "2025-sector", "2025-size", "2025-sector_size"}; !slices.Equal(ids, want) {
		t.Fatalf("cubes %v, want %v", ids, want)
	}
	crossed := cubes[3]
	for _, ind := range source.Indicators() {
		for domain, codes := range map[string][2]string{
			"total": {"total", "total"}, "sector:region": {"region", "total"}, "size:1-19": {"total", "1-19"},
			"sector_size:kommune:1-19": {"kommune", "1-19"}, "sector_size:region:100+": {"region", "100+"},
		} {
			cell, there := source.Cell(ind.ID, domain)
			if !there {
				t.Fatalf("the table has no %s", domain)
			}
			got := at(t, crossed, "2025", ind.ID, codes[0], codes[1], "value")
			f, shown := cell.Figure()
			if ind.Kind == table.Share {
				f.Value *= 100
			}
			x, has := got.Number()
			if has != shown || shown && math.Abs(x-f.Value) > 0.05+1e-9 || got.Status().String() != string(cell.Status()) {
				t.Errorf("%s × %s: %v for %v %q", ind.ID, domain, got, f.Value, cell.Status())
			}
		}
	}
	if got := at(t, crossed, "2025", "innov_rate", "kommune", "100+", "n"); got.Status() != cube.NotApplicable {
		t.Errorf("a group that the table does not have is %v", got)
	}
}

func TestCountedIndicatorHasNoInterval(t *testing.T) {
	c := made(t, "total")
	for measure, want := range map[string]cube.Status{"value": cube.Shown, "low": cube.NotApplicable, "high": cube.NotApplicable, "se": cube.NotApplicable, "n": cube.Shown} {
		source, _ := publishtest.Draft().Table(t).Cell("response_rate", "total")
		if source.Status().Suppressed() {
			t.Fatal("the draft does not show the total of response_rate")
		}
		if got := at(t, c, "2025", "response_rate", measure).Status(); got != want && !(want == cube.Shown && got == cube.Uncertain) {
			t.Errorf("%s has status %q", measure, got)
		}
	}
}

// Goal 12 of publishing: there is no way to give a suppressed cell a number.
func TestGoal12_GapHoldsNoNumberByType(t *testing.T) {
	for _, s := range cube.Statuses {
		if !s.Suppressed() {
			continue
		}
		if x, shown := cube.Gap(s).Number(); shown || x != 0 {
			t.Errorf("a gap of status %q shows %v", s, x)
		}
	}
	var hidden int
	for _, c := range made(t, "sector_size").Cells() {
		if x, shown := c.Number(); !shown {
			hidden++
			if x != 0 || c != cube.Gap(c.Status()) {
				t.Errorf("a suppressed cell holds %v", x)
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing is suppressed in the draft")
	}
}

// Goal 11 of publishing: statuses are told apart in every format.
func TestGoal11_EveryStatusHasMarksOfItsOwnInEveryFormat(t *testing.T) {
	letters, px, sdmx := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range cube.Statuses {
		m := s.Marks()
		if letters[m.Letter] || px[m.PX] && s.Suppressed() || sdmx[m.Obs+m.Conf] {
			t.Errorf("status %q is marked as another: %+v", s, m)
		}
		letters[m.Letter], px[m.PX], sdmx[m.Obs+m.Conf] = true, true, true
		if s.Suppressed() != (m.PX != "") {
			t.Errorf("status %q in PX: %q", s, m.PX)
		}
		if missing := s.Label().Missing(); missing != nil {
			t.Errorf("status %q has no words in %v", s, missing)
		}
	}
	if m := cube.Confidential.Marks(); m.Obs != "Q" || m.Conf != "C" {
		t.Errorf("confidential is %+v in SDMX", m)
	}
}

// Goal 10 of publishing: −0 is 0, and rounding is that of the exact value.
func TestGoal10_RoundingHasOnePlaceAndNoNegativeZero(t *testing.T) {
	for _, c := range []struct {
		x        float64
		decimals int
		want     float64
	}{{83.25, 1, 83.2}, {83.35, 1, 83.3}, {0.05, 1, 0.1}, {-0.01, 1, 0}, {12.345, 2, 12.35}, {1611, 0, 1611}, {99.96, 1, 100}} {
		got := cube.Round(c.x, c.decimals)
		if got != c.want || math.Signbit(got) && got == 0 {
			t.Errorf("%v to %d decimals is %v, want %v", c.x, c.decimals, got, c.want)
		}
	}
	if x, _ := cube.Number(math.Copysign(0, -1), false).Number(); math.Signbit(x) {
		t.Error("a cell holds negative zero")
	}
}

// parts are what a cube of two measures is made of, to be damaged.
type parts struct {
	meta       cube.Meta
	dimensions []cube.Dimension
	cells      []cube.Cell
}

func small() parts {
	text := i18n.Same
	measure := func(id string, decimals int) cube.Code {
		return cube.Code{ID: id, Label: text(id), Unit: text("u"), Decimals: decimals}
	}
	return parts{
		cube.Meta{ID: "2025-sector", Title: text("t"), Source: text("s")},
		[]cube.Dimension{
			{ID: "sector", Label: text("Sektor"), Codes: []cube.Code{{ID: "kommune", Label: text("Kommune")}, {ID: "region", Label: text("Region")}}},
			{ID: "measure", Label: text("Mål"), Role: cube.Metric, Codes: []cube.Code{measure("low", 1), measure("value", 1), measure("high", 1)}},
		},
		[]cube.Cell{
			cube.Number(1, false), cube.Number(2, false), cube.Number(3, false),
			cube.Gap(cube.Confidential), cube.Gap(cube.Confidential), cube.Gap(cube.Confidential),
		},
	}
}

// Goal 9 of publishing, and the faults that a table can have.
func TestGoal9_CubeThatContradictsItselfIsRefusedByTableAndCell(t *testing.T) {
	label := func(s string) func(*parts) {
		return func(p *parts) { p.dimensions[0].Codes[1].Label.DA = s }
	}
	cell := func(i int, c cube.Cell) func(*parts) { return func(p *parts) { p.cells[i] = c } }
	for name, c := range map[string]struct {
		damage func(*parts)
		want   string
	}{
		"NaN":                  {cell(1, cube.Number(math.NaN(), false)), "cell kommune × value: NaN"},
		"infinite":             {cell(2, cube.Number(math.Inf(1), false)), "cell kommune × high: +Inf"},
		"minus infinite":       {cell(0, cube.Number(math.Inf(-1), false)), "cell kommune × low: -Inf"},
		"low above the value":  {cell(0, cube.Number(2.5, false)), "cell kommune × low: 2.5 is above value of 2"},
		"high below the value": {cell(2, cube.Number(1.5, false)), "cell kommune × value: 2 is above high of 1.5"},
		"too many decimals":    {cell(1, cube.Number(2.25, false)), "cell kommune × value: 2.25 has more than 1 decimals"},
		"number beside a gap":  {cell(4, cube.Number(2, false)), "cell region × value"},
		"gap without a reason": {cell(1, cube.Gap(cube.Shown)), "cell kommune × value: NaN"},
		"cell too few":         {func(p *parts) { p.cells = p.cells[1:] }, "5 cells for dimensions of [2 3]"},
		"unlabelled code":      {label(""), "dimension sector, code region: the Danish text is missing"},
		"missing translation":  {func(p *parts) { p.dimensions[0].Codes[1].Label.EN = "" }, "dimension sector, code region: the English text is missing"},
		"missing title":        {func(p *parts) { p.meta.Title.EN = "" }, "title: the English text is missing"},
		"over-long":            {label(strings.Repeat("æ", 257)), "257 characters long, 256 at most"},
		"control character":    {label("a\u0007b"), "control character U+0007"},
		"broken UTF-8":         {label("a\xffb"), "not valid UTF-8"},
		"formula":              {label("=cmd()"), "would run \"=cmd()\" as a formula"},
		"straight quotes":      {label(`a "b"`), "straight quotation mark"},
		"label twice":          {label("Kommune"), "kommune and region have the same label"},
		"code twice":           {func(p *parts) { p.dimensions[0].Codes[1].ID = "Kommune" }, "code Kommune: it stands twice, or differs from another by case only"},
		"code with a space":    {func(p *parts) { p.dimensions[0].Codes[1].ID = "a b" }, `the code "a b" is malformed`},
		"unknown total":        {func(p *parts) { p.dimensions[0].Total = "alt" }, "there is no code alt"},
		"no measures":          {func(p *parts) { p.dimensions[1].Role = cube.Classification }, "the measures, and they alone"},
		"year that is none":    {func(p *parts) { p.dimensions[0].Role = cube.Time }, "code kommune: it is no year"},
	} {
		p := small()
		if _, err := cube.New(p.meta, p.dimensions, p.cells); err != nil {
			t.Fatalf("the undamaged cube is refused: %v", err)
		}
		c.damage(&p)
		_, err := cube.New(p.meta, p.dimensions, p.cells)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "table 2025-sector: ") {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestTableWithACodeThatNoClassificationHasIsRefused(t *testing.T) {
	s := publishtest.Draft()
	s.Domains[1].Codes = []string{"planet"}
	if _, err := cube.Of(s.Table(t), "sector", publishtest.About()); err == nil || !strings.Contains(err.Error(), `domain sector:planet: the classification sector has no code "planet"`) {
		t.Errorf("error %v", err)
	}
}

// Goal 37 of publishing: a part of a cube holds the cube's own cells and no others.
func TestGoal37_PickedCellsAreTheCubesOwn(t *testing.T) {
	whole := made(t, "sector_size")
	wanted := map[string][]string{"sector": {"region", "kommune"}, "measure": {"value", "n"}, "size": {"total", "100+"}}
	part, err := whole.Pick(wanted)
	if err != nil {
		t.Fatal(err)
	}
	if n := whole.Size(wanted); n != len(part.Cells()) || n != 4*2*2*2 {
		t.Errorf("%d cells, announced %d", len(part.Cells()), n)
	}
	for row := range part.Observations() {
		for i := range part.Measures().Codes {
			codes := []string{}
			for j, p := range part.Place(row) {
				codes = append(codes, part.Dimensions()[j].Codes[p].ID)
			}
			codes = append(codes, part.Measures().Codes[i].ID)
			if got, want := part.Observation(row)[i], at(t, whole, codes...); got != want {
				t.Errorf("%s is %v, in the whole %v", part.Address(row, i), got, want)
			}
		}
	}
	if d, _ := part.Dimension("sector"); d.Total != "" || !slices.Equal(d.IDs(), []string{"kommune", "region"}) {
		t.Errorf("the picked sectors are %v with total %q", d.IDs(), d.Total)
	}
	if _, err := cube.New(part.Meta, part.Dimensions(), part.Cells()); err != nil {
		t.Errorf("the part is no cube: %v", err)
	}
}

func TestUnknownDimensionAndCodeAreNamedWithTheValidOnes(t *testing.T) {
	c := made(t, "sector")
	for name, tt := range map[string]struct {
		wanted map[string][]string
		want   cube.Unknown
	}{
		"dimension": {map[string][]string{"shoe": {"43"}}, cube.Unknown{Given: "shoe", Valid: []string{"wave", "indicator", "sector", "measure"}}},
		"code":      {map[string][]string{"sector": {"stat", "mars"}}, cube.Unknown{Dimension: "sector", Given: "mars", Valid: []string{"total", "kommune", "region", "stat"}}},
	} {
		_, err := c.Pick(tt.wanted)
		var unknown *cube.Unknown
		if !errors.As(err, &unknown) || unknown.Dimension != tt.want.Dimension || unknown.Given != tt.want.Given || !slices.Equal(unknown.Valid, tt.want.Valid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDifferencesAreFound(t *testing.T) {
	c := made(t, "sector")
	if err := cube.Differ(c, made(t, "sector")); err != nil {
		t.Errorf("a cube differs from itself: %v", err)
	}
	part, err := c.Pick(map[string][]string{"indicator": {"culture"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]*cube.Cube{"part": part, "one language": c.In(i18n.Danish), "core": c.Core()} {
		if cube.Differ(c, other) == nil {
			t.Errorf("the %s is taken for the whole", name)
		}
	}
}

func FuzzFromRows(f *testing.F) {
	f.Add(`[["wave","indicator","indicator_da","value","status"],["2025","a","A","1.5",""]]`)
	f.Add(`[["wave","indicator","indicator_da","value","status"],["2025","a","A","","c"],["2025","a","A","1","u"]]`)
	f.Fuzz(func(t *testing.T, text string) {
		var rows [][]string
		if json.Unmarshal([]byte(text), &rows) != nil || len(rows) == 0 {
			return
		}
		c, err := cube.FromRows(rows[0], rows[1:], []i18n.Lang{i18n.Danish})
		if err != nil {
			return
		}
		if c.Observations() != len(rows)-1 {
			t.Errorf("%d rows read as %d", len(rows)-1, c.Observations())
		}
	})
}
