package xlsx

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// sortedZip collects the parts of a workbook compressed and writes them sorted
// by name with a fixed time, since the library creates the parts of streamed
// sheets in an order that varies.
type sortedZip struct {
	out   io.Writer
	parts []*part
}

// part is one compressed file of the archive.
type part struct {
	name string
	body bytes.Buffer
	fl   *flate.Writer
	crc  hash.Hash32
	size uint64
}

func newSortedZip(out io.Writer) *sortedZip { return &sortedZip{out: out} }

// Create opens the next part; the one before it is then complete.
func (z *sortedZip) Create(name string) (io.Writer, error) {
	err := z.finish()
	if err != nil {
		return nil, err
	}
	p := &part{name: name, crc: crc32.NewIEEE()}
	if p.fl, err = flate.NewWriter(&p.body, flate.DefaultCompression); err != nil {
		return nil, err
	}
	z.parts = append(z.parts, p)
	return p, nil
}

// finish ends the compression of the last part and frees its window.
func (z *sortedZip) finish() error {
	if len(z.parts) == 0 {
		return nil
	}
	last := z.parts[len(z.parts)-1]
	err := last.fl.Close()
	last.fl = nil
	return err
}

func (p *part) Write(data []byte) (int, error) {
	n, err := p.fl.Write(data)
	p.crc.Write(data[:n])
	p.size += uint64(n)
	return n, err
}

// AddFS is part of the library's interface; workbooks are made of parts only.
func (z *sortedZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive.
func (z *sortedZip) Close() error {
	if err := z.finish(); err != nil {
		return err
	}
	slices.SortFunc(z.parts, func(a, b *part) int { return strings.Compare(a.name, b.name) })
	archive := zip.NewWriter(z.out)
	for _, p := range z.parts {
		if err := p.copyTo(archive); err != nil {
			return err
		}
	}
	return archive.Close()
}

func (p *part) copyTo(archive *zip.Writer) error {
	w, err := archive.CreateRaw(&zip.FileHeader{
		Name:               p.name,
		Method:             zip.Deflate,
		ModifiedDate:       1<<5 | 1, // 1 January 1980, the first day the format knows
		CRC32:              p.crc.Sum32(),
		UncompressedSize64: p.size,
		CompressedSize64:   uint64(p.body.Len()),
	})
	if err != nil {
		return err
	}
	_, err = p.body.WriteTo(w)
	return err
}
