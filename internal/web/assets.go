package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assetRoot is where assets are served. A name carries a hash of the content,
// so that browsers may keep a file for ever and a changed file has a new name.
const assetRoot = "/assets/"

// assets is the set of files that pages link to, compressed once at start.
type assets struct {
	hrefs  map[string]string  // name in the source tree → address
	served map[string]*Static // address → content
	icons  map[string]template.HTML
}

var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// loadAssets reads all files under root. Style sheets come last, since the
// addresses they name are rewritten to the hashed ones.
func loadAssets(root fs.FS) (*assets, error) {
	names, err := assetNames(root)
	if err != nil {
		return nil, err
	}
	a := &assets{hrefs: map[string]string{}, served: map[string]*Static{}, icons: map[string]template.HTML{}}
	for _, name := range names {
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return nil, err
		}
		if path.Ext(name) == ".css" {
			if content, err = a.rewriteURLs(name, content); err != nil {
				return nil, err
			}
		}
		if err := a.add(name, content); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func assetNames(root fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && contentTypes[path.Ext(name)] != "" {
			names = append(names, name)
		}
		return err
	})
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(sheetsLast(a), sheetsLast(b))
	})
	return names, err
}

func sheetsLast(name string) string {
	if path.Ext(name) == ".css" {
		return "1" + name
	}
	return "0" + name
}

func (a *assets) add(name string, content []byte) error {
	ext := path.Ext(name)
	file, err := NewStatic(contentTypes[ext], content)
	if err != nil {
		return fmt.Errorf("asset %s: %w", name, err)
	}
	base := strings.TrimSuffix(path.Base(name), ext)
	href := assetRoot + base + "." + file.hash[:12] + ext
	a.hrefs[name] = href
	a.served[href] = file
	if ext == ".svg" {
		a.icons[base] = inlineIcon(content)
	}
	return nil
}

var cssURL = regexp.MustCompile(`url\(["']?([^"')]+)["']?\)`)

// rewriteURLs replaces the relative addresses in a style sheet by the hashed
// ones, and refuses an address of a file that is not there.
func (a *assets) rewriteURLs(sheet string, content []byte) ([]byte, error) {
	var missing []string
	out := cssURL.ReplaceAllFunc(content, func(match []byte) []byte {
		target := string(cssURL.FindSubmatch(match)[1])
		if strings.HasPrefix(target, "data:") {
			return match
		}
		href, ok := a.hrefs[path.Join(path.Dir(sheet), target)]
		if !ok {
			missing = append(missing, target)
			return match
		}
		return []byte("url(" + href + ")")
	})
	if missing != nil {
		return nil, fmt.Errorf("asset %s names files that are not there: %v", sheet, missing)
	}
	return out, nil
}

// inlineIcon makes an icon that follows the text colour and is silent to
// screen readers; the text beside it carries the meaning.
func inlineIcon(svg []byte) template.HTML {
	return template.HTML(bytes.Replace(svg, []byte("<svg "), []byte(`<svg class="icon-svg" aria-hidden="true" focusable="false" `), 1))
}

// href returns the address of the named asset.
func (a *assets) href(name string) (string, error) {
	h, ok := a.hrefs[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return h, nil
}

// icon returns the named icon as inline SVG.
func (a *assets) icon(name string) (template.HTML, error) {
	svg, ok := a.icons[name]
	if !ok {
		return "", fmt.Errorf("no icon %q: add it to vendor.sh", name)
	}
	return svg, nil
}

// serve answers for one asset; missing answers for every other address.
func (a *assets) serve(missing http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		file, ok := a.served[r.URL.Path]
		if !ok {
			missing(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		file.ServeHTTP(w, r)
	}
}
