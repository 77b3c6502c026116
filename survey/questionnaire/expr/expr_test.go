package expr_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	. "barometer/survey/questionnaire/expr"
)

var scope = Symbols{
	"B1":         {Type: Text, Codes: []string{"ja", "nej", "ved_ikke"}},
	"D2":         {Type: Set, Codes: []string{"kommune", "region", "ingen"}},
	"H1.ledelse": {Type: Text, Codes: []string{"fremmede", "haemmede"}},
	"INNOV":      {Type: Bool},
	"P":          {Type: Bool},
	"n":          {Type: Number},
	"m":          {Type: Number},
	"d":          {Type: Date},
	"e":          {Type: Date},
	"k":          {Type: Number, Name: "n"}, // a short form of n
	"sector":     {Type: Text},
	"L1":         {Type: Text, Refused: "is asked after this"},
}

var env = Values{
	"B1": TextValue("ja"), "D2": SetValue([]string{"kommune", "ingen"}),
	"INNOV": BoolValue(true), "n": NumberValue(7), "d": DateValue(20000), "sector": TextValue("stat"),
}

func TestEval(t *testing.T) {
	tests := []struct {
		src  string
		want Value
	}{
		{"true()", BoolValue(true)},
		{"${B1} = 'ja'", BoolValue(true)},
		{`"nej" = ${B1}`, BoolValue(false)},
		{"${B1} != 'nej'", BoolValue(true)},
		{"${B1} = ${sector}", BoolValue(false)},
		{"selected(${D2}, 'kommune')", BoolValue(true)},
		{"selected(${D2}, 'region')", BoolValue(false)},
		{"selected(${B1}, 'ja')", BoolValue(true)},
		{"count-selected(${D2}) >= 2", BoolValue(true)},
		{"count-selected(${D2}) - 1", NumberValue(1)},
		{"1 + 2 * 3", NumberValue(7)},
		{"(1 + 2) * 3", NumberValue(9)},
		{"7 - 2 - 1", NumberValue(4)},
		{"12 div 4 div 3", NumberValue(1)},
		{"-${n} + 10", NumberValue(3)},
		{"2 - -3", NumberValue(5)},
		{"${n} div 0", Value{}},
		{"${n} > 6.5 and ${n} <= 7", BoolValue(true)},
		{"${n} < 7 or not(${n} < 7)", BoolValue(true)},
		{"${INNOV} or ${P} and ${P}", BoolValue(true)},
		{"true() or false() and false()", BoolValue(true)},
		{"(true() or false()) and false()", BoolValue(false)},
		{"(${n} < 8) = ${INNOV}", BoolValue(true)},
		{"${d} = date('2024-10-04')", BoolValue(true)},
		{"${d} > date('2024-10-03') and ${d} <= date('2024-10-04')", BoolValue(true)},
		{"${d} < date('1969-12-31')", BoolValue(false)},
		{"${d} < ${e}", Value{}},
		{"coalesce(${e}, date('2020-01-01')) < ${d}", BoolValue(true)},
		{"${k} = 7", BoolValue(true)},
		// Unknown: nobody has answered H1, m or P.
		{"coalesce(${m}, 0) + ${n}", NumberValue(7)},
		{"coalesce(${n}, 0)", NumberValue(7)},
		{"coalesce(${m} > 1, ${n} > 1)", BoolValue(true)},
		{"coalesce(${m}, ${n} div 0)", Value{}},
		{"${H1.ledelse} = 'fremmede'", Value{}},
		{"${H1.ledelse} != 'fremmede'", Value{}},
		{"not(${H1.ledelse} = 'fremmede')", Value{}},
		{"${m} + 1", Value{}},
		{"-${m}", Value{}},
		{"${m} > 1 or ${B1} = 'ja'", BoolValue(true)},
		{"${m} > 1 and ${B1} = 'nej'", BoolValue(false)},
		{"${B1} = 'nej' or ${m} > 1", Value{}},
	}
	for _, tt := range tests {
		e, err := Parse(tt.src, scope)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
			continue
		}
		if got := e.Eval(env); !same(got, tt.want) {
			t.Errorf("%s = %+v, want %+v", tt.src, got, tt.want)
		}
		if v := e.Eval(env); !v.IsUnknown() && v.Type() != e.Type() {
			t.Errorf("%s gives a value of type %v, but was checked as %v", tt.src, v.Type(), e.Type())
		}
	}
}

func same(a, b Value) bool {
	return a.Type() == b.Type() && a.Bool() == b.Bool() && a.Number() == b.Number() &&
		a.Text() == b.Text() && slices.Equal(a.Set(), b.Set())
}

// The truth tables of strong three-valued logic (Kleene 1952, §64); 0 is
// unknown, 1 false, 2 true.
func TestGoal05_TruthTables(t *testing.T) {
	values := []Value{{}, BoolValue(false), BoolValue(true)}
	tables := map[string][3][3]int{
		"${INNOV} and ${P}": {{0, 1, 0}, {1, 1, 1}, {0, 1, 2}},
		"${INNOV} or ${P}":  {{0, 0, 2}, {0, 1, 2}, {2, 2, 2}},
		"${INNOV} = ${P}":   {{0, 0, 0}, {0, 2, 1}, {0, 1, 2}},
	}
	for src, table := range tables {
		e, err := Parse(src, scope)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range values {
			for j, y := range values {
				if got := e.Eval(Values{"INNOV": x, "P": y}); !same(got, values[table[i][j]]) {
					t.Errorf("%s with %v, %v: got %+v", src, i, j, got)
				}
			}
		}
	}
	negation, _ := Parse("not(${P})", scope)
	for i, want := range []int{0, 2, 1} {
		if got := negation.Eval(Values{"P": values[i]}); !same(got, values[want]) {
			t.Errorf("not with %d: got %+v", i, got)
		}
	}
	if p, _ := Parse("${P}", scope); True(p, Values{}) || False(p, Values{}) {
		t.Error("an unknown condition counts as known")
	}
}

func TestGoal04_FaultsStandAtTheirColumn(t *testing.T) {
	tests := []struct {
		src     string
		column  int
		message string // a part of it
		hint    string // a part of it
	}{
		{"", 1, "ends too early", ""},
		{"${B1} == 'ja'", 7, "==", "use ="},
		{"${B1} = 'ja' && true()", 14, "&&", "use and"},
		{"${B1} = ’ja’", 9, "’", "use '"},
		{"B1 = 'ja'", 1, "a bare word", "${B1}"},
		{"${B1 = 'ja'", 1, "not a name", "${B1}"},
		{"$B1 = 'ja'", 1, "name is missing", "${B1}"},
		{"${B1} = 'ja", 9, "not closed", "end it with '"},
		{"${B9} = 'ja'", 1, "there is no ${B9}", "case-sensitive"},
		{"true() and ${L1} = 'x'", 12, "is asked after this", ""},
		{"${B1} = 'jaa'", 9, "no code 'jaa'", "ja, nej, ved_ikke"},
		{"'jaa' != ${B1}", 1, "no code 'jaa'", "ja, nej"},
		{"selected(${D2}, 'firma')", 17, "no code 'firma'", "kommune, region"},
		{"selected(${n}, '1')", 10, "does not take a number", ""},
		{"selected('x', 'y')", 10, "takes the name of an answer", ""},
		{"selected(${D2}, kommune)", 17, "takes a code", "'kommune'"},
		{"count-selected(${B1}) > 1", 16, "does not take a code", ""},
		{"${D2} = 'kommune'", 1, "several codes", "selected(${D2}"},
		{"${B1} = 1", 7, "a code, but 1 is a number", "one type"},
		{"${B1} < 'nej'", 7, "order", "use = or !="},
		{"${B1} or ${P}", 1, "takes a condition", "= 'code'"},
		{"${P} or ${B1}", 9, "takes a condition", "= 'code'"},
		{"${n} + ${B1}", 8, "takes a number", ""},
		{"-${B1}", 2, "takes a number", ""},
		{"not(${n})", 5, "takes a condition", ""},
		{"1 < ${n} < 9", 10, "do not chain", "and"},
		{"(1) < ${n} < 9", 12, "do not chain", "and"},
		{"if(${P}, 1, 2)", 1, "no function if", "count-selected"},
		{"coalesce(${m})", 14, ", is missing", ""},
		{"coalesce(${m}, 'x') = 1", 16, "two values of one type", ""},
		{"not(${P}", 9, ") is missing before the end", ""},
		{"${P} ${P}", 6, "unexpected ${P}", ""},
		{"(${P}", 6, ") is missing", ""},
		{"1234567890123456", 1, "too many digits", "15"},
		{"${P} and §", 10, "§", ""},
		{"'æøå' = ${B9}", 9, "there is no ${B9}", ""},
		{strings.Repeat("(", 65) + "${P}" + strings.Repeat(")", 65), 65, "nested too deeply", "64"},
		{"${P}" + strings.Repeat(" or ${P}", 600), 3998, "too long", "1000"},
		{"\xff", 1, "UTF-8", ""},
		{"${d} > 2025", 6, "${d} is a date, but 2025 is a number", "one type"},
		{"${d} + 1 > ${d}", 1, "takes a number", ""},
		{"${d} > date('2025-02-30')", 13, "a day here, not '2025-02-30'", "date('2025-03-31')"},
		{"${d} > date(2025)", 13, "a day here, not 2025", ""},
		{". > 1", 1, "the dot stands for the answer", "${B1}"},
		{"${P} and .", 10, "the dot stands for the answer", ""},
	}
	for _, tt := range tests {
		_, err := Parse(tt.src, scope)
		var fault *Error
		if !errors.As(err, &fault) {
			t.Errorf("%s: no fault found", tt.src)
			continue
		}
		if fault.Column != tt.column || !strings.Contains(fault.Message, tt.message) || !strings.Contains(fault.Hint, tt.hint) {
			t.Errorf("%.60s\n got column %d: %s (%s)\nwant column %d: %s (%s)", tt.src, fault.Column, fault.Message, fault.Hint, tt.column, tt.message, tt.hint)
		}
	}
}

func TestConditionRefusesOtherTypes(t *testing.T) {
	for _, src := range []string{"${B1}", "${D2}", "1 + 1", "'ja'"} {
		if _, err := Condition(src, scope); err == nil {
			t.Errorf("%s was taken for a condition", src)
		}
	}
	if _, err := Condition("${INNOV}", scope); err != nil {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	e, err := Parse("not(selected(${D2}, 'kommune')) and (${n} + ${m} > -${n} or count-selected(${D2}) = 1)", scope)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(e.Names(), " "); got != "D2 n m" {
		t.Errorf("names are %q", got)
	}
}

func TestStringSpellsCanonically(t *testing.T) {
	tests := map[string]string{
		`((${P}))`:                       `${P}`,
		`not( ${P} )or ${P}`:             `not(${P}) or ${P}`,
		`${P} and (${P} or ${INNOV})`:    `${P} and (${P} or ${INNOV})`,
		`(${P} and ${P}) or ${P}`:        `${P} and ${P} or ${P}`,
		`${n}-(${m}-1)`:                  `${n} - (${m} - 1)`,
		`(${n}-${m})-1.50`:               `${n} - ${m} - 1.5`,
		`- ( ${n} + 1 ) * 2`:             `-(${n} + 1) * 2`,
		`${B1}="ja"`:                     `${B1} = 'ja'`,
		`${sector} = "it's"`:             `${sector} = "it's"`,
		`(${n} < 1) = (${P} = ${INNOV})`: `(${n} < 1) = (${P} = ${INNOV})`,
		`selected( ${D2},"kommune" )`:    `selected(${D2}, 'kommune')`,
	}
	for src, want := range tests {
		e, err := Parse(src, scope)
		if err != nil {
			t.Errorf("%s: %v", src, err)
		} else if e.String() != want {
			t.Errorf("%s is spelt %s, want %s", src, e, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, src := range []string{
		"${B1} = 'ja' or selected(${D2}, 'kommune')", "not(${P}) and -${n} div 2 >= 1.25",
		"count-selected(${D2}) - -1 < 3 = true()", "coalesce(${n} > 1, ${P})", `${sector} != "it's"`, "((1)", "'", "${", "a-b", "1.", "--1 * -2",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		e, err := Parse(src, scope)
		if err != nil {
			var fault *Error
			if !errors.As(err, &fault) || fault.Column < 1 || fault.Column > len(src)+1 {
				t.Fatalf("fault without a place: %v", err)
			}
			return
		}
		again, err := Parse(e.String(), scope)
		if err != nil {
			t.Fatalf("%q prints as %q, which is refused: %v", src, e, err)
		}
		if again.String() != e.String() || !same(again.Eval(env), e.Eval(env)) {
			t.Fatalf("%q prints as %q, which reads as %q", src, e, again)
		}
	})
}
