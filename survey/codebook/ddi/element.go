package ddi

import (
	"encoding/xml"

	"barometer/internal/i18n"
)

// The elements of a document, in the order that the schema asks for.

type codeBook struct {
	XMLName  xml.Name `xml:"codeBook"`
	Xmlns    string   `xml:"xmlns,attr"`
	Xsi      string   `xml:"xmlns:xsi,attr"`
	Location string   `xml:"xsi:schemaLocation,attr"`
	Version  string   `xml:"version,attr"`
	ID       string   `xml:"ID,attr"`
	Lang     string   `xml:"xml:lang,attr"`

	Document citation `xml:"docDscr>citation"`
	Study    study    `xml:"stdyDscr"`
	Files    []file   `xml:"fileDscr"`
	Data     data     `xml:"dataDscr"`
}

// words is a text in one language.
type words struct {
	Lang string `xml:"xml:lang,attr,omitempty"`
	Text string `xml:",chardata"`
}

// both is a text once a language; nothing where there is none.
func both(t i18n.Text) []words {
	var list []words
	for _, l := range i18n.Languages {
		if text := t.In(l); text != "" {
			list = append(list, words{string(l), text})
		}
	}
	return list
}

type citation struct {
	Title    title      `xml:"titlStmt"`
	Producer *producing `xml:"prodStmt"`
	Contact  *contact   `xml:"distStmt>contact"`
	Version  *string    `xml:"verStmt>version"`
	Notes    []words    `xml:"notes"`
}

type title struct {
	Title    words   `xml:"titl"`
	Parallel []words `xml:"parTitl"`
	ID       string  `xml:"IDNo"`
}

type producing struct {
	Producers []words `xml:"producer"`
}

type contact struct {
	Email string `xml:"email,attr"`
	Name  string `xml:",chardata"`
}

type study struct {
	Citation citation `xml:"citation"`
	Info     info     `xml:"stdyInfo"`
	Method   method   `xml:"method"`
	Access   *access  `xml:"dataAccs"`
}

type access struct {
	Conditions []words `xml:"useStmt>conditions"`
}

type info struct {
	Abstract []words `xml:"abstract"`
	Summary  summary `xml:"sumDscr"`
}

type summary struct {
	Period   []words   `xml:"timePrd"`
	Collect  *collDate `xml:"collDate"`
	Nation   nation    `xml:"nation"`
	Unit     []words   `xml:"anlyUnit"`
	Universe []words   `xml:"universe"`
	Kind     []words   `xml:"dataKind"`
}

type collDate struct {
	Event string `xml:"event,attr"`
	Date  string `xml:"date,attr"`
	Text  string `xml:",chardata"`
}

type nation struct {
	Abbreviation string `xml:"abbr,attr"`
	Name         string `xml:",chardata"`
}

type method struct {
	Collection collection `xml:"dataColl"`
	Analysis   *analysis  `xml:"anlyInfo"`
}

type analysis struct {
	Response []words `xml:"respRate"`
}

type collection struct {
	Sampling  []words      `xml:"sampProc"`
	Frame     *sampleFrame `xml:"sampleFrame"`
	Target    *target      `xml:"targetSampleSize"`
	Mode      []words      `xml:"collMode"`
	Weighting []words      `xml:"weight"`
}

type sampleFrame struct {
	Name []words `xml:"sampleFrameName"`
}

type target struct {
	Size int `xml:"sampleSize"`
}

type file struct {
	ID   string   `xml:"ID,attr"`
	Text fileText `xml:"fileTxt"`
}

type fileText struct {
	Name        string       `xml:"fileName"`
	Fingerprint *fingerprint `xml:"dataFingerprint"`
	Dimensions  dimensions   `xml:"dimensns"`
	Type        string       `xml:"fileType,omitempty"`
}

type fingerprint struct {
	Type      string `xml:"type,attr"`
	Value     string `xml:"digitalFingerprintValue"`
	Algorithm string `xml:"algorithmSpecification"`
}

type dimensions struct {
	Cases     int `xml:"caseQnty"`
	Variables int `xml:"varQnty"`
}

type data struct {
	Groups    []group    `xml:"varGrp"`
	Variables []variable `xml:"var"`
	Notes     []words    `xml:"notes"`
}

type group struct {
	ID        string  `xml:"ID,attr"`
	Type      string  `xml:"type,attr"`
	Variables string  `xml:"var,attr"` // ids, with spaces between
	Name      string  `xml:"name,attr"`
	Label     []words `xml:"labl"`
}

type variable struct {
	ID         string      `xml:"ID,attr"`
	Name       string      `xml:"name,attr"`
	Files      string      `xml:"files,attr"`
	Weight     string      `xml:"wgt,attr,omitempty"` // "wgt" for the weight itself
	Interval   string      `xml:"intrvl,attr"`        // discrete, contin
	Label      []words     `xml:"labl"`
	Questions  []question  `xml:"qstn"`
	Invalid    *invalid    `xml:"invalrng"`
	Universe   []words     `xml:"universe"`
	Statistics []statistic `xml:"sumStat"`
	Categories []category  `xml:"catgry"`
	Format     format      `xml:"varFormat"`
	Notes      []words     `xml:"notes"`
}

type question struct {
	Lang    string `xml:"xml:lang,attr"`
	Literal string `xml:"qstnLit"`
}

type invalid struct {
	Items []item `xml:"item"`
}

type item struct {
	Value string `xml:"VALUE,attr"`
}

type statistic struct {
	Type  string `xml:"type,attr"`
	Value string `xml:",chardata"`
}

type category struct {
	Missing     string  `xml:"missing,attr,omitempty"` // "Y"
	Value       string  `xml:"catValu"`
	Label       []words `xml:"labl"`
	Frequencies []freq  `xml:"catStat"` // of units, then weighted where there is a weight
}

type freq struct {
	Type     string `xml:"type,attr"`
	Weighted string `xml:"wgtd,attr,omitempty"` // "wgtd"
	Count    string `xml:",chardata"`
}

type format struct {
	Type string `xml:"type,attr"` // numeric, character
}
