package embargo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"barometer/internal/store"
	"barometer/publish/release"
)

// Entry reads one release: [ErrUnknown] where it was not entered.
func (r *Releases) Entry(ctx context.Context, n Name) (e Entry, err error) {
	err = r.opt.Store.Read(ctx, func(tx *store.Tx) error {
		e, err = one(tx, n)
		return err
	})
	return e, err
}

// entries lists what was entered.
func (r *Releases) entries(ctx context.Context) (all []Entry, err error) {
	err = r.opt.Store.Read(ctx, func(tx *store.Tx) error {
		all, err = list(tx, `ORDER BY wave, version`)
		return err
	})
	slices.SortStableFunc(all, order)
	return all, err
}

// order puts the newest wave first, and of a wave the newest version.
func order(a, b Entry) int {
	if c := strings.Compare(b.Wave, a.Wave); c != 0 {
		return c
	}
	return b.Version.Compare(a.Version)
}

// List lists all releases, the newest first: those that were entered, and the
// folders that were not, which have no state.
func (r *Releases) List(ctx context.Context) ([]Entry, error) {
	all, err := r.entries(ctx)
	if err != nil {
		return nil, err
	}
	folders, err := release.List(r.opt.Dir)
	if err != nil {
		return nil, err
	}
	for _, f := range folders {
		n := Name{f.Manifest.Wave, f.Manifest.Version}
		if !slices.ContainsFunc(all, func(e Entry) bool { return e.Name == n }) {
			all = append(all, Entry{Name: n})
		}
	}
	slices.SortStableFunc(all, order)
	return all, nil
}

// Out lists the releases that everyone may see, the newest first.
func (r *Releases) Out(ctx context.Context) ([]Entry, error) {
	all, err := r.entries(ctx)
	return slices.DeleteFunc(all, func(e Entry) bool { return !e.State.Visible() }), err
}

// Open opens the folders of some releases. One that is not what was entered is
// left out, and named in the error beside the others.
func (r *Releases) Open(entries []Entry) (opened []*release.Release, err error) {
	var faults []error
	for _, e := range entries {
		one, err := r.openOne(e)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		opened = append(opened, one)
	}
	return opened, errors.Join(faults...)
}

func (r *Releases) openOne(e Entry) (*release.Release, error) {
	if err := r.same(e); err != nil {
		return nil, err
	}
	opened, err := release.Open(r.dir(e.Name))
	if err != nil {
		return nil, fmt.Errorf("release %s: %w", e.Name, err)
	}
	if !e.Published.IsZero() {
		opened.Published = e.Published.In(r.opt.Zone)
	}
	return opened, nil
}

// Manifest reads the manifest of a release as it lies in its folder.
func (r *Releases) Manifest(n Name) (*release.Manifest, error) {
	opened, err := release.Open(r.dir(n))
	if err != nil {
		return nil, err
	}
	return opened.Manifest, nil
}
