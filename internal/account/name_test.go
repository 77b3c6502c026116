package account_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"barometer/internal/account"
	"barometer/internal/mail"
)

func TestNames(t *testing.T) {
	for typed, want := range map[string]string{
		"  Anna   Holm ":           "Anna Holm",
		"Åse Sørensen-Ærø":         "Åse Sørensen-Ærø",
		"A\u030Ase O'Neill":        "Åse O’Neill", // composed
		"Nguyễn Thị Ánh":           "Nguyễn Thị Ánh",
		"Łukasz Şahin J. Đorđević": "Łukasz Şahin J. Đorđević",
		"Bo\u00a0Li":               "Bo Li",
		"Anne\u2011Marie Weiß":     "Anne-Marie Weiß",
	} {
		if got, err := account.CleanName(typed); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	for typed, want := range map[string]error{
		"Аnna Holm":                 account.ErrNameScript, // Cyrillic А
		"Anna Hοlm":                 account.ErrNameScript, // Greek omicron
		"Анна":                      account.ErrNameScript,
		"Ａnna Holm":                 account.ErrNameScript, // full width
		"𝐀nna Holm":                 account.ErrNameScript, // mathematical
		"Ɑnna Holm":                 account.ErrNameScript, // Latin alpha
		"Anna Ⅼind":                 account.ErrNameScript, // roman numeral fifty
		"A͟n͟n͟a":                   account.ErrNameScript, // marks that do not compose
		"Anna 2":                    account.ErrNameScript,
		"Anna <b>":                  account.ErrNameScript,
		"Anna\u202emloH":            account.ErrNameHidden, // right-to-left override
		"Anna\u2067Holm":            account.ErrNameHidden, // isolate
		"An\u200bna":                account.ErrNameHidden, // zero width
		"An\u00adna":                account.ErrNameHidden, // soft hyphen
		"Anna\u3164":                account.ErrNameHidden, // filler
		"Anna\nHolm":                account.ErrNameHidden,
		"Anna\x00":                  account.ErrNameHidden,
		"Anna\xff":                  account.ErrNameHidden,
		"\ue000Anna":                account.ErrNameHidden,
		"":                          account.ErrNameShort,
		"A":                         account.ErrNameShort,
		"- . '":                     account.ErrNameShort,
		strings.Repeat("Anna ", 40): account.ErrNameLong,
		"Tidligere  bidragyder":     account.ErrNameReserved,
		"former contributor":        account.ErrNameReserved,
	} {
		if got, err := account.CleanName(typed); !errors.Is(err, want) {
			t.Errorf("%q: %q, %v; want %v", typed, got, err, want)
		}
	}
}

// What comes out is stable, of one script, and shows what it holds.
func FuzzCleanName(f *testing.F) {
	for _, seed := range []string{"Anna Holm", "A\u030Ase", "Аnna", "O'Neill", "\u202eAnna", "ǅ", "ſ", "K"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		name, err := account.CleanName(typed)
		if err != nil {
			return
		}
		if again, err := account.CleanName(name); err != nil || again != name {
			t.Errorf("%q becomes %q, then %q, %v", typed, name, again, err)
		}
		if n := utf8.RuneCountInString(name); n < 2 || n > 80 {
			t.Errorf("%q has %d characters", name, n)
		}
		for _, r := range name {
			if !unicode.In(r, unicode.Latin, unicode.Zs, unicode.Pd, unicode.P) || !unicode.IsPrint(r) {
				t.Errorf("%q holds %U", name, r)
			}
		}
	})
}

func TestAddresses(t *testing.T) {
	for typed, want := range map[string]string{
		" Anna.Holm@Example.DK ":   "anna.holm@example.dk",
		"o'neill+b@k.example.dk":   "o'neill+b@k.example.dk",
		"post@blåbærgrød.example":  "post@xn--blbrgrd-fxak7p.example",
		"a@b.co":                   "a@b.co",
		"anna@example.dk\r\nBcc:x": "", "anna@example.dk, eve@example.dk": "", "Anna <anna@example.dk>": "",
		"anna": "", "@example.dk": "", "anna@": "", "anna@localhost": "", "anna@@example.dk": "", "anna@example..dk": "",
		".anna@example.dk": "", "an na@example.dk": "", `"anna"@example.dk`: "", "anna@[192.0.2.1]": "", "anna@192.0.2.1": "",
		"аnna@example.dk": "", "anna@-example.dk": "", strings.Repeat("a", 65) + "@example.dk": "",
		"a@" + strings.Repeat("b.", 130) + "dk": "",
	} {
		got, err := account.CleanAddress(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
}

func FuzzCleanAddress(f *testing.F) {
	for _, seed := range []string{"anna@example.dk", "a@b.co\r\nBcc: c@d.dk", "post@blåbærgrød.example", "a@b@c.dk"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		address, err := account.CleanAddress(typed)
		if err != nil {
			return
		}
		if again, err := account.CleanAddress(address); err != nil || again != address {
			t.Errorf("%q becomes %q, then %q, %v", typed, address, again, err)
		}
		for _, r := range address {
			if r <= ' ' || r > '~' || strings.ContainsRune("<>,;:\"\\()[]", r) {
				t.Errorf("%q holds %U", address, r)
			}
		}
		if err := mail.CheckAddress(address); err != nil {
			t.Errorf("%q is refused by the mail: %v", address, err)
		}
	})
}
