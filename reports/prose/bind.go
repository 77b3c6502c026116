package prose

import (
	"fmt"
	"regexp"
	"strings"
)

// action is a call within a text, dimension a part of a domain in it:
// sector="kommune".
var (
	action    = regexp.MustCompile(`\{\{[^{}]*\}\}`)
	dimension = regexp.MustCompile(`([a-z][a-z_]*)="([^"{}]*)"((?:[ \t]+[a-z][a-z_]*="[^"{}]*")*)`)
	single    = regexp.MustCompile(`([a-z][a-z_]*)="([^"{}]*)"`)
)

// bound writes the parts of a domain in the calls of a template as the id of the
// domain: sector="kommune" as "sector:kommune", and sector="kommune" size="1-19"
// as "sector_size:kommune:1-19". Lines stay where they are.
func bound(name, src string) (string, error) {
	var fault error
	out := action.ReplaceAllStringFunc(src, func(call string) string {
		return dimension.ReplaceAllStringFunc(call, func(parts string) string {
			var names, codes []string
			for _, p := range single.FindAllStringSubmatch(parts, -1) {
				if p[2] == "" && fault == nil {
					fault = fmt.Errorf("%s:%d: %s names no group: write a code, as in sector=\"kommune\"", name, lineOf(src, call), p[0])
				}
				names, codes = append(names, p[1]), append(codes, p[2])
			}
			return `"` + strings.Join(names, "_") + ":" + strings.Join(codes, ":") + `"`
		})
	})
	return out, fault
}

// lineOf is the line of a text in which a piece of it begins.
func lineOf(src, piece string) int {
	return 1 + strings.Count(src[:strings.Index(src, piece)], "\n")
}

// joined is the domain that a call names, the total where it names none.
func joined(domain []string) string {
	if len(domain) == 0 {
		return "total"
	}
	return strings.Join(domain, " ")
}
