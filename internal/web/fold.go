package web

import (
	"html/template"
	"text/template/parse"
)

// fold carries out the constant calls of a template, such as {{t "save"}} and
// {{asset "barometer.css"}}, once for all: most of a page is then plain text,
// which costs nothing per request. It must run before the template's first
// use. A call that fails is left in place, to be reported with its position
// when the template is executed.
func fold(t *template.Template, funcs template.FuncMap) {
	if t.Tree != nil {
		foldList(t.Tree.Root, funcs)
	}
}

func foldList(list *parse.ListNode, funcs template.FuncMap) {
	if list == nil {
		return
	}
	for i, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			if text, ok := constant(n.Pipe, funcs); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(text)}
			}
		case *parse.IfNode:
			foldBranch(&n.BranchNode, funcs)
		case *parse.RangeNode:
			foldBranch(&n.BranchNode, funcs)
		case *parse.WithNode:
			foldBranch(&n.BranchNode, funcs)
		}
	}
}

func foldBranch(b *parse.BranchNode, funcs template.FuncMap) {
	foldList(b.List, funcs)
	foldList(b.ElseList, funcs)
}

// constant returns the HTML of a call whose arguments are all written out.
func constant(pipe *parse.PipeNode, funcs template.FuncMap) (string, bool) {
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 {
		return "", false
	}
	args := pipe.Cmds[0].Args
	name, ok := args[0].(*parse.IdentifierNode)
	if !ok {
		return "", false
	}
	var words []string
	for _, arg := range args[1:] {
		s, ok := arg.(*parse.StringNode)
		if !ok {
			return "", false
		}
		words = append(words, s.Text)
	}
	return call(funcs[name.Ident], words)
}

func call(f any, words []string) (string, bool) {
	switch f := f.(type) {
	case func(string, ...any) (string, error):
		if len(words) == 0 {
			return "", false
		}
		values := make([]any, len(words)-1)
		for i, w := range words[1:] {
			values[i] = w
		}
		s, err := f(words[0], values...)
		return template.HTMLEscapeString(s), err == nil
	case func(string) (string, error):
		if len(words) != 1 {
			return "", false
		}
		s, err := f(words[0])
		return template.HTMLEscapeString(s), err == nil
	case func(string) (template.HTML, error):
		if len(words) != 1 {
			return "", false
		}
		s, err := f(words[0])
		return string(s), err == nil
	case func(string) string:
		if len(words) != 1 {
			return "", false
		}
		return template.HTMLEscapeString(f(words[0])), true
	case func() string:
		return template.HTMLEscapeString(f()), len(words) == 0
	}
	return "", false
}
