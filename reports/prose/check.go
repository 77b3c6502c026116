package prose

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"text/template/parse"

	"barometer/internal/i18n"
)

// Words that compare. They may stand only in a branch that a test of the
// figures guards.
var comparison = map[i18n.Lang]*regexp.Regexp{
	i18n.Danish: regexp.MustCompile(`(?i)(^|[^\pL])((flere|færre|højere|lavere|større|mindre|oftere|sjældnere|bedre|dårligere|mere)[^\pL.]([^.]*[^\pL])?end|(hyppigst|højest|lavest|flest|færrest|oftest|sjældnest|størst)\pL*)([^\pL]|$)`),
	i18n.English: regexp.MustCompile(`(?i)(^|[^\pL])((more|fewer|higher|lower|larger|greater|smaller|less|better|worse)[^\pL.]([^.]*[^\pL])?than|` +
		`(highest|lowest|largest|smallest|most (common|often|frequent|widespread))(ly)?)([^\pL]|$)`),
}

// Functions whose answer is a test of the figures, or comes from one.
var guards = []string{"higher", "lower", "above", "below", "leaders", "toplist", "ahead", "differ"}

var digit = regexp.MustCompile(`[0-9]`)

// Check reports every number that is typed in the text of a template instead of
// being bound to a cell, and every comparison outside a tested branch.
func Check(name, src string, l i18n.Lang) error {
	src, err := bound(name, src)
	if err != nil {
		return err
	}
	t, err := template.New(name).Funcs(new(Writer).functions()).Parse(src)
	if err != nil {
		return err
	}
	return checkTree(t.Tree, src, l)
}

func checkTree(tree *parse.Tree, src string, l i18n.Lang) error {
	if tree == nil || tree.Root == nil {
		return nil
	}
	c := checker{name: tree.ParseName, src: src, lang: l}
	c.list(tree.Root, false)
	return errors.Join(c.faults...)
}

type checker struct {
	name   string
	src    string
	lang   i18n.Lang
	faults []error
}

func (c *checker) list(nodes *parse.ListNode, guarded bool) {
	if nodes == nil {
		return
	}
	for _, node := range nodes.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			c.text(n, guarded)
		case *parse.IfNode:
			c.branch(&n.BranchNode, guarded)
		case *parse.WithNode:
			c.branch(&n.BranchNode, guarded)
		case *parse.RangeNode:
			c.branch(&n.BranchNode, guarded)
		}
	}
}

func (c *checker) branch(n *parse.BranchNode, guarded bool) {
	guarded = guarded || tests(n.Pipe)
	c.list(n.List, guarded)
	c.list(n.ElseList, guarded)
}

// tests reports whether a condition calls one of the guards.
func tests(pipe *parse.PipeNode) bool {
	for _, name := range guards {
		if regexp.MustCompile(`(^|[ (])` + name + ` `).MatchString(pipe.String()) {
			return true
		}
	}
	return false
}

func (c *checker) text(n *parse.TextNode, guarded bool) {
	text := string(n.Text)
	if at := digit.FindStringIndex(text); at != nil {
		c.fault(n, at[0], "a number is typed in the text near %q: bind it to a cell")
	}
	if at := comparison[c.lang].FindStringIndex(text); at != nil && !guarded {
		c.fault(n, at[0], "a comparison stands outside a test near %q: put it in a branch of {{if higher …}}")
	}
}

// fault notes what is wrong at a byte position of a text node.
func (c *checker) fault(n *parse.TextNode, at int, format string) {
	line := 1 + strings.Count(c.src[:min(int(n.Pos)+at, len(c.src))], "\n")
	c.faults = append(c.faults, fmt.Errorf("%s:%d: "+format, c.name, line, near(string(n.Text), at)))
}

// near shows some of the text around a byte position.
func near(text string, at int) string {
	from, to := max(0, at-20), min(len(text), at+20)
	return strings.ToValidUTF8(strings.TrimSpace(strings.ReplaceAll(text[from:to], "\n", " ")), "")
}
