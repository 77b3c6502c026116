package market

import (
	"encoding/hex"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Result is who was matched with whom in a round, and why.
type Result struct {
	Round        string
	Input        [32]byte // SHA-256 of the file of the round
	Matching     []Pair   // by intern id
	Cutoffs      []Cutoff // one a slot, by slot id
	Explanations []Explanation
}

// Pair is an intern with the slot that took it.
type Pair struct{ Intern, Slot string }

// Lottery is the number an intern drew: HMAC-SHA256 under the round's seed,
// compared as bytes, smaller first.
type Lottery [32]byte

// Cutoff is the last intern that a full slot took; an open slot has seats left.
type Cutoff struct {
	Slot    string
	Open    bool
	Tier    int
	Lottery Lottery
	Intern  string
}

// Explanation tells an intern what became of each slot it ranked, best first.
type Explanation struct {
	Intern  string
	Choices []Choice
}

// Choice is one ranked slot with its outcome.
type Choice struct {
	Slot    string
	Outcome Outcome
	Rule    Rule // of an inadmissible pair, else empty
}

// Outcome is what became of a choice.
type Outcome string

const (
	Matched       Outcome = "matched"
	NotAdmissible Outcome = "not_admissible" // see the rule
	HigherTier    Outcome = "higher_tier"    // the seats went to interns of a better tier
	LotteryLost   Outcome = "lottery"        // the lottery decided within the tier
	NotNeeded     Outcome = "not_needed"     // a better choice was matched
)

// Rule is what makes a pair inadmissible.
type Rule string

const (
	RuleDays         Rule = "days"
	RuleDuration     Rule = "duration"
	RuleRegion       Rule = "region"
	RuleOwnWorkplace Rule = "own_workplace"
	RuleAuthority    Rule = "authority"
	RuleConsent      Rule = "consent"
	RuleRequirement  Rule = "requirement"
	RuleVeto         Rule = "veto"
)

// RuleUnavailable is what an intern is told in place of a veto.
const RuleUnavailable Rule = "not_available"

// Shown is the rule as the intern may read it.
func (r Rule) Shown() Rule {
	if r == RuleVeto {
		return RuleUnavailable
	}
	return r
}

// WriteTo writes the result as JSON, one entry a line.
func (r *Result) WriteTo(w io.Writer) (int64, error) {
	e := &encoder{w: w, buf: make([]byte, 0, 1<<16)}
	e.raw(`{"round": `).quote(r.Round)
	e.raw(`, "input_sha256": "` + hex.EncodeToString(r.Input[:]) + "\",\n \"matching\": [")
	for i, p := range r.Matching {
		e.line(i).raw(`{"intern": `).quote(p.Intern).raw(`, "slot": `).quote(p.Slot).raw("}")
	}
	e.raw("],\n \"cutoffs\": [")
	for i := range r.Cutoffs {
		e.line(i).cutoff(&r.Cutoffs[i])
	}
	e.raw("],\n \"explanations\": [")
	for i := range r.Explanations {
		e.line(i).explanation(&r.Explanations[i])
	}
	e.raw("]}\n")
	e.flush()
	return e.written, e.err
}

// encoder writes JSON through a buffer and keeps the first error.
type encoder struct {
	w       io.Writer
	buf     []byte
	written int64
	err     error
}

func (e *encoder) raw(s string) *encoder {
	e.buf = append(e.buf, s...)
	return e
}

func (e *encoder) quote(s string) *encoder {
	e.buf, _ = jsontext.AppendQuote(e.buf, s) // what is no UTF-8 was refused at reading
	return e
}

// line begins entry i of a list.
func (e *encoder) line(i int) *encoder {
	if len(e.buf) > 1<<16-1<<12 {
		e.flush()
	}
	if i > 0 {
		e.raw(",")
	}
	return e.raw("\n  ")
}

func (e *encoder) flush() {
	if e.err == nil {
		var n int
		n, e.err = e.w.Write(e.buf)
		e.written += int64(n)
	}
	e.buf = e.buf[:0]
}

func (e *encoder) cutoff(c *Cutoff) {
	e.raw(`{"slot": `).quote(c.Slot)
	if c.Open {
		e.raw(`, "open": true}`)
		return
	}
	e.raw(`, "tier": `)
	e.buf = append(e.buf, byte('0'+c.Tier))
	e.raw(`, "lottery": "`)
	e.buf = hex.AppendEncode(e.buf, c.Lottery[:])
	e.raw(`", "intern": `).quote(c.Intern).raw("}")
}

func (e *encoder) explanation(x *Explanation) {
	e.raw(`{"intern": `).quote(x.Intern).raw(`, "choices": [`)
	for i, c := range x.Choices {
		if i > 0 {
			e.raw(", ")
		}
		e.raw(`{"slot": `).quote(c.Slot).raw(`, "outcome": "`).raw(string(c.Outcome))
		if c.Rule != "" {
			e.raw(`", "rule": "`).raw(string(c.Rule))
		}
		e.raw(`"}`)
	}
	e.raw("]}")
}
