package i18n

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Catalogue holds the messages of one package: what its pages and letters say,
// by key, in every language.
//
// A message may name places to fill in, as in "Side {page} af ca. {total}".
type Catalogue struct {
	messages map[string]message
}

type message struct {
	text  Text
	parts map[Lang][]part
}

// part is literal text or, when place is set, the name of a place.
type part struct {
	literal string
	place   string
}

// ParseCatalogue reads messages from YAML of the form
//
//	key: {da: Gem, en: Save}
//
// file names the source in errors. All faults are reported together: a message
// without one of the languages, a key given twice, an unclosed place, or places
// that differ between the languages.
func ParseCatalogue(file string, src []byte) (*Catalogue, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s: want one mapping from key to wording", file)
	}
	c := &Catalogue{messages: map[string]message{}}
	var faults []error
	entries := root.Content[0].Content
	for i := 0; i+1 < len(entries); i += 2 {
		if err := c.add(entries[i].Value, entries[i+1]); err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: message %q: %w", file, entries[i].Line, entries[i].Value, err))
		}
	}
	return c, errors.Join(faults...)
}

func (c *Catalogue) add(key string, node *yaml.Node) error {
	if _, twice := c.messages[key]; twice {
		return errors.New("given twice")
	}
	if err := knownLanguages(node); err != nil {
		return err
	}
	var text Text
	if err := node.Decode(&text); err != nil {
		return err
	}
	if missing := text.Missing(); missing != nil {
		return fmt.Errorf("no wording in %v", missing)
	}
	m := message{text: text, parts: map[Lang][]part{}}
	for _, l := range Languages {
		parts, err := split(text.In(l))
		if err != nil {
			return fmt.Errorf("%s: %w", l, err)
		}
		m.parts[l] = parts
	}
	if da, en := m.places(Danish), m.places(English); !slices.Equal(da, en) {
		return fmt.Errorf("places differ: %v in Danish, %v in English", da, en)
	}
	c.messages[key] = m
	return nil
}

// knownLanguages refuses what no language would show. A comma in an unquoted
// wording ends up here: what follows it reads as another key.
func knownLanguages(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return errors.New("want a wording per language")
	}
	for i := 0; i < len(node.Content); i += 2 {
		if _, err := ParseLang(node.Content[i].Value); err != nil {
			return fmt.Errorf("%w; put a wording with a comma in quotes", err)
		}
	}
	return nil
}

// split cuts a wording at its places.
func split(s string) ([]part, error) {
	var parts []part
	for s != "" {
		literal, rest, found := strings.Cut(s, "{")
		if literal != "" {
			parts = append(parts, part{literal: literal})
		}
		if !found {
			break
		}
		place, rest, closed := strings.Cut(rest, "}")
		if !closed || place == "" {
			return nil, fmt.Errorf("unclosed or unnamed place in %q", s)
		}
		parts = append(parts, part{place: place})
		s = rest
	}
	return parts, nil
}

// places lists the places of a message in one language, sorted.
func (m message) places(l Lang) []string {
	var names []string
	for _, p := range m.parts[l] {
		if p.place != "" {
			names = append(names, p.place)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Keys lists the keys of all messages, sorted.
func (c *Catalogue) Keys() []string {
	return slices.Sorted(maps.Keys(c.messages))
}

// Text returns the wording of a message that has no places to fill in, or the
// bare pattern of one that has.
func (c *Catalogue) Text(key string) (Text, bool) {
	m, ok := c.messages[key]
	return m.text, ok
}

// Message returns the wording of key in language l. The values fill its places
// and are given as pairs of name and value. A key the catalogue lacks, a place
// without a value and a value without a place are errors.
func (c *Catalogue) Message(l Lang, key string, values ...any) (string, error) {
	m, ok := c.messages[key]
	if !ok {
		return "", fmt.Errorf("no message %q", key)
	}
	if len(values) == 0 && len(m.parts[l]) == 1 && m.parts[l][0].place == "" {
		return m.parts[l][0].literal, nil
	}
	filled, err := pairs(values)
	if err != nil {
		return "", fmt.Errorf("message %q: %w", key, err)
	}
	var b strings.Builder
	used := map[string]bool{}
	for _, p := range m.parts[l] {
		if p.place == "" {
			b.WriteString(p.literal)
			continue
		}
		value, ok := filled[p.place]
		if !ok {
			return "", fmt.Errorf("message %q: no value for place %q", key, p.place)
		}
		used[p.place] = true
		fmt.Fprint(&b, value)
	}
	for name := range filled {
		if !used[name] {
			return "", fmt.Errorf("message %q has no place %q", key, name)
		}
	}
	return b.String(), nil
}

func pairs(values []any) (map[string]any, error) {
	if len(values)%2 != 0 {
		return nil, errors.New("values must come as pairs of name and value")
	}
	m := map[string]any{}
	for i := 0; i < len(values); i += 2 {
		name, ok := values[i].(string)
		if !ok {
			return nil, fmt.Errorf("name of a value is a %T, want a string", values[i])
		}
		m[name] = values[i+1]
	}
	return m, nil
}
