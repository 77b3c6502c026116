package codebook

import (
	"strings"

	"barometer/internal/i18n"
)

// Classification is an ordered list of codes that units are divided by.
type Classification struct {
	Name  string // also the name of the column that holds it: "sector"
	Label i18n.Text
	Codes []Code
}

// Code returns the code with the given value.
func (c Classification) Code(value string) (Code, bool) {
	for _, code := range c.Codes {
		if code.Value == value {
			return code, true
		}
	}
	return Code{}, false
}

// Values returns the values of all codes in order.
func (c Classification) Values() []string {
	values := make([]string, len(c.Codes))
	for i, code := range c.Codes {
		values[i] = code.Value
	}
	return values
}

// Variable describes a column that holds the classification.
func (c Classification) Variable(role Role) Variable {
	return Variable{Name: c.Name, Kind: Categorical, Role: role, Label: c.Label, Codes: c.Codes}
}

// Codes of [Sectors]: the three levels of Danish government.
const (
	Municipal = "kommune"
	Regional  = "region"
	State     = "stat"
)

// Sectors is the level of government a workplace belongs to.
func Sectors() Classification {
	return Classification{
		Name:  "sector",
		Label: i18n.Text{DA: "Sektor", EN: "Sector"},
		Codes: []Code{
			{Value: Municipal, Number: 1, Label: i18n.Text{DA: "Kommune", EN: "Municipality"}},
			{Value: Regional, Number: 2, Label: i18n.Text{DA: "Region", EN: "Region"}},
			{Value: State, Number: 3, Label: i18n.Text{DA: "Stat", EN: "State"}},
		},
	}
}

// Subsectors is the field of work within a sector: fifteen groups of the
// Danish industrial classification (DB07) and sector codes.
func Subsectors() Classification {
	return Classification{
		Name:  "subsector",
		Label: i18n.Text{DA: "Delsektor", EN: "Subsector"},
		Codes: []Code{
			{Value: "K-DAG", Number: 1, Label: i18n.Text{DA: "Dagtilbud og klub", EN: "Day care and clubs"}},
			{Value: "K-SKO", Number: 2, Label: i18n.Text{DA: "Grundskole", EN: "Primary and lower secondary school"}},
			{Value: "K-AEL", Number: 3, Label: i18n.Text{DA: "Ældrepleje", EN: "Elder care"}},
			{Value: "K-SOC", Number: 4, Label: i18n.Text{DA: "Handicap og socialområde", EN: "Disability and social services"}},
			{Value: "K-SUN", Number: 5, Label: i18n.Text{DA: "Sundhed og tandpleje", EN: "Health and dental care"}},
			{Value: "K-KUL", Number: 6, Label: i18n.Text{DA: "Kultur og fritid", EN: "Culture and leisure"}},
			{Value: "K-TEK", Number: 7, Label: i18n.Text{DA: "Teknik, miljø og beredskab", EN: "Technical services, environment and fire"}},
			{Value: "K-ADM", Number: 8, Label: i18n.Text{DA: "Kommunal administration og jobcenter", EN: "Municipal administration and job centres"}},
			{Value: "R-SUN", Number: 9, Label: i18n.Text{DA: "Hospital og psykiatri", EN: "Hospitals and psychiatry"}},
			{Value: "R-SOC", Number: 10, Label: i18n.Text{DA: "Regionalt social- og specialområde", EN: "Regional social and special services"}},
			{Value: "R-ADM", Number: 11, Label: i18n.Text{DA: "Regional administration", EN: "Regional administration"}},
			{Value: "S-ADM", Number: 12, Label: i18n.Text{DA: "Statslig administration, kultur og øvrige", EN: "State administration, culture and other"}},
			{Value: "S-RET", Number: 13, Label: i18n.Text{DA: "Politi, domstole og kriminalforsorg", EN: "Police, courts and prisons"}},
			{Value: "S-VID", Number: 14, Label: i18n.Text{DA: "Videregående uddannelse", EN: "Higher education"}},
			{Value: "S-UNG", Number: 15, Label: i18n.Text{DA: "Ungdoms- og voksenuddannelse", EN: "Upper secondary and adult education"}},
		},
	}
}

// SectorOf returns the sector a subsector belongs to, "" where its code is
// none of [Subsectors].
func SectorOf(subsector string) string { return sectorOf[subsector] }

// sectorOf is asked for every unit of a register.
var sectorOf = func() map[string]string {
	byPrefix := map[string]string{"K": Municipal, "R": Regional, "S": State}
	of := make(map[string]string)
	for _, c := range Subsectors().Codes {
		prefix, _, _ := strings.Cut(c.Value, "-")
		of[c.Value] = byPrefix[prefix]
	}
	return of
}()

// Sizes is the number of employees of a workplace in classes.
func Sizes() Classification {
	return Classification{
		Name:  "size",
		Label: i18n.Text{DA: "Størrelse", EN: "Size"},
		Codes: []Code{
			{Value: "1-19", Number: 1, Label: i18n.Text{DA: "1–19 ansatte", EN: "1–19 employees"}},
			{Value: "20-49", Number: 2, Label: i18n.Text{DA: "20–49 ansatte", EN: "20–49 employees"}},
			{Value: "50-99", Number: 3, Label: i18n.Text{DA: "50–99 ansatte", EN: "50–99 employees"}},
			{Value: "100+", Number: 4, Label: i18n.Text{DA: "100 ansatte eller flere", EN: "100 employees or more"}},
		},
	}
}

// SizeOf returns the size class of a workplace, "" for a number below 1.
func SizeOf(employees int) string {
	switch {
	case employees < 1:
		return ""
	case employees < 20:
		return "1-19"
	case employees < 50:
		return "20-49"
	case employees < 100:
		return "50-99"
	}
	return "100+"
}
