package formats

import (
	"fmt"
	"strings"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// MicrodataBook lays out a research file as a workbook in one language: the
// records as codes and as words, what variables and values mean, how the file
// was made, and its history.
func MicrodataBook(f *anonymise.File, a About, l i18n.Lang) Book {
	w := words(l)
	book := newBook(a, l, w("Forskningsdata", "Research data"))
	codes, labels := Codes(f), Labels(f, l)
	book.Sheets = []Sheet{
		microdataReadme(f, a, l),
		{Name: w("Data_koder", "Data_codes"), Fixed: 1, Grid: codes},
		{Name: w("Data_tekst", "Data_labels"), Fixed: 1, Grid: labels},
		{Name: w("Kodebog", "Codebook"), Fixed: 1, Grid: Variables(f, l)},
		{Name: w("Værdier", "Values"), Fixed: 2, Grid: Values(f, l)},
		{Name: w("Metode", "Method"), Grid: twoColumns("method", methodPoints(f.Report, l), l)},
		{Name: w("Ændringer", "Changes"), Grid: changesGrid(a, l)},
	}
	return book
}

func microdataReadme(f *anonymise.File, a About, l i18n.Lang) Sheet {
	w := words(l)
	r := &readme{}
	r.opening(a, l)
	r.add(w("Indhold", "Content"), fmt.Sprintf(w("Anonymiserede svar fra %s arbejdspladser, %d variable. Hver række er én arbejdsplads.",
		"Anonymised answers of %s workplaces, %d variables. Each row is one workplace."), number.Integer(f.Data.Rows(), l), len(f.Codebook.Variables)))
	r.add(w("Ark Data_koder", "Sheet Data_codes"), w("Svarene som koder. Samme indhold som microdata.csv og microdata.parquet.",
		"The answers as codes. The same content as microdata.csv and microdata.parquet."))
	r.add(w("Ark Data_tekst", "Sheet Data_labels"), w("De samme rækker og kolonner med ord i stedet for koder.", "The same rows and columns in words."))
	r.add(w("Ark Kodebog", "Sheet Codebook"), w("Hvad hver variabel betyder, spørgsmålets ordlyd, og hvem der blev spurgt.", "What each variable means, the wording of the question, and who was asked."))
	r.add(w("Ark Værdier", "Sheet Values"), w("Hvad hver kode betyder, og hvor mange rækker der har den.", "What each code means, and how many rows have it."))
	r.add(w("Ark Metode", "Sheet Method"), w("Hvordan filen er anonymiseret, og hvordan den vægtes.", "How the file was anonymised, and how to weight it."))
	r.add(w("Ark Ændringer", "Sheet Changes"), w("Filens versioner.", "The versions of the file."))
	r.add(w("Manglende svar", "Missing answers"), w("Et manglende svar står som årsag i kantede parenteser, for eksempel [not_asked], når spørgsmålet ikke blev stillet. »Ved ikke« er et svar og har sin egen kode.",
		"A missing answer is given as its reason in square brackets, for example [not_asked] where the question was not asked. “Don't know” is an answer and has its own code."))
	r.add(w("Fortrolighed", "Confidentiality"), w("Forsøg ikke at genkende arbejdspladser, og kobl ikke filen med andre data om enkelte arbejdspladser.",
		"Do not try to recognise workplaces, and do not link the file with other data on single workplaces."))
	r.closing(a, l)
	return r.sheet(l)
}

func changesGrid(a About, l i18n.Lang) *Grid {
	w := words(l)
	g := &Grid{Name: "changes", Rows: len(a.Changes)}
	g.titled("version", "Version", 12, func(r int) string { return a.Changes[r].Version })
	g.titled("date", w("Dato", "Date"), 14, func(r int) string { return a.Changes[r].Date })
	g.titled("reason", w("Hvad er ændret og hvorfor", "What changed and why"), 90, func(r int) string { return a.Changes[r].Reason.In(l) })
	g.titled("cells", w("Ændrede tal", "Figures that changed"), 60, func(r int) string { return changedCells(a.Changes[r].Cells, l) })
	return g
}

// maxListed is how many changed figures a workbook names; the manifest of the
// release names all.
const maxListed = 100

func changedCells(cells []string, l i18n.Lang) string {
	if len(cells) <= maxListed {
		return strings.Join(cells, ", ")
	}
	return strings.Join(cells[:maxListed], ", ") + fmt.Sprintf(words(l)(" og %s til, se manifest.json", " and %s more, see manifest.json"), number.Integer(len(cells)-maxListed, l))
}
