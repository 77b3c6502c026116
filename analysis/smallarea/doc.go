// Package smallarea estimates domains whose own sample is too small, by a model
// over all domains: the area-level model of Fay & Herriot (1979).
//
// Direct estimates with their standard errors and a few covariates known for
// every domain come in; empirical best linear unbiased predictors with their
// mean squared errors go out, together with what a reader needs to judge the
// model. A domain without sample gets the regression's prediction.
//
// The model is y_i = x_i′β + v_i + e_i, with v_i ~ (0, σ²) between areas and
// e_i ~ (0, ψ_i) from sampling, ψ_i taken as known. Numbers of this package rest
// on it, so an [Estimate] says that it is model-based, brings the note to print
// beside it, and is no estimate.Estimate: it cannot pass for a direct figure.
// Choosing covariates, and deciding which domains need a model, are left to
// the statistician; what may be published, to package disclosure.
package smallarea
