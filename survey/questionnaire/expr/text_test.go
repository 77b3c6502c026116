package expr

import (
	"strings"
	"testing"

	"barometer/internal/i18n"
)

var written = Symbols{
	"L1": {Type: Prose}, "B1": {Type: Text, Codes: []string{"ja"}}, ".": {Type: Prose, Name: "L1"},
}

// Goal 5 for texts: what nobody has written has no length and no form.
func TestGoal05_LengthAndFormOfTexts(t *testing.T) {
	for source, want := range map[string]map[string]string{
		"string-length(.) >= 3":             {"": "unknown", "æø": "false", "æøå": "true", "a b": "true"},
		"regex(., '[0-9]{4}')":              {"": "unknown", "1234": "true", "12345": "false", "x1234": "false", "1234\n": "false"},
		"not(regex(${L1}, 'a|b'))":          {"": "unknown", "a": "false", "b": "false", "ab": "true"},
		"regex(., '\\S+@\\S+\\.[a-z]{2,}')": {"leder@kommune.dk": "true", "leder@kommune": "false"},
		"regex(., \"[^']*\")":               {"it's": "false", "its": "true"},
		"regex(., 'x*') or true()":          {"": "true"},
	} {
		e, err := Condition(source, written)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		again, err := Condition(e.String(), written)
		if err != nil || again.String() != e.String() {
			t.Errorf("%s is spelt %s, which is read as %v, %v", source, e, again, err)
		}
		for text, result := range want {
			env := Values{}
			if text != "" {
				env["L1"] = ProseValue(text)
			}
			got := "unknown"
			if v := e.Eval(env); !v.IsUnknown() {
				got = map[bool]string{true: "true", false: "false"}[v.Bool()]
			}
			if got != result {
				t.Errorf("%s of %q is %s, want %s", source, text, got, result)
			}
		}
	}
}

// Patterns that other programs read otherwise are refused with what is odd.
func TestPatternsMeanTheSameElsewhere(t *testing.T) {
	for _, odd := range []string{`(?i)x`, `(?<n>x)`, `\p{L}`, `[[:alpha:]]`, `\Qx\E`, `x(?=y)`, `\1`, `[a&&b]`, `[a[b]]`, `\bx`, `\z`, `(?`} {
		if _, why := formOf(odd); !strings.Contains(why, "does not mean the same") {
			t.Errorf("%s: %q", odd, why)
		}
	}
	for _, plain := range []string{`[0-9]+`, `(?:a|b)*`, `\d{4} \w+`, `\(x\)\.\[\]\{\}\^\$\|\\\/`, `[^a-z-]?`, `æ+`, `x{1,3}?`} {
		if _, why := formOf(plain); why != "" {
			t.Errorf("%s: %s", plain, why)
		}
	}
}

// A specimen has the form of its pattern, and one more has not.
func TestSpecimens(t *testing.T) {
	for pattern, n := range map[string]int{`[0-9]{4}`: 2, `\S+@\S+\.dk`: 2, `[^a]`: 2, `.*`: 0, `.+`: 1, `(?:ja|nej)x?`: 2, `[ \t]`: 2, `^x$`: 2} {
		texts := Specimens(pattern)
		if len(texts) != n {
			t.Errorf("%s: %q", pattern, texts)
		}
	}
}

func TestTextsInWords(t *testing.T) {
	e, err := Condition("string-length(.) < 3 or not(regex(., '[0-9]+')) or regex(., 'x')", written)
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range map[i18n.Lang]string{
		i18n.Danish:  "antallet af tegn i L1 er under 3 eller L1 ikke har formen »[0-9]+« eller L1 har formen »x«",
		i18n.English: "the number of characters in L1 is less than 3 or L1 does not have the form “[0-9]+” or L1 has the form “x”",
	} {
		if got := Words(e, l, plainVocabulary{}); got != want {
			t.Errorf("%s: %s", l, got)
		}
	}
}

// plainVocabulary names everything by itself.
type plainVocabulary struct{}

func (plainVocabulary) Name(name string, _ i18n.Lang) string    { return name }
func (plainVocabulary) Code(_, code string, _ i18n.Lang) string { return code }
