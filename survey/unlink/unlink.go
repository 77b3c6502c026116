// Package unlink destroys what joins the answers of a wave to its workplaces,
// and proves it.
//
// A wave that is closed and frozen comes in, asked for by one person and
// confirmed by another ([Desk]); a [Report] goes out that says what was
// destroyed and which ways were tried afterwards. What is destroyed:
//
//   - every row about a unit in the store: contacts, codes, sessions, wishes,
//     the log of what was sent, and the answers as they came in, since texts
//     and times of their own can tell who wrote them. The answers stand in
//     the frozen wave;
//   - the sample with its reserve, and the files of codes and letters;
//   - addresses and contact persons in the frame, which stays as the list of
//     workplaces that it is;
//   - the secret that leads from the keys of the collection to those of the
//     frozen wave, and that of keys which join waves.
//
// The seed stays: it may be the next wave's too, stands in copies, and can be
// guessed, so that its destruction would prove nothing. With a P-number it gives
// the key of the collection, which then stands nowhere.
//
// Every step bears repetition, so that what was broken off is gone on with.
package unlink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"barometer/internal/archive"
	"barometer/survey/frame"
	"barometer/survey/sample"
)

// Wave is a wave as its home has it.
type Wave struct {
	ID       string
	Units    []sample.Selected // drawn; drawn again where the sample is gone
	Rows     []Row             // frozen
	Frame    string            // file of the frame
	Files    []string          // that are destroyed, and folders with all in them
	Keys     []string          // files of secrets that are destroyed
	Secrets  string            // folder of all secrets
	Home     string            // folder that is searched
	Others   []Other           // further waves of the home
	Database string            // file of the store, empty where it is another machine's
	Backups  []string          // of the store that are known of
}

// Row is a row of the frozen wave: what an outsider could know it by.
type Row struct {
	Unit, Panel string // keys
	Background  string // classes of the frame
	Answered    bool
}

// Other is another wave of the home.
type Other struct {
	ID     string
	Folder string
	Panels map[string]bool // keys that join waves, of its frozen rows, where it is still linked
}

// Carry carries a confirmed request out: destroys, looks for what is left, and
// writes the report. A report that found something is returned with
// [ErrLeft], and the wave does not count as unlinked.
func (d *Desk) Carry(ctx context.Context, w Wave) (*Report, error) {
	r, err := d.Of(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	if r.State != Confirmed && r.State != Proved {
		return nil, fmt.Errorf("unlink wave %s: %w", w.ID, ErrNotAsked)
	}
	report := &Report{Wave: w.ID, AskedBy: r.AskedBy, ConfirmedBy: r.ConfirmedBy, At: d.now().UTC()}
	removed, marks, err := destroyRows(ctx, d.db, w.ID)
	if err != nil {
		return nil, err
	}
	report.Rows = removed
	if err := report.destroyFiles(w); err != nil {
		return nil, err
	}
	if err := report.prove(ctx, d.db, w, marks); err != nil {
		return nil, err
	}
	if !report.Passed() {
		return report, fmt.Errorf("unlink wave %s: %w", w.ID, ErrLeft)
	}
	return report, d.prove(ctx, w.ID)
}

// Check looks for what is left and destroys nothing.
func (d *Desk) Check(ctx context.Context, w Wave) (*Report, error) {
	r, err := d.Of(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	report := &Report{Wave: w.ID, AskedBy: r.AskedBy, ConfirmedBy: r.ConfirmedBy, At: d.now().UTC()}
	return report, report.prove(ctx, d.db, w, newNeedles())
}

// ErrLeft says that a way from workplaces to answers is left.
var ErrLeft = errors.New("something is left: see the report")

// destroyFiles removes files and keys, and thins the frame.
func (r *Report) destroyFiles(w Wave) error {
	for _, list := range []struct {
		paths []string
		into  *[]string
	}{{w.Files, &r.Files}, {w.Keys, &r.Keys}} {
		for _, path := range list.paths {
			if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err := os.RemoveAll(path); err != nil {
				return err
			}
			*list.into = append(*list.into, w.short(path))
		}
	}
	return r.thin(w)
}

// thin drops addresses and contact persons from the frame.
func (r *Report) thin(w Wave) error {
	f, err := os.Open(w.Frame)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	list, err := frame.Read(f, w.Frame)
	if err != nil {
		return err
	}
	thinned := 0
	for i, u := range list.Units {
		if u.Email != "" || u.Contact != (frame.Contact{}) {
			list.Units[i].Email, list.Units[i].Contact = "", frame.Contact{}
			thinned++
		}
	}
	if thinned == 0 {
		return nil
	}
	r.Addresses, r.FrameHash = thinned, list.Hash
	return archive.WriteFile(w.Frame, func(out io.Writer) error { return frame.Write(out, list.Units) })
}
