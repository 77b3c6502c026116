package paper

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
)

const code = contact.Code("0123456789AB")

// sheetOf is a letter of a kind to a person.
func sheetOf(t testing.TB, p contact.Person, k wording.Kind, l i18n.Lang) Sheet {
	t.Helper()
	set, err := wording.Load(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	w, err := set.Get(k, l)
	if err != nil {
		t.Fatal(err)
	}
	const link = "https://innovationsbarometeret.example.dk/s/" + string(code)
	return Sheet{Person: p, Code: code, Link: link, Letter: w.Fill(wording.Paper, wording.Values{
		Title: "Innovationsbarometeret 2025", Name: p.Name, PNumber: p.PNumber, Code: code.String(), Link: link,
		Deadline: "15. marts 2026", Minutes: "15", Sender: "Center for Offentlig Innovation", Help: "barometer@example.dk eller telefon 12 34 56 78",
	})}
}

var (
	plainPerson = contact.Person{PNumber: "1012345678", Name: "Børnehaven Solsikken", Attention: "Ane Møller", Address: "Ved Åen 6", Postcode: "9000", City: "Aalborg"}
	longPerson  = contact.Person{PNumber: "1012345679", Name: "Aalborg Kommune, Sundheds- og Omsorgsforvaltningen, Plejehjemmet Fremtidens Plejehjem Nørresundby", Attention: "Anne-Christine Bjerregaard Søndergaard-Østergaard", Address: "Lindholm Brygge Boulevard 123A, 2. sal", Postcode: "9400", City: "Nørresundby"}
	foulPerson  = contact.Person{PNumber: "1012345680", Name: "=HYPERLINK(\"x\") <script>alert(1)</script> \\input{x}\u202e\r\nBcc: x@example.dk", Email: "@cmd", Address: "+1", City: "-2"}
)

func TestLettersArePagesWithAddressAndCode(t *testing.T) {
	for _, l := range i18n.Languages {
		var b bytes.Buffer
		sheets := []Sheet{sheetOf(t, plainPerson, wording.Invitation, l), sheetOf(t, longPerson, wording.Reminder(2), l), sheetOf(t, foulPerson, wording.LastCall, l)}
		head := Head{Sender: "Center for Offentlig Innovation", Return: "Center for Offentlig Innovation, Gade 1, 1000 København K", Date: "2. februar 2026", Lang: l}
		if err := WriteHTML(&b, head, sheets); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, fault := range htmltest.Faults(b.Bytes()) {
			if fault != "3 headings of level 1" { // each letter is a document
				t.Errorf("%s: %s", l, fault)
			}
		}
		if strings.Count(text, "<article>") != 3 || strings.Count(text, "0123-4567-89AB") != 6 || strings.Count(text, "<path") != 3 {
			t.Errorf("%s: %d letters, %d codes, %d pictures", l, strings.Count(text, "<article>"), strings.Count(text, "0123-4567-89AB"), strings.Count(text, "<path"))
		}
		for _, foul := range []string{"<script", "\u202e", "\r", "src=", "http-equiv", "url("} {
			if strings.Contains(text, foul) {
				t.Errorf("%s: %q stands in the letters", l, foul)
			}
		}
		printed(t, text, l, len(sheets))
	}
}

// printed prints the letters as the program does and reads the pages back: one
// for each letter, with its address where the window is.
func printed(t *testing.T, text string, l i18n.Lang, want int) {
	t.Helper()
	chromium, pdftotext := testenv.Need(t, "chromium"), testenv.Need(t, "pdftotext")
	dir := t.TempDir()
	page, out := filepath.Join(dir, "letters.html"), filepath.Join(dir, "letters.pdf")
	if keep := os.Getenv("BAROMETER_LOOK"); keep != "" { // to look at by eye
		out = filepath.Join(keep, "letters-"+string(l)+".pdf")
	}
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--headless", "--disable-gpu", "--no-sandbox", "--no-first-run", "--user-data-dir=" + dir + "/profile",
		"--no-pdf-header-footer", "--export-tagged-pdf", "--print-to-pdf=" + out, "file://" + page}
	if said, err := exec.Command(chromium, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	read := func(args ...string) string {
		said, err := exec.Command(pdftotext, append(args, out, "-")...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(said)
	}
	if pages := strings.Count(read(), "\f"); pages != want {
		t.Errorf("%s: %d letters on %d pages", l, want, pages)
	}
	// The window, in points from the upper left corner: 20 to 105 mm, 45 to 90 mm.
	window := read("-layout", "-f", "1", "-l", "1", "-x", "57", "-y", "128", "-W", "241", "-H", "127")
	for _, line := range AddressLines(plainPerson) {
		if !strings.Contains(window, line) {
			t.Errorf("%s: %q does not show in the window:\n%s", l, line, window)
		}
	}
	if strings.Contains(window, "0123") || strings.Contains(window, "Innovationsbarometeret") {
		t.Errorf("%s: the window shows more than the address:\n%s", l, window)
	}
}

// Lists for mail merge hold no formula, whatever a register says, and lose no
// digit.
func TestListsAreInert(t *testing.T) {
	sheets := []Sheet{sheetOf(t, foulPerson, wording.Invitation, i18n.Danish), sheetOf(t, plainPerson, wording.Invitation, i18n.Danish)}
	var list, book bytes.Buffer
	if err := WriteCSV(&list, sheets); err != nil {
		t.Fatal(err)
	}
	if err := WriteXLSX(&book, sheets); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(list.String(), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := rows[1][1] + "|" + rows[1][3] + "|" + rows[1][6]; got != `'=HYPERLINK("x") <script>alert(1)</script> \input{x} Bcc: x@example.dk|'+1|'@cmd` {
		t.Errorf("row 1: %s", got)
	}
	f, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cells, err := f.GetRows("Breve")
	if err != nil || len(cells) != 3 {
		t.Fatalf("%d rows, %v", len(cells), err)
	}
	for y := range cells {
		for x := range cells[y] {
			at, _ := excelize.CoordinatesToCellName(x+1, y+1)
			formula, _ := f.GetCellFormula("Breve", at)
			kind, _ := f.GetCellType("Breve", at)
			if formula != "" || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("%s is %v %q", at, kind, formula)
			}
		}
	}
	if cells[2][0] != "1012345678" || cells[2][8] != "0123-4567-89AB" || !strings.Contains(cells[2][11], "frivilligt") {
		t.Errorf("%q", cells[2])
	}
}
