package market

import "encoding/hex"

var (
	resultFields      = fields{[]string{"round", "input_sha256", "matching", "cutoffs", "explanations"}, 5}
	pairFields        = fields{[]string{"intern", "slot"}, 2}
	cutoffFields      = fields{[]string{"slot", "tier", "lottery", "intern", "open"}, 1}
	explanationFields = fields{[]string{"intern", "choices"}, 2}
	choiceFields      = fields{[]string{"slot", "outcome", "rule"}, 2}
)

// ReadResult reads the file of a result. It lists all [Faults] of its form;
// whether the result is right is for package verify to say.
func ReadResult(text []byte) (*Result, error) {
	r, res := newReader(text), &Result{}
	r.object(resultFields, func(name string) {
		switch name {
		case "round":
			res.Round = r.text()
		case "input_sha256":
			res.Input = r.hash()
		case "matching":
			r.list(func() { res.Matching = append(res.Matching, r.pair()) })
		case "cutoffs":
			r.list(func() { res.Cutoffs = append(res.Cutoffs, r.cutoff()) })
		case "explanations":
			r.list(func() { res.Explanations = append(res.Explanations, r.explanation()) })
		}
	})
	r.end()
	return res, r.faults.Err()
}

func (r *reader) hash() (sum [32]byte) {
	n, err := hex.Decode(sum[:], []byte(r.short()))
	if err != nil || n != len(sum) {
		r.faults.addf(r.here(), "%d hexadecimal digits belong here", 2*len(sum))
	}
	return sum
}

// short is a text that fits a hash; a longer one is cut to one that does not.
func (r *reader) short() string {
	v, ok := r.next('"', "a text")
	if !ok || len(v) > 66 {
		return ""
	}
	return string(v[1 : len(v)-1])
}

func (r *reader) pair() (p Pair) {
	r.object(pairFields, func(name string) {
		switch name {
		case "intern":
			p.Intern = r.text()
		case "slot":
			p.Slot = r.text()
		}
	})
	return p
}

func (r *reader) cutoff() (c Cutoff) {
	key := 0
	r.object(cutoffFields, func(name string) {
		switch name {
		case "slot":
			c.Slot = r.text()
		case "open":
			c.Open = r.truth()
		case "tier":
			c.Tier = r.number()
			key++
		case "lottery":
			c.Lottery = r.hash()
			key++
		case "intern":
			c.Intern = r.text()
			key++
		}
	})
	if !r.broken && (c.Open && key > 0 || !c.Open && key < 3) {
		r.faults.addf(r.here(), "a cutoff is open, or has tier, lottery and intern")
	}
	return c
}

func (r *reader) explanation() (x Explanation) {
	r.object(explanationFields, func(name string) {
		switch name {
		case "intern":
			x.Intern = r.text()
		case "choices":
			r.list(func() { x.Choices = append(x.Choices, r.choice()) })
		}
	})
	return x
}

func (r *reader) choice() (c Choice) {
	r.object(choiceFields, func(name string) {
		switch name {
		case "slot":
			c.Slot = r.text()
		case "outcome":
			c.Outcome = Outcome(r.text())
		case "rule":
			c.Rule = Rule(r.text())
		}
	})
	return c
}
