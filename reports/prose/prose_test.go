package prose_test

import (
	"math"
	"strings"
	"testing"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/internal/invented"
	"barometer/reports/prose"
)

func TestWrite(t *testing.T) {
	d := invented.New()
	d.Set("innov_rate", "sector:kommune", 80, 78, 82)
	d.Set("innov_rate", "sector:stat", 90, 88, 92)
	d.Set("innov_rate", "sector:region", 89, 85, 93)
	d.Set("innov_rate", "sector_size:stat:1-19", 88, 80, 93)
	d.Set("value.kvalitet", "total", 70, 68, 72)
	d.Set("value.effektivitet", "total", 46, 44, 48)
	d.Set("value.medarbejdertilfredshed", "total", 47, 45, 49)
	d.Suppress("innov_rate", "subsector:R-ADM", table.Confidential)
	d.Mark("innov_rate", "subsector:R-SOC")
	d.Set("type_rate.produkt", "total", 40, 38, 42)
	d.Set("type_rate.ydelse", "total", 41, 39, 43)
	d.Set("type_rate.proces", "total", 71, 69, 73)
	d.Set("culture", "total", 6300, 6200, 6400) // scores are not fractions
	tab := d.Table()
	cases := []struct {
		name, src, da, en string
	}{
		{"cell", `{{cell "innov_rate" "sector:kommune"}}`, "80\u00a0pct.", "80%"},
		{"cell by its group", `{{cell "innov_rate" sector="kommune"}}`, "80\u00a0pct.", "80%"},
		{"cell by two groups", `{{n "innov_rate" sector="stat" size="1-19"}}`, "400", "400"},
		{"cell of the total", `{{cell "value.kvalitet"}}`, "70\u00a0pct.", "70%"},
		{"test by groups", `{{if higher "innov_rate" sector="stat" "innov_rate" sector="kommune"}}ja{{end}}`, "ja", "ja"},
		{"score", `{{cell "culture" "total"}}`, "63", "63"},
		{"sentence end", `Det er {{cell "innov_rate" "sector:kommune"}}.`, "Det er 80\u00a0pct.", "Det er 80%."},
		{"suppressed", `{{cell "innov_rate" "subsector:R-ADM"}}`, "[vises ikke af hensyn til fortrolighed]", "[not shown for confidentiality]"},
		{"interval", `{{interval "innov_rate" "sector:stat"}}`, "88–92\u00a0pct.", "88–92%"},
		{"mid label", `{{mid (label "value.kvalitet")}}`, "kvalitet", "quality"},
		{"leader", `{{join (leaders "value" "total")}}`, "kvalitet", "quality"},
		{"higher", `{{if higher "innov_rate" "sector:stat" "innov_rate" "sector:kommune"}}ja{{else}}nej{{end}}`, "ja", "ja"},
		{"within error", `{{if higher "innov_rate" "sector:stat" "innov_rate" "sector:region"}}ja{{else}}nej{{end}}`, "nej", "nej"},
		{"lower", `{{if lower "innov_rate" "sector:kommune" "innov_rate" "sector:stat"}}ja{{end}}`, "ja", "ja"},
		{"suppressed never wins", `{{if higher "innov_rate" "sector:stat" "innov_rate" "subsector:R-ADM"}}ja{{else}}nej{{end}}`, "nej", "nej"},
		{"above half", `{{if above "innov_rate" "sector:stat" "50"}}ja{{end}}`, "ja", "ja"},
		{"below", `{{if below "innov_rate" "sector:stat" "91"}}ja{{else}}nej{{end}}`, "nej", "nej"},
		{"differ", `{{if differ "innov_rate" "sector"}}ja{{end}}`, "ja", "ja"},
		{"claim", `{{claim "over" "innov_rate" "sector:stat" "innov_rate" "sector:kommune"}}`, "over", "over"},
		{"meta", `{{meta "frame"}} {{meta "response_rate"}}`, "14\u202f297 37\u00a0pct.", "14\u202f297 37%"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for l, want := range map[i18n.Lang]string{i18n.Danish: c.da, i18n.English: c.en} {
				got, err := prose.New(tab, l).Write("test", c.src)
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("%s: got %q, want %q", l, got, want)
				}
			}
		})
	}
}

// The covariance of two answers of the same respondents is unknown, so a
// difference that would count between two sectors must not count here.
func TestSameRespondentsNeedWiderDifference(t *testing.T) {
	d := invented.New()
	d.Set("value.kvalitet", "total", 50, 47, 53)
	d.Set("value.effektivitet", "total", 45, 42, 48)
	d.Set("innov_rate", "sector:stat", 50, 47, 53)
	d.Set("innov_rate", "sector:region", 45, 42, 48)
	w := prose.New(d.Table(), i18n.Danish)
	got, err := w.Write("test", `{{higher "value.kvalitet" "total" "value.effektivitet" "total"}} {{higher "innov_rate" "sector:stat" "innov_rate" "sector:region"}}`)
	if err != nil || got != "false true" {
		t.Errorf("got %q, %v; want false for one group of respondents, true for two sectors", got, err)
	}
}

// Reference: the two-sided 5 % point of Student's t with 10 degrees of freedom
// is 2.228 (any table of t); a difference of 2.3 standard errors passes it, one
// of 2.2 does not, though both pass the normal 1.96.
func TestSmallGroupsNeedStudent(t *testing.T) {
	for _, c := range []struct {
		difference float64
		want       string
	}{{2.2, "false"}, {2.3, "true"}} {
		d := invented.New()
		se := 0.01 / math.Sqrt2
		for i, ind := range d.Indicators {
			for j, dom := range d.Domains {
				cell := d.Cells[i*len(d.Domains)+j].Figure
				switch {
				case ind.ID == "innov_rate" && dom.ID() == "sector:stat":
					*cell = table.Figure{Value: 0.5 + c.difference*0.01, Low: 0, High: 1, SE: se, DF: 10, N: 20}
				case ind.ID == "innov_rate" && dom.ID() == "sector:region":
					*cell = table.Figure{Value: 0.5, Low: 0, High: 1, SE: se, DF: 10, N: 20}
				}
			}
		}
		got, err := prose.New(d.Table(), i18n.Danish).Write("t", `{{higher "innov_rate" "sector:stat" "innov_rate" "sector:region"}}`)
		if err != nil || got != c.want {
			t.Errorf("difference of %v standard errors: got %s, %v; want %s", c.difference, got, err, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	d := invented.New()
	d.Set("innov_rate", "sector:stat", 50, 45, 55)
	d.Set("innov_rate", "sector:region", 49, 44, 54)
	w := prose.New(d.Table(), i18n.Danish)
	cases := []struct{ name, src, want string }{
		{"typed percentage", "Det er 83 pct. af dem", "bind it to a cell"},
		{"typed year", "I 2025", "bind it to a cell"},
		{"unknown indicator", `{{cell "nope" "total"}}`, `no indicator "nope"`},
		{"unknown domain", `{{cell "innov_rate" "sector:mars"}}`, "innov_rate × sector:mars"},
		{"unknown group", "\n{{cell \"innov_rate\" sector=\"mars\"}}", "innov_rate × sector:mars"},
		{"empty group", "en\n{{cell \"innov_rate\" sector=\"\"}}", `test:2: sector="" names no group`},
		{"unknown meta", `{{meta "nope"}}`, `"nope" is unknown`},
		{"bare comparison", "Flere i staten end i kommunerne", "outside a test"},
		{"bare superlative", "Kvalitet er den hyppigste værdi", "outside a test"},
		{"comparison in an untested branch", `{{if true}}højere end{{end}}`, "outside a test"},
		{"unsupported claim", `{{claim "højere end" "innov_rate" "sector:stat" "innov_rate" "sector:region"}}`, "not supported"},
		{"line of the fault", "en\nto\n3", "test:3"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.Write("test", c.src)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if err := prose.Check("test", "More of them than before", i18n.English); err == nil {
		t.Error("an English comparison outside a test was accepted")
	}
	if _, err := w.Write("test", `{{if higher "innov_rate" "sector:stat" "innov_rate" "sector:region"}}flere end{{else}}lige{{end}}`); err != nil {
		t.Errorf("a comparison inside a test was refused: %v", err)
	}
}

func TestLeadersWithoutALead(t *testing.T) {
	d := invented.New()
	for _, code := range []string{"produkt", "ydelse", "proces", "kommunikation"} {
		d.Set("type_rate."+code, "total", 40, 36, 44)
	}
	got, err := prose.New(d.Table(), i18n.Danish).Write("t", `{{with leaders "type_rate" "total"}}{{join .}}{{else}}ingen{{end}}`)
	if err != nil || got != "ingen" {
		t.Errorf("got %q, %v: with four equal shares nothing leads", got, err)
	}
}

func TestMid(t *testing.T) {
	for in, want := range map[string]string{"Kvalitet": "kvalitet", "Økonomien": "økonomien", "EU": "EU", "": "", "1–19 ansatte": "1–19 ansatte"} {
		if got := prose.Mid(in); got != want {
			t.Errorf("Mid(%q) = %q, want %q", in, got, want)
		}
	}
}

// A difference that holds for two groups named beforehand need not hold for the
// highest and the lowest of four picked by eye.
func TestManyComparisonsNeedMore(t *testing.T) {
	d := invented.New()
	d.Set("innov_rate", "size:1-19", 50, 46.08, 53.92) // standard errors of 2 points
	d.Set("innov_rate", "size:20-49", 53, 49.08, 56.92)
	d.Set("innov_rate", "size:50-99", 54, 50.08, 57.92)
	d.Set("innov_rate", "size:100+", 56.5, 52.58, 60.42) // 2.3 standard errors above the lowest
	w := prose.New(d.Table(), i18n.Danish)
	got, err := w.Write("t", `{{higher "innov_rate" "size:100+" "innov_rate" "size:1-19"}} {{differ "innov_rate" "size"}} {{len (ahead "innov_rate" "size")}}`)
	if err != nil || got != "true false 0" {
		t.Errorf("got %q, %v; want the pair to differ and the four not", got, err)
	}
}
