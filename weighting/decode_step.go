package weighting

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// ReadStep reads a step that stands alone, outside a recipe: a mapping with the
// step's kind and keys, in YAML or JSON, with its margins written out. The
// error is an [*Error] with the code BadCase.
func ReadStep(text []byte) (Step, error) {
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		return nil, failf(BadCase, "%s", strings.Join(yamlFaults(err), "; "))
	}
	node := &doc
	if doc.Kind == yaml.DocumentNode {
		node = doc.Content[0]
	}
	kind := take(node, "kind")
	empty, known := drafts[kind]
	if !known {
		return nil, failf(BadCase, "unknown kind of step %q: use one of %s", kind, strings.Join(stepKinds(), ", "))
	}
	d := empty()
	if err := node.Load(d, yaml.WithKnownFields()); err != nil {
		return nil, inStep(kind, failf(BadCase, "%s", strings.Join(yamlFaults(err), "; ")))
	}
	if names := d.needs(); len(names) > 0 {
		return nil, inStep(kind, failf(BadCase, "margin %s is named: write its totals out", listFew(names)))
	}
	s, err := d.bind(nil, Status{})
	return s, inStep(kind, err)
}
