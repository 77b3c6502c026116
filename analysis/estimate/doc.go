// Package estimate turns weighted microdata into estimates with their
// uncertainty.
//
// Columns of microdata and a design come in; [Estimate] values go out, for
// every variable and domain asked for. Rows are reduced to sufficient
// statistics in two scans, so that cost is that of reading the data. It leaves
// out what may be shown: package disclosure decides that.
package estimate
