package frame

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// largest is the size of file that is read, in bytes: some hundred times the
// national frame.
const largest = 256 << 20

// Read reads a frame from a CSV file with a header row. The separator is a
// comma or a semicolon, whichever the header uses; a byte-order mark and either
// line ending are accepted; spaces around a value are dropped. Workbooks are
// read by package workbook.
//
// The name of the file is used in messages only. An error is [*Faults], with
// every fault of the file, unless reading itself failed.
func Read(r io.Reader, file string) (*Frame, error) {
	data, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(data) > largest {
		return nil, fmt.Errorf("%s is larger than %d MB", file, largest>>20)
	}
	sum := sha256.Sum256(data)
	c := newChecker(file)
	var units []Unit
	if err := c.read(bytes.NewReader(data), func(u Unit) bool { units = append(units, u); return true }); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if err := c.result(); err != nil {
		return nil, err
	}
	return &Frame{Units: units, Hash: hex.EncodeToString(sum[:])}, nil
}

// read checks a CSV file row by row. Faults of the file are gathered; an error
// is one of reading.
func (c *checker) read(r io.Reader, each func(Unit) bool) error {
	rows, err := open(r)
	if err != nil {
		return err
	}
	header, err := rows.Read()
	switch {
	case errors.Is(err, io.EOF) || errors.As(err, new(*csv.ParseError)):
		c.faults.add(Fault{Row: 1, Message: "there is no header", Hint: "the first line names the columns: " + strings.Join(columns[:needed], ",")})
		return nil
	case err != nil:
		return err
	}
	width := len(header)
	position, ok := c.header(header)
	if !ok {
		return nil
	}
	return c.body(rows, position, width, each)
}

// open finds the separator, and passes over a byte-order mark.
func open(r io.Reader) (*csv.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	start, err := in.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	const mark = "\ufeff"
	if bytes.HasPrefix(start, []byte(mark)) {
		if _, err := in.Discard(len(mark)); err != nil {
			return nil, err
		}
	}
	rows := csv.NewReader(in)
	rows.Comma = separator(start)
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	return rows, nil
}

func separator(data []byte) rune {
	header, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		return ';'
	}
	return ','
}

// header finds each of columns in the header row; -1 stands for one that may be
// left out, and is.
func (c *checker) header(names []string) (position []int, ok bool) {
	position = make([]int, len(columns))
	for i := range position {
		position[i] = -1
	}
	for at, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		fault := Fault{Row: 1, Column: at + 1, Name: "column", Value: name}
		switch i := slices.Index(columns, name); {
		case i < 0:
			fault.Message, fault.Hint = "is unknown", "remove it; the columns are "+strings.Join(columns, ", ")
			c.faults.add(fault)
		case position[i] >= 0:
			fault.Message = fmt.Sprintf("stands already in field %d", position[i]+1)
			c.faults.add(fault)
		default:
			position[i] = at
		}
	}
	for i, at := range position {
		if at < 0 && i < needed {
			c.faults.add(Fault{Row: 1, Message: "column " + columns[i] + " is missing"})
		}
	}
	return position, len(c.faults.List) == 0
}

// body checks the rows below the header while the next ones are read.
func (c *checker) body(rows *csv.Reader, position []int, width int, each func(Unit) bool) error {
	batches, stop := make(chan []row, batchesAtOnce-2), make(chan struct{})
	go readBatches(rows, position, width, batches, stop)
	defer func() {
		close(stop)
		for range batches { // until the reader has stopped, too
		}
	}()
	for batch := range batches {
		for _, r := range batch {
			switch {
			case r.err != nil:
				return r.err
			case r.fault != nil:
				c.faults.add(*r.fault)
			case !each(c.unit(r.line, r.values, position)):
				return nil
			}
		}
	}
	return nil
}

// row is a row below the header with its values in the order of columns, or why
// it has none.
type row struct {
	line   int
	values []string
	fault  *Fault
	err    error // of reading: there are no more rows
}

// rowsAtOnce is how many rows are handed on together; batchesAtOnce are being
// read, waiting (two of them) and being checked, after which their room is used
// again.
const (
	rowsAtOnce    = 512
	batchesAtOnce = 4
)

// readBatches reads all rows, or until it is stopped, and closes batches.
func readBatches(rows *csv.Reader, position []int, width int, batches chan<- []row, stop <-chan struct{}) {
	defer close(batches)
	var room [batchesAtOnce][]row
	for i := range room {
		room[i] = make([]row, rowsAtOnce)
		for j := range room[i] {
			room[i][j].values = make([]string, len(columns))
		}
	}
	for n, more := 0, true; more; n++ {
		batch, filled := room[n%batchesAtOnce], 0
		for filled < rowsAtOnce && more {
			if more = batch[filled].read(rows, position, width); more || batch[filled].err != nil {
				filled++
			}
		}
		select {
		case batches <- batch[:filled]:
		case <-stop:
			return
		}
	}
}

// read reads the next row, if there is one.
func (r *row) read(rows *csv.Reader, position []int, width int) (more bool) {
	record, err := rows.Read()
	r.fault = nil
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return false
	case errors.As(err, &parse):
		r.fault = &Fault{Row: parse.StartLine, Message: "has a quotation mark that is not closed or not doubled", Hint: `write "" for a quotation mark inside quotes`}
		return true
	case err != nil:
		r.err = err
		return false
	}
	r.line, _ = rows.FieldPos(0)
	if len(record) != width {
		r.fault = &Fault{Row: r.line, Message: fmt.Sprintf("has %d fields, the header has %d", len(record), width), Hint: "quote a value that holds the separator"}
		return true
	}
	for i, at := range position {
		if at >= 0 {
			r.values[i] = strings.TrimSpace(record[at])
		}
	}
	return true
}

// Write writes units as the CSV file that [Read] reads, with commas. The columns
// of [Contact] are left out where no unit has one. Faulty units are refused
// before anything is written.
func Write(w io.Writer, units []Unit) error {
	if err := Check(units, "frame"); err != nil {
		return err
	}
	width := needed
	if slices.ContainsFunc(units, func(u Unit) bool { return u.Contact != Contact{} }) {
		width = len(columns)
	}
	rows := csv.NewWriter(w)
	if err := rows.Write(columns[:width]); err != nil {
		return err
	}
	for _, u := range units {
		if err := rows.Write(u.record()[:width]); err != nil {
			return err
		}
	}
	rows.Flush()
	return rows.Error()
}
