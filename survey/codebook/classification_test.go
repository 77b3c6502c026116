package codebook

import (
	"regexp"
	"testing"
)

func TestClassificationsAreComplete(t *testing.T) {
	for _, tt := range []struct {
		c    Classification
		want int
	}{
		{Sectors(), 3}, {Subsectors(), 15}, {Sizes(), 4}, {Regions(), 5}, {Municipalities(), 98},
	} {
		t.Run(tt.c.Name, func(t *testing.T) {
			if len(tt.c.Codes) != tt.want {
				t.Errorf("%d codes, want %d", len(tt.c.Codes), tt.want)
			}
			values, numbers, labels := map[string]bool{}, map[int]bool{}, map[string]bool{}
			for _, c := range tt.c.Codes {
				if values[c.Value] || numbers[c.Number] || labels[c.Label.DA] {
					t.Errorf("code %q (%d, %s) repeats another", c.Value, c.Number, c.Label.DA)
				}
				values[c.Value], numbers[c.Number], labels[c.Label.DA] = true, true, true
				if missing := c.Label.Missing(); c.Number == 0 || len(missing) > 0 {
					t.Errorf("code %q: number %d, label missing in %v", c.Value, c.Number, missing)
				}
			}
		})
	}
}

// Counts per region: Statistics Denmark, since the municipal reform of 2007.
func TestMunicipalitiesPerRegion(t *testing.T) {
	fourDigits := regexp.MustCompile(`^0[1-8]\d\d$`)
	got, previous := map[string]int{}, ""
	for _, c := range Municipalities().Codes {
		if !fourDigits.MatchString(c.Value) || c.Value <= previous {
			t.Errorf("code %q after %q: want four digits, rising", c.Value, previous)
		}
		previous = c.Value
		got[RegionOf(c.Value)]++
	}
	for region, want := range map[string]int{"1081": 11, "1082": 19, "1083": 22, "1084": 29, "1085": 17} {
		if got[region] != want {
			t.Errorf("region %s has %d municipalities, want %d", region, got[region], want)
		}
	}
	if got := RegionOf("0411"); got != "" {
		t.Errorf("Christiansø lies in region %q, want none", got)
	}
}

func TestKnownMunicipalities(t *testing.T) {
	for code, want := range map[string]string{
		"0101": "København", "0147": "Frederiksberg", "0265": "Roskilde", "0400": "Bornholm",
		"0461": "Odense", "0561": "Esbjerg", "0751": "Aarhus", "0851": "Aalborg", "0860": "Hjørring",
	} {
		if c, _ := Municipalities().Code(code); c.Label.DA != want {
			t.Errorf("%s is %q, want %q", code, c.Label.DA, want)
		}
	}
}

func TestSectorOf(t *testing.T) {
	want := map[string]int{Municipal: 8, Regional: 3, State: 4}
	got := map[string]int{}
	for _, s := range Subsectors().Values() {
		got[SectorOf(s)]++
	}
	for sector, n := range want {
		if got[sector] != n {
			t.Errorf("%s has %d subsectors, want %d", sector, got[sector], n)
		}
	}
	if s := SectorOf("K-XXX"); s != "" {
		t.Errorf("unknown subsector lies in %q, want none", s)
	}
}

func TestSizeOf(t *testing.T) {
	for employees, want := range map[int]string{
		-3: "", 0: "", 1: "1-19", 19: "1-19", 20: "20-49", 49: "20-49", 50: "50-99", 99: "50-99", 100: "100+", 12000: "100+",
	} {
		if got := SizeOf(employees); got != want {
			t.Errorf("SizeOf(%d) = %q, want %q", employees, got, want)
		}
	}
}
