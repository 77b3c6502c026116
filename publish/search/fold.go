package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"barometer/internal/i18n"
)

// words divides a text into folded words: lower case, æ as ae, ø as oe, å as aa,
// and other letters without their accents, so that whoever has no Danish
// keyboard finds what whoever has one wrote.
func words(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

var danish = strings.NewReplacer("æ", "ae", "ø", "oe", "å", "aa", "ä", "ae", "ö", "oe", "ß", "ss", "\u00ad", "", "\u2060", "")

func fold(text string) string {
	text = danish.Replace(norm.NFC.String(strings.ToLower(text)))
	var b strings.Builder
	for _, r := range norm.NFD.String(text) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return danish.Replace(strings.ToLower(b.String())) // ǣ is æ by now
}

// endings are cut off a word, the longest that fits, where enough of it is left.
// They are those of inflection alone: a stem finds the forms of one word, and no
// other words.
var endings = map[i18n.Lang][]string{
	i18n.Danish:  {"ernes", "erens", "eres", "erne", "eren", "enes", "edes", "ere", "ene", "ens", "ers", "ets", "ede", "es", "er", "en", "et", "e", "s", "t"},
	i18n.English: {"ies", "ing", "ed", "es", "s", "e"},
}

// shortest is how many letters a stem keeps.
const shortest = 4

// stem is a folded word without its ending. A doubled consonant at the end is
// made single, as in hospitaller or planned.
func stem(word string, l i18n.Lang) string {
	for _, e := range endings[l] {
		if s, ok := strings.CutSuffix(word, e); ok && utf8.RuneCountInString(s) >= shortest {
			word = s
			break
		}
	}
	if n := len(word); n > shortest && word[n-1] == word[n-2] && !strings.ContainsRune("aeiouy", rune(word[n-1])) {
		word = word[:n-1]
	}
	return word
}
