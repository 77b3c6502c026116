package contact

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Code is an access code in its stored form: twelve characters of alphabet,
// the last of them a check character. Eleven random characters are 55 bits:
// with 16,000 live codes and ten guesses a second, sixty days of guessing
// expect 2e-5 hits.
type Code string

// ErrTypo says that a code cannot be right as typed, whoever it belongs to.
var ErrTypo = errors.New("access code mistyped")

const (
	// alphabet is Crockford's base 32: digits and capitals without I, L, O, U.
	alphabet   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLength = 12
)

// newCode makes a code from eleven random characters.
func newCode(random io.Reader) (Code, error) {
	b := make([]byte, codeLength)
	if _, err := io.ReadFull(random, b[:codeLength-1]); err != nil {
		return "", fmt.Errorf("draw access code: %w", err)
	}
	var sum byte
	for i := range codeLength - 1 {
		value := b[i] & 31 // 256 is a multiple of 32: no character is favoured
		sum = timesX(sum ^ value)
		b[i] = alphabet[value]
	}
	b[codeLength-1] = alphabet[sum]
	return Code(b), nil
}

// ParseCode reads a code as people type it: in any case, with spaces and
// dashes anywhere, O for 0 and I or L for 1. It returns [ErrTypo] when a
// character is wrong, missing or superfluous; every single wrong character and
// every swap of two characters is found.
func ParseCode(typed string) (Code, error) {
	var b [codeLength]byte
	n, sum := 0, byte(0)
	for _, r := range typed {
		if isGap(r) {
			continue
		}
		value := strings.IndexRune(alphabet, readAs(r))
		if value < 0 || n == codeLength {
			return "", ErrTypo
		}
		if n < codeLength-1 {
			sum = timesX(sum ^ byte(value))
		} else {
			sum ^= byte(value)
		}
		b[n] = alphabet[value]
		n++
	}
	if n != codeLength || sum != 0 {
		return "", ErrTypo
	}
	return Code(b[:]), nil
}

// String writes the code in groups of four, as it stands in a letter.
func (c Code) String() string {
	if len(c) != codeLength {
		return string(c)
	}
	return string(c[:4] + "-" + c[4:8] + "-" + c[8:])
}

// timesX multiplies by x in the field of 32 elements with x^5 = x^2 + 1. The
// check character makes the code, read as a polynomial over that field, zero
// at x. The powers of x are distinct, which is what finds swapped characters.
func timesX(v byte) byte {
	v <<= 1
	if v > 31 {
		v ^= 0b100101
	}
	return v
}

func isGap(r rune) bool {
	switch r {
	case ' ', '-', '\t', '\r', '\n', '.', '\u00a0', '\u202f', '\u2010', '\u2011', '\u2013':
		return true
	}
	return false
}

func readAs(r rune) rune {
	if 'a' <= r && r <= 'z' {
		r -= 'a' - 'A'
	}
	switch r {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	return r
}
