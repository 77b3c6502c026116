// Package compare tests differences: contrasts between domains, means and ranks
// of groups, change between waves, independence of two classifications.
//
// Estimates with their covariance, or a sample loaded in memory, come in;
// differences with standard errors and test statistics go out. [Trends] does so
// for every indicator of two waves; what of it may be shown is decided by package
// disclosure. Variances are package variance's; which differences are worth
// wording is a report's.
package compare
