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
func readme(w io.Writer, m *Manifest, notes i18n.Text) error {
	var b strings.Builder
	for i, l := range i18n.Languages {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat("-", 72) + "\n\n")
		}
		readmeIn(&b, m, notes.In(l), l)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func readmeIn(b *strings.Builder, m *Manifest, notes string, l i18n.Lang) {
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
	fmt.Fprintf(b, "\n%s\n", notes)
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
manifest.json gives the size and SHA-256 of every file, so that a copy can be
checked.
`,
}

// recordNotes is what a reader of the microdata must know.
var recordNotes = i18n.Text{
	DA: `I forskningsdata står manglende svar som årsag i kantede parenteser. I
Parquet er talkolonner tomme dér, og årsagen står i kolonnen med samme navn
og endelsen _missing; i SPSS er årsagerne tallene -1 til -6, i Stata .a til
.f. "Ved ikke" er et svar og tæller med i andelene, som i tabellerne.
Vægten hedder weight, og designet angives som i setup-filerne. Andele afviger
højst 0,5 procentpoint fra de offentliggjorte for de samme grupper, og
standardfejl højst 20 % (40 % i grupper med under 30 svar); replikatvægtene
lægger 3-4 % til ved tilfældighed. microdata.da.xlsx, arket Metode, og anonymity.json forklarer
anonymiseringen. codebook.xml er kodebogen i DDI-Codebook 2.5.
`,
	EN: `In the research data, a missing answer is given as its reason in square
brackets. In Parquet, number columns are empty there, and the reason stands in
the column of the same name ending in _missing; in SPSS the reasons are the
numbers -1 to -6, in Stata .a to .f. "Don't know" is an answer and counts in
the shares, as in the tables.
The weight is called weight; the setup files declare the design. Shares differ by
at most 0.5 percentage points from those published for the same groups, and
standard errors by at most 20% (40% in groups of fewer than 30 answers);
replicate weights add 3-4% by chance.
microdata.en.xlsx, sheet Method, and anonymity.json explain the anonymisation.
codebook.xml is the codebook in DDI-Codebook 2.5.
`,
}

// releaseNotes are those of a release for everyone.
func releaseNotes() i18n.Text {
	return i18n.Text{DA: readmeNotes.DA + recordNotes.DA, EN: readmeNotes.EN + recordNotes.EN}
}
