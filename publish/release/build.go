package release

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"barometer/internal/archive"
	"barometer/internal/i18n"
)

const readmeName = "README.txt"

// Build makes a release in the folder dir/WAVE/VERSION and returns its
// manifest. The folder appears when every file is written and flushed to
// disk, or not at all. A version that exists is never overwritten. The same
// input gives the same bytes, documents aside, which are copied as they are.
func Build(ctx context.Context, dir string, in Input) (*Manifest, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	target := Folder(dir, in.Table.Wave, in.Version)
	if err := vacant(target); err != nil {
		return nil, err
	}
	h, err := in.history(dir)
	if err != nil {
		return nil, err
	}
	return whole(target, 0o755, func(tmp string) (*Manifest, error) { return in.fill(ctx, tmp, h) })
}

// vacant refuses a folder that exists.
func vacant(target string) error {
	if _, err := os.Lstat(target); err == nil {
		return fmt.Errorf("release: %s exists; a release is not overwritten, give the next version", target)
	}
	return nil
}

// whole makes the folder of a release out of one that is filled under another
// name beside it.
func whole(target string, mode os.FileMode, fill func(tmp string) (*Manifest, error)) (*Manifest, error) {
	wave := filepath.Dir(target)
	if err := os.MkdirAll(wave, mode); err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	tmp, err := os.MkdirTemp(wave, ".tmp-"+filepath.Base(target)+"-*")
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	defer os.RemoveAll(tmp) // gone already where the release was made
	m, err := fill(tmp)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chmod(tmp, mode), os.Rename(tmp, target), syncDir(wave)); err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	return m, nil
}

// fill writes all files of a release and its manifest into an empty folder.
func (in Input) fill(ctx context.Context, dir string, h history) (*Manifest, error) {
	m := &Manifest{Wave: in.Table.Wave, Version: in.Version, Synthetic: in.Table.Synthetic, Title: in.Title,
		Publisher: in.Publisher, Contact: in.Contact, Licence: in.Licence, DOI: in.DOI, Built: in.Built.UTC(), Changes: h.changes}
	m.Citation = m.citation()
	if h.previous != nil {
		m.Previous = &h.previous.Manifest.Version
	}
	for _, p := range append(in.products(in.about(h.changes)), h.products()...) {
		if err := in.make(ctx, dir, p, m); err != nil {
			return nil, err
		}
	}
	if err := in.checkRecords(h.previous, m.Files); err != nil {
		return nil, err
	}
	sort.Slice(m.Files, func(i, j int) bool { return m.Files[i].Name < m.Files[j].Name })
	if err := in.make(ctx, dir, in.dataPackage(dir, m), m); err != nil {
		return nil, err
	}
	return m, in.close(ctx, dir, m, releaseNotes())
}

// close adds what tells of the other files: the readme and the manifest.
func (in Input) close(ctx context.Context, dir string, m *Manifest, notes i18n.Text) error {
	sort.Slice(m.Files, func(i, j int) bool { return m.Files[i].Name < m.Files[j].Name })
	about := product{readmeName, i18n.Text{DA: "Om udgivelsen", EN: "About the release"},
		stream(func(w io.Writer) error { return readme(w, m, notes) })}
	if err := in.make(ctx, dir, about, m); err != nil {
		return err
	}
	sort.Slice(m.Files, func(i, j int) bool { return m.Files[i].Name < m.Files[j].Name })
	err := archive.WriteFile(filepath.Join(dir, ManifestName), func(w io.Writer) error { return writeJSON(w, m) })
	return errors.Join(err, syncDir(dir))
}

// make writes one file and enters it in the manifest.
func (in Input) make(ctx context.Context, dir string, p product, m *Manifest) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("release: stopped before %s: %w", p.name, err)
	}
	if in.Progress != nil {
		in.Progress(p.name)
	}
	path := filepath.Join(dir, filepath.FromSlash(p.name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	if err := p.write(ctx, path); err != nil {
		return fmt.Errorf("release: file %s: %w", p.name, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	hash, err := archive.HashFile(path)
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	m.Files = append(m.Files, File{Name: p.name, Title: p.title, MediaType: mediaType(p.name), Bytes: info.Size(), SHA256: hash})
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
