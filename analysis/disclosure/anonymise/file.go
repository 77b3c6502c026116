// Package anonymise makes the research file of a wave: the answers, one row a
// workplace, in a form in which no workplace can be recognised.
//
// It stands beside the disclosure of tables. A frozen microdata.Wave and its
// final weights come in; a [File] goes out: respondents under random record
// ids, the few background variables coarsened by a fixed ladder until every
// combination of them is shared by at least k records, a pseudo-design for
// variances, and a [Report] of what was recoded. Everything is left out that
// the policy does not let through by name: unit keys, strata, exact numbers,
// municipalities. It writes no file and knows no clock.
package anonymise

import (
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Names of the columns that a research file has beside the answers.
const (
	ColumnRecord  = "record"         // random id of the record in this release
	ColumnStratum = "pseudo_stratum" // for variances; a function of the published background variables
	ColumnFPC     = "pseudo_fpc"     // workplaces that the pseudo-stratum stands for
	ColumnWeight  = "weight"
)

// File is an anonymised wave.
type File struct {
	Wave      string
	Synthetic bool
	Codebook  codebook.Codebook
	Data      *microdata.Data
	Report    Report

	Replicates *Replicates // nil where the policy asks for none
}
