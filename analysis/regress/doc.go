// Package regress fits linear and logistic regressions to a sample.
//
// A model in the names of columns comes in; coefficients with the design's
// standard errors and joint tests go out. Coefficients solve the weighted
// score equations; their variance is the design variance of the scores
// between the inverse information matrices (Binder 1983). It leaves out
// choosing a model and predicting for single units.
package regress
