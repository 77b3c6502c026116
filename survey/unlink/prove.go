package unlink

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"barometer/internal/store"
	"barometer/survey/freeze"
)

// prove tries every way from a workplace to its answers that this machine has.
func (r *Report) prove(ctx context.Context, db *store.DB, w Wave, marks *needles) error {
	for _, try := range []func() (Check, error){
		func() (Check, error) { return tryRows(ctx, db, w) },
		func() (Check, error) { return tryDatabase(w, marks) },
		func() (Check, error) { return tryFiles(w) },
		func() (Check, error) { return trySeed(w), nil },
		func() (Check, error) { return trySecrets(w) },
		func() (Check, error) { return tryOthers(w), nil },
	} {
		c, err := try()
		if err != nil {
			return fmt.Errorf("unlink wave %s: try what is left: %w", w.ID, err)
		}
		r.Checks = append(r.Checks, c)
	}
	r.countAlone(w)
	r.warn(w)
	return nil
}

// tryRows asks the store.
func tryRows(ctx context.Context, db *store.DB, w Wave) (Check, error) {
	tables, err := unitTables(ctx)
	if err != nil {
		return Check{}, err
	}
	left, err := rowsLeft(ctx, db, w.ID)
	return Check{Name: "rows", Way: "rows of the store about units of the wave", Tried: len(tables), Found: left}, err
}

// tryDatabase looks for copies of what was removed in the store's files.
func tryDatabase(w Wave, marks *needles) (Check, error) {
	c := Check{Name: "database", Way: "copies of removed rows in the store's file and its log", Tried: marks.n}
	if w.Database == "" {
		c.Tried = 0
		return c, nil
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		n, err := marks.countFile(w.Database + suffix)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return c, err
		}
		if n > 0 {
			c.Found = append(c.Found, fmt.Sprintf("%d in %s", n, w.short(w.Database+suffix)))
		}
	}
	return c, nil
}

// tryFiles looks for the keys and P-numbers of the drawn workplaces in every
// file of the home but the frames, which list all workplaces, and the store,
// which was asked. Other waves may have drawn the same workplaces, whose keys
// are others there.
func tryFiles(w Wave) (Check, error) {
	c := Check{Name: "files", Way: "files that name a drawn workplace by its key or P-number"}
	keys, all := newNeedles(), newNeedles()
	for _, u := range w.Units {
		keys.add([]byte(u.Key))
		all.add([]byte(u.Key))
		all.add([]byte(u.PNumber))
	}
	err := filepath.WalkDir(w.Home, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || w.passedOver(path) {
			return err
		}
		c.Tried++
		wanted := all
		if w.ofOther(path) {
			wanted = keys
		}
		n, err := wanted.countFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil // gone since
		}
		if n > 0 {
			c.Found = append(c.Found, fmt.Sprintf("%s (%d times)", w.short(path), n))
		}
		return err
	})
	return c, err
}

func (w Wave) passedOver(path string) bool {
	name := filepath.Base(path)
	return w.Database != "" && strings.HasPrefix(path, w.Database) || strings.HasPrefix(name, "frame") && strings.HasSuffix(name, ".csv")
}

func (w Wave) ofOther(path string) bool {
	return slices.ContainsFunc(w.Others, func(o Other) bool { return strings.HasPrefix(path, o.Folder+string(filepath.Separator)) })
}

// trySeed looks among the frozen rows for the keys that the seed gives.
func trySeed(w Wave) Check {
	c := Check{Name: "seed", Way: "keys that the seed and the P-numbers give, among the frozen rows", Tried: len(w.Units)}
	rows := w.byKey(func(r Row) string { return r.Unit })
	for _, u := range w.Units {
		if rows[u.Key] {
			c.Found = append(c.Found, "row "+u.Key)
		}
	}
	return c
}

func (w Wave) byKey(key func(Row) string) map[string]bool {
	rows := make(map[string]bool, len(w.Rows))
	for _, r := range w.Rows {
		if k := key(r); k != "" {
			rows[k] = true
		}
	}
	return rows
}

// trySecrets takes every secret that is left for the one that was destroyed.
func trySecrets(w Wave) (Check, error) {
	c := Check{Name: "secrets", Way: "secrets that are left, for keys of frozen rows"}
	units, panels := w.byKey(func(r Row) string { return r.Unit }), w.byKey(func(r Row) string { return r.Panel })
	err := filepath.WalkDir(w.Secrets, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
		if err != nil {
			return nil // no key
		}
		c.Tried++
		for _, u := range w.Units {
			if units[freeze.UnitKey(secret, u.Key)] || panels[freeze.PanelKey(secret, u.PNumber)] {
				c.Found = append(c.Found, w.short(path))
				break
			}
		}
		return nil
	})
	return c, err
}

// tryOthers follows the keys that join waves: the sample of one that is linked
// leads to its rows, and their keys to the rows of this wave.
func tryOthers(w Wave) Check {
	c := Check{Name: "others", Way: "rows that other waves join to theirs by a common key", Tried: len(w.Others)}
	for _, o := range w.Others {
		n := 0
		for _, r := range w.Rows {
			if o.Panels[r.Panel] {
				n++
			}
		}
		if n > 0 {
			c.Found = append(c.Found, fmt.Sprintf("%d rows by wave %s, which has to be unlinked, too", n, o.ID))
		}
	}
	return c
}

// countAlone counts the rows that their background alone tells apart.
func (r *Report) countAlone(w Wave) {
	like := map[string]int{}
	for _, row := range w.Rows {
		like[row.Background]++
	}
	r.Alone = Alone{Of: len(w.Rows)}
	for _, row := range w.Rows {
		if like[row.Background] > 1 {
			continue
		}
		if r.Alone.Rows++; row.Answered {
			r.Alone.Answered++
		}
	}
}

// warn names what cannot be seen from here.
func (r *Report) warn(w Wave) {
	add := func(name, what, says string) { r.Cautions = append(r.Cautions, Caution{name, what, says}) }
	for _, b := range w.Backups {
		add("backup", b, "the backup "+b+" holds the contacts and answers of the wave, sealed: destroy it, or rotate and retire the keys of contacts and answers")
	}
	if len(w.Backups) == 0 {
		add("nobackup", "", "no backup of the store is known of: if there are any, destroy them, or rotate and retire the keys of contacts and answers")
	}
	add("copies", "", "copies of the folder secrets, of the wave's folder and of printed letters elsewhere have to be destroyed by whoever keeps them")
	if lists, _ := filepath.Glob(filepath.Join(w.Home, "frame*.csv")); len(lists) > 0 {
		n := fmt.Sprint(len(lists))
		add("frames", n, n+" frames stand in the home as they were delivered, with addresses: remove them where they are not needed")
	}
	if w.Database == "" {
		add("postgres", "", "PostgreSQL keeps removed rows in its write-ahead log and its archives until they are recycled")
	}
}
