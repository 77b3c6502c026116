package release

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"barometer/internal/archive"
)

// Verify compares a release with its manifest: every file there, of the size
// and hash it had when built, and no other file beside them. The error lists
// all differences, each with its file.
func Verify(dir string) error {
	if err := verifyOrdinary(dir); err != nil {
		return err
	}
	m, err := readManifest(dir)
	if err != nil {
		return err
	}
	faults := []error{verifyExtras(dir, m)}
	for _, f := range m.Files {
		faults = append(faults, verifyFile(dir, f))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("release %s differs from its manifest:\n%w", m.ID(), err)
	}
	return nil
}

// verifyOrdinary refuses a folder or a manifest that is a link: what it leads to
// can be changed elsewhere.
func verifyOrdinary(dir string) error {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("release: %s is no folder", dir)
	}
	path := filepath.Join(dir, ManifestName)
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("release: %s is no ordinary file", path)
	}
	return nil
}

func verifyFile(dir string, f File) error {
	path := filepath.Join(dir, filepath.FromSlash(f.Name))
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is missing", f.Name)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no ordinary file", f.Name)
	case info.Size() != f.Bytes:
		return fmt.Errorf("%s has %d bytes, not %d", f.Name, info.Size(), f.Bytes)
	}
	hash, err := archive.HashFile(path)
	if err != nil {
		return err
	}
	if hash != f.SHA256 {
		return fmt.Errorf("%s has other content: its SHA-256 is %s, not %s", f.Name, hash, f.SHA256)
	}
	return nil
}

// verifyExtras names the files that the manifest does not list.
func verifyExtras(dir string, m *Manifest) error {
	var extras []error
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if _, listed := m.File(name); !listed && name != ManifestName {
			extras = append(extras, fmt.Errorf("%s is not in the manifest", name))
		}
		return nil
	})
	return errors.Join(append(extras, err)...)
}
