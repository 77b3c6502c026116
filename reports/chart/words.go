package chart

import (
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// The fixed wordings of charts.
var (
	wordSource     = i18n.Text{DA: "Kilde: ", EN: "Source: "}
	wordSynthetic  = i18n.Text{DA: "Syntetiske data", EN: "Synthetic data"}
	wordQuestion   = i18n.Text{DA: "Spørgsmål", EN: "Question"}
	wordAsked      = i18n.Text{DA: "Grundlag: ", EN: "Base: "}
	wordAnswers    = i18n.Text{DA: " svar", EN: " answers"}
	wordPercent    = i18n.Text{DA: "Pct.", EN: "Per cent"}
	wordPoints     = i18n.Text{DA: "Point, 0–100", EN: "Points, 0–100"}
	wordMultiple   = i18n.Text{DA: "Flere svar var mulige, så tallene summer ikke til 100", EN: "Several answers were possible, so the figures do not add to 100"}
	wordRounded    = i18n.Text{DA: "Tallene er afrundet hver for sig og summer derfor ikke altid til 100", EN: "Figures are rounded one by one and need not add to 100"}
	wordUncertain  = i18n.Text{DA: "Tal i parentes er usikre: få svar eller et bredt interval", EN: "Figures in parentheses are uncertain: few answers or a wide interval"}
	wordDots       = i18n.Text{DA: ".. vises ikke: fortroligt, for usikkert eller ingen spurgt", EN: ".. not shown: confidential, too uncertain or nobody asked"}
	wordCounted    = i18n.Text{DA: "Talt op i stikprøven, uden vægte og uden stikprøveusikkerhed", EN: "Counted in the sample, without weights and without sampling error"}
	wordCut        = i18n.Text{DA: "Aksen begynder ikke ved 0", EN: "The axis does not start at 0"}
	wordImputed    = i18n.Text{DA: "Svar, der mangler, er imputeret", EN: "Missing answers are imputed"}
	wordInTable    = i18n.Text{DA: "Tallene står i tabellen ved figuren.", EN: "The figures are in the table beside the chart."}
	wordNothing    = i18n.Text{DA: "Der er ingen tal at vise", EN: "There are no figures to show"}
	wordRest       = i18n.Text{DA: "Øvrige svar", EN: "Other answers"}
	wordAll        = i18n.Text{DA: "Alle", EN: "All"}
	wordAbout      = i18n.Text{DA: "ca. ", EN: "c. "}
	wordBreak      = i18n.Text{DA: "Brud", EN: "Break"}
	wordBreakNote  = i18n.Text{DA: "Brud mellem %s og %s: %s", EN: "Break between %s and %s: %s"}
	wordNoTrend    = i18n.Text{DA: "De syntetiske tal er opdigtede og må ikke læses som en udvikling fra de offentliggjorte", EN: "The synthetic figures are invented and must not be read as a trend from the published ones"}
	wordTest       = i18n.Text{DA: "Ændring siden %s: %s %s (%s interval %s til %s; justeret p = %s)", EN: "Change since %s: %s %s (%s interval %s to %s; adjusted p = %s)"}
	signSuppressed = ".."

	wordNet       = i18n.Text{DA: "Netto: enige minus uenige, procentpoint", EN: "Net: agree less disagree, percentage points"}
	wordAgreed    = i18n.Text{DA: " Flere er enige end uenige i %s af %s rækker", EN: " More agree than disagree in %s of %s rows"}
	wordNetShort  = i18n.Text{DA: "netto", EN: "net"}
	wordApart     = i18n.Text{DA: "»%s« er ikke et trin på skalaen og står for sig", EN: "“%s” is no step of the scale and stands apart"}
	wordSlope     = i18n.Text{DA: "Mørke streger er ændringer, der er større, end tilfældigheder kan forklare (justeret p under %s); grå er det ikke", EN: "Dark lines are changes that are larger than chance explains (adjusted p below %s); grey ones are not"}
	wordUntested  = i18n.Text{DA: "Ændringerne er ikke prøvet statistisk", EN: "The changes are not tested"}
	wordBreakEnds = i18n.Text{DA: "Tal på hver sin side af et brud er ikke forbundet og kan ikke sammenlignes", EN: "Figures on both sides of a break are not joined and cannot be compared"}
	wordFunnel    = i18n.Text{
		DA: "Den vandrette streg er tallet for alle. Inden for de lyse kurver ligger 95 pct. og inden for de mørke 99,8 pct. af grupperne, hvis kun tilfældet skiller dem. Navne står ved grupper uden for de lyse kurver, hvor der er plads; tabellen ved figuren nævner alle",
		EN: "The horizontal line is the figure for all. Within the light curves lie 95% and within the dark ones 99.8% of groups where chance alone parts them. Names stand beside groups outside the light curves where there is room; the table beside the chart names all"}
	wordOutside = i18n.Text{DA: "; uden for det forventede: ", EN: "; outside the expected range: "}
	wordInside  = i18n.Text{DA: "; ingen gruppe ligger uden for det forventede", EN: "; no group lies outside the expected range"}
	wordTiles   = i18n.Text{DA: "Felterne er lige store og ligger omtrent som regionerne", EN: "The tiles are of one size and lie roughly as the regions do"}

	wordPointsOfPercent = i18n.Text{DA: "procentpoint", EN: "percentage points"}
)

// suppressed says in a chart why a row or figure has no number.
func suppressed(s table.Status, l i18n.Lang) string {
	switch s {
	case table.Unreliable:
		return i18n.Text{DA: "Vises ikke: tallet er for usikkert", EN: "Not shown: the figure is too uncertain"}.In(l)
	case table.Empty:
		return i18n.Text{DA: "Ingen er spurgt", EN: "Nobody was asked"}.In(l)
	}
	return i18n.Text{DA: "Vises ikke af hensyn til fortrolighed", EN: "Not shown for confidentiality"}.In(l)
}

func breakdownName(b string) i18n.Text {
	switch b {
	case "total":
		return i18n.Text{}
	case "sector":
		return i18n.Text{DA: "Sektor", EN: "Sector"}
	case "subsector":
		return i18n.Text{DA: "Delsektor", EN: "Subsector"}
	case "size":
		return i18n.Text{DA: "Størrelse", EN: "Size"}
	case "region":
		return i18n.Text{DA: "Region", EN: "Region"}
	case "sector_size":
		return i18n.Text{DA: "Sektor og størrelse", EN: "Sector and size"}
	case "subsector_size":
		return i18n.Text{DA: "Delsektor og størrelse", EN: "Subsector and size"}
	}
	return i18n.Same(b)
}

// slopeWords says in a chart what a test tells of a change.
func slopeWords(v table.Verdict) i18n.Text {
	switch v {
	case table.Up:
		return i18n.Text{DA: "steget", EN: "up"}
	case table.Down:
		return i18n.Text{DA: "faldet", EN: "down"}
	case table.Incomparable:
		return i18n.Text{DA: "brud", EN: "break"}
	}
	return i18n.Text{}
}

func kindName(k Kind) i18n.Text {
	switch k {
	case Bar:
		return i18n.Text{DA: "Søjlediagram", EN: "Bar chart"}
	case Dots:
		return i18n.Text{DA: "Punktdiagram med intervaller", EN: "Dot plot with intervals"}
	case Pairs:
		return i18n.Text{DA: "Punktdiagram med to tal pr. række", EN: "Dot plot with two figures per row"}
	case Stacked:
		return i18n.Text{DA: "Stablet søjlediagram", EN: "Stacked bar chart"}
	case Panels:
		return i18n.Text{DA: "Søjlediagrammer side om side", EN: "Bar charts side by side"}
	case TimeLine:
		return i18n.Text{DA: "Tidslinje", EN: "Time line"}
	case Scale:
		return i18n.Text{DA: "Svarskala i 100 pct.", EN: "Answer scale in 100%"}
	case Diverging:
		return i18n.Text{DA: "Svarskala til begge sider af midten", EN: "Answer scale to both sides of its middle"}
	case Slope:
		return i18n.Text{DA: "Linjediagram mellem to målinger", EN: "Slope chart of two waves"}
	case Funnel:
		return i18n.Text{DA: "Tragtdiagram", EN: "Funnel chart"}
	case Tiles:
		return i18n.Text{DA: "Felter for hver gruppe", EN: "Tiles, one a group"}
	}
	return i18n.Text{DA: "Nøgletal", EN: "Key figure"}
}

// intervalWords says what the thin stroke means.
func intervalWords(level float64, k Kind, l i18n.Lang) string {
	percent := number.Percent(level, l)
	switch {
	case k == Stacked || k == Diverging || k == Funnel:
		return ""
	case k == Scale:
		return i18n.Text{DA: "Stregen om nettotallet viser intervallet med " + percent + " sikkerhed", EN: "The line around the net figure is its " + percent + " confidence interval"}.In(l)
	case k == Tiles:
		return i18n.Text{DA: "Tal og streg under andelen viser intervallet med " + percent + " sikkerhed på en linje fra 0 til 100", EN: "Numbers and line below the share give the " + percent + " confidence interval on a line from 0 to 100"}.In(l)
	case k == Key:
		return i18n.Text{DA: percent + " konfidensinterval", EN: percent + " confidence interval"}.In(l)
	}
	return i18n.Text{DA: "Stregen viser intervallet med " + percent + " sikkerhed", EN: "The line is the " + percent + " confidence interval"}.In(l)
}
