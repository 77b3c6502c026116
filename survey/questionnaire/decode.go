package questionnaire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"barometer/internal/i18n"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Bounds on a questionnaire file.
const (
	maxBytes   = 1 << 20
	maxNesting = 16
)

// decoder turns YAML nodes into values and collects every fault with the
// place it stands in.
type decoder struct {
	file     string
	source   []string // the lines of the file
	findings []Finding
	period   i18n.Text
}

func (d *decoder) fault(n *yaml.Node, hint, format string, args ...any) {
	f := Finding{File: d.file, Severity: Error, Message: fmt.Sprintf(format, args...), Hint: hint}
	if n != nil {
		f.Line, f.Column = n.Line, n.Column
	}
	d.findings = append(d.findings, f)
}

// document reads the one YAML document of a file, without aliases or tags.
// It returns nil when there is none to go on with.
func (d *decoder) document(r io.Reader) *yaml.Node {
	src, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		d.fault(nil, "", "cannot be read: %v", err)
		return nil
	case len(src) > maxBytes:
		d.fault(nil, "", "the file is larger than %d bytes", maxBytes)
		return nil
	case !utf8.Valid(src):
		d.fault(nil, "save it as UTF-8", "the file is not valid UTF-8")
		return nil
	}
	d.source = strings.Split(string(src), "\n")
	loader, err := yaml.NewLoader(bytes.NewReader(src), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxNesting))))
	if err != nil {
		d.fault(nil, "", "cannot be read: %v", err)
		return nil
	}
	var doc, second yaml.Node
	if err := loader.Load(&doc); errors.Is(err, io.EOF) {
		d.fault(nil, "", "the file is empty")
		return nil
	} else if err != nil {
		d.syntax(err)
		return nil
	}
	if err := loader.Load(&second); err == nil {
		d.fault(&second, "a questionnaire is one document; remove the line ---", "a second YAML document")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(err)
	}
	if len(doc.Content) == 0 || !d.plain(&doc) {
		return nil
	}
	return doc.Content[0]
}

func (d *decoder) syntax(err error) {
	f := Finding{File: d.file, Severity: Error, Message: "not YAML: " + err.Error()}
	if at, ok := errors.AsType[*yaml.LoadError](err); ok {
		f.Message = "not YAML: " + at.Message
		f.Line, f.Column = at.Mark.Line, at.Mark.Column
	}
	d.findings = append(d.findings, f)
}

// plain reports whether a node is free of what lets one text stand in two
// places or change its type: aliases, anchors, merge keys and tags.
func (d *decoder) plain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode, n.Anchor != "":
		d.fault(n, "write it out", "YAML anchors and aliases are not used here")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		d.fault(n, "remove the tag", "YAML tags are not used here")
		return false
	}
	ok := true
	for _, child := range n.Content {
		ok = d.plain(child) && ok
	}
	return ok
}

// fields is a mapping whose keys are known.
type fields struct {
	d    *decoder
	node *yaml.Node
	what string // "item C4", for messages
	at   map[string]*yaml.Node

	piping bool // its texts may have places for earlier answers
}

// mapping reads n as a mapping with the given keys.
func (d *decoder) mapping(n *yaml.Node, what string, keys ...string) fields {
	m := fields{d: d, node: n, what: strings.TrimSpace(what), at: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		d.fault(n, "write key: value", "%s must be a mapping", m.what)
		return m
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case !slices.Contains(keys, key.Value) && n.Style&yaml.FlowStyle != 0 && value.Kind == yaml.ScalarNode && value.Value == "":
			d.fault(key, "a text with a comma stands in quotes", "%s: unknown key %q", m.what, key.Value)
		case !slices.Contains(keys, key.Value):
			d.fault(key, "known here: "+strings.Join(keys, ", "), "%s: unknown key %q", m.what, key.Value)
		case m.at[key.Value] != nil:
			d.fault(key, fmt.Sprintf("first on line %d", m.at[key.Value].Line), "%s: key %q stands twice", m.what, key.Value)
		default:
			m.at[key.Value] = value
		}
	}
	return m
}

// child returns the value under a key, nil when it is absent.
func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// value returns the scalar under a key, for messages about the whole.
func value(n *yaml.Node, key string) string {
	if v := child(n, key); v != nil && v.Kind == yaml.ScalarNode {
		return strings.TrimSpace(v.Value)
	}
	return ""
}

// scalar returns the value of a key, "" when it is absent.
func (m fields) scalar(key string) string {
	n := m.at[key]
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		m.d.fault(n, "", "%s: %s must be a single value", m.what, key)
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// must is [fields.scalar] for a key that has to be there, with a value that
// matches.
func (m fields) must(key string, valid func(string) bool, shape string) string {
	v := m.scalar(key)
	switch n := m.at[key]; {
	case n == nil:
		m.missing(key, "")
	case n.Kind == yaml.ScalarNode && !valid(n.Value): // with any space around it
		m.d.fault(n, shape, "%s: %s %q is not valid", m.what, key, v)
	}
	return v
}

// missing reports that a key is not there; what is no mapping has none.
func (m fields) missing(key, hint string) {
	if m.node.Kind == yaml.MappingNode {
		m.d.fault(m.node, hint, "%s: %s is missing", m.what, key)
	}
}

// maxCount bounds numbers of options, lengths and limits.
const maxCount = 1_000_000

// count returns a positive whole number, 0 when the key is absent or wrong.
func (m fields) count(key string) int {
	at := m.at[key]
	v := m.scalar(key)
	if at == nil || at.Kind != yaml.ScalarNode {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > maxCount {
		m.d.fault(at, "", "%s: %s must be a whole number from 1", m.what, key)
		return 0
	}
	return n
}

// flag returns a truth value, false when the key is absent.
func (m fields) flag(key string) bool {
	m.scalar(key)
	switch n := m.at[key]; {
	case n == nil, n.Kind != yaml.ScalarNode, n.Value == "false":
		return false
	case n.Value != "true":
		m.d.fault(n, "write true or false", "%s: %s is %q", m.what, key, n.Value)
		return false
	}
	return true
}

// list returns the entries of a list, nil when the key is absent.
func (m fields) list(key string) []*yaml.Node {
	n := m.at[key]
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		m.d.fault(n, "begin each entry with -", "%s: %s must be a list", m.what, key)
		return nil
	}
	if len(n.Content) == 0 {
		m.d.fault(n, "remove the key or add an entry", "%s: %s is empty", m.what, key)
	}
	return n.Content
}

// text returns the wording under a key, which has to be there when required.
func (m fields) text(key string, required bool) i18n.Text {
	n := m.at[key]
	if n == nil {
		if required {
			m.missing(key, "add "+key+": with da: and en:")
		}
		return i18n.Text{}
	}
	t := m.d.mapping(n, m.what+" "+key, "da", "en")
	t.piping = m.piping
	return t.wording()
}

// languageNames as messages spell them.
var languageNames = map[i18n.Lang]string{i18n.Danish: "Danish", i18n.English: "English"}

// wording reads the languages of a mapping as one text.
func (m fields) wording() i18n.Text {
	t := i18n.Text{DA: m.phrase("da"), EN: m.phrase("en")}
	if m.node.Kind != yaml.MappingNode {
		return t
	}
	for _, l := range t.Missing() {
		at := m.at[string(l)]
		if at == nil {
			at = m.node
		}
		m.d.fault(at, "add "+string(l)+":", "%s: the %s text is missing", m.what, languageNames[l])
	}
	return t
}

// phrase reads the text in one language, {period} replaced.
func (m fields) phrase(lang string) string {
	n, v := m.at[lang], m.scalar(lang)
	for i := range v {
		if v[i] == '<' && i+1 < len(v) && (v[i+1] == '/' || v[i+1] == '!' || 'a' <= v[i+1]|0x20 && v[i+1]|0x20 <= 'z') {
			m.d.fault(n, "texts are plain; a line that begins with - is a point of a list", "%s: markup in the text", m.what)
			break
		}
	}
	l, _ := i18n.ParseLang(lang)
	v = strings.ReplaceAll(v, "{period}", m.d.period.In(l))
	m.checkBraces(n, v)
	return v
}
