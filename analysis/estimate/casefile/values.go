package casefile

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"barometer/weighting/design"
)

// list is an array of strings; a single string stands for an array of one.
type list []string

func (l *list) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil && !isNull(text) {
		*l = list{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(text, &many); err != nil {
		return badCase("%s where a list of names belongs", abridged(text))
	}
	*l = many
	return nil
}

// numbers is an array of numbers; a single number stands for an array of one.
type numbers []float64

func (n *numbers) UnmarshalJSON(text []byte) error {
	var one float64
	if json.Unmarshal(text, &one) == nil && !isNull(text) {
		*n = numbers{one}
		return nil
	}
	var many []float64
	if err := json.Unmarshal(text, &many); err != nil {
		return badCase("%s where a list of numbers belongs", abridged(text))
	}
	*n = many
	return nil
}

// texts is an array of levels: strings, numbers or truth values, which stand for themselves.
type texts []string

func (t *texts) UnmarshalJSON(text []byte) error {
	var many []json.RawMessage
	if err := json.Unmarshal(text, &many); err != nil {
		many = []json.RawMessage{text}
	}
	for _, one := range many {
		level, err := levelText(one)
		if err != nil {
			return err
		}
		*t = append(*t, level)
	}
	return nil
}

// levels is an object {column: level}. Its order is that of the names.
type levels []design.Level

func (l *levels) UnmarshalJSON(text []byte) error {
	*l = nil
	if isEmptyList(text) {
		return nil
	}
	var columns map[string]json.RawMessage
	if err := json.Unmarshal(text, &columns); err != nil {
		return badCase("%s where an object {column: level} belongs", abridged(text))
	}
	for name, value := range columns {
		level, err := levelText(value)
		if err != nil {
			return err
		}
		*l = append(*l, design.Level{Column: name, Level: level})
	}
	slices.SortFunc(*l, func(a, b design.Level) int { return bytes.Compare([]byte(a.Column), []byte(b.Column)) })
	return nil
}

// levelText is a level as it stands in the data: a string, a number, true or
// false.
func levelText(text []byte) (string, error) {
	var s string
	if json.Unmarshal(text, &s) == nil && !isNull(text) {
		return s, nil
	}
	var x float64
	if json.Unmarshal(text, &x) == nil && !isNull(text) {
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	}
	var yes bool
	if json.Unmarshal(text, &yes) == nil && !isNull(text) {
		return truth(yes), nil
	}
	return "", badCase("%s where a level (text or number) belongs", abridged(text))
}

// truth is the level of a column that is true or false.
func truth(yes bool) string {
	if yes {
		return "TRUE"
	}
	return "FALSE"
}

func isEmptyList(text []byte) bool {
	var items []json.RawMessage
	return json.Unmarshal(text, &items) == nil && len(items) == 0
}

func isNull(text []byte) bool { return bytes.Equal(bytes.TrimSpace(text), []byte("null")) }

func abridged(text []byte) string {
	const most = 40
	if len(text) > most {
		return string(bytes.ToValidUTF8(text[:most], nil)) + "…"
	}
	return string(text)
}

// df is "design", "domain", "inf" or a number.
type df struct {
	rule   string
	number float64
}

func (d *df) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) == nil {
		switch s {
		case "", "design", "domain":
			*d = df{rule: s}
			return nil
		case "inf":
			*d = df{rule: "number", number: math.Inf(1)}
			return nil
		}
		return badCase("key df: %q is none of design, domain, inf, or a number", s)
	}
	var x float64
	if json.Unmarshal(text, &x) != nil {
		return badCase("key df: %s where design, domain, inf or a number belongs", abridged(text))
	}
	*d = df{rule: "number", number: x}
	return nil
}
