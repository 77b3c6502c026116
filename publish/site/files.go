package site

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/release"
)

// forever is the Cache-Control of what never changes at its address.
const forever = "public, max-age=31536000, immutable"

// filePath is the address of a file of a release.
func filePath(m *release.Manifest, name string) string {
	return "/download/" + m.Wave + "/" + m.Version.String() + "/" + name
}

// download answers with a file of a release. Only names in its manifest are
// answered, and the manifest itself.
func (s *Site) download(w http.ResponseWriter, r *http.Request) {
	rel := s.release(chi.URLParam(r, "wave"), chi.URLParam(r, "version"))
	if rel == nil {
		s.shell.NotFound(w, r)
		return
	}
	if newer := s.newer(rel); newer != nil { // a file cannot say of itself that it was corrected (RFC 5829)
		w.Header().Set("Link", "<"+web.Localise(i18n.Danish, newer.Path)+`>; rel="latest-version"`)
	}
	name := chi.URLParam(r, "*")
	if read, ok := s.documents[filePath(rel.Manifest, name)]; ok {
		s.document(w, r, read)
		return
	}
	f, entry, err := openFile(rel, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.shell.NotFound(w, r)
		return
	case err != nil:
		s.shell.Fail(w, r, err)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", entry.MediaType)
	h.Set("Content-Disposition", disposition(rel.Manifest, name))
	h.Set("Cache-Control", forever)
	if entry.SHA256 != "" {
		h.Set("ETag", `"`+entry.SHA256+`"`)
	}
	http.ServeContent(w, r, "", time.Time{}, f)
}

// openFile opens a file that the manifest lists, or the manifest.
func openFile(rel *release.Release, name string) (*os.File, release.File, error) {
	if name != release.ManifestName {
		return rel.OpenFile(name)
	}
	f, err := os.Open(filepath.Join(rel.Dir, release.ManifestName))
	return f, release.File{Name: name, MediaType: "application/json"}, err
}

// release finds a release by its address, nil where there is none.
func (s *Site) release(wave, version string) *release.Release {
	for _, rel := range s.releases {
		if rel.Manifest.Wave == wave && rel.Manifest.Version.String() == version {
			return rel
		}
	}
	return nil
}

// disposition says whether a browser shows or saves a file, and under which
// name it is saved.
func disposition(m *release.Manifest, name string) string {
	switch path.Ext(name) {
	case ".html", ".pdf", ".svg", ".png", ".txt", ".json":
		return inline(m, name)
	}
	return attachment(m, name)
}

func attachment(m *release.Manifest, name string) string { return "attachment; " + saveAs(m, name) }
func inline(m *release.Manifest, name string) string     { return "inline; " + saveAs(m, name) }

// saveAs names a saved copy by wave and version, so that copies of several can
// be told apart.
func saveAs(m *release.Manifest, name string) string {
	return fmt.Sprintf(`filename="barometer-%s-%s-%s"`, m.Wave, m.Version, path.Base(name))
}
