package demo

import (
	"barometer/survey/codebook"
)

// places are the municipalities a kind of workplace may lie in, with how
// likely each is.
type places struct {
	codes   []string
	weights []int
}

func (p places) pick(d dice, name string) string { return p.codes[d.pick(name, p.weights)] }

// everywhere spreads workplaces as people are spread, as municipalities do.
func everywhere() places {
	var p places
	for _, code := range codebook.Municipalities().Values() {
		p.codes = append(p.codes, code)
		p.weights = append(p.weights, inhabitants[code])
	}
	return p
}

// inTowns spreads workplaces over the larger municipalities above all, as
// hospitals, courts and colleges are.
func inTowns() places {
	p := everywhere()
	for i, w := range p.weights {
		p.weights[i] = w * w / (w + 1000)
	}
	return p
}

// inhabitants is the number of inhabitants by municipality in hundreds, around
// 1 January 2024. The figures are approximate: they only spread invented
// workplaces over the country.
var inhabitants = map[string]int{
	"0101": 6600, "0147": 1050, "0151": 520, "0153": 400, "0155": 146,
	"0157": 750, "0159": 700, "0161": 240, "0163": 300, "0165": 280,
	"0167": 540, "0169": 580, "0173": 580, "0175": 440, "0183": 240,
	"0185": 430, "0187": 180, "0190": 420, "0201": 260, "0210": 420,
	"0217": 640, "0219": 540, "0223": 250, "0230": 580, "0240": 450,
	"0250": 460, "0253": 520, "0259": 620, "0260": 310, "0265": 910,
	"0269": 240, "0270": 410, "0306": 330, "0316": 740, "0320": 370,
	"0326": 480, "0329": 360, "0330": 790, "0336": 240, "0340": 310,
	"0350": 290, "0360": 400, "0370": 840, "0376": 600, "0390": 450,
	"0400": 390, "0410": 400, "0420": 410, "0430": 520, "0440": 240,
	"0450": 320, "0461": 2090, "0479": 590, "0480": 300, "0482": 120,
	"0492": 60, "0510": 550, "0530": 270, "0540": 740, "0550": 370,
	"0561": 1160, "0563": 34, "0573": 500, "0575": 430, "0580": 590,
	"0607": 520, "0615": 970, "0621": 950, "0630": 1220, "0657": 900,
	"0661": 590, "0665": 190, "0671": 210, "0706": 440, "0707": 370,
	"0710": 500, "0727": 240, "0730": 1000, "0740": 1020, "0741": 37,
	"0746": 650, "0751": 3670, "0756": 420, "0760": 560, "0766": 480,
	"0773": 200, "0779": 450, "0787": 430, "0791": 980, "0810": 370,
	"0813": 580, "0820": 360, "0825": 18, "0840": 310, "0846": 420,
	"0849": 390, "0851": 2240, "0860": 630,
}
