package release

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"barometer/analysis/disclosure/anonymise"
	"barometer/analysis/external"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats"
	"barometer/publish/formats/datapackage"
	"barometer/publish/formats/setup"
)

// Input is what a release is made of.
type Input struct {
	Version   Version
	Title     i18n.Text
	Publisher i18n.Text
	Contact   string
	Licence   formats.Licence
	DOI       string // without https://doi.org/; empty where none is registered
	Built     time.Time
	Reason    i18n.Text // why this version exists; the first needs none
	Withdrawn []Version // of the wave that never came out: their numbers are used, their figures known to nobody

	Table     *table.Table
	Microdata *anonymise.File
	Example   *setup.Example   // a figure of the table that the set-up scripts compute again; may be nil
	Access    i18n.Text        // who may have the microdata; empty: everyone, under the licence
	Changes   *table.Changes   // since the wave before; nil where none is named
	Models    *table.Models    // model-based figures beside the table; may be nil
	External  *external.Series // what others published; may be nil
	Documents []Document       // report and charts, as they are to stand in the release

	// Progress is told the name of each file before it is written; it may be nil.
	Progress func(name string)
}

// Document is a file that is ready before the release is built: its content,
// or the path it is copied from.
type Document struct {
	Name    string // in the release: "report.da.html", "charts/reuse.en.svg"
	Title   i18n.Text
	Content []byte
	Path    string
}

func (d Document) check() error {
	err := checkName(d.Name)
	if d.Title.Missing() != nil {
		err = errors.Join(err, fmt.Errorf("document %s: its title lacks the language %s", d.Name, d.Title.Missing()[0]))
	}
	if d.Path == "" {
		if len(d.Content) == 0 {
			err = errors.Join(err, fmt.Errorf("document %s: it has no content", d.Name))
		}
		return err
	}
	info, statErr := os.Stat(d.Path)
	switch {
	case statErr != nil:
		err = errors.Join(err, fmt.Errorf("document %s: %w", d.Name, statErr))
	case !info.Mode().IsRegular() || info.Size() == 0:
		err = errors.Join(err, fmt.Errorf("document %s: %s is empty or no file", d.Name, d.Path))
	}
	return err
}

// about is what the files of the release say of themselves.
func (in Input) about(changes []formats.Change) formats.About {
	return formats.About{Wave: in.Table.Wave, Version: in.Version.String(), Synthetic: in.Table.Synthetic,
		Title: in.Title, Publisher: in.Publisher, Contact: in.Contact, Licence: in.Licence, DOI: in.DOI, Built: in.Built, Changes: changes}
}

// check lists everything for which the release is refused.
func (in Input) check() error {
	if in.Table == nil || in.Microdata == nil {
		return errors.New("release: table or research data are not given")
	}
	var faults formats.Faults
	if in.Table.Wave != in.Microdata.Wave || in.Table.Synthetic != in.Microdata.Synthetic {
		faults.Addf("release: the table is of wave %s (synthetic: %t), the research data of wave %s (synthetic: %t)",
			in.Table.Wave, in.Table.Synthetic, in.Microdata.Wave, in.Microdata.Synthetic)
	}
	if !plain(in.Table.Wave) || strings.Contains(in.Table.Wave, "/") || hidden(in.Table.Wave) || in.Table.Wave == "" {
		faults.Addf("release: the wave %q cannot be the name of a folder", in.Table.Wave)
	}
	if in.Changes != nil && in.Changes.After != in.Table.Wave {
		faults.Addf("release: the changes are those of wave %s, the table of wave %s", in.Changes.After, in.Table.Wave)
	}
	if in.Models != nil {
		faults.Add(in.Models.Fits(in.Table))
	}
	if in.External != nil {
		faults.Add(in.External.Fits(in.Table))
	}
	faults.Add(in.about(nil).Check())
	faults.Add(formats.CheckTable(in.Table))
	faults.Add(formats.CheckMicrodata(in.Microdata))
	for _, b := range formats.Breakdowns(in.Table) {
		_, err := cube.Of(in.Table, b, in.about(nil))
		faults.Add(err)
	}
	for _, d := range in.Documents {
		faults.Add(d.check())
	}
	for _, err := range in.checkQuality() {
		faults.Add(err)
	}
	taken := map[string]bool{ManifestName: true, strings.ToLower(readmeName): true, correctionsName: true, correctionsCSV: true, datapackage.Name: true}
	for _, p := range in.products(formats.About{}) {
		folded := strings.ToLower(p.name)
		if taken[folded] {
			faults.Addf("release: the file name %s stands twice", p.name)
		}
		taken[folded] = true
	}
	return faults.Err()
}
