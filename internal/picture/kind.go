package picture

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// kind is a format of files. It is told by a file's first bytes; neither its
// name nor what the browser says of it is asked.
type kind struct {
	name   string
	magic  string // ? stands for any byte
	lossy  bool   // made for photographs
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	exif   func(file []byte) []byte // the block of TIFF fields, nil where there is none
}

var kinds = []kind{
	{"jpeg", "\xff\xd8\xff", true, jpeg.DecodeConfig, jpeg.Decode, jpegExif},
	{"png", "\x89PNG\r\n\x1a\n", false, png.DecodeConfig, png.Decode, pngExif},
	{"gif", "GIF8?a", false, gif.DecodeConfig, gif.Decode, noExif},
	{"webp", "RIFF????WEBPVP8", false, webp.DecodeConfig, webp.Decode, webpExif},
}

func noExif([]byte) []byte { return nil }

func kindOf(file []byte) (kind, bool) {
	for _, k := range kinds {
		if begins(file, k.magic) {
			if k.name == "webp" {
				k.lossy = bytes.Contains(file[:min(len(file), 4096)], []byte("VP8 "))
			}
			return k, true
		}
	}
	return kind{}, false
}

func begins(file []byte, magic string) bool {
	if len(file) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != file[i] {
			return false
		}
	}
	return true
}
