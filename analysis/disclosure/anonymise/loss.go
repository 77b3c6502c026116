package anonymise

import (
	"math"
	"strings"
)

// Loss is what was lost in the background of the records and in their weights.
// What it does to estimates stands in [Precision].
type Loss struct {
	Background []Detail `json:"background"`

	// Weights is IL1s, the mean distance of a released weight from the true one
	// over √2 standard deviations (Yancey, Winkler and Creecy 2002); 0 is none.
	Weights float64 `json:"weights_il1s"`
}

// Detail compares a background variable before and after.
type Detail struct {
	Variable string `json:"variable"`
	Kept     int    `json:"kept"`  // records whose code is as it was
	Codes    int    `json:"codes"` // that occurred before
	Now      int    `json:"now"`   // that occur

	// Hellinger is the distance between the weighted shares of the codes before
	// and after, from 0 for the same to 1 for nothing in common.
	Hellinger float64 `json:"hellinger"`

	Shares []Share `json:"shares"` // by code, of those that differ
}

// Share is the part of all workplaces that has a code, before and after.
type Share struct {
	Code   string  `json:"code"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// backgrounds copies the background of records.
func backgrounds(records []record) []background {
	list := make([]background, len(records))
	for i := range records {
		list[i] = records[i].background
	}
	return list
}

func backgroundLoss(records []record, before []background, d pseudo) *Loss {
	loss := &Loss{Weights: il1s(records, d.weight)}
	for _, v := range []struct {
		name string
		of   func(background) string
	}{
		{"sector", func(b background) string { return b.sector }}, {"subsector", func(b background) string { return b.subsector }},
		{"size", func(b background) string { return b.size }}, {"region", func(b background) string { return b.region }},
	} {
		detail := Detail{Variable: v.name}
		was, is := make(map[string]float64), make(map[string]float64)
		for i := range records {
			a, b := v.of(before[i]), v.of(records[i].background)
			was[a] += records[i].weight
			is[b] += d.weight[i]
			if a == b {
				detail.Kept++
			}
		}
		detail.Codes, detail.Now = len(was), len(is)
		detail.compare(was, is)
		loss.Background = append(loss.Background, detail)
	}
	return loss
}

// compare sets two distributions over codes side by side.
func (d *Detail) compare(was, is map[string]float64) {
	allWas, allIs := sum(was), sum(is)
	codes := make(map[string]bool)
	for _, m := range []map[string]float64{was, is} {
		for code := range m {
			codes[code] = true
		}
	}
	var squares float64
	for _, code := range sortedKeys(codes) {
		p, q := was[code]/allWas, is[code]/allIs
		difference := math.Sqrt(p) - math.Sqrt(q)
		squares += float64(difference * difference)
		if math.Abs(p-q) > 5e-4 {
			d.Shares = append(d.Shares, Share{code, p, q})
		}
	}
	d.Hellinger = math.Sqrt(squares / 2)
}

func sum(m map[string]float64) (s float64) {
	for _, key := range sortedKeys(m) {
		s += m[key]
	}
	return s
}

func il1s(records []record, released []float64) float64 {
	n := float64(len(records))
	var mean, square, distance float64
	for i := range records {
		mean += records[i].weight / n
		distance += math.Abs(records[i].weight-released[i]) / n
	}
	for i := range records {
		square += float64((records[i].weight-mean)*(records[i].weight-mean)) / (n - 1)
	}
	if square == 0 {
		return 0
	}
	return distance / math.Sqrt(2*square)
}

// sortedCells are the cells in a fixed order, so that sums over them are.
func sortedCells(cells map[background]*tally) []background {
	byName := make(map[string]background, len(cells))
	for b := range cells {
		byName[strings.Join([]string{b.sector, b.subsector, b.size, b.region}, "\x00")] = b
	}
	list := make([]background, 0, len(cells))
	for _, name := range sortedKeys(byName) {
		list = append(list, byName[name])
	}
	return list
}
