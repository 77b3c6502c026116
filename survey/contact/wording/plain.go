package wording

import (
	"strings"
	"unicode"
)

// longest is how many characters of a value are taken: names in registers are
// a tenth of it.
const longest = 300

// Plain makes one line of text of a value from a register or a configuration:
// without control characters, marks that turn the direction of reading, and
// ends of lines of any script, which could add a line to a letter or a header
// to a mail.
func Plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest-1]) + "…"
	}
	return s
}

// hidden reports whether a character cannot be seen and may change what can.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Co, r) ||
		r >= '\u200b' && r <= '\u200d' || r == '\ufeff'
}
