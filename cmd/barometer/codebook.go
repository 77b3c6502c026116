package main

import (
	"fmt"
	"io"
	"time"

	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/codebook/ddi"
	"barometer/survey/fieldwork"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// Files that a freeze makes beside the wave itself, for whoever has no program
// for Parquet: the same rows as text, and what the columns mean.
const (
	waveFile     = "wave.parquet"
	waveText     = "wave.csv"
	waveCodebook = "codebook.xml"
)

// writeText writes the frozen wave as CSV.
func (w *wave) writeText(frozen *microdata.Wave) error {
	return archive.WriteFile(w.archive.Path(waveText), func(out io.Writer) error {
		return microdata.WriteCSV(out, frozen.Data)
	})
}

// writeCodebook writes what the columns of the frozen wave mean, as DDI.
func (w *wave) writeCodebook(s *sample.Sample, q *questionnaire.Questionnaire, frozen *microdata.Wave) error {
	digest, err := archive.HashFile(w.archive.Path(waveFile))
	if err != nil {
		return err
	}
	study, err := w.study(s, q, frozen)
	if err != nil {
		return err
	}
	return archive.WriteFile(w.archive.Path(waveCodebook), func(out io.Writer) error {
		return ddi.Write(out, study, []ddi.File{{Name: waveFile, SHA256: digest, Format: "Parquet"}}, frozen)
	})
}

// told identifies what the codebook takes from the wave's and the home's
// settings. Others, such as the version of the next release, make no wave anew.
func (w *wave) told() string {
	return fmt.Sprintf("%q", []string{
		w.Title.DA, w.Title.EN, w.Deadline.Format(time.DateOnly), w.Reference.Format(time.DateOnly),
		w.home.Organisation.DA, w.home.Organisation.EN, w.home.Contact,
	})
}

// study tells what the wave is.
func (w *wave) study(s *sample.Sample, q *questionnaire.Questionnaire, frozen *microdata.Wave) (ddi.Study, error) {
	rates, err := responseWords(frozen)
	if err != nil {
		return ddi.Study{}, err
	}
	study := ddi.Study{
		ID: q.ID + "-" + w.ID, Title: w.Title, Version: q.Version,
		Producer: w.home.Organisation, Contact: w.home.Contact,
		Abstract: q.Intro, Period: q.Period, Deadline: w.Deadline.Format(time.DateOnly), Universe: q.Asked,
		Sampling: samplingWords(s), Sampled: len(s.Units), Frame: frameWords(w, s),
		Mode:     i18n.Text{DA: "Spørgeskema på nettet, udfyldt af arbejdspladsen selv", EN: "Web questionnaire, filled in by the workplace itself"},
		Response: rates, Access: archiveAccess, Synthetic: w.Synthetic,
	}
	for _, item := range q.Items() {
		if item.Kind.Written() {
			study.Unfrozen = append(study.Unfrozen, ddi.Left{Item: item.ID, Question: q.Worded(item.Label)})
		}
	}
	return study, nil
}

// archiveAccess is who may see a frozen wave.
var archiveAccess = i18n.Text{
	DA: "Arkiveksemplar af den frosne bølge, kun for dem, der vejer og analyserer. Forskere får den anonymiserede fil i udgivelsen.",
	EN: "Archive copy of the frozen wave, for those who weight and analyse it alone. Researchers get the anonymised file of the release.",
}

func samplingWords(s *sample.Sample) i18n.Text {
	n, strata := len(s.Units), len(s.Strata)
	if s.Selection == "srs" || s.Selection == "" {
		return i18n.Text{
			DA: fmt.Sprintf("Stratificeret simpel tilfældig udvælgelse uden tilbagelægning: %d arbejdspladser i %d strata, efter permanente tilfældige tal.", n, strata),
			EN: fmt.Sprintf("Stratified simple random sampling without replacement: %d workplaces in %d strata, by permanent random numbers.", n, strata),
		}
	}
	return i18n.Text{
		DA: fmt.Sprintf("Stratificeret udvælgelse (%s): %d arbejdspladser i %d strata.", s.Selection, n, strata),
		EN: fmt.Sprintf("Stratified selection (%s): %d workplaces in %d strata.", s.Selection, n, strata),
	}
}

func frameWords(w *wave, s *sample.Sample) i18n.Text {
	units := 0
	for _, st := range s.Strata {
		units += st.N
	}
	return i18n.Text{
		DA: fmt.Sprintf("Register over offentlige arbejdspladser pr. %s: %d arbejdspladser.", i18n.Date(w.Reference.Time, i18n.Danish), units),
		EN: fmt.Sprintf("Register of public workplaces of %s: %d workplaces.", i18n.Date(w.Reference.Time, i18n.English), units),
	}
}

// responseWords tells the response rates of a frozen wave (AAPOR).
func responseWords(frozen *microdata.Wave) (i18n.Text, error) {
	c, err := dispositions(frozen)
	if err != nil {
		return i18n.Text{}, err
	}
	rates, err := c.Rates(c.EligibleShare())
	if err != nil {
		return i18n.Text{}, err
	}
	rr1, ok := rates.RR1.Value()
	rr3, ok3 := rates.RR3.Value()
	if !ok || !ok3 {
		return i18n.Text{}, nil
	}
	return i18n.Text{
		DA: fmt.Sprintf("%d besvarede af %d udtrukne. RR1 %.4f, RR3 %.4f med e = %.4f (AAPOR).", c.Complete, c.Sampled, rr1, rr3, rates.E),
		EN: fmt.Sprintf("%d complete of %d sampled. RR1 %.4f, RR3 %.4f with e = %.4f (AAPOR).", c.Complete, c.Sampled, rr1, rr3, rates.E),
	}, nil
}

// dispositions counts the units of a frozen wave by what became of them.
func dispositions(frozen *microdata.Wave) (fieldwork.Counts, error) {
	column, err := frozen.Column(string(codebook.RoleDisposition))
	if err != nil {
		return fieldwork.Counts{}, err
	}
	c := fieldwork.Counts{Sampled: frozen.Rows()}
	of := map[response.Disposition]*int{
		response.Complete: &c.Complete, response.Partial: &c.Partial, response.Refused: &c.Refused,
		response.Noncontact: &c.Noncontact, response.Unknown: &c.Unknown, response.Ineligible: &c.Ineligible,
	}
	for i := range frozen.Rows() {
		*of[response.Disposition(column.Level(i))]++
	}
	return c, nil
}
