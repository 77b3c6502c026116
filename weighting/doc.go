// Package weighting makes the weights of a wave: from what the design gave
// every sampled unit to what the units that answered must stand for.
//
// Columns of microdata come in, with control totals and a [Recipe], the
// reviewed document that lists the steps in order. Out go one row of weights
// per unit, the design.Spec a variance needs, and [Diagnostics] that let a
// statistician judge every step. Each step is a file here and a type that can
// be used alone: it takes weights and returns weights.
//
// A unit has left the sample when its weight is 0. Units known to be outside
// the population (closed since the frame was made, merged, private) keep a
// positive weight to the end: they stand for the units like them that the
// frame counts too, so they take part in raking to frame counts, and they are
// outside the domain of every indicator since they have no answers. A
// statistic over the frame would otherwise spread their share of the frame
// over the workplaces that exist.
//
// A recipe that asks for replicates gets [Replicates]: the same steps done again
// in every replicate of the sample, one at a time, for a variance that knows of
// all of them.
//
// The package is arithmetic only. It leaves out files, estimation
// (analysis/estimate) and the numbers a margin comes from (package margin).
package weighting
