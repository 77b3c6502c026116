package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
)

const (
	quality = 85
	// worthIt is how many times as large as a JPEG a PNG may be, where the file
	// sent was without loss: drawings and pictures of screens stay sharp,
	// photographs do not take megabytes.
	worthIt = 3
)

// encode writes a picture as JPEG or PNG.
func encode(img *image.NRGBA, lossy bool) (*Picture, error) {
	p := &Picture{MediaType: "image/png", Width: img.Rect.Dx(), Height: img.Rect.Dy()}
	var lossless, small bytes.Buffer
	opaque := img.Opaque()
	if opaque {
		if err := jpeg.Encode(&small, img, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
	}
	if !opaque || !lossy {
		if err := png.Encode(&lossless, img); err != nil {
			return nil, err
		}
	}
	p.Data = lossless.Bytes()
	if opaque && (lossy || lossless.Len() > worthIt*small.Len()) {
		p.MediaType, p.Data = "image/jpeg", small.Bytes()
	}
	return p, nil
}
