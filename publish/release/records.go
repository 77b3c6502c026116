package release

import (
	"context"
	"io"
	"path/filepath"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/publish/formats/dta"
	"barometer/publish/formats/parquet"
	"barometer/publish/formats/sav"
	"barometer/publish/formats/setup"
	"barometer/publish/formats/xlsx"
	"barometer/survey/codebook/ddi"
	"barometer/survey/microdata"
)

// records are the microdata of a release, for everyone or for research.
type records struct {
	file    *anonymise.File
	about   formats.About
	example *setup.Example
	access  i18n.Text // who may have the files, on what terms
}

// products lists the files that the microdata are made of. The codebook comes
// after the files that it gives the hashes of.
func (r records) products() (list []product) {
	var data []ddi.File
	add := func(name, da, en string, write func(context.Context, string) error) {
		list = append(list, product{name, i18n.Text{DA: da, EN: en}, write})
	}
	holds := func(name, format, da, en string, write func(context.Context, string) error) {
		data = append(data, ddi.File{Name: name, Format: format})
		add(name, da, en, write)
	}
	f := r.file
	holds("microdata.csv", "CSV", "Forskningsdata, CSV", "Research data, CSV", of(formats.Codes(f), csvFile))
	holds("microdata.parquet", "Parquet", "Forskningsdata, Parquet", "Research data, Parquet", of(formats.Codes(f), parquet.Write))
	for _, l := range i18n.Languages {
		in := languageName(l)
		labelled := func(write func(io.Writer, *formats.Labelled) error) func(context.Context, string) error {
			return stream(func(w io.Writer) error { return write(w, formats.Label(f, r.about, l)) })
		}
		holds("microdata."+string(l)+".xlsx", "Excel", "Forskningsdata i Excel, på "+in.DA, "Research data in Excel, in "+in.EN,
			stream(func(w io.Writer) error { return xlsx.Write(w, formats.MicrodataBook(f, r.about, l)) }))
		holds("microdata."+string(l)+".sav", "SPSS", "Forskningsdata til SPSS, på "+in.DA, "Research data for SPSS, in "+in.EN, labelled(sav.Write))
		holds("microdata."+string(l)+".dta", "Stata", "Forskningsdata til Stata, på "+in.DA, "Research data for Stata, in "+in.EN, labelled(dta.Write))
	}
	add("codebook.json", "Kodebog, JSON", "Codebook, JSON", stream(func(w io.Writer) error { return writeJSON(w, f.Codebook) }))
	add("codebook.csv", "Kodebog: variable, CSV", "Codebook: variables, CSV", of(formats.Variables(f, i18n.Languages...), csvFile))
	add("values.csv", "Kodebog: værdier, CSV", "Codebook: values, CSV", of(formats.Values(f, i18n.Languages...), csvFile))
	add("codebook.xml", "Kodebog, DDI-Codebook 2.5", "Codebook, DDI-Codebook 2.5", r.codebook(data))
	if f.Replicates != nil {
		add("replicates.csv", "Replikatvægte til forskningsdata, CSV", "Replicate weights for the research data, CSV", of(formats.Replicates(f), csvFile))
		add("replicates.parquet", "Replikatvægte til forskningsdata, Parquet", "Replicate weights for the research data, Parquet", of(formats.Replicates(f), parquet.Write))
	}
	return append(append(list, r.scripts()...), r.anonymity()...)
}

func (r records) has(variable string) bool {
	_, known := r.file.Codebook.Variable(variable)
	return known
}

// scripts lists the set-up scripts, none for a file without a design.
func (r records) scripts() (list []product) {
	if !r.has(anonymise.ColumnStratum) || !r.has(anonymise.ColumnFPC) {
		return nil
	}
	script := setup.Script{File: r.file, About: r.about, Example: r.example}
	for _, p := range setup.Programs {
		for _, l := range i18n.Languages {
			form := ""
			if p.Form != "" {
				form = " (" + p.Form + ")"
			}
			in := languageName(l)
			title := i18n.Text{DA: "Opsætning til " + p.Name + form + ", på " + in.DA, EN: "Set-up script for " + p.Name + form + ", in " + in.EN}
			list = append(list, product{p.File(l), title, stream(func(w io.Writer) error { return script.Write(w, p, l) })})
		}
	}
	return list
}

// anonymity lists the public summary of how the file was made safe; none of a
// file whose risk was not assessed.
func (r records) anonymity() []product {
	if r.file.Report.Risk == nil {
		return nil
	}
	return []product{
		{"anonymity.json", i18n.Text{DA: "Anonymisering og informationstab, JSON", EN: "Anonymisation and loss of information, JSON"},
			stream(func(w io.Writer) error { return writeJSON(w, formats.Anonymity(r.file.Report)) })},
	}
}

// codebook writes the DDI codebook of the files, which lie beside it.
func (r records) codebook(files []ddi.File) func(context.Context, string) error {
	return func(ctx context.Context, path string) error {
		wave, err := microdata.NewWave(r.file.Wave, r.file.Synthetic, r.file.Codebook, r.file.Data)
		if err != nil {
			return err
		}
		for i := range files {
			if files[i].SHA256, err = archive.HashFile(filepath.Join(filepath.Dir(path), files[i].Name)); err != nil {
				return err
			}
		}
		a := r.about
		study := ddi.Study{ID: "innovationsbarometer-" + a.Wave, Title: a.Title, Version: a.Version, Producer: a.Publisher, Contact: a.Contact,
			Weighting: formats.WeightWords(), Access: r.access, Synthetic: a.Synthetic}
		if r.has(anonymise.ColumnWeight) {
			study.Weight = anonymise.ColumnWeight
		}
		return stream(func(w io.Writer) error { return ddi.Write(w, study, files, wave) })(ctx, path)
	}
}
