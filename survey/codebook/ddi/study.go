package ddi

import (
	"strconv"

	"barometer/internal/i18n"
	"barometer/survey/microdata"
)

var (
	codebookOf = i18n.Text{DA: "Kodebog: ", EN: "Codebook: "}
	unitWords  = i18n.Text{DA: "Arbejdssted", EN: "Workplace"}
	kindWords  = i18n.Text{DA: "Spørgeskemadata", EN: "Survey data"}
	synthetic  = i18n.Text{
		DA: "Syntetiske data: ingen virkelig arbejdsplads har svaret.",
		EN: "Synthetic data: no real workplace has answered.",
	}
)

// titled is the citation of a thing called t.
func titled(t i18n.Text, id string) citation {
	return citation{Title: title{
		Title:    words{string(i18n.Danish), t.DA},
		Parallel: []words{{string(i18n.English), t.EN}},
		ID:       id,
	}}
}

// documentOf describes the codebook itself.
func documentOf(s Study) citation {
	return titled(i18n.Text{DA: codebookOf.DA + s.Title.DA, EN: codebookOf.EN + s.Title.EN}, s.ID+"-codebook")
}

func studyOf(s Study) study {
	c := titled(s.Title, s.ID)
	c.Producer = &producing{both(s.Producer)}
	if s.Contact != "" {
		c.Contact = &contact{Email: s.Contact, Name: s.Producer.DA}
	}
	if s.Version != "" {
		c.Version = &s.Version
	}
	if s.Synthetic {
		c.Notes = both(synthetic)
	}
	out := study{Citation: c, Info: infoOf(s), Method: methodOf(s)}
	if !s.Access.IsZero() {
		out.Access = &access{both(s.Access)}
	}
	return out
}

func infoOf(s Study) info {
	sum := summary{
		Period: both(s.Period), Nation: nation{"DK", "Danmark"}, Unit: both(unitWords),
		Universe: both(s.Universe), Kind: both(kindWords),
	}
	if s.Deadline != "" {
		sum.Collect = &collDate{Event: "end", Date: s.Deadline, Text: s.Deadline}
	}
	return info{Abstract: both(s.Abstract), Summary: sum}
}

func methodOf(s Study) method {
	m := method{Collection: collection{Sampling: both(s.Sampling), Mode: both(s.Mode), Weighting: both(s.Weighting)}}
	if !s.Response.IsZero() {
		m.Analysis = &analysis{both(s.Response)}
	}
	if !s.Frame.IsZero() {
		m.Collection.Frame = &sampleFrame{both(s.Frame)}
	}
	if s.Sampled > 0 {
		m.Collection.Target = &target{s.Sampled}
	}
	return m
}

// fileID names data file i within the document.
func fileID(i int) string { return "F" + strconv.Itoa(i+1) }

func filesOf(files []File, wave *microdata.Wave) (list []file) {
	for i, f := range files {
		text := fileText{
			Name:       f.Name,
			Type:       f.Format,
			Dimensions: dimensions{Cases: wave.Rows(), Variables: len(wave.Codebook.Variables)},
		}
		if f.SHA256 != "" {
			text.Fingerprint = &fingerprint{Type: "dataFile", Value: f.SHA256, Algorithm: "SHA-256"}
		}
		list = append(list, file{ID: fileID(i), Text: text})
	}
	return list
}
