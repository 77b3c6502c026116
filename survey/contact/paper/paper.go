// Package paper lays letters out for the post: pages to print and fold into
// window envelopes, and lists for mail merge.
//
// A [Sheet] per workplace comes in, its letter worded; one HTML file of A4
// pages goes out, a letter a page, and the same as rows of a CSV file and a
// workbook. All of them hold codes in clear: whoever writes them to a disk
// sees to who may read them. Printing to PDF is left to package pdf of
// reports.
package paper

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"barometer/internal/i18n"
	"barometer/internal/qrcode"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
)

// Sheet is one letter with what stands around it.
type Sheet struct {
	contact.Person
	Code   contact.Code
	Link   string
	Letter wording.Letter
}

// Head is the same on every letter of a file.
type Head struct {
	Sender string // name of who writes
	Return string // the sender's postal address in one line, may be empty
	Date   string // of the letter
	Lang   i18n.Lang
}

//go:embed letter.html
var letterFile embed.FS

var page = template.Must(template.ParseFS(letterFile, "letter.html"))

// label words what the layout adds to a letter.
var labels = map[string]i18n.Text{
	"code":  {DA: "Jeres kode", EN: "Your code"},
	"scan":  {DA: "Scan med kameraet i en telefon, eller brug linket i brevet", EN: "Scan with the camera of a phone, or use the link in the letter"},
	"title": {DA: "Breve", EN: "Letters"},
}

// sheet is what the template sees of a letter.
type sheet struct {
	Address []string
	Letter  wording.Letter
	Blocks  []wording.Group
	Code    string
	Link    string
	QR      *qrcode.Picture
}

// WriteHTML writes the letters as one document of A4 pages. Letters without a
// code, as of thanks, have no picture of one.
func WriteHTML(w io.Writer, h Head, sheets []Sheet) error {
	list := make([]sheet, len(sheets))
	for i, s := range sheets {
		list[i] = sheet{Address: AddressLines(s.Person), Letter: s.Letter, Blocks: s.Letter.Groups(), Code: s.Code.String(), Link: s.Link}
		if s.Link == "" {
			continue
		}
		var err error
		if list[i].QR, err = qrcode.Draw(s.Link); err != nil {
			return fmt.Errorf("letter %d: %w", i+1, err)
		}
	}
	words := map[string]string{}
	for key, text := range labels {
		words[key] = text.In(h.Lang)
	}
	return page.Execute(w, struct {
		Head
		Words  map[string]string
		Sheets []sheet
	}{h, words, list})
}

// AddressLines is what shows in the window of the envelope: the workplace, the
// person there, street, and place.
func AddressLines(p contact.Person) []string {
	lines := []string{wording.Plain(p.Name)}
	if p.Attention != "" {
		lines = append(lines, "Att. "+wording.Plain(p.Attention))
	}
	for _, line := range []string{p.Address, strings.TrimSpace(p.Postcode + " " + p.City)} {
		if line = wording.Plain(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
