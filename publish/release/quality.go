package release

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/net/html"

	"barometer/internal/i18n"
	"barometer/reports/quality"
)

// qualityName is the quality report of a release in a language.
func qualityName(l i18n.Lang) string { return "quality." + string(l) + ".html" }

// checkQuality refuses a release without a quality report in each language, and
// one whose report lacks a section or has one with nothing under its heading. The
// error names file and section.
func (in Input) checkQuality() []error {
	var faults []error
	for _, l := range i18n.Languages {
		name := qualityName(l)
		content, err := in.content(name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		page, err := html.Parse(strings.NewReader(string(content)))
		if err != nil {
			faults = append(faults, fmt.Errorf("release: %s: %w", name, err))
			continue
		}
		for _, section := range quality.Sections {
			if !tells(page, section) {
				faults = append(faults, fmt.Errorf("release: the quality report %s lacks the section %s: write it and build the report again", name, section))
			}
		}
	}
	return faults
}

// content reads a document of the release.
func (in Input) content(name string) ([]byte, error) {
	for _, d := range in.Documents {
		if d.Name != name {
			continue
		}
		if d.Path == "" {
			return d.Content, nil
		}
		content, err := os.ReadFile(d.Path)
		if err != nil {
			return nil, fmt.Errorf("release: %s: %w", name, err)
		}
		return content, nil
	}
	return nil, fmt.Errorf("release: the quality report %s is missing: every release has one", name)
}

// tells reports whether a heading of the id stands in the page with text after it
// in the same section.
func tells(page *html.Node, id string) bool {
	for n := range page.Descendants() {
		if n.Type == html.ElementNode && n.Data == "h2" && attribute(n, "id") == id {
			for after := n.NextSibling; after != nil; after = after.NextSibling {
				if hasText(after) {
					return true
				}
			}
		}
	}
	return false
}

func hasText(n *html.Node) bool {
	if n.Type == html.TextNode {
		return strings.TrimSpace(n.Data) != ""
	}
	for c := range n.Descendants() {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
