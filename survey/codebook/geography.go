package codebook

import (
	"slices"
	"strconv"
	"strings"

	"barometer/internal/i18n"
)

// Regions is the five regions of Denmark under their official codes.
func Regions() Classification {
	return Classification{
		Name:  "region",
		Label: i18n.Text{DA: "Region", EN: "Region"},
		Codes: []Code{
			{Value: "1081", Number: 1081, Label: i18n.Text{DA: "Nordjylland", EN: "North Denmark"}},
			{Value: "1082", Number: 1082, Label: i18n.Text{DA: "Midtjylland", EN: "Central Denmark"}},
			{Value: "1083", Number: 1083, Label: i18n.Text{DA: "Syddanmark", EN: "Southern Denmark"}},
			{Value: "1084", Number: 1084, Label: i18n.Text{DA: "Hovedstaden", EN: "Capital Region"}},
			{Value: "1085", Number: 1085, Label: i18n.Text{DA: "Sjælland", EN: "Zealand"}},
		},
	}
}

// Municipalities is the 98 municipalities under their official four-digit
// codes. Christiansø (0411), which belongs to none, is left out.
func Municipalities() Classification {
	codes := make([]Code, len(municipalities))
	for i, m := range municipalities {
		number, _ := strconv.Atoi(m.code) // the table holds digits only, as its test proves
		codes[i] = Code{Value: m.code, Number: number, Label: i18n.Same(m.name)}
	}
	return Classification{
		Name:  "municipality",
		Label: i18n.Text{DA: "Kommune", EN: "Municipality"},
		Codes: codes,
	}
}

// RegionOf returns the code of the region a municipality lies in, "" where its
// code is none of [Municipalities].
func RegionOf(municipality string) string {
	i, found := slices.BinarySearchFunc(municipalities, municipality, func(m place, code string) int {
		return strings.Compare(m.code, code)
	})
	if !found {
		return ""
	}
	return municipalities[i].region
}

type place struct{ code, name, region string }

// municipalities is ordered by code. Source: Statistics Denmark's
// classification of regions, provinces and municipalities, in force since
// 1 January 2007.
var municipalities = []place{
	{"0101", "København", "1084"},
	{"0147", "Frederiksberg", "1084"},
	{"0151", "Ballerup", "1084"},
	{"0153", "Brøndby", "1084"},
	{"0155", "Dragør", "1084"},
	{"0157", "Gentofte", "1084"},
	{"0159", "Gladsaxe", "1084"},
	{"0161", "Glostrup", "1084"},
	{"0163", "Herlev", "1084"},
	{"0165", "Albertslund", "1084"},
	{"0167", "Hvidovre", "1084"},
	{"0169", "Høje-Taastrup", "1084"},
	{"0173", "Lyngby-Taarbæk", "1084"},
	{"0175", "Rødovre", "1084"},
	{"0183", "Ishøj", "1084"},
	{"0185", "Tårnby", "1084"},
	{"0187", "Vallensbæk", "1084"},
	{"0190", "Furesø", "1084"},
	{"0201", "Allerød", "1084"},
	{"0210", "Fredensborg", "1084"},
	{"0217", "Helsingør", "1084"},
	{"0219", "Hillerød", "1084"},
	{"0223", "Hørsholm", "1084"},
	{"0230", "Rudersdal", "1084"},
	{"0240", "Egedal", "1084"},
	{"0250", "Frederikssund", "1084"},
	{"0253", "Greve", "1085"},
	{"0259", "Køge", "1085"},
	{"0260", "Halsnæs", "1084"},
	{"0265", "Roskilde", "1085"},
	{"0269", "Solrød", "1085"},
	{"0270", "Gribskov", "1084"},
	{"0306", "Odsherred", "1085"},
	{"0316", "Holbæk", "1085"},
	{"0320", "Faxe", "1085"},
	{"0326", "Kalundborg", "1085"},
	{"0329", "Ringsted", "1085"},
	{"0330", "Slagelse", "1085"},
	{"0336", "Stevns", "1085"},
	{"0340", "Sorø", "1085"},
	{"0350", "Lejre", "1085"},
	{"0360", "Lolland", "1085"},
	{"0370", "Næstved", "1085"},
	{"0376", "Guldborgsund", "1085"},
	{"0390", "Vordingborg", "1085"},
	{"0400", "Bornholm", "1084"},
	{"0410", "Middelfart", "1083"},
	{"0420", "Assens", "1083"},
	{"0430", "Faaborg-Midtfyn", "1083"},
	{"0440", "Kerteminde", "1083"},
	{"0450", "Nyborg", "1083"},
	{"0461", "Odense", "1083"},
	{"0479", "Svendborg", "1083"},
	{"0480", "Nordfyns", "1083"},
	{"0482", "Langeland", "1083"},
	{"0492", "Ærø", "1083"},
	{"0510", "Haderslev", "1083"},
	{"0530", "Billund", "1083"},
	{"0540", "Sønderborg", "1083"},
	{"0550", "Tønder", "1083"},
	{"0561", "Esbjerg", "1083"},
	{"0563", "Fanø", "1083"},
	{"0573", "Varde", "1083"},
	{"0575", "Vejen", "1083"},
	{"0580", "Aabenraa", "1083"},
	{"0607", "Fredericia", "1083"},
	{"0615", "Horsens", "1082"},
	{"0621", "Kolding", "1083"},
	{"0630", "Vejle", "1083"},
	{"0657", "Herning", "1082"},
	{"0661", "Holstebro", "1082"},
	{"0665", "Lemvig", "1082"},
	{"0671", "Struer", "1082"},
	{"0706", "Syddjurs", "1082"},
	{"0707", "Norddjurs", "1082"},
	{"0710", "Favrskov", "1082"},
	{"0727", "Odder", "1082"},
	{"0730", "Randers", "1082"},
	{"0740", "Silkeborg", "1082"},
	{"0741", "Samsø", "1082"},
	{"0746", "Skanderborg", "1082"},
	{"0751", "Aarhus", "1082"},
	{"0756", "Ikast-Brande", "1082"},
	{"0760", "Ringkøbing-Skjern", "1082"},
	{"0766", "Hedensted", "1082"},
	{"0773", "Morsø", "1081"},
	{"0779", "Skive", "1082"},
	{"0787", "Thisted", "1081"},
	{"0791", "Viborg", "1082"},
	{"0810", "Brønderslev", "1081"},
	{"0813", "Frederikshavn", "1081"},
	{"0820", "Vesthimmerlands", "1081"},
	{"0825", "Læsø", "1081"},
	{"0840", "Rebild", "1081"},
	{"0846", "Mariagerfjord", "1081"},
	{"0849", "Jammerbugt", "1081"},
	{"0851", "Aalborg", "1081"},
	{"0860", "Hjørring", "1081"},
}
