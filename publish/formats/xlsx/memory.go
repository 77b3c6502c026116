package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
)

// memoryZip collects the parts of a workbook in memory and writes them sorted by
// name. It is for small books with a chart: somebody's own answers, which touch
// no disk.
type memoryZip struct {
	out   io.Writer
	parts map[string]*bytes.Buffer
}

func newMemoryZip(out io.Writer) *memoryZip {
	return &memoryZip{out, map[string]*bytes.Buffer{}}
}

// Create opens a part.
func (z *memoryZip) Create(name string) (io.Writer, error) {
	z.parts[name] = new(bytes.Buffer)
	return z.parts[name], nil
}

// AddFS is part of the library's interface; workbooks are made of parts only.
func (z *memoryZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

func (z *memoryZip) remove() error { return nil }

// typesName is the part that names the kinds of the others, which the library
// lists in an order that varies where there is a chart.
const typesName = "[Content_Types].xml"

// Close writes the archive.
func (z *memoryZip) Close() error {
	archive := zip.NewWriter(z.out)
	for _, name := range slices.Sorted(maps.Keys(z.parts)) {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		content := z.parts[name].Bytes()
		if name == typesName {
			content = sortTypes(content)
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	return archive.Close()
}

var kindOfPart = regexp.MustCompile(`<(?:Override|Default) [^>]*></(?:Override|Default)>|<(?:Override|Default) [^>]*/>`)

// sortTypes puts the entries of the part in order.
func sortTypes(content []byte) []byte {
	at := kindOfPart.FindAllIndex(content, -1)
	if at == nil {
		return content
	}
	entries := kindOfPart.FindAll(content, -1)
	slices.SortFunc(entries, bytes.Compare)
	first, last := at[0][0], at[len(at)-1][1]
	return slices.Concat(content[:first], bytes.Join(entries, nil), content[last:])
}
