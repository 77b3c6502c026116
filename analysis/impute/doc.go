// Package impute fills in answers that respondents left out: weighted hot deck
// within classes.
//
// Microdata and a [Plan] come in; completed microdata go out, in which each
// missing value is the answer of a donor of the same class and a column
// <name>_imputed says so. A [Deck] completes the data once, m times for
// multiple imputation, or anew inside each replicate of a variance; [Combine]
// brings m estimates together. Random numbers belong to the unit they are drawn
// for, so the order of rows and the number of threads change nothing.
//
// The method assumes that within a class it does not depend on the value
// whether it is missing. What was not asked stays not asked, and "don't know"
// is an answer: neither is imputed. Imputing a question that decides which
// others are asked leaves those as they are. Units that answered nothing are the
// business of package weighting. The pipeline imputes nothing unless told to:
// by default item nonresponse is a domain (package estimate).
//
// Sources: Andridge & Little (2010) for the method, Rao & Shao (1992) and
// Shao & Sitter (1996) for its variance, Rubin (1987) and Barnard & Rubin
// (1999) for multiple imputation.
package impute
