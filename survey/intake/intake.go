// Package intake reads answers that were collected elsewhere.
//
// A file comes in: our own export of a wave, the responses of a LimeSurvey
// survey, the submissions of an ODK Central form. Responses go out that were
// checked as if they had been typed into our pages: page by page along the
// route, by the same function, with every question that is not asked refused.
// All faults of a file are found together, by row and column, and one fault
// refuses the file. The package stores nothing (see response.Store.TakeIn) and
// knows no workplace: what names one in the file is handed on as it stands.
//
// It is a package of its own, beside response and not in it, since response
// decides neither routes nor validity, and runs no reader of foreign files.
//
// Columns are found by the ids of items and the codes of rows and options, in
// whatever way the program that wrote the file joins them: c2_produkt,
// C2[produkt], innovation-C2/produkt. LimeSurvey's codes have no underscore, so
// names are compared without such signs, and options are also known by their
// numbers.
package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// Layout is how a file is laid out.
type Layout string

const (
	CSV        Layout = "csv"        // a column per variable, as our export names them
	LimeSurvey Layout = "limesurvey" // exported with question codes and answer codes, or by "vvexport"
	ODK        Layout = "odk"        // submissions of ODK Central
)

// Layouts lists every layout.
var Layouts = []Layout{CSV, LimeSurvey, ODK}

// Options are what is asked of a reading.
type Options struct {
	Layout  Layout
	Key     string // column that names the workplace, "" for the layout's usual ones
	Confirm bool   // unusual answers are known to be right: soft checks are confirmed
}

// Response is one response of a file.
type Response struct {
	Row      int    // of the file, from 1
	Key      string // names the workplace: a unit key, a P-number or an access code
	Lang     i18n.Lang
	Complete bool // it was submitted where it was collected
	Answers  questionnaire.Answers
}

// File is a file that has no fault.
type File struct {
	Digest    string // of the file, hex
	Key       string // column that names the workplaces
	Responses []Response
	Passed    int // rows that the other program had not counted as responses
}

// Fault is one thing wrong with a file.
type Fault struct {
	Row     int    // 0 = the file as a whole
	Column  string // "" = the row as a whole
	Message i18n.Text
}

func (f Fault) String() string {
	switch {
	case f.Row == 0 && f.Column == "":
		return f.Message.EN
	case f.Row == 0:
		return fmt.Sprintf("column %.60s: %s", f.Column, f.Message.EN)
	case f.Column == "":
		return fmt.Sprintf("row %d: %s", f.Row, f.Message.EN)
	}
	return fmt.Sprintf("row %d, column %.60s: %s", f.Row, f.Column, f.Message.EN)
}

// Faults is everything wrong with a file.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].String()
	}
	return strings.Join(lines, "\n")
}

// Largest is the size in bytes that a file may have.
const Largest = 64 << 20

// Read reads the responses of a file to a questionnaire. An error that is a
// [Faults] names all that is wrong with the file; nothing of it may be used.
func Read(in io.Reader, q *questionnaire.Questionnaire, o Options) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(in, Largest+1))
	if err != nil {
		return nil, err
	}
	if len(data) > Largest {
		return nil, whole(say("filen fylder mere end %d MiB: del den", "the file is larger than %d MiB: divide it", Largest>>20))
	}
	digest := Digest(data)
	if data, err = unpack(data); err != nil {
		return nil, whole(worded(err))
	}
	t, faults := open(data, o.Layout)
	if faults != nil {
		return nil, faults
	}
	r := &reading{q: q, table: t, options: o, file: &File{Digest: digest}}
	r.lay()
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	for i := range t.rows {
		r.response(i)
	}
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	return r.file, nil
}

// Digest names a file: its SHA-256 as it came, packed or not.
func Digest(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// reading is a file while it is read.
type reading struct {
	q       *questionnaire.Questionnaire
	table   *table
	options Options
	places  []place // per column
	key     int     // column that names the workplace
	special map[string]int
	file    *File
	faults  Faults
}

func (r *reading) fault(row int, column string, what wrong) {
	r.faults = append(r.faults, Fault{row, column, i18n.Text(what)})
}
