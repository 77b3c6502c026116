package api

import (
	"slices"
	"strings"
	"sync"

	"barometer/publish/cube"
	"barometer/publish/release"
)

// edition is a release with the cubes of its table, made when first asked for.
type edition struct {
	*release.Release
	newest bool // of its wave
	cubes  func() ([]*cube.Cube, error)
}

func editionsOf(releases []*release.Release) []*edition {
	sorted := slices.Clone(releases)
	slices.SortStableFunc(sorted, func(a, b *release.Release) int {
		if c := strings.Compare(b.Manifest.Wave, a.Manifest.Wave); c != 0 {
			return c
		}
		return b.Manifest.Version.Compare(a.Manifest.Version)
	})
	var list []*edition
	for i, r := range sorted {
		e := &edition{Release: r, newest: i == 0 || sorted[i-1].Manifest.Wave != r.Manifest.Wave}
		e.cubes = sync.OnceValues(func() ([]*cube.Cube, error) {
			t, err := r.Table()
			if err != nil {
				return nil, err
			}
			return cube.All(t, r.Manifest.About())
		})
		list = append(list, e)
	}
	return list
}

// found is a table that was asked for.
type found struct {
	*cube.Cube
	edition *edition
	pinned  bool // by its version: the answer never changes
}

// find looks for a table by its id, with a version behind an @ or the newest
// without. It returns nil where there is none; a table of a release that is not
// out and one that never was take the same way.
func (a *API) find(ref string) (*found, error) {
	id, version, pinned := strings.Cut(ref, "@")
	for _, e := range a.editions {
		m := e.Manifest
		if !strings.HasPrefix(id, m.Wave+"-") || pinned && m.Version.String() != version || !pinned && !e.newest {
			continue
		}
		cubes, err := e.cubes()
		if err != nil {
			return nil, err
		}
		for _, c := range cubes {
			if c.ID == id {
				return &found{c, e, pinned}, nil
			}
		}
	}
	return nil, nil
}

// link names the version that replaces the one of a table, "" where it is the
// newest.
func (a *API) link(f *found) string {
	if f.edition.newest {
		return ""
	}
	return "<" + Path + "/tables/" + f.ID + `>; rel="latest-version"`
}
