package riskpage

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

var gallery = flag.String("gallery", "", "a folder to write the pages to, to look at")

func example() Page {
	bands := func(records int) []anonymise.Band {
		return []anonymise.Band{{From: 1, To: 1, Records: records}, {From: 2, To: 4, Records: 7}, {From: 5, Records: 1500}}
	}
	return Page{Wave: i18n.Text{DA: "Innovationsbarometeret <2025>", EN: "Innovation Barometer <2025>"}, Synthetic: true, Files: []File{{
		Name: i18n.Text{DA: "Filen til alle", EN: "The file for everyone"},
		Report: anonymise.Report{K: 5, Records: 1618,
			Recodes: []anonymise.Recode{{Variable: "size", Within: codebook.Code{Label: i18n.Text{DA: "Kultur & fritid", EN: "Culture & leisure"}},
				From: []codebook.Code{{Label: i18n.Same("50–99")}, {Label: i18n.Same("100+")}}, To: codebook.Code{Label: i18n.Same("50+")}, Records: 17}},
			Regions:   []anonymise.RegionDetail{{Degree: i18n.Text{DA: "region", EN: "region"}, Records: 469}},
			Precision: &anonymise.Precision{Shares: 125, MedianRatio: 1.0004, LowestRatio: 0.9967, HighestRatio: 1.0038, LargestShift: 0.0022},
			Loss:      &anonymise.Loss{Weights: 0.0026, Background: []anonymise.Detail{{Variable: "region", Kept: 469, Codes: 5, Now: 8, Hellinger: 0.579}}},
			Risk: &anonymise.Risk{L: 2, Sensitive: []anonymise.Diversity{{Variable: "b6", Before: 1, After: 2}},
				Before: anonymise.Exposure{Cells: 270, Smallest: 1, SampleUniques: 25, PopulationUniques: 7.97, Expected: 75, Rate: 0.046, Highest: 0.74, Sizes: bands(25)},
				After:  anonymise.Exposure{Cells: 125, Smallest: 5, Expected: 25.7, Rate: 0.0159, Highest: 0.06, Sizes: bands(0)}}},
	}}}
}

// Goal 32. The report says what was recoded, and the risk before and after.
func TestGoal32_ReportTellsRiskAndWhatWasRecoded(t *testing.T) {
	for _, l := range i18n.Languages {
		var b bytes.Buffer
		if err := example().Write(&b, l); err != nil {
			t.Fatal(err)
		}
		if *gallery != "" {
			if err := os.WriteFile(filepath.Join(*gallery, "risk."+string(l)+".html"), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range map[i18n.Lang][]string{
			i18n.Danish:  {"Svar, der er alene (unikke i stikprøven)", ">25<", "8,0", "1,59", "50–99 &#43; 100&#43;", "Kultur &amp; fritid", "&lt;2025&gt;", "0,579", "Syntetiske"},
			i18n.English: {"Answers that are alone (sample uniques)", ">25<", "8.0", "1.59", "50–99 &#43; 100&#43;", "Culture &amp; leisure", "0.579", "Synthetic"},
		}[l] {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: the page has no %q", l, want)
			}
		}
	}
	var b bytes.Buffer
	if err := example().JSON(&b); err != nil {
		t.Fatal(err)
	}
	var files []struct {
		Risk struct {
			Before struct {
				Uniques int `json:"sample_uniques"`
			} `json:"before"`
		} `json:"risk"`
	}
	if err := json.Unmarshal(b.Bytes(), &files); err != nil || len(files) != 1 || files[0].Risk.Before.Uniques != 25 {
		t.Errorf("%+v, %v", files, err)
	}
}

func TestFileWithoutRiskIsRefused(t *testing.T) {
	p := example()
	p.Files[0].Report.Risk = nil
	if err := p.Write(new(bytes.Buffer), i18n.Danish); err == nil || !strings.Contains(err.Error(), "The file for everyone") {
		t.Errorf("error %v", err)
	}
}
