package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"

	"golang.org/x/net/html"

	"barometer/internal/web"
	"barometer/publish/release"
)

// document is an HTML file of a release. It carries its style sheets in
// itself, which the policy of the site's pages forbids: it is answered with a
// policy of its own that allows those style sheets and nothing else.
type document struct {
	*web.Static
	policy string
}

// addDocuments enters the HTML files of a release.
func (s *Site) addDocuments(rel *release.Release) {
	for _, f := range rel.Manifest.Files {
		if path.Ext(f.Name) == ".html" {
			s.documents[filePath(rel.Manifest, f.Name)] = sync.OnceValues(func() (document, error) {
				return readDocument(rel, f.Name)
			})
		}
	}
}

func readDocument(rel *release.Release, name string) (document, error) {
	f, entry, err := rel.OpenFile(name)
	if err != nil {
		return document{}, err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		return document{}, err
	}
	static, err := web.NewStatic(entry.MediaType, content)
	return document{Static: static, policy: documentPolicy(content)}, err
}

func (s *Site) document(w http.ResponseWriter, r *http.Request, read func() (document, error)) {
	d, err := read()
	if err != nil {
		s.shell.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", d.policy)
	w.Header().Set("Cache-Control", forever)
	d.ServeHTTP(w, r)
}

// documentPolicy allows the style sheets that stand in a document, by their
// hashes, and images and fonts that stand in it as data.
func documentPolicy(content []byte) string {
	policy := "default-src 'none'; img-src data:; font-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	if hashes := styleHashes(content); len(hashes) > 0 {
		policy += "; style-src " + strings.Join(hashes, " ")
	}
	return policy
}

// styleHashes lists the hashes of all style elements (CSP Level 3, 6.7.3.3).
func styleHashes(content []byte) []string {
	var hashes []string
	z := html.NewTokenizer(bytes.NewReader(content))
	inside := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return hashes
		case html.StartTagToken:
			name, _ := z.TagName()
			inside = string(name) == "style"
		case html.TextToken:
			if inside {
				sum := sha256.Sum256(z.Raw())
				hashes = append(hashes, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
			}
		default:
			inside = false
		}
	}
}
