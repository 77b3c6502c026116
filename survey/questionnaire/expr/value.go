package expr

import (
	"math"
	"slices"
)

// Type is the type of an expression.
type Type int

const (
	Bool   Type = iota + 1
	Number      // a real number
	Text        // one code, or a text
	Set         // the codes chosen in a multiple answer
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

// TextValue returns a known code or text.
func TextValue(s string) Value { return Value{kind: Text, text: s} }

// SetValue returns a known, possibly empty, set of codes. It keeps the slice.
func SetValue(codes []string) Value { return Value{kind: Set, set: codes} }

// IsUnknown reports whether nothing is known of the value.
func (v Value) IsUnknown() bool { return v.kind == 0 }

// Type returns the type of a known value, 0 of an unknown one.
func (v Value) Type() Type { return v.kind }

// Bool returns a known truth value; false when v is unknown or no truth value.
func (v Value) Bool() bool { return v.truth }

// Number returns a known number; 0 when v is unknown or no number.
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
