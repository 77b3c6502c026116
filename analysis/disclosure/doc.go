// Package disclosure is the gate between estimates and what may be shown.
//
// Estimates of every indicator and domain come in with a policy; the one
// table.Table that charts, reports, files and pages are made from goes out. A
// cell that could identify a workplace, or that says too little to be of use,
// is suppressed and loses its numbers here. The policy is a file that COI
// signs; the package holds no threshold of its own.
//
// # Against whom
//
// The table is published whole, so a suppressed cell must also withstand
// subtraction. The reader it is made to withstand
//   - reads every shown figure without rounding, and every number of
//     respondents exactly;
//   - knows, or works out, how many respondents stand behind the numerator of
//     every shown cell. Less is printed, a weighted share, but within a stratum
//     the weights are equal;
//   - knows how many respondents each base has in a domain as soon as one cell
//     with that base is shown there, and how many workplaces they stand for:
//     the frame's counts are public;
//   - knows which domains are parts of others, and every relation between
//     indicators: codes of one answer exclude each other, the base of one
//     question is the answer to another;
//   - keeps earlier versions of the table.
//
// Whatever adds up over respondents then adds up over cells: the numerators
// and bases of a domain are the sums over its parts, those of related
// indicators satisfy their relation in each domain. The same equations hold for
// numbers of respondents and for sums of weights, so one system stands for both.
//
// # What is promised
//
// [Apply] suppresses further cells until, for each confidential cell, there are
// two tables of whole numbers of respondents that agree with everything shown
// and differ in that cell by the policy's min_interval (or by all its
// respondents where they are fewer). As their difference solves the equations
// of the shown cells and is not zero at the confidential one, no linear
// combination of shown figures gives the cell, weighted or not. An audit checks
// both tables number by number; a cell it cannot prove is an error. Of a score,
// which counts nobody, only the second half is promised: that no combination of
// shown figures gives it.
//
// Not covered: what a respondent knows of itself or a colleague, standard
// errors as a source of equations, differences between versions whose data
// were corrected, and the research file, which has rules of its own in
// package anonymise. Dominance rules belong to magnitudes; a wave has none.
package disclosure
