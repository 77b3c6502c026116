package letterpage

import (
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// batch is a folder of letters that waits to be printed or handed over.
type batch struct {
	name  string
	files []file
}

type file struct {
	name string
	size int64
	at   time.Time
}

// Names of batches and of files, as package dispatch gives them; no other is
// looked at.
var (
	batchName = regexp.MustCompile(`^[a-z0-9_-]{1,100}$`)
	fileName  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,60}$`)
)

// batches lists the folders of a wave that are complete, the latest first.
func batches(outgoing string) (list []batch, err error) {
	folders, err := os.ReadDir(outgoing)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		if !folder.IsDir() || !batchName.MatchString(folder.Name()) {
			continue
		}
		one := batch{name: folder.Name()}
		entries, err := os.ReadDir(filepath.Join(outgoing, folder.Name()))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() && fileName.MatchString(e.Name()) {
				one.files = append(one.files, file{e.Name(), info.Size(), info.ModTime()})
			}
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b batch) int { return b.made().Compare(a.made()) })
	return list, nil
}

// made is when the batch was written.
func (b batch) made() (at time.Time) {
	for _, f := range b.files {
		if f.at.After(at) {
			at = f.at
		}
	}
	return at
}

// fetch sends one file of a batch. That it is fetched is noted before it goes.
func (p *Pages) fetch(w http.ResponseWriter, r *http.Request, a asked) {
	in, name := chi.URLParam(r, "batch"), chi.URLParam(r, "file")
	f, info, err := open(a.Outgoing, in, name)
	if errors.Is(err, fs.ErrNotExist) {
		p.Shell.Error(w, r, http.StatusNotFound)
		return
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	defer f.Close()
	if err := p.note(r.Context(), a, "letters.fetch", map[string]string{"batch": in, "file": name}); err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": in + "-" + name}))
	http.ServeContent(w, r, "", info.ModTime(), f)
}

// open opens a file of a batch, within the folder and nowhere else.
func open(outgoing, in, name string) (*os.File, fs.FileInfo, error) {
	if !batchName.MatchString(in) || !fileName.MatchString(name) {
		return nil, nil, fs.ErrNotExist
	}
	f, err := os.OpenInRoot(outgoing, in+"/"+name)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// destroy takes a batch away that was printed or handed over.
func (p *Pages) destroy(w http.ResponseWriter, r *http.Request, a asked) {
	name := r.PostForm.Get("batch")
	if !batchName.MatchString(name) {
		p.Shell.Error(w, r, http.StatusUnprocessableEntity)
		return
	}
	folder := filepath.Join(a.Outgoing, name)
	if info, err := os.Lstat(folder); err != nil || !info.IsDir() {
		p.done(w, r, a, "said.gone")
		return
	}
	if err := p.note(r.Context(), a, "letters.destroy", map[string]string{"batch": name}); err != nil {
		p.fail(w, r, err)
		return
	}
	if err := os.RemoveAll(folder); err != nil {
		p.fail(w, r, err)
		return
	}
	p.done(w, r, a, "said.destroyed")
}

// done leads back to the wave's letters and says what was done.
func (p *Pages) done(w http.ResponseWriter, r *http.Request, a asked, say string) {
	p.Shell.Say(w, say)
	http.Redirect(w, r, p.link(r, path(a.ID)), http.StatusSeeOther)
}

// sealedFile reports whether a file can be read by its recipient alone.
func sealedFile(name string) bool { return strings.HasSuffix(name, ".age") }
