// Package cube is what every machine-readable format of a release is written
// from: one border type between the table and the files.
//
// A table.Table comes in. Cubes go out, one for each breakdown: the wave, the
// indicators, the classifications of the breakdown with a code for all of each,
// and the measures (value, limits, standard error, answers). A cell holds a
// rounded number or the reason why there is none, and never both. Rounding
// happens here and nowhere else, so that no format can say more than another.
//
// One cube for all breakdowns would be nearly empty: an indicator is estimated
// for 44 groups, and the product of their classifications has 1,440. With the
// margins in it, a cube of a breakdown is full.
//
// The package writes no format and knows no clock.
package cube
