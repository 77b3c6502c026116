package expr_test

import (
	"testing"

	"barometer/internal/i18n"
	. "barometer/survey/questionnaire/expr"
)

// plain names things by themselves, codes in upper case first letter left out.
type plain struct{}

func (plain) Name(name string, _ i18n.Lang) string {
	if name == "INNOV" {
		return "I er innovative"
	}
	return name
}

func (plain) Code(_, code string, l i18n.Lang) string {
	if code == "ja" {
		return i18n.Text{DA: "Ja", EN: "Yes"}.In(l)
	}
	return code
}

func TestWords(t *testing.T) {
	tests := []struct{ src, da, en string }{
		{"${B1} = 'ja'", "B1 er »Ja«", "B1 is “Yes”"},
		{"${B1} != 'ja'", "B1 er ikke »Ja«", "B1 is not “Yes”"},
		{"${B1} = 'ja' or ${B1} = 'nej'", "B1 er »Ja« eller »nej«", "B1 is “Yes” or “nej”"},
		{"${B1} = 'ja' or ${n} > 1.5", "B1 er »Ja« eller n er over 1,5", "B1 is “Yes” or n is more than 1.5"},
		{"selected(${D2}, 'region')", "D2 omfatter »region«", "D2 includes “region”"},
		{"not(selected(${D2}, 'region'))", "D2 omfatter ikke »region«", "D2 does not include “region”"},
		{"count-selected(${D2}) >= 2", "antal svar i D2 er mindst 2", "the number of answers in D2 is at least 2"},
		{"not(${P} or ${INNOV})", "det ikke gælder, at (P eller I er innovative)", "it is not so that (P or I er innovative)"},
		{"${P} and (${n} < 2 or ${n} >= 9)", "P og (n er under 2 eller n er mindst 9)", "P and (n is less than 2 or n is at least 9)"},
	}
	for _, tt := range tests {
		e, err := Parse(tt.src, scope)
		if err != nil {
			t.Fatal(err)
		}
		if got := Words(e, i18n.Danish, plain{}); got != tt.da {
			t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.da)
		}
		if got := Words(e, i18n.English, plain{}); got != tt.en {
			t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.en)
		}
	}
}
