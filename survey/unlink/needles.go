package unlink

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// needles are byte strings that are looked for all at once.
type needles struct {
	n       int
	begins  [1 << 16]bool // by the last two of the first eight bytes
	byStart map[uint64][][]byte
	longest int
}

// shortest is the length that a needle has at least.
const shortest = 8

func newNeedles() *needles { return &needles{byStart: map[uint64][][]byte{}} }

// add adds a needle; one too short to tell anything is left out.
func (s *needles) add(needle []byte) {
	if len(needle) < shortest {
		return
	}
	start := binary.BigEndian.Uint64(needle)
	s.n++
	s.begins[uint16(start)] = true
	s.byStart[start] = append(s.byStart[start], bytes.Clone(needle))
	s.longest = max(s.longest, len(needle))
}

// count returns how often any of the needles stands in what is read.
func (s *needles) count(r io.Reader) (found int, err error) {
	in := bufio.NewReaderSize(r, max(1<<16, 2*s.longest))
	var window uint64
	for read := 0; ; read++ {
		b, err := in.ReadByte()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		if window = window<<8 | uint64(b); read < shortest-1 || !s.begins[uint16(window)] {
			continue
		}
		for _, needle := range s.byStart[window] {
			rest, err := in.Peek(len(needle) - shortest)
			if err != nil && !errors.Is(err, io.EOF) {
				return found, err
			}
			if bytes.Equal(rest, needle[shortest:]) {
				found++
				break
			}
		}
	}
}

// countFile looks into a file and, where it is an archive such as a workbook,
// into its parts.
func (s *needles) countFile(path string) (found int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if found, err = s.count(f); err != nil {
		return found, err
	}
	info, err := f.Stat()
	if err != nil {
		return found, err
	}
	parts, err := zip.NewReader(f, info.Size())
	if err != nil {
		return found, nil // no archive
	}
	for _, part := range parts.File {
		n, err := s.countPart(part)
		if found += n; err != nil {
			return found, err
		}
	}
	return found, nil
}

// largestPart is how much of a part is unpacked.
const largestPart = 512 << 20

func (s *needles) countPart(part *zip.File) (int, error) {
	r, err := part.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return s.count(io.LimitReader(r, largestPart))
}
