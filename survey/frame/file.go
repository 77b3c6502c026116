package frame

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
)

// largestFile is the size of CSV file that is gone through, in bytes.
const largestFile = 8 << 30

// File is a checked frame that stays on disk: for a register of millions, of
// which a sample is drawn without holding more than the sample in memory.
type File struct {
	Hash string // as of Frame
	N    int    // units
	path string
	err  error
}

// Open checks a CSV file as [Read] does. The P-numbers are held in memory
// while it does, some thirty bytes each; the units are not.
func Open(path string) (*File, error) {
	f := &File{path: path}
	c := newChecker(path)
	hash, err := f.pass(c, func(Unit) bool { f.N++; return true })
	if err != nil {
		return nil, err
	}
	f.Hash = hash
	if err := c.result(); err != nil {
		return nil, err
	}
	return f, nil
}

// Units goes through the units in the order of the file, and may be gone
// through again. A file that could not be read to the end, or that is no longer
// the one that was checked, ends the sequence; [File.Err] then says so.
func (f *File) Units() iter.Seq[Unit] {
	return func(yield func(Unit) bool) {
		c, stopped := newChecker(f.path), false
		c.trusted = true
		hash, err := f.pass(c, func(u Unit) bool { stopped = !yield(u); return !stopped })
		switch {
		case err != nil:
			f.err = err
		case !stopped && hash != f.Hash:
			f.err = fmt.Errorf("%s changed while it was read", f.path)
		}
	}
}

// Err is the error that ended the last sequence of units, nil if none did.
func (f *File) Err() error { return f.err }

// pass goes through the file once and returns its hash.
func (f *File) pass(c *checker, each func(Unit) bool) (hash string, err error) {
	in, err := os.Open(f.path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() > largestFile {
		return "", fmt.Errorf("%s is larger than %d GB", f.path, int64(largestFile)>>30)
	}
	sum := sha256.New()
	if err := c.read(io.TeeReader(in, sum), each); err != nil {
		return "", fmt.Errorf("read %s: %w", f.path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
