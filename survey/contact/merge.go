package contact

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"barometer/internal/i18n"
)

// Letter is what a file of invitations holds besides the codes: one per wave,
// the same for every unit.
type Letter struct {
	Title    i18n.Text // of the survey
	Host     string    // where the survey is: "https://barometer.example.dk"
	Deadline time.Time // last day to answer, in Danish local time
	Minutes  int       // time needed
	Sender   i18n.Text // who asks
	Contact  string    // telephone or mail for questions
}

func (l Letter) check() error {
	var faults []error
	if u, err := url.Parse(l.Host); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" {
		faults = append(faults, fmt.Errorf("host %q is no web address such as https://barometer.example.dk", l.Host))
	}
	if len(l.Title.Missing()) > 0 || len(l.Sender.Missing()) > 0 {
		faults = append(faults, errors.New("title and sender are needed in Danish and English"))
	}
	if l.Deadline.IsZero() || l.Minutes <= 0 || l.Contact == "" {
		faults = append(faults, errors.New("deadline, minutes and contact are needed"))
	}
	return errors.Join(faults...)
}

// Link is where the unit's code leads: a page with a Start button. Opening it
// changes nothing, so that mail scanners may.
func (l Letter) Link(c Code) string {
	return strings.TrimSuffix(l.Host, "/") + "/s/" + string(c)
}

// WriteMerge writes the invitations as a file for mail merge: one row per
// unit, semicolons between cells, UTF-8 with a byte-order mark, as Danish
// office programs expect. It holds the codes in clear: print it once and
// destroy it. Cells that a spreadsheet would take for a formula are preceded
// by an apostrophe.
func (l Letter) WriteMerge(w io.Writer, invitations []Invitation) error {
	if err := l.check(); err != nil {
		return fmt.Errorf("mail merge: %w", err)
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';'
	out.UseCRLF = true
	if err := out.Write([]string{"wave", "name", "email", "code", "link", "deadline_da", "deadline_en"}); err != nil {
		return err
	}
	for _, inv := range invitations {
		row := []string{inv.Wave, inv.Name, inv.Email, inv.Code.String(), l.Link(inv.Code),
			i18n.Date(l.Deadline, i18n.Danish), i18n.Date(l.Deadline, i18n.English)}
		for i := range row {
			row[i] = Inert(oneLine(row[i]))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Inert keeps a spreadsheet from reading a cell as a formula.
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// oneLine joins lines and drops tabs: a name from a register must not be able
// to add a line to a letter.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
