package mail

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// htmlForm is a mail's text as a simple HTML document. Addresses become links
// only where they lead into the site, so that a name or title that somebody
// chose cannot put a link of its own into our mail.
func (m *Mailer) htmlForm(l letter) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"><title>%s</title></head>\n"+
		"<body style=\"font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em\">\n", l.Lang, html.EscapeString(l.Subject))
	for block := range strings.SplitSeq(strings.TrimSpace(l.Text), "\n\n") {
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		if isList(lines) {
			b.WriteString("<ul>\n")
			for _, line := range lines {
				fmt.Fprintf(&b, "<li>%s</li>\n", m.linked(strings.TrimPrefix(line, "- ")))
			}
			b.WriteString("</ul>\n")
			continue
		}
		for i, line := range lines {
			lines[i] = m.linked(line)
		}
		fmt.Fprintf(&b, "<p>%s</p>\n", strings.Join(lines, "<br>\n"))
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

func isList(lines []string) bool {
	for _, l := range lines {
		if !strings.HasPrefix(l, "- ") {
			return false
		}
	}
	return true
}

var addressForm = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)

// linked escapes a line and makes links of the addresses within the site.
func (m *Mailer) linked(line string) string {
	var b strings.Builder
	rest := 0
	for _, at := range addressForm.FindAllStringIndex(line, -1) {
		address := line[at[0]:at[1]]
		if !m.ours(address) {
			continue
		}
		escaped := html.EscapeString(address)
		fmt.Fprintf(&b, `%s<a href="%s">%s</a>`, html.EscapeString(line[rest:at[0]]), escaped, escaped)
		rest = at[1]
	}
	return b.String() + html.EscapeString(line[rest:])
}

// ours reports whether an address leads into the site.
func (m *Mailer) ours(address string) bool {
	site := strings.TrimSuffix(m.cfg.BaseURL, "/")
	rest, ok := strings.CutPrefix(address, site)
	return ok && site != "" && (rest == "" || strings.ContainsAny(rest[:1], "/?#"))
}
