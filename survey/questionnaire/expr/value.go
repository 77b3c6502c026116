package expr

import (
	"math"
	"slices"
	"time"
)

// Type is the type of an expression.
type Type int

const (
	Bool   Type = iota + 1
	Number      // a real number
	Text        // one code, or a text
	Set         // the codes chosen in a multiple answer
	Date        // a day
	Prose       // what somebody wrote: only its length and form can be asked for
)

// String names the type as error messages do.
func (t Type) String() string {
	switch t {
	case Bool:
		return "a condition"
	case Number:
		return "a number"
	case Text:
		return "a code"
	case Set:
		return "a set of codes"
	case Date:
		return "a date"
	case Prose:
		return "a text"
	}
	return "unknown"
}

// Value is what an expression evaluates to. The zero Value is unknown.
type Value struct {
	kind   Type
	truth  bool
	number float64
	text   string
	set    []string
}

// BoolValue returns a known truth value.
func BoolValue(b bool) Value { return Value{kind: Bool, truth: b} }

// NumberValue returns a known number. NaN and the infinities are unknown: they
// only come from a division by zero or an overflow.
func NumberValue(x float64) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Value{}
	}
	return Value{kind: Number, number: x}
}

// DayFormat is how a day is written: year, month, day (ISO 8601).
const DayFormat = "2006-01-02"

const secondsPerDay = 24 * 60 * 60

// DateValue returns a known day, given as days since 1 January 1970.
func DateValue(days int) Value { return Value{kind: Date, number: float64(days)} }

// ParseDay returns the days from 1 January 1970 to a day in [DayFormat].
func ParseDay(s string) (days int, ok bool) {
	t, err := time.Parse(DayFormat, s)
	return int(t.Unix() / secondsPerDay), err == nil && t.Year() > 0
}

// Day writes a day, given as days since 1 January 1970, in [DayFormat].
func Day(days int) string { return dayOf(days).Format(DayFormat) }

func dayOf(days int) time.Time { return time.Unix(int64(days)*secondsPerDay, 0).UTC() }

// TextValue returns a known code or text.
func TextValue(s string) Value { return Value{kind: Text, text: s} }

// ProseValue returns a known text that somebody wrote.
func ProseValue(s string) Value { return Value{kind: Prose, text: s} }

// SetValue returns a known, possibly empty, set of codes. It keeps the slice.
func SetValue(codes []string) Value { return Value{kind: Set, set: codes} }

// IsUnknown reports whether nothing is known of the value.
func (v Value) IsUnknown() bool { return v.kind == 0 }

// Type returns the type of a known value, 0 of an unknown one.
func (v Value) Type() Type { return v.kind }

// Bool returns a known truth value; false when v is unknown or no truth value.
func (v Value) Bool() bool { return v.truth }

// Number returns a known number, or the days from 1 January 1970 to a known
// date; 0 when v is unknown or neither.
func (v Value) Number() float64 { return v.number }

// Text returns a known text; "" when v is unknown or no text.
func (v Value) Text() string { return v.text }

// Set returns a known set of codes; nil when v is unknown or no set.
func (v Value) Set() []string { return v.set }

// has reports whether a code is chosen in v, a single code or a set.
func (v Value) has(code string) bool {
	if v.kind == Text {
		return v.text == code
	}
	return slices.Contains(v.set, code)
}

// Env gives names their values, the zero Value to what is unknown.
type Env interface {
	Value(name string) Value
}

// Values is an environment given as a map.
type Values map[string]Value

// Value implements [Env].
func (v Values) Value(name string) Value { return v[name] }
