package questionnaire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

// hash is the SHA-256 of a canonical form of the definition: one line per
// field in a fixed order, each value quoted, each list with its length. Two
// files with the same hash ask the same questions in the same words. What a
// definition does not use leaves no line, so that one published before the
// program knew of it keeps its hash.
func (q *Questionnaire) hash() string {
	h := sha256.New()
	c := canonical{h}
	c.line("questionnaire", q.ID, q.Version, q.Wave)
	c.texts(q.Title, q.Intro, q.Period, q.Asked)
	c.line("conditions", len(q.Conditions))
	for _, cond := range q.Conditions {
		c.line("condition", cond.Name, spelling(cond.When))
		c.texts(cond.Short, cond.Phrase, cond.Asked)
	}
	c.line("pages", len(q.Pages))
	for i := range q.Pages {
		c.page(&q.Pages[i])
	}
	return hex.EncodeToString(h.Sum(nil))
}

type canonical struct{ w io.Writer }

// line writes values that need no separator but their quotes. A hash cannot
// fail to be written to.
func (c canonical) line(values ...any) {
	for _, v := range values {
		if s, ok := v.(string); ok {
			fmt.Fprintf(c.w, "%q ", s)
		} else {
			fmt.Fprintf(c.w, "%v ", v)
		}
	}
	fmt.Fprintln(c.w)
}

func (c canonical) texts(texts ...i18n.Text) {
	for _, t := range texts {
		c.line(t.DA, t.EN)
	}
}

func (c canonical) page(p *Page) {
	c.line("page", p.ID, len(p.Notes), len(p.Items))
	c.texts(p.Title, p.Intro)
	for _, n := range p.Notes {
		c.line("note", spelling(n.Relevant))
		if n.After > 0 {
			c.line("after", n.After)
		}
		c.texts(n.Text)
	}
	for _, item := range p.Items {
		c.item(item)
	}
}

func (c canonical) item(item *Item) {
	c.line("item", item.ID, string(item.Kind), spelling(item.Relevant), item.Required, item.Max, item.MaxLength)
	c.texts(item.Short, item.Label, item.Hint, item.Asked)
	for _, options := range [][]Option{item.Options, item.Rows} {
		c.line("options", len(options))
		for _, o := range options {
			c.line(o.Code, o.Number, o.Exclusive, o.DontKnow, spelling(o.Relevant))
			c.texts(o.Label, o.Short)
			if o.Refused || o.NotRelevant || o.Specify > 0 {
				c.line("option", o.Refused, o.NotRelevant, o.Specify)
			}
		}
	}
	c.value(item)
	for _, check := range item.Checks {
		c.line("check", check.ID, spelling(check.When), check.Hard)
		c.texts(check.Message)
	}
}

// value writes what bounds a written answer.
func (c canonical) value(item *Item) {
	if item.Decimals > 0 || !item.Unit.IsZero() || item.Bounds != (Bounds{}) || item.Usual != (Bounds{}) {
		c.line("value", item.Decimals, item.Bounds.Low, item.Bounds.High, item.Usual.Low, item.Usual.High)
		c.texts(item.Unit)
	}
}

// spelling is the canonical spelling of a route, "" for always.
func spelling(e expr.Expr) string {
	if e == nil {
		return ""
	}
	return e.String()
}
