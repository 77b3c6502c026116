package weighting

import "barometer/internal/i18n"

// kindNames are the steps in words.
var kindNames = map[string]i18n.Text{
	"base":                   {DA: "Designvægt", EN: "Design weight"},
	"collapse":               {DA: "Klasser slået sammen", EN: "Classes joined"},
	"unknown_eligibility":    {DA: "Ukendt tilhørsforhold", EN: "Unknown eligibility"},
	"nonresponse_class":      {DA: "Bortfald i klasser", EN: "Nonresponse by class"},
	"nonresponse_propensity": {DA: "Bortfald efter svartilbøjelighed", EN: "Nonresponse by propensity"},
	"trim":                   {DA: "Afskæring", EN: "Trimming"},
	"round":                  {DA: "Afrunding", EN: "Rounding"},
	"poststratify":           {DA: "Efterstratificering", EN: "Poststratification"},
	"rake":                   {DA: "Raking", EN: "Raking"},
	"calibrate":              {DA: "Kalibrering", EN: "Calibration"},
}

func kindName(kind string, l i18n.Lang) string { return kindNames[kind].In(l) }

// words are the texts of the diagnostics report.
var words = struct {
	overview, disposition, units, final                            i18n.Text
	steps, step, column, positive, sum, min, max, cv, deff         i18n.Text
	effective, class, joined, respondents, noMerge                 i18n.Text
	stay, leave, factor, trimmed, noTrim                           i18n.Text
	term, coefficient, propensity                                  i18n.Text
	total, known, before, off, after, solved, warnings             i18n.Text
	smallClass, manyCut                                            i18n.Text
	balance, balanced, level, frame, unweighted, byDesign, byFinal i18n.Text
	standardBefore, standardAfter, spread, group, all, quarter     i18n.Text
	median, threeQuarters, replicates, centred, uncentred          i18n.Text
	pastLimit, negligible                                          i18n.Text
	byMSE, rounded, kept                                           i18n.Text
	means, meansRead, variable                                     i18n.Text
}{
	overview:    i18n.Text{DA: "Vægtene i overblik", EN: "The weights at a glance"},
	disposition: i18n.Text{DA: "Udfald", EN: "Disposition"},
	units:       i18n.Text{DA: "Enheder", EN: "Units"},
	final: i18n.Text{
		DA: "Af stikprøvens %s enheder har %s en endelig vægt, fra %s til %s. Vægtenes spredning gør variansen %s gange så stor (Kish), så stikprøven svarer til %s enheder med lige vægt.",
		EN: "Of the %s units of the sample, %s have a final weight, from %s to %s. The spread of the weights makes variances %s times as large (Kish), so the sample is worth %s units of equal weight."},
	steps:       i18n.Text{DA: "Trin for trin", EN: "Step by step"},
	step:        i18n.Text{DA: "Trin", EN: "Step"},
	column:      i18n.Text{DA: "Kolonne", EN: "Column"},
	positive:    i18n.Text{DA: "Enheder", EN: "Units"},
	sum:         i18n.Text{DA: "Sum", EN: "Sum"},
	min:         i18n.Text{DA: "Mindst", EN: "Smallest"},
	max:         i18n.Text{DA: "Størst", EN: "Largest"},
	cv:          i18n.Text{DA: "Variationskoefficient", EN: "Coefficient of variation"},
	deff:        i18n.Text{DA: "Kish-designeffekt", EN: "Kish design effect"},
	effective:   i18n.Text{DA: "Effektivt antal", EN: "Effective number"},
	class:       i18n.Text{DA: "Klasse", EN: "Class"},
	joined:      i18n.Text{DA: "Slået sammen af", EN: "Joined from"},
	respondents: i18n.Text{DA: "Svar", EN: "Respondents"},
	noMerge:     i18n.Text{DA: "Alle klasser har svar nok.", EN: "Every class has enough respondents."},
	stay:        i18n.Text{DA: "Bliver", EN: "Stay"},
	leave:       i18n.Text{DA: "Udgår", EN: "Leave"},
	factor:      i18n.Text{DA: "Faktor", EN: "Factor"},
	trimmed: i18n.Text{
		DA: "Grænser %s: %s vægte er skåret ned og %s hævet; %s af vægtsummen er fordelt på de øvrige i %s omgange.",
		EN: "Limits %s: %s weights were cut and %s raised; %s of their sum went to the others in %s passes."},
	byMSE: i18n.Text{
		DA: "Den øvre grænse er den af %s afprøvede, der giver den mindste anslåede middelkvadratfejl (Potter 1990).",
		EN: "The upper limit is the one, of %s tried, with the least estimated mean squared error (Potter 1990)."},
	rounded: i18n.Text{
		DA: "Vægtene er afrundet til %s decimaler. Ingen vægt er ændret med mere end %s, og summen af alle med %s.",
		EN: "The weights are rounded to %s decimals. No weight changed by more than %s, and the sum of all by %s."},
	kept: i18n.Text{
		DA: "Summerne efter %s er bevaret: den største ændring er %s.",
		EN: "The sums by %s are kept: the largest change is %s."},
	noTrim: i18n.Text{
		DA: "Grænser %s: ingen vægt ligger udenfor.",
		EN: "Limits %s: no weight lies outside."},
	term:        i18n.Text{DA: "Led", EN: "Term"},
	coefficient: i18n.Text{DA: "Koefficient (logit)", EN: "Coefficient (logit)"},
	propensity: i18n.Text{
		DA: "Anslået svartilbøjelighed fra %s til %s. Iterationer: %s.",
		EN: "Estimated response propensity from %s to %s. Iterations: %s."},
	total:  i18n.Text{DA: "Kendt tal", EN: "Known total"},
	known:  i18n.Text{DA: "Population", EN: "Population"},
	before: i18n.Text{DA: "Før", EN: "Before"},
	off:    i18n.Text{DA: "Afvigelse før, pct.", EN: "Off before, %"},
	after:  i18n.Text{DA: "Efter", EN: "After"},
	solved: i18n.Text{
		DA: "Iterationer: %s. Største relative afvigelse: %s. Faktor pr. enhed: fra %s til %s. Enheder ved en grænse: %s.",
		EN: "Iterations: %s. Largest relative deviation: %s. Factor per unit: from %s to %s. Units at a bound: %s."},
	negligible: i18n.Text{DA: "under en milliardtedel", EN: "below one in a billion"},
	warnings:   i18n.Text{DA: "Bemærk", EN: "Note"},
	balance:    i18n.Text{DA: "Skævhed mod rammen: %s", EN: "Bias against the frame: %s"},
	balanced: i18n.Text{
		DA: "Andele i procent blandt enheder med endelig vægt. Største standardiserede forskel fra rammen: %s uden vægte, %s med designvægte, %s med endelige vægte; under 0,1 regnes for ubetydelig.",
		EN: "Shares in per cent among units with a final weight. Largest standardised difference from the frame: %s without weights, %s with design weights, %s with final weights; below 0.1 counts as negligible."},
	means: i18n.Text{DA: "Gennemsnit mod rammen", EN: "Means against the frame"},
	meansRead: i18n.Text{
		DA: "Gennemsnit af det, rammen ved om alle, blandt enheder med endelig vægt. Den standardiserede forskel er målt i rammens standardafvigelser; under 0,1 regnes for ubetydelig. Vægtene er ikke dannet til at ramme disse tal, så den forskel, der er tilbage, viser, hvor skæve svar om lignende forhold kan være.",
		EN: "Means of what the frame knows of all, among units with a final weight. The standardised difference is in standard deviations of the frame; below 0.1 counts as negligible. The weights were not made to meet these figures, so what difference is left shows how biased answers on like matters may be."},
	variable:       i18n.Text{DA: "Variabel", EN: "Variable"},
	level:          i18n.Text{DA: "Niveau", EN: "Level"},
	frame:          i18n.Text{DA: "Ramme", EN: "Frame"},
	unweighted:     i18n.Text{DA: "Uden vægt", EN: "Unweighted"},
	byDesign:       i18n.Text{DA: "Designvægt", EN: "Design weight"},
	byFinal:        i18n.Text{DA: "Endelig vægt", EN: "Final weight"},
	standardBefore: i18n.Text{DA: "Standardiseret forskel uden vægt", EN: "Standardised difference, unweighted"},
	standardAfter:  i18n.Text{DA: "Standardiseret forskel med endelig vægt", EN: "Standardised difference, final weight"},
	spread:         i18n.Text{DA: "Vægtenes fordeling", EN: "Distribution of the weights"},
	group:          i18n.Text{DA: "Gruppe", EN: "Group"},
	all:            i18n.Text{DA: "Alle", EN: "All"},
	quarter:        i18n.Text{DA: "Nedre kvartil", EN: "Lower quartile"},
	median:         i18n.Text{DA: "Median", EN: "Median"},
	threeQuarters:  i18n.Text{DA: "Øvre kvartil", EN: "Upper quartile"},
	replicates: i18n.Text{
		DA: "Til variansen hører %s replikatvægte (%s), hvor alle trin gentages; skala %s, %s.",
		EN: "There are %s replicate weights (%s) for the variance, with every step repeated; scale %s, %s."},
	centred:   i18n.Text{DA: "afvigelser fra replikaternes gennemsnit", EN: "deviations from the replicates' mean"},
	uncentred: i18n.Text{DA: "afvigelser fra estimatet af hele stikprøven", EN: "deviations from the full sample's estimate"},
	smallClass: i18n.Text{
		DA: "Klassen %s har færre end %d svar og ingen nabo at slås sammen med.",
		EN: "Class %s has fewer than %d respondents and no neighbour to join."},
	manyCut: i18n.Text{
		DA: "%s skærer %d af %d vægte: se efter klasser med for få svar, før så mange skæres.",
		EN: "%s cuts %d of %d weights: look for classes with too few respondents before cutting so many."},
	pastLimit: i18n.Text{
		DA: "%d endelige vægte ligger igen over grænsen %.4g, den største på %.4g: kalibreringen efter afskæringen flyttede dem.",
		EN: "%d final weights lie above the limit %.4g again, the largest at %.4g: calibrating after the trim moved them."},
}
