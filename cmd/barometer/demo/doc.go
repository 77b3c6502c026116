// Package demo invents a wave: the workplaces, the answers they would give,
// and what becomes of each in the fieldwork.
//
// A seed and a stated model come in ([Workplaces], [NewPopulation]); a frame goes
// out in the form that frame.Read reads, and for every unit of it the true
// answers to the whole questionnaire and its fate as a respondent. Since the
// answers of all units are known, so is the population value of every
// indicator: [Population.Records] freezes to a wave that is a census.
//
// The files of the wave stand in folder wave, as an editor would keep them;
// the model is model.yaml. Nothing here takes part in a real wave, and no
// stage behaves differently for the demo: package robot answers the survey
// from outside, over HTTP.
package demo
