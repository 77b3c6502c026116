package sample

import (
	"strings"
	"testing"
)

const classes = `
wave: "2025"
total: 35
stratify: [sector, mass]
classes:
  - name: mass
    codes:
      - {code: large, when: "${employees} >= 100 and ${region} = '1082'"}
      - {code: middle, when: "${size} = '20-49'"}
      - {code: rest}
allocation:
  method: equal
  response_rate: 0.5
  targets: [{by: mass, code: middle, half_width: 20}]
`

// Strata from expressions: a unit is in the first class whose condition it
// meets, strata stand in the order of the codes, and targets may go by them.
func TestStrataFromExpressions(t *testing.T) {
	p, err := LoadPlan(strings.NewReader(classes), "sampling.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p.Cap = true
	s := draw(t, small(), p, 5)
	// The target needs 26.7 of the 30 middle ones: ½·√(2/26.7 − 1/30)·1.96 = 20
	// points. The rest is divided equally.
	if got := takes(s.Strata); got != "kommune.large:4 kommune.middle:27 kommune.rest:4" {
		t.Errorf("got %s", got)
	}
	for _, u := range s.Units {
		if want := map[string]string{"100+": "kommune.large", "20-49": "kommune.middle", "1-19": "kommune.rest"}[u.Size]; u.Stratum != want {
			t.Errorf("unit %s with %d employees is in stratum %s, want %s", u.PNumber, u.Employees, u.Stratum, want)
		}
	}
	table, err := p.Expect(s.Strata, p.Allocation.assumptions())
	if err != nil {
		t.Fatal(err)
	}
	last := table[len(table)-2]
	if last.By != "mass" || last.Code != "middle" || last.Take != 27 {
		t.Errorf("planning table: %+v", table)
	}
}

func TestClassesThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"syntax":            {"${size} = '20-49'", "${size} =", "class mass: code middle: when:"},
		"unknown name":      {"${size} = '20-49'", "${turnover} > 3", "turnover"},
		"unknown code":      {"'1082'", "'1089'", "1089"},
		"not a condition":   {"${size} = '20-49'", "${employees} + 1", "class mass: code middle: when:"},
		"taken name":        {"mass", "size", "class size: the name is taken"},
		"rest not last":     {`, when: "${size} = '20-49'"`, "", "code middle has no condition and takes all"},
		"dot in a code":     {"code: rest", "code: the.rest", `code "the.rest" must be`},
		"code twice":        {"code: rest", "code: large", "code large stands twice"},
		"units left over":   {"code: rest", `code: rest, when: "${employees} > 5"`, "fits no code"},
		"target by no name": {"by: mass", "by: weight", `target by "weight" is none of total, sector, subsector, size, region, mass`},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := LoadPlan(strings.NewReader(strings.ReplaceAll(classes, tt.old, tt.new)), "sampling.yaml")
			if err == nil {
				_, err = Draw(small(), p, 1)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
