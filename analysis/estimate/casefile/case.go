package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Case is one request. Keys that begin with "expect", and "made_with", are
// allowed and ignored: the same document serves as a test.
type Case struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Tags      list       `json:"tags"`
	Data      string     `json:"data"`
	Design    Design     `json:"design"`
	Adjust    []Step     `json:"adjust"`
	Request   Request    `json:"request"`
	Tolerance *Tolerance `json:"tolerance"`
}

// Tolerance is how near an answer must come to what a test expects.
type Tolerance struct {
	Rel float64 `json:"rel"`
	Abs float64 `json:"abs"`
}

// Design names the design columns, stage by stage.
type Design struct {
	IDs        list        `json:"ids"`
	Strata     list        `json:"strata"`
	FPC        list        `json:"fpc"`
	Weights    *string     `json:"weights"`
	Nest       bool        `json:"nest"`
	LonelyPSU  string      `json:"lonely_psu"`
	Replicates *replicates `json:"replicates"`
}

// Request says what to estimate.
type Request struct {
	Stat      string          `json:"stat"`
	Vars      list            `json:"vars"`
	By        list            `json:"by"`
	Where     levels          `json:"where"`
	Of        *Request        `json:"of"`
	Contrasts []Contrast      `json:"contrasts"`
	Model     json.RawMessage `json:"model"`
	Options   Options         `json:"options"`
}

// Contrast is a combination of domain estimates.
type Contrast struct {
	Name  string `json:"name"`
	Form  string `json:"form"` // linear, ratio, log_ratio
	Terms []Term `json:"terms"`
}

// Term is one domain estimate in a contrast.
type Term struct {
	By   levels   `json:"by"`
	Var  string   `json:"var"`
	Coef *float64 `json:"coef"`
}

// Options refine a statistic.
type Options struct {
	Level    *float64 `json:"level"`
	DF       df       `json:"df"`
	Deff     string   `json:"deff"`
	Rule     string   `json:"rule"`
	Interval string   `json:"interval"`
	Probs    numbers  `json:"probs"`
	Methods  list     `json:"methods"`
	AdjustP  list     `json:"adjust_p"`
	Margins  list     `json:"margins"`
	Wave     string   `json:"wave"`
	Waves    texts    `json:"waves"`
	Unit     string   `json:"unit"`

	furtherOptions
}

// Error is a case that could not be answered. Code is stable.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Message }

// The codes of this package; estimate and weighting have more.
const (
	BadCase = "bad_case" // unknown key, wrong type, unknown option
	BadData = "bad_data" // unreadable file, column not there, text for a number
)

func badCase(format string, args ...any) *Error {
	return &Error{Code: BadCase, Message: fmt.Sprintf(format, args...)}
}

// Read reads a case. It refuses unknown keys and wrong types. Where the
// document gives an id, the case carries it even when it is refused, so that
// the refusal can be told apart from others.
func Read(r io.Reader) (*Case, error) {
	c := &Case{}
	text, err := io.ReadAll(r)
	if err != nil {
		return c, badCase("the case cannot be read: %v", err)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return c, badCase("the case is not a JSON object: %v", err)
	}
	for key := range keys {
		if strings.HasPrefix(key, "expect") || key == "made_with" {
			delete(keys, key)
		}
	}
	// An id of the wrong type is reported by strict below.
	_ = json.Unmarshal(keys["id"], &c.ID)
	rest, err := json.Marshal(keys)
	if err != nil {
		return c, badCase("the case cannot be read: %v", err)
	}
	if err := strict(rest, c); err != nil {
		return c, err
	}
	return c, c.check()
}

// strict decodes a JSON value, refusing keys the target does not have.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var kind *json.UnmarshalTypeError
	var own *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &kind):
		return badCase("key %s: %s where %s belongs", kind.Field, kind.Value, kind.Type)
	}
	return badCase("%s", strings.TrimPrefix(err.Error(), "json: "))
}

// check refuses what no statistic can use.
func (c *Case) check() error {
	switch {
	case c.Data == "":
		return badCase("key data: the path of the data file is missing")
	case c.Request.Stat == "":
		return badCase("key request.stat is missing")
	}
	switch c.Design.LonelyPSU {
	case "", "fail", "remove", "certainty", "adjust", "average":
	default:
		return badCase("key design.lonely_psu: %q is none of fail, remove, certainty, adjust, average", c.Design.LonelyPSU)
	}
	if c.Design.Replicates != nil {
		if err := c.Design.Replicates.check(); err != nil {
			return err
		}
		if c.Request.Stat == "wave_change" {
			return badCase("key design.replicates: wave_change is not estimated from replicates")
		}
	}
	for key, names := range map[string]list{"ids": c.Design.IDs, "strata": c.Design.Strata, "fpc": c.Design.FPC} {
		for _, n := range names {
			if n == "" {
				return badCase("key design.%s has a column without a name", key)
			}
		}
	}
	if l := c.Request.Options.Level; l != nil && !(*l > 0 && *l < 1) {
		return badCase("key request.options.level: %v is not between 0 and 1", *l)
	}
	if err := c.Request.Options.furtherOptions.check(c.Request.Stat); err != nil {
		return err
	}
	return c.Request.Options.check()
}

// UnmarshalJSON reads options; [] stands for none.
func (o *Options) UnmarshalJSON(text []byte) error {
	type plain Options
	if isEmptyList(text) {
		return nil
	}
	return strict(text, (*plain)(o))
}

func (o Options) check() error {
	for _, choice := range []struct{ key, value, known string }{
		{"deff", o.Deff, "wor wr"},
		{"rule", o.Rule, "math hf7"},
		{"interval", o.Interval, "mean xlogit"},
	} {
		if choice.value != "" && !contains(choice.known, choice.value) {
			return badCase("key request.options.%s: %q is none of %s", choice.key, choice.value, strings.ReplaceAll(choice.known, " ", ", "))
		}
	}
	return nil
}

func contains(words, word string) bool {
	for _, w := range strings.Fields(words) {
		if w == word {
			return true
		}
	}
	return false
}
