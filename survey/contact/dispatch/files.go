package dispatch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/survey/contact/memo"
	"barometer/survey/contact/paper"
	"barometer/survey/contact/wording"
	"barometer/survey/response"
)

// Files says where letters that are no mail are written. They hold codes in
// clear, so the folder is for its owner alone; Wrap can seal each file on its
// way.
type Files struct {
	Dir    string
	Wrap   func(io.Writer) (io.WriteCloser, error) // nil: written as it is
	Suffix string                                  // of the names of wrapped files: ".age"
}

// unfinished ends the name of a folder whose letters are not valid yet.
const unfinished = ".part"

// abandoned is how old a folder that no letter is logged for must be to be
// taken away: no process works on one so long.
const abandoned = time.Hour

// file writes letters of a channel into a folder of their own and lets their
// codes in. It returns the folder's name; errTaken where a letter of them was
// sent or stopped meanwhile, and nothing is left then.
func (d *Dispatcher) file(ctx context.Context, v *view, channel wording.Channel, list []Decision, files *Files) (string, error) {
	letters := make([]*letter, len(list))
	for i, one := range list {
		var err error
		if letters[i], err = d.write(v, one); err != nil {
			return "", err
		}
	}
	part, batch, err := files.begin(fmt.Sprintf("%s-%s-%s", v.order.Kind, channel, d.Now().In(d.Zone).Format("20060102-150405")))
	if err != nil {
		return "", err
	}
	if err := d.print(files, part, batch, v, channel, letters); err != nil {
		return "", errors.Join(err, os.RemoveAll(part))
	}
	if err := d.admitAll(ctx, v, letters, batch); err != nil {
		return "", errors.Join(err, os.RemoveAll(part))
	}
	return filepath.Join(files.Dir, batch), finish(part)
}

// begin makes an empty folder for a batch under a name that is free.
func (f *Files) begin(batch string) (part, name string, err error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return "", "", err
	}
	name = batch
	for n := 2; ; n++ {
		part = filepath.Join(f.Dir, name) + unfinished
		if _, err := os.Lstat(filepath.Join(f.Dir, name)); errors.Is(err, os.ErrNotExist) {
			if err := os.Mkdir(part, 0o700); !errors.Is(err, os.ErrExist) {
				return part, name, err
			}
		} else if err != nil {
			return "", "", err
		}
		name = fmt.Sprintf("%s-%d", batch, n)
	}
}

// admitAll logs the letters of a batch and lets their codes in, all or none.
func (d *Dispatcher) admitAll(ctx context.Context, v *view, letters []*letter, batch string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := response.StillOpen(tx, v.wave.ID); err != nil {
			return err
		}
		for _, l := range letters {
			added, err := d.admit(tx, v, l, batch, []byte{})
			if err != nil {
				return fmt.Errorf("unit %s: %w", l.Unit, err)
			}
			if !added {
				return errTaken
			}
		}
		return nil
	})
}

// finish gives a batch its last name. Another process that tidied up may have
// done so already.
func finish(part string) error {
	last := strings.TrimSuffix(part, unfinished)
	err := os.Rename(part, last)
	if errors.Is(err, os.ErrNotExist) {
		_, err = os.Stat(last)
	}
	return errors.Join(err, syncFolder(filepath.Dir(last)))
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// tidy ends what dead processes left: a batch whose letters are logged gets
// its name, since its codes are valid; one that nobody is logged for goes, once
// nobody can be at work on it.
func (d *Dispatcher) tidy(ctx context.Context, files *Files) error {
	parts, err := filepath.Glob(filepath.Join(files.Dir, "*"+unfinished))
	if err != nil {
		return err
	}
	for _, part := range parts {
		batch := strings.TrimSuffix(filepath.Base(part), unfinished)
		var logged int
		err := d.Store.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM dispatch_sent WHERE handed = ?`, batch).Scan(&logged)
		})
		if err != nil {
			return err
		}
		info, err := os.Stat(part)
		switch {
		case errors.Is(err, os.ErrNotExist): // its own process was faster
		case err != nil:
			return err
		case logged > 0:
			err = finish(part)
		case d.Now().Sub(info.ModTime()) > abandoned:
			err = os.RemoveAll(part)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// print writes the files of a batch.
func (d *Dispatcher) print(files *Files, part, batch string, v *view, channel wording.Channel, letters []*letter) error {
	write := func(name string, write func(io.Writer) error) error { return files.write(part, name, write) }
	if channel == wording.DigitalPost {
		return errors.Join(d.printPost(write, batch, v, letters), syncFolder(part))
	}
	return errors.Join(d.printPaper(write, v, letters), syncFolder(part))
}

// write writes one file of a batch, flushed to disk.
func (f *Files) write(part, name string, write func(io.Writer) error) error {
	if f.Wrap != nil {
		name += f.Suffix
	}
	out, err := os.OpenFile(filepath.Join(part, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.fill(out, write), out.Sync(), out.Close())
}

func (f *Files) fill(out io.Writer, write func(io.Writer) error) error {
	buffered := bufio.NewWriterSize(out, 64<<10)
	if f.Wrap == nil {
		return errors.Join(write(buffered), buffered.Flush())
	}
	sealed, err := f.Wrap(buffered)
	if err != nil {
		return err
	}
	return errors.Join(write(sealed), sealed.Close(), buffered.Flush())
}

// perFile is how many letters a file of pages holds: a browser prints it in
// half a minute.
const perFile = 500

// printPaper writes the pages to print, and the lists for whoever merges them.
func (d *Dispatcher) printPaper(write func(string, func(io.Writer) error) error, v *view, letters []*letter) error {
	sheets := make([]paper.Sheet, len(letters))
	for i, l := range letters {
		sheets[i] = paper.Sheet{Person: l.person, Code: l.code, Link: l.link, Letter: l.worded}
	}
	head := v.wave.head(v.order.Lang, d.Now().In(d.Zone))
	err := errors.Join(
		write("letters.csv", func(w io.Writer) error { return paper.WriteCSV(w, sheets) }),
		write("letters.xlsx", func(w io.Writer) error { return paper.WriteXLSX(w, sheets) }),
	)
	for n := 0; err == nil && n*perFile < len(sheets); n++ {
		some := sheets[n*perFile : min(len(sheets), (n+1)*perFile)]
		err = write(fmt.Sprintf("letters-%02d.html", n+1), func(w io.Writer) error { return paper.WriteHTML(w, head, some) })
	}
	return err
}

func (w *Wave) head(l i18n.Lang, now time.Time) paper.Head {
	return paper.Head{Sender: w.Sender.In(l), Return: w.Return, Date: i18n.Date(now, l), Lang: l}
}

// printPost writes the archive for Digital Post and the list of what is in it.
func (d *Dispatcher) printPost(write func(string, func(io.Writer) error) error, batch string, v *view, letters []*letter) error {
	var b *memo.Batch
	err := write("digital-post.tar", func(w io.Writer) error {
		b = memo.NewBatch(w, d.Now())
		for _, l := range letters {
			m, err := d.message(v.wave, v.order, l)
			if err == nil {
				err = b.Add(m)
			}
			if err != nil {
				return fmt.Errorf("unit %s: %w", l.Unit, err)
			}
		}
		return b.Close()
	})
	if err != nil {
		return err
	}
	return write("manifest.json", func(w io.Writer) error { return b.WriteManifest(w, batch, v.wave.Post) })
}
