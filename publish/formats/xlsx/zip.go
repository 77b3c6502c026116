package xlsx

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// level is the effort of compression: measured on 20,000 records of 200
// variables, it saves a quarter of the whole time and costs a fifth more bytes
// than the default.
const level = 4

// sortedZip collects the parts of a workbook, compressed, in a temporary file
// and writes them sorted by name with a fixed time, since the library creates
// the parts of streamed sheets in an order that varies.
type sortedZip struct {
	out   io.Writer
	spool *os.File
	end   int64 // of what has been spooled
	fl    *flate.Writer
	parts []*part
}

// part is one file of the archive, compressed in the spool.
type part struct {
	zip   *sortedZip
	name  string
	start int64
	size  uint64 // compressed
	crc   hash.Hash32
	plain uint64 // bytes before compression
}

// newSortedZip makes an archive that is written to out when closed.
func newSortedZip(out io.Writer) (*sortedZip, error) {
	spool, err := os.CreateTemp("", "barometer-*.spool")
	if err != nil {
		return nil, err
	}
	z := &sortedZip{out: out, spool: spool}
	z.fl, err = flate.NewWriter(spooler{z}, level)
	return z, err
}

// spooler appends to the spool and keeps count.
type spooler struct{ *sortedZip }

func (s spooler) Write(data []byte) (int, error) {
	n, err := s.spool.Write(data)
	s.end += int64(n)
	return n, err
}

// Create opens the next part; the one before it is then complete.
func (z *sortedZip) Create(name string) (io.Writer, error) {
	if err := z.finish(); err != nil {
		return nil, err
	}
	z.fl.Reset(spooler{z})
	z.parts = append(z.parts, &part{zip: z, name: name, start: z.end, crc: crc32.NewIEEE()})
	return z.parts[len(z.parts)-1], nil
}

func (p *part) Write(data []byte) (int, error) {
	n, err := p.zip.fl.Write(data)
	p.crc.Write(data[:n])
	p.plain += uint64(n)
	return n, err
}

// finish ends the compression of the last part.
func (z *sortedZip) finish() error {
	if len(z.parts) == 0 {
		return nil
	}
	err := z.fl.Close()
	last := z.parts[len(z.parts)-1]
	last.size = uint64(z.end - last.start)
	return err
}

// AddFS is part of the library's interface; workbooks are made of parts only.
func (z *sortedZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive.
func (z *sortedZip) Close() error {
	if err := z.finish(); err != nil {
		return err
	}
	slices.SortFunc(z.parts, func(a, b *part) int { return strings.Compare(a.name, b.name) })
	buffered := bufio.NewWriter(z.out)
	archive := zip.NewWriter(buffered)
	for _, p := range z.parts {
		if err := p.copyTo(archive); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), buffered.Flush())
}

func (p *part) copyTo(archive *zip.Writer) error {
	w, err := archive.CreateRaw(&zip.FileHeader{
		Name:               p.name,
		Method:             zip.Deflate,
		ModifiedDate:       1<<5 | 1, // 1 January 1980, the first day the format knows
		CRC32:              p.crc.Sum32(),
		UncompressedSize64: p.plain,
		CompressedSize64:   p.size,
	})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.NewSectionReader(p.zip.spool, p.start, int64(p.size)))
	return err
}

// remove deletes the spool.
func (z *sortedZip) remove() error {
	return errors.Join(z.spool.Close(), os.Remove(z.spool.Name()))
}
