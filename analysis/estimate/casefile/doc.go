// Package casefile answers one self-contained estimation request, written as a
// JSON document: data file, sampling design, weighting steps and statistic.
//
// A [Case] comes in with a [Loader] for its data; an [Answer] of named rows, or
// an [*Error] with a stable code, goes out. It binds the packages weighting and
// estimate to that document and computes nothing itself. It leaves out opening
// files: the caller's loader does.
package casefile
