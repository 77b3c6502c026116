package datapackage

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"barometer/publish/formats"
)

// Read reads a description, refusing members that Write does not write and
// whatever contradicts itself.
func Read(r io.Reader) (Package, error) {
	var p Package
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return Package{}, fmt.Errorf("datapackage: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Package{}, errors.New("datapackage: something follows the description")
	}
	if err := p.check(); err != nil {
		return Package{}, fmt.Errorf("datapackage: %w", err)
	}
	return p, nil
}

// Verify compares every file below dir with its description: size, hash,
// columns, and each value with the type of its column.
func (p *Package) Verify(dir fs.FS) error {
	var faults formats.Faults
	for _, r := range p.Resources {
		if err := r.verify(dir); err != nil {
			faults.Addf("%s: %w", r.Path, err)
		}
	}
	return faults.Err()
}

func (r Resource) verify(dir fs.FS) error {
	f, err := dir.Open(r.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum, counted := sha256.New(), new(counter)
	in := csv.NewReader(io.TeeReader(f, io.MultiWriter(sum, counted)))
	header, err := in.Read()
	if err != nil {
		return err
	}
	for i, field := range r.Schema.Fields {
		if len(header) != len(r.Schema.Fields) || header[i] != field.Name {
			return fmt.Errorf("its columns are %q", header)
		}
	}
	for row := 1; ; row++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := r.Schema.verify(record); err != nil {
			return fmt.Errorf("row %d, %w", row, err)
		}
	}
	if hash := "sha256:" + hex.EncodeToString(sum.Sum(nil)); hash != r.Hash || int64(*counted) != r.Bytes {
		return fmt.Errorf("%d bytes of hash %s, not %d of %s", *counted, hash, r.Bytes, r.Hash)
	}
	return nil
}

func (s Schema) verify(record []string) error {
	for i, f := range s.Fields {
		v := record[i]
		if slices.ContainsFunc(s.MissingValues, func(m Missing) bool { return m.Value == v }) {
			continue
		}
		if !fits(f.Type, v) {
			return fmt.Errorf("column %s: %.40q is no %s", f.Name, v, f.Type)
		}
		if f.Categories != nil && !slices.ContainsFunc(f.Categories, func(c Category) bool { return c.Value == v }) {
			return fmt.Errorf("column %s: %.40q is none of its categories", f.Name, v)
		}
	}
	return nil
}

// counter counts bytes.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
