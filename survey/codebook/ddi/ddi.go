// Package ddi writes the codebook of a frozen wave as DDI-Codebook 2.5, the
// XML that data archives and researchers' tools read.
//
// A [Study], which says what the wave is, the [File] or files that hold it and
// the microdata.Wave itself come in; one XML document goes out: the study, each
// file with its fingerprint, the groups of variables that one question made,
// and every variable with its wording, who was asked, its values with their
// frequencies, and the reasons for which values are missing, each marked as
// missing. Danish and English stand beside each other under xml:lang.
//
// Frequencies are counts of units and, where a variable is named that weights
// them, sums of weights beside the counts. They are not suppressed: a document made of a frozen wave is for the archive, one made of
// a file that may be released is as safe as that file. The package knows no
// clock and no paths, so the same wave gives the same bytes; it leaves out
// DDI-Lifecycle and the routes as code, which no reader of the data needs.
//
// Structure: DDI Alliance, DDI-Codebook 2.5 (2012, rev. 2014), field-level
// documentation.
package ddi

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"

	"barometer/internal/i18n"
	"barometer/survey/microdata"
)

// Study is what the codebook says of the wave as a whole. Texts that are empty
// are left out, the title and the producer excepted.
type Study struct {
	ID        string // "innovationsbarometer-2025"
	Title     i18n.Text
	Version   string    // of the questionnaire or the release
	Producer  i18n.Text // who runs the survey
	Contact   string    // e-mail for questions
	Abstract  i18n.Text
	Period    i18n.Text // the time that is asked about
	Deadline  string    // last day of collection, ISO 8601
	Universe  i18n.Text
	Sampling  i18n.Text // how the sample was drawn
	Sampled   int       // units drawn, 0 = not said
	Frame     i18n.Text // what the sample was drawn from
	Mode      i18n.Text // how answers came in
	Weighting i18n.Text
	Response  i18n.Text // response rates, in words
	Access    i18n.Text // who may see the data, and on what terms
	Synthetic bool      // no real workplace answered
	Unfrozen  []Left    // questions that are no variables
	Weight    string    // the variable that weighted frequencies are counted by; "" = none are
}

// Left is a question whose answers do not enter the data: free text.
type Left struct {
	Item     string
	Question i18n.Text
}

// File is the data file that the variables are columns of.
type File struct {
	Name   string // "wave.parquet"
	SHA256 string // hex, of the whole file
	Format string // "Parquet"
}

// Write writes the codebook of a wave, the same in each of the files. It refuses
// a study without title or producer, and a variable or value without words in a
// language, naming all of them; nothing is written then.
func Write(w io.Writer, s Study, files []File, wave *microdata.Wave) error {
	if err := check(s, files, wave); err != nil {
		return fmt.Errorf("codebook of wave %s: %w", wave.ID, err)
	}
	doc := codeBook{
		Version: "2.5", Xmlns: "ddi:codebook:2_5", Lang: string(i18n.Danish), ID: "codebook",
		Xsi:      "http://www.w3.org/2001/XMLSchema-instance",
		Location: "ddi:codebook:2_5 http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd",
		Document: documentOf(s),
		Study:    studyOf(s),
		Files:    filesOf(files, wave),
		Data:     dataOf(s, files, wave),
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "\t")
	if err := errors.Join(enc.Encode(doc), enc.Close()); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// check names every text the document could not do without.
func check(s Study, files []File, wave *microdata.Wave) error {
	var faults []error
	need := func(what string, t i18n.Text) {
		for _, l := range t.Missing() {
			faults = append(faults, fmt.Errorf("%s has no text in %s", what, l))
		}
	}
	need("the title", s.Title)
	need("the producer", s.Producer)
	if s.ID == "" || len(files) == 0 || slices.ContainsFunc(files, func(f File) bool { return f.Name == "" }) {
		faults = append(faults, errors.New("the study needs an identifier, the file a name"))
	}
	if s.Weight != "" {
		if c, err := wave.Column(s.Weight); err != nil || !c.IsNumeric() {
			faults = append(faults, fmt.Errorf("there is no numeric variable %s to weight frequencies by", s.Weight))
		}
	}
	for _, v := range wave.Codebook.Variables {
		need("variable "+v.Name, v.Label)
		for _, c := range v.Codes {
			need("variable "+v.Name+", value "+c.Value, c.Label)
		}
	}
	return errors.Join(faults...)
}
