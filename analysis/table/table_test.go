package table_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"barometer/analysis/table"
)

// one is a stored table of one cell.
func one(cell string) []byte {
	return []byte(`{"meta": {"wave": "2025"}, "indicators": [{"id": "innov_rate"}],
		"domains": [{"breakdown": "sector", "codes": ["kommune"]}], "cells": [` + cell + `]}`)
}

// Goal 9 of publishing. Numbers that JSON cannot hold come in by other ways;
// those that it can and that contradict each other are refused here.
func TestGoal9_FigureThatContradictsItselfIsRefusedByName(t *testing.T) {
	for name, cell := range map[string]string{
		"low above the value":  `{"figure": {"value": 0.5, "low": 0.6, "high": 0.7}}`,
		"high below the value": `{"figure": {"value": 0.5, "low": 0.3, "high": 0.4}}`,
		"low above high":       `{"figure": {"value": 0.5, "low": 0.6, "high": 0.4}}`,
		"negative error":       `{"figure": {"value": 0.5, "low": 0.4, "high": 0.6, "se": -0.1}}`,
	} {
		if err := new(table.Table).UnmarshalJSON(one(cell)); err == nil || !strings.Contains(err.Error(), "cell innov_rate × sector:kommune") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, number := range []string{"NaN", "Infinity", "1e999"} {
		if err := new(table.Table).UnmarshalJSON(one(`{"figure": {"value": ` + number + `, "low": 0, "high": 1}}`)); err == nil {
			t.Errorf("%s is taken", number)
		}
	}
	if _, err := json.Marshal(table.Figure{Value: math.NaN()}); err == nil {
		t.Error("NaN is written")
	}
}

// Goal 12 of publishing: a suppressed cell holds no number, on the way in and on
// the way out.
func TestGoal12_SuppressedCellsHoldNoNumber(t *testing.T) {
	for _, status := range []string{"c", "x", "e"} {
		if err := new(table.Table).UnmarshalJSON(one(`{"status": "` + status + `", "figure": {"value": 0.5, "low": 0.4, "high": 0.6}}`)); err == nil {
			t.Errorf("status %s with a number is taken", status)
		}
		tab := new(table.Table)
		if err := tab.UnmarshalJSON(one(`{"status": "` + status + `"}`)); err != nil {
			t.Fatal(err)
		}
		c, there := tab.Cell("innov_rate", "sector:kommune")
		if f, shown := c.Figure(); !there || shown || f != (table.Figure{}) {
			t.Errorf("status %s shows %+v", status, f)
		}
		if out, err := json.Marshal(tab); err != nil || strings.Contains(string(out), "figure") {
			t.Errorf("status %s is written as %s, %v", status, out, err)
		}
	}
	if err := new(table.Table).UnmarshalJSON(one(`{}`)); err == nil {
		t.Error("a published cell without a number is taken")
	}
}
