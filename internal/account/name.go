package account

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"barometer/internal/i18n"
)

// Faults of a name, each worded for the person who typed it by the pages.
var (
	ErrNameShort    = errors.New("name is too short")
	ErrNameLong     = errors.New("name is too long")
	ErrNameHidden   = errors.New("name holds characters that do not show or change the direction of writing")
	ErrNameScript   = errors.New("name holds characters that are no Latin letters")
	ErrNameReserved = errors.New("name is one that the program gives itself")
)

// Bounds on a name, in characters.
const (
	shortestName = 2
	longestName  = 80
)

// ownLetters are the Latin letters of European names that are no base letter
// with marks.
const ownLetters = "æøðþđłßœħŧŋıəÆØÐÞĐŁẞŒĦŦŊƏ"

// nameMarks may stand between letters, whichever form was typed.
var nameMarks = map[rune]rune{' ': ' ', '-': '-', '.': '.', '\'': '’', '’': '’', 'ʼ': '’', '\u2010': '-', '\u2011': '-'}

// formerly is what pages call a person whose name is gone.
var formerly = regexp.MustCompile(`(?i)^(tidligere +bidragyder|former +contributor)\b`)

// CleanName returns a name in its one stored form: composed (NFC), single
// spaces, one kind of apostrophe and hyphen.
//
// Names are written in Latin letters, as the civil register writes them. That
// leaves no room for letters of other scripts that look Latin (Unicode
// Technical Standard 39), and the letters allowed are those that decompose to a
// base letter of the alphabet, so that phonetic, mathematical and full-width
// look-alikes are refused too. Characters that do not show, change the
// direction of writing or pile up marks are refused and never dropped in
// silence.
func CleanName(typed string) (string, error) {
	if !utf8.ValidString(typed) || strings.ContainsFunc(typed, hidden) {
		return "", ErrNameHidden
	}
	name := strings.Join(strings.Fields(norm.NFC.String(typed)), " ")
	var b strings.Builder
	letters := 0
	for _, r := range name {
		mark, isMark := nameMarks[r]
		switch {
		case isMark:
			b.WriteRune(mark)
		case latin(r):
			letters++
			b.WriteRune(r)
		default:
			return "", ErrNameScript
		}
	}
	switch n := utf8.RuneCountInString(name); {
	case letters < shortestName:
		return "", ErrNameShort
	case n > longestName:
		return "", ErrNameLong
	case formerly.MatchString(name):
		return "", ErrNameReserved
	}
	return b.String(), nil
}

// hidden finds control, format (bidi among them), private, unassigned and
// line-breaking characters. A tab or line break typed by accident is no space.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) ||
		!unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z) ||
		r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0' // letters that do not show
}

// latin reports whether a composed character is a letter of the Latin alphabet
// as names use it.
func latin(r rune) bool {
	if strings.ContainsRune(ownLetters, r) {
		return true
	}
	if !unicode.Is(unicode.Latin, r) {
		return false
	}
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	return 'a' <= base && base <= 'z' || 'A' <= base && base <= 'Z'
}

// FormerName is the label of a person whose name is erased: the id alone tells
// such persons apart.
func FormerName(id ID) i18n.Text {
	return i18n.Text{DA: "Tidligere bidragyder " + id.String(), EN: "Former contributor " + id.String()}
}
