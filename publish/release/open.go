package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"barometer/analysis/external"
	"barometer/analysis/table"
	"barometer/publish/formats"
)

// Release is a release on disk.
type Release struct {
	Dir       string
	Manifest  *Manifest
	Published time.Time // when it came out, set by whoever knows; zero: as the manifest has it
	table     func() (*table.Table, error)
}

// Open opens the release in a folder. It reads the manifest only; [Verify]
// checks the files.
func Open(dir string) (*Release, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	r := &Release{Dir: dir, Manifest: m}
	r.table = sync.OnceValues(r.readTable)
	return r, nil
}

// Table returns the figures of the release, read when first asked for.
func (r *Release) Table() (*table.Table, error) { return r.table() }

func (r *Release) readTable() (*table.Table, error) {
	path := filepath.Join(r.Dir, "table.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	t := new(table.Table)
	if err := t.UnmarshalJSON(data); err != nil {
		return nil, fmt.Errorf("release: %s: %w", path, err)
	}
	return t, nil
}

// Files of a release that readers other than people open by name.
const (
	changesName  = "changes.json"
	externalName = "external.json"
	modelsName   = "models.json"
)

// Changes returns the changes since the wave before, nil where the release has
// none.
func (r *Release) Changes() (*table.Changes, error) { return readPart[table.Changes](r, changesName) }

// Models returns the model-based figures, nil where the release has none.
func (r *Release) Models() (*table.Models, error) { return readPart[table.Models](r, modelsName) }

// External returns the figures that others published, nil where the release
// has none.
func (r *Release) External() (*external.Series, error) {
	return readPart[external.Series](r, externalName)
}

// Corrections returns the figures that differ from the version before, none
// where no figure does.
func (r *Release) Corrections() ([]formats.Correction, error) {
	list, err := readPart[[]formats.Correction](r, correctionsName)
	if list == nil {
		return nil, err
	}
	return *list, err
}

// readPart reads a file that a release may do without.
func readPart[T any](r *Release, name string) (*T, error) {
	if _, listed := r.Manifest.File(name); !listed {
		return nil, nil
	}
	path := filepath.Join(r.Dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	part := new(T)
	if err := json.Unmarshal(data, part); err != nil {
		return nil, fmt.Errorf("release: %s: %w", path, err)
	}
	return part, nil
}

// OpenFile opens one of the files that the manifest lists; any other name is
// fs.ErrNotExist. The caller closes the file.
func (r *Release) OpenFile(name string) (*os.File, File, error) {
	entry, listed := r.Manifest.File(name)
	if !listed {
		return nil, File{}, fmt.Errorf("release %s, file %q: %w", r.Manifest.ID(), name, fs.ErrNotExist)
	}
	f, err := os.OpenInRoot(r.Dir, filepath.FromSlash(name))
	if err != nil {
		return nil, File{}, fmt.Errorf("release %s: %w", r.Manifest.ID(), err)
	}
	return f, entry, nil
}

// List opens all releases below a folder, by wave and version.
func List(dir string) ([]*Release, error) {
	waves, err := subfolders(dir)
	if err != nil {
		return nil, err
	}
	var all []*Release
	for _, wave := range waves {
		releases, err := versions(dir, wave)
		if err != nil {
			return nil, err
		}
		all = append(all, releases...)
	}
	return all, nil
}

// Latest opens the newest version of a wave; nil where there is none.
func Latest(dir, wave string) (*Release, error) {
	releases, err := versions(dir, wave)
	if err != nil || len(releases) == 0 {
		return nil, err
	}
	return releases[len(releases)-1], nil
}

// Folder is where the release of a wave and version is, in a folder of releases.
func Folder(dir, wave string, v Version) string { return filepath.Join(dir, wave, v.String()) }

// versions opens the releases of a wave in the order of their versions.
func versions(dir, wave string) ([]*Release, error) {
	names, err := subfolders(filepath.Join(dir, wave))
	if err != nil {
		return nil, err
	}
	var releases []*Release
	for _, name := range names {
		path := filepath.Join(dir, wave, name)
		r, err := Open(path)
		if err != nil {
			return nil, err
		}
		if r.Manifest.Wave != wave || r.Manifest.Version.String() != name {
			return nil, fmt.Errorf("release: the folder %s holds the release %s", path, r.Manifest.ID())
		}
		releases = append(releases, r)
	}
	sort.Slice(releases, func(i, j int) bool {
		return releases[i].Manifest.Version.Compare(releases[j].Manifest.Version) < 0
	})
	return releases, nil
}

// subfolders lists the folders in a folder but for hidden ones; none where it
// does not exist.
func subfolders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
