package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"barometer/internal/audit"
	"barometer/internal/seal"
	"barometer/internal/store"
)

// The kinds of master keys that can be rotated, as their files are called.
const (
	answersKind  = "answers"
	contactsKind = "contacts"
	remarksKind  = "remarks"
)

// keyKind is what one kind of master key seals.
type keyKind struct {
	name   string
	ring   seal.Ring
	tables []seal.Table
}

func (c *collection) keyKinds() []keyKind {
	answers, answerTables := c.responses.Sealed()
	contacts, contactTables := c.access.Sealed()
	remarks, remarkTables := c.fieldwork.Sealed()
	return []keyKind{{answersKind, answers.Ring, answerTables}, {contactsKind, contacts, contactTables}, {remarksKind, remarks, remarkTables}}
}

func (c *collection) keyKind(name string) (keyKind, error) {
	for _, k := range c.keyKinds() {
		if k.name == name {
			return k, nil
		}
	}
	return keyKind{}, usagef("%q is no kind of key: give %s, %s or %s", name, answersKind, contactsKind, remarksKind)
}

// keyState is what keys list tells of one key.
type keyState struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	State string `json:"state"`
	Rows  int    `json:"rows"` // sealed with it
}

// The states of a key.
const (
	keySeals   = "seals"   // what is written
	keyOpens   = "opens"   // what was written before, and is needed
	keyIdle    = "idle"    // may be retired
	keyWaiting = "waiting" // has a file, and takes over at the next rotation
)

// keyStates lists the keys of a kind, the one that seals last but for those
// that wait.
func (c *collection) keyStates(ctx context.Context, k keyKind) ([]keyState, error) {
	told, err := k.ring.Told(ctx, c.db)
	if err != nil {
		return nil, err
	}
	var uses map[string]int
	err = c.db.Read(ctx, func(tx *store.Tx) (err error) {
		uses, err = seal.Uses(tx, k.tables)
		return err
	})
	if err != nil {
		return nil, err
	}
	var list []keyState
	for i, id := range told {
		s := keyState{k.name, id, keyOpens, uses[id]}
		switch {
		case i == len(told)-1:
			s.State = keySeals
		case s.Rows == 0:
			s.State = keyIdle
		}
		list = append(list, s)
	}
	for _, id := range k.ring.IDs() {
		if !slices.Contains(told, id) {
			list = append(list, keyState{k.name, id, keyWaiting, 0})
		}
	}
	return list, nil
}

func keysListCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		return a.withWork(ctx, *dir, func(c *collection) error {
			list := []keyState{}
			for _, k := range c.keyKinds() {
				states, err := c.keyStates(ctx, k)
				if err != nil {
					return err
				}
				list = append(list, states...)
			}
			if *asJSON {
				return json.NewEncoder(a.stdout).Encode(list)
			}
			return writeKeys(a.stdout, list)
		})
	}
}

func writeKeys(w io.Writer, list []keyState) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "kind\tid\tstate\trows")
	for _, s := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\n", s.Kind, s.ID, s.State, s.Rows)
	}
	return t.Flush()
}

func keysRotateCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "what the key seals: "+answersKind+", "+contactsKind+" or "+remarksKind, args); err != nil {
			return err
		}
		return a.withKeys(ctx, *dir, args[0], func(h *home, c *collection, k keyKind) error { return a.rotate(ctx, h, c, k) })
	}
}

// withKeys opens the home and its store for a command about one kind of key.
func (a *app) withKeys(ctx context.Context, dir, kind string, do func(*home, *collection, keyKind) error) error {
	h, err := openHome(dir)
	if err != nil {
		return err
	}
	c, err := openCollection(ctx, h, a.now)
	if err != nil {
		return err
	}
	k, err := c.keyKind(kind)
	if err == nil {
		err = do(h, c, k)
	}
	return errors.Join(err, c.close())
}

// rotate lets a new key take over, unless an earlier rotation has not come to
// its end, and seals everything with it.
func (a *app) rotate(ctx context.Context, h *home, c *collection, k keyKind) error {
	states, err := c.keyStates(ctx, k)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(states, func(s keyState) bool { return s.State == keyOpens }) {
		fmt.Fprintf(a.stdout, "going on     with the rotation of %s keys that was not finished\n", k.name)
	} else if err := a.takeOver(ctx, h, c, k, states); err != nil {
		return err
	}
	p := a.progress("seal anew")
	report, err := k.ring.Reseal(ctx, c.db, k.tables, func(n int) { p.at(fmt.Sprintf("%d rows", n)) })
	if err != nil {
		p.stop()
		return err
	}
	p.done(fmt.Sprintf("%d rows", report.Rows))
	return a.afterRotation(ctx, c, k, report)
}

// takeOver tells the store of the key that is to seal: one that waits, else a
// new one.
func (a *app) takeOver(ctx context.Context, h *home, c *collection, k keyKind, states []keyState) error {
	next := states[len(states)-1]
	id := next.ID
	if next.State != keyWaiting {
		id = seal.Next(next.ID)
		if _, err := makeSecret(keyFile(h, k.name, id)); err != nil {
			return err
		}
	}
	if err := k.ring.Tell(ctx, c.db, id); err != nil {
		return err
	}
	if err := c.recordKey(ctx, a, "key.rotate", k, id); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.stdout, "key          %s %s seals from now on; back up %s\n", k.name, id, keyFile(h, k.name, id))
	return err
}

func keyFile(h *home, kind, id string) string { return h.path("secrets", kind+"-"+id+".key") }

func (c *collection) recordKey(ctx context.Context, a *app, action string, k keyKind, id string) error {
	return c.db.Write(ctx, func(tx *store.Tx) error {
		return audit.Record(tx, a.now(), audit.Event{Actor: audit.Operator, Action: action, Object: k.name + " " + id})
	})
}

func (a *app) afterRotation(ctx context.Context, c *collection, k keyKind, report seal.Report) error {
	states, err := c.keyStates(ctx, k)
	if err != nil {
		return err
	}
	for _, s := range states {
		if s.State == keyIdle {
			fmt.Fprintf(a.stdout, "idle         nothing needs %[1]s key %[2]s: barometer keys retire %[1]s %[2]s --yes destroys it\n", k.name, s.ID)
		}
	}
	if len(report.Tampered) > 0 {
		for _, row := range report.Tampered {
			fmt.Fprintf(a.stderr, "does not open: %s\n", row)
		}
		return fmt.Errorf("%d rows do not open with their key and stay as they are: restore them from a backup", len(report.Tampered))
	}
	return nil
}

func keysRetireCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	yes := flags.Bool("yes", false, "it cannot be undone: say that it is meant")
	return func(ctx context.Context, args []string) error {
		if err := exactly(2, "the kind of the key and its id, as barometer keys list shows them", args); err != nil {
			return err
		}
		if !*yes {
			return usagef("no backup that was sealed with %s key %s can be read once it is destroyed: add --yes", args[0], args[1])
		}
		return a.withKeys(ctx, *dir, args[0], func(h *home, c *collection, k keyKind) error { return a.retire(ctx, h, c, k, args[1]) })
	}
}

// retire has the store forget a key, and destroys its file after that: broken
// off between the two, the file is left over and harmless.
func (a *app) retire(ctx context.Context, h *home, c *collection, k keyKind, id string) error {
	err := c.db.Write(ctx, func(tx *store.Tx) error {
		if err := k.ring.Retire(tx, k.tables, id); err != nil {
			return err
		}
		return audit.Record(tx, a.now(), audit.Event{Actor: audit.Operator, Action: "key.retire", Object: k.name + " " + id})
	})
	if err != nil {
		return err
	}
	if err := os.Remove(keyFile(h, k.name, id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "retired      %s key %s; destroy its copies, too: those of other servers and of backups of the folder secrets\n", k.name, id)
	return err
}

// masterKeys reads every master key of a kind, <kind>-<id>.key, of a folder,
// and makes the first one where there is none.
func masterKeys(dir, kind string) (map[string][]byte, error) {
	files, err := filepath.Glob(filepath.Join(dir, kind+"-*.key"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		files = []string{filepath.Join(dir, kind+"-1.key")}
	}
	masters := make(map[string][]byte, len(files))
	for _, f := range files {
		id := filepath.Base(f)
		id = id[len(kind)+1 : len(id)-len(".key")]
		if masters[id], err = secret(f); err != nil {
			return nil, err
		}
	}
	return masters, nil
}

// loadKeys is the ring of a kind of master keys, which are looked for again
// when a rotation has made another.
func loadKeys(name, dir, kind string) (seal.Ring, error) {
	return seal.Load(name, func() (map[string][]byte, error) { return masterKeys(dir, kind) })
}
