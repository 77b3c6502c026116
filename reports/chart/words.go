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
	}
	return i18n.Text{DA: "Nøgletal", EN: "Key figure"}
}

// intervalWords says what the thin stroke means.
func intervalWords(level float64, k Kind, l i18n.Lang) string {
	percent := number.Percent(level, l)
	switch {
	case k == Stacked:
		return ""
	case k == Key:
		return i18n.Text{DA: percent + " konfidensinterval", EN: percent + " confidence interval"}.In(l)
	}
	return i18n.Text{DA: "Stregen viser intervallet med " + percent + " sikkerhed", EN: "The line is the " + percent + " confidence interval"}.In(l)
}
