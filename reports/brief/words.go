package brief

import "barometer/internal/i18n"

// words are the fixed wordings of the report in one language.
type words struct {
	Contents, Synthetic, Figure, Data, DataCaption string

	Interval, Answers, Remark, Uncertain                            string
	Measure, Value, Quality                                         string
	Frame, Sample, Ineligible, Respondents, ResponseRate            string
	EffectiveN, Deff, Widest, WidestSector, Hidden, OutOf, Points   string
	Questions, Item, Question, Base, Indicator, All, Shares, Scores string

	Changes, Change, AdjustedP, Verdict, To string
	Up, Down, NoClear, Incomparable, Hide   string

	Beside string // template: indicator, domain

	Models, Group, Model, ComputedFrom, OthersAlone, OwnAndOthers string
}

var vocabulary = map[i18n.Lang]words{
	i18n.Danish: {
		Contents: "Indhold", Synthetic: "Syntetiske data: alle tal i rapporten er opdigtede og bruges til at vise, hvad programmet kan.",
		Figure: "Figur", Data: "Tallene bag figuren", DataCaption: "Figur %d: %s",
		Interval: "95 pct. interval", Answers: "Antal svar", Remark: "Bemærkning", Uncertain: "usikkert tal",
		Measure: "Mål", Value: "Værdi", Quality: "Undersøgelsens kvalitet i tal",
		Frame: "Arbejdspladser i populationen", Sample: "Udtrukket til stikprøven", Ineligible: "Uden for målgruppen",
		Respondents: "Besvaret hele skemaet", ResponseRate: "Svarprocent", EffectiveN: "Effektivt antal svar (Kish)",
		Deff: "Designeffekt af vægtene", Widest: "Bredeste interval for alle arbejdspladser", WidestSector: "Bredeste interval for en sektor",
		Hidden: "Tal, der ikke vises", OutOf: "%s af %s", Points: "\u00a0procentpoint",
		Questions: "Spørgsmål og hvem de handler om", Item: "Nr.", Question: "Spørgsmål", Base: "Grundlag",
		Indicator: "Indikator", All: "Alle", Shares: "Indikatorer i procent", Scores: "Indikatorer i point (0–100)",
		Changes: "Ændringer fra %s til %s i procentpoint (for indeks: point), alle arbejdspladser", Change: "Ændring", AdjustedP: "Justeret p", Verdict: "Prøve", To: " til ",
		Up: "steget", Down: "faldet", NoClear: "ingen sikker ændring", Incomparable: "kan ikke sammenlignes: %s", Hide: "vises ikke",
		Beside: `Alle: {{cell %[1]q "total"}}{{if higher %[1]q %[2]q %[1]q "total"}} – klart over{{else if lower %[1]q %[2]q %[1]q "total"}} – klart under{{else}} – ingen sikker forskel{{end}}`,
		Models: "%s: modelbaserede skøn i %s, ud fra %s grupper, hvis tal vises", Group: "Gruppe", Model: "Modelbaseret skøn",
		ComputedFrom: "Beregnet ud fra", OthersAlone: "De andre grupper alene", OwnAndOthers: "Gruppens eget usikre tal og de andre grupper",
	},
	i18n.English: {
		Contents: "Contents", Synthetic: "Synthetic data: every figure in this report is invented and serves to show what the program can do.",
		Figure: "Figure", Data: "The figures behind the chart", DataCaption: "Figure %d: %s",
		Interval: "95% interval", Answers: "Answers", Remark: "Remark", Uncertain: "uncertain figure",
		Measure: "Measure", Value: "Value", Quality: "The quality of the survey in figures",
		Frame: "Workplaces in the population", Sample: "Drawn for the sample", Ineligible: "Outside the target population",
		Respondents: "Answered the whole questionnaire", ResponseRate: "Response rate", EffectiveN: "Effective number of answers (Kish)",
		Deff: "Design effect of the weights", Widest: "Widest interval for all workplaces", WidestSector: "Widest interval for a sector",
		Hidden: "Figures not shown", OutOf: "%s of %s", Points: "\u00a0percentage points",
		Questions: "Questions and whom they concern", Item: "No.", Question: "Question", Base: "Base",
		Indicator: "Indicator", All: "All", Shares: "Indicators in per cent", Scores: "Indicators in points (0–100)",
		Changes: "Changes from %s to %s in percentage points (indices: points), all workplaces", Change: "Change", AdjustedP: "Adjusted p", Verdict: "Test", To: " to ",
		Up: "up", Down: "down", NoClear: "no clear change", Incomparable: "not comparable: %s", Hide: "not shown",
		Beside: `All: {{cell %[1]q "total"}}{{if higher %[1]q %[2]q %[1]q "total"}} – clearly above{{else if lower %[1]q %[2]q %[1]q "total"}} – clearly below{{else}} – no clear difference{{end}}`,
		Models: "%s: model-based estimates in %s, from %s groups whose figures are shown", Group: "Group", Model: "Model-based estimate",
		ComputedFrom: "Computed from", OthersAlone: "The other groups alone", OwnAndOthers: "The group's own uncertain figure and the other groups",
	},
}
