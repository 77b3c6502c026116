package freeze

import (
	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// The variables of a wave beside the answers. Other stages know them by name.

func unitVariable() codebook.Variable {
	return codebook.Variable{Name: "unit", Kind: codebook.Key, Role: codebook.RoleKey,
		Label: i18n.Text{DA: "Arbejdsstedets nøgle i denne bølge", EN: "Key of the workplace in this wave"}}
}

func dispositionVariable() codebook.Variable {
	v := codebook.Variable{Name: "disposition", Kind: codebook.Categorical, Role: codebook.RoleDisposition,
		Label: i18n.Text{DA: "Udfald af dataindsamlingen", EN: "Disposition"}}
	for i, d := range response.Dispositions {
		v.Codes = append(v.Codes, codebook.Code{Value: string(d), Number: i + 1, Label: d.Label()})
	}
	return v
}

func modeVariable() codebook.Variable {
	v := codebook.Variable{Name: "mode", Kind: codebook.Categorical, Role: codebook.RoleDisposition,
		Label: i18n.Text{DA: "Hvordan svarene kom", EN: "How the answers came"}}
	for i, m := range response.Modes {
		v.Codes = append(v.Codes, codebook.Code{Value: string(m), Number: i + 1, Label: m.Label()})
	}
	return v
}

func stratumVariable(strata []sample.Stratum) codebook.Variable {
	v := codebook.Variable{Name: "stratum", Kind: codebook.Categorical, Role: codebook.RoleDesign,
		Label: i18n.Text{DA: "Stratum", EN: "Stratum"}}
	for i, s := range strata {
		v.Codes = append(v.Codes, codebook.Code{Value: s.Code, Number: i + 1, Label: stratumLabel(s)})
	}
	tellApart(v.Codes)
	return v
}

// tellApart adds its code to a label that several strata share, as those of a
// plan's own classes do.
func tellApart(codes []codebook.Code) {
	times := make(map[string]int)
	for _, c := range codes {
		times[c.Label.DA]++
	}
	for i, c := range codes {
		if times[c.Label.DA] > 1 {
			codes[i].Label = i18n.Text{DA: c.Label.DA + " (" + c.Value + ")", EN: c.Label.EN + " (" + c.Value + ")"}
		}
	}
}

// stratumLabel names what the stratum's units share: "Dagtilbud, 20-49".
func stratumLabel(s sample.Stratum) i18n.Text {
	var label i18n.Text
	for _, part := range []struct {
		of   codebook.Classification
		code string
	}{
		{codebook.Sectors(), s.Sector}, {codebook.Subsectors(), s.Subsector},
		{codebook.Sizes(), s.Size}, {codebook.Regions(), s.Region},
	} {
		c, ok := part.of.Code(part.code)
		switch {
		case !ok || part.of.Name == "sector" && s.Subsector != "": // the subsector tells the sector
		case label.IsZero():
			label = c.Label
		default:
			label = i18n.Text{DA: label.DA + ", " + c.Label.DA, EN: label.EN + ", " + c.Label.EN}
		}
	}
	if label.IsZero() {
		return i18n.Same(s.Code)
	}
	return label
}

func stratumNVariable() codebook.Variable {
	return designNumber("stratum_n",
		i18n.Text{DA: "Arbejdspladser i stratummet i rammen", EN: "Workplaces of the stratum in the frame"},
		i18n.Text{DA: "arbejdspladser", EN: "workplaces"})
}

func stratumTakeVariable() codebook.Variable {
	return designNumber("stratum_take",
		i18n.Text{DA: "Udtrukne arbejdspladser i stratummet", EN: "Workplaces of the stratum in the sample"},
		i18n.Text{DA: "arbejdspladser", EN: "workplaces"})
}

func inclusionProbVariable() codebook.Variable {
	return designNumber("inclusion_prob",
		i18n.Text{DA: "Udvalgssandsynlighed", EN: "Inclusion probability"},
		i18n.Text{DA: "sandsynlighed", EN: "probability"})
}

func designWeightVariable() codebook.Variable {
	return designNumber("design_weight",
		i18n.Text{DA: "Designvægt", EN: "Design weight"},
		i18n.Text{DA: "arbejdspladser pr. udtrukken", EN: "workplaces per selected one"})
}

func designNumber(name string, label, unit i18n.Text) codebook.Variable {
	return codebook.Variable{Name: name, Kind: codebook.Numeric, Role: codebook.RoleDesign, Label: label, Unit: unit}
}
