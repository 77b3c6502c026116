package xlsform

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

var sheets = []string{survey, choices, settings, conditions, checks}

// write writes the rows as a workbook.
func write(w io.Writer, rows map[string][]cells) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	for i, sheet := range sheets {
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), sheet)
		} else {
			_, err = f.NewSheet(sheet)
		}
		if err == nil {
			err = fillSheet(f, sheet, rows[sheet])
		}
		if err != nil {
			return err
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: rows[settings][0]["form_title"]}); err != nil {
		return err
	}
	var packed bytes.Buffer
	if err := f.Write(&packed); err != nil {
		return err
	}
	return repack(w, packed.Bytes())
}

// fillSheet writes a sheet under its header.
// Everything is text but the numbers of options.
func fillSheet(f *excelize.File, sheet string, rows []cells) error {
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	header := make([]any, len(columns[sheet]))
	for i, column := range columns[sheet] {
		header[i] = column
	}
	if err := out.SetRow("A1", header); err != nil {
		return err
	}
	for i, row := range rows {
		values := make([]any, len(header))
		for j, column := range columns[sheet] {
			values[j] = value(column, row[column])
		}
		if err := out.SetRow("A"+strconv.Itoa(i+2), values); err != nil {
			return err
		}
	}
	return out.Flush()
}

func value(column, text string) any {
	if n, err := strconv.Atoi(text); err == nil && column == "number" {
		return n
	}
	if text == "" {
		return nil
	}
	return text
}

// repack writes the parts of a workbook in order and without times, so that
// the same parts give the same bytes.
func repack(w io.Writer, packed []byte) error {
	in, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return err
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range in.File {
		if err := repackPart(out, part); err != nil {
			return err
		}
	}
	return out.Close()
}

func repackPart(out *zip.Writer, part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	w, err := out.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Deflate})
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return errors.Join(err, r.Close())
}
