package contact

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestGoal15_CodeFindsEverySingleErrorAndSwap(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for range 20 {
		code, err := newCode(random)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseCode(code.String()); err != nil || got != code {
			t.Fatalf("ParseCode(%s) = %s, %v", code, got, err)
		}
		for i := range codeLength {
			for _, c := range []byte(alphabet) {
				wrong := []byte(code)
				wrong[i] = c
				expectTypo(t, code, Code(wrong))
			}
			for j := range i {
				swapped := []byte(code)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				expectTypo(t, code, Code(swapped))
			}
		}
	}
}

func expectTypo(t *testing.T, code, wrong Code) {
	t.Helper()
	if _, err := ParseCode(string(wrong)); wrong != code && !errors.Is(err, ErrTypo) {
		t.Fatalf("%s for %s: %v, want ErrTypo", wrong, code, err)
	}
}

func TestGoal15_CodeIsReadAsPeopleTypeIt(t *testing.T) {
	// 0123-4567-89A and its check character, reckoned by hand from the field.
	code, err := newCode(strings.NewReader("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a"))
	if err != nil {
		t.Fatal(err)
	}
	s := string(code)
	check := s[11:]
	for _, typed := range []string{
		s, code.String(), strings.ToLower(s),
		"  0123 4567 89A" + check + "\n",
		"o123-4567-89a" + check, // the letter o
		"0l23 4567 89A" + check, "0I23 4567 89A" + check,
		"0123\u00a04567\u202f89A" + check, // as pasted from a letter
		"0123–4567‑89A" + check,
	} {
		if got, err := ParseCode(typed); err != nil || got != code {
			t.Errorf("ParseCode(%q) = %q, %v; want %s", typed, got, err, code)
		}
	}
	for _, typed := range []string{"", "-", s[:11], s + "0", "U123456789A" + check, "0123456789Å" + check, s + s, strings.Repeat("0", 1000)} {
		if got, err := ParseCode(typed); !errors.Is(err, ErrTypo) {
			t.Errorf("ParseCode(%.20q) = %q, %v; want ErrTypo", typed, got, err)
		}
	}
}

// Sixty days of guessing at the rate that the throttle allows must expect far
// less than one hit among the codes of a whole frame.
func TestGoal15_GuessingExpectsNoHit(t *testing.T) {
	const live, seconds = 16_000, 60 * 24 * 60 * 60
	codes := math.Pow(float64(len(alphabet)), codeLength-1)
	if len(alphabet) != 32 || strings.ContainsAny(alphabet, "ILOU") {
		t.Errorf("alphabet %s", alphabet)
	}
	if hits := live * failuresPerSecond * seconds / codes; hits > 2.5e-5 {
		t.Errorf("%.1e hits expected, want 2e-5", hits)
	}
}

// The check character must not favour any value, or guessing gets easier.
func TestGoal15_CodesSpreadEvenly(t *testing.T) {
	random := rand.NewChaCha8([32]byte{2})
	var counts [codeLength]map[byte]int
	const n = 32 * 200
	for range n {
		code, err := newCode(random)
		if err != nil {
			t.Fatal(err)
		}
		for i := range codeLength {
			if counts[i] == nil {
				counts[i] = map[byte]int{}
			}
			counts[i][code[i]]++
		}
	}
	for i, c := range counts {
		chi2 := 0.0
		for _, a := range []byte(alphabet) {
			d := float64(c[a] - n/32)
			chi2 += d * d / (n / 32)
		}
		if chi2 > 70 { // 31 degrees of freedom: p < 0.0001
			t.Errorf("place %d: chi-square %.1f over the alphabet", i, chi2)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("0123-4567-89AB")
	f.Add("oil0 oil0 oil0")
	f.Add("\xff\x00ÆØÅ")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ParseCode(typed)
		if err != nil {
			return
		}
		again, err := ParseCode(strings.ToLower(code.String()))
		if err != nil || again != code {
			t.Fatalf("%q parses to %s, which parses to %s, %v", typed, code, again, err)
		}
	})
}
