package brief

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
)

//go:embed page.html
var pageSource string

//go:embed style.css
var styleSheet string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// StyleHash is the report's style sheet as a source in a content security
// policy: 'sha256-…'. A server that sends such a header must name it there.
func StyleHash() string {
	sum := sha256.Sum256([]byte(styleSheet))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// contentPolicy lets the file use its own style sheet and nothing else.
func contentPolicy() string {
	return "default-src 'none'; style-src " + StyleHash() + "; base-uri 'none'; form-action 'none'"
}
