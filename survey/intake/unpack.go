package intake

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"strings"
)

// mostFiles is how many files an archive may list: ODK Central packs pictures
// and recordings beside the answers, which are not looked at.
const mostFiles = 10_000

// unpack takes the file out of an archive: the one CSV file of a ZIP, as ODK
// Central exports it, or what gzip packed. Any other file is handed on. What
// unpacks to more than [Largest] is refused before it is read whole.
func unpack(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return unzip(data)
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		in, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, damaged
		}
		return bounded(in)
	}
	return data, nil
}

var damaged = say("arkivet er beskadiget: eksportér det igen", "the archive is damaged: export it anew")

// unzip finds the table of an archive. One with several tables holds repeats
// of a group beside the responses, which no questionnaire of ours asks for.
func unzip(data []byte) ([]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(archive.File) > mostFiles {
		return nil, damaged
	}
	var table *zip.File
	for _, f := range archive.File {
		switch {
		case f.Name == "[Content_Types].xml":
			return nil, say("filen er et regneark: gem det som CSV", "the file is a workbook: save it as CSV")
		case !strings.EqualFold(path.Ext(f.Name), ".csv"), strings.HasPrefix(f.Name, "__MACOSX/"):
		case table != nil:
			return nil, say("arkivet har flere tabeller, %.60q og %.60q: gentagne grupper kan ikke indlæses", "the archive has several tables, %.60q and %.60q: repeated groups cannot be imported", table.Name, f.Name)
		default:
			table = f
		}
	}
	if table == nil {
		return nil, say("arkivet indeholder ingen CSV-fil", "the archive holds no CSV file")
	}
	in, err := table.Open()
	if err != nil {
		return nil, damaged
	}
	defer in.Close()
	return bounded(in)
}

// bounded reads what an archive holds, up to the size that a file may have.
func bounded(in io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, Largest+1))
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, damaged
	case len(data) > Largest:
		return nil, say("filen fylder mere end %d MiB, når den er pakket ud: del den", "the file is larger than %d MiB when unpacked: divide it", Largest>>20)
	}
	return data, nil
}
