package release

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// readme writes README.txt: what the folder is, in both languages.
func readme(w io.Writer, m *Manifest) error {
	var b strings.Builder
	for i, l := range i18n.Languages {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat("-", 72) + "\n\n")
		}
		readmeIn(&b, m, l)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func readmeIn(b *strings.Builder, m *Manifest, l i18n.Lang) {
	say := func(da, en string) string { return i18n.Text{DA: da, EN: en}.In(l) }
	fmt.Fprintf(b, "%s\n%s %s, version %s\n", m.Title.In(l), say("Måling", "Wave"), m.Wave, m.Version)
	if m.Synthetic {
		fmt.Fprintf(b, "\n%s\n", formats.SyntheticNote().In(l))
	}
	fmt.Fprintf(b, "\n%s\n\n", say("Filer", "Files"))
	folders := make(map[string]int)
	for _, f := range m.Files {
		if folder, _, below := strings.Cut(f.Name, "/"); below {
			folders[folder]++
			continue
		}
		fmt.Fprintf(b, "  %-20s %s\n", f.Name, f.Title.In(l))
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		fmt.Fprintf(b, "  %-20s %s\n", folder+"/", fmt.Sprintf(say("%d filer, med titler i manifest.json", "%d files, with titles in manifest.json"), folders[folder]))
	}
	fmt.Fprintf(b, "\n%s\n", say(readmeNotes.DA, readmeNotes.EN))
	fmt.Fprintf(b, "%s: %s %s\n", say("Licens", "Licence"), m.Licence.Name, m.Licence.URL)
	if m.Contact != "" {
		fmt.Fprintf(b, "%s: %s\n", say("Kontakt", "Contact"), m.Contact)
	}
}

// readmeNotes is what a reader of the data files must know.
var readmeNotes = i18n.Text{
	DA: `Alle filer bygger på de samme tal. CSV-filer er i UTF-8 med komma mellem
felterne og punktum som decimaltegn; brug Excel-filerne i et regneark.
I tabellerne står andele som brøkdele af én, og low og high er grænserne for
95 %-intervallet. Status: u = usikkert tal, c = fortroligt, x = for usikkert
til at vises, e = ingen svar; tomt = almindeligt tal. Status m i models.csv er
et modelbaseret skøn, beregnet ud fra de viste tal.
Mappen cubes har de samme tabeller afrundet, én for hver opdeling, med andele i
procent og rækken »total« for alle: CSV og Parquet, PX til PxWeb, JSON-stat til
programmer på nettet og SDMX-CSV til udveksling. z = findes ikke, fx interval
for et optalt tal. datapackage.json beskriver kolonnerne i alle CSV-filer.
I forskningsdata står manglende svar som årsag i kantede parenteser. I
Parquet er talkolonner tomme dér, og årsagen står i kolonnen med samme navn
og endelsen _missing. Vægten hedder weight; microdata.da.xlsx, arket Metode,
forklarer anonymisering og usikkerhed.
manifest.json giver hver fils størrelse og SHA-256, så en kopi kan kontrolleres.
`,
	EN: `All files hold the same figures. CSV files are in UTF-8 with commas between
fields and a point as decimal mark; in a spreadsheet, use the Excel files.
In the tables, shares are fractions of one, and low and high are the limits of
the 95% interval. Status: u = uncertain figure, c = confidential, x = too
uncertain to show, e = no answers; empty = ordinary figure. Status m in
models.csv is a model-based estimate, computed from the figures shown.
The folder cubes has the same tables rounded, one for each breakdown, with shares
in percent and the code “total” for all: CSV and Parquet, PX for PxWeb,
JSON-stat for programs on the web and SDMX-CSV for exchange. z = does not exist,
such as the interval of a count. datapackage.json describes the columns of all
CSV files.
In the research data, a missing answer is given as its reason in square
brackets. In Parquet, number columns are empty there, and the reason stands in
the column of the same name ending in _missing. The weight is called weight;
microdata.en.xlsx, sheet Method, explains anonymisation and uncertainty.
manifest.json gives the size and SHA-256 of every file, so that a copy can be
checked.
`,
}
