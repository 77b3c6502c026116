package picture_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"barometer/internal/picture"
)

var limits = picture.Limits{Bytes: 1 << 20, Pixels: 1 << 20, Side: 64, AtOnce: 2}

// corners is a picture whose quarters differ: red, green, blue, white.
func corners(width, height int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetNRGBA(x, y, quarters[2*(2*y/height)+2*x/width])
		}
	}
	return img
}

var quarters = [4]color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}

const secret = "55.6761N 12.5683E Jens Hansen"

// exif is a block of fields that turns a picture and tells where it was taken.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	head := "II*\x00"
	if order.String() == binary.BigEndian.String() {
		head = "MM\x00*"
	}
	b := order.AppendUint32([]byte(head), 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 0x0112)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, orientation)
	b = append(b, 0, 0, 0, 0, 0, 0)
	return append(b, secret...)
}

func jpegFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gifFile(t testing.TB, frames int) []byte {
	t.Helper()
	g := &gif.GIF{}
	for range frames {
		p := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.White, color.Black})
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withSegments puts segments into a JPEG after its first marker.
func withSegments(file []byte, segments ...string) []byte {
	out := append([]byte{}, file[:2]...)
	for _, s := range segments {
		out = append(out, 0xff, s[0])
		out = binary.BigEndian.AppendUint16(out, uint16(len(s)+1))
		out = append(out, s[1:]...)
	}
	return append(out, file[2:]...)
}

// withChunks puts chunks into a PNG after its header.
func withChunks(file []byte, chunks ...string) []byte {
	const header = 8 + 25
	out := append([]byte{}, file[:header]...)
	for _, c := range chunks {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c)-4))
		out = append(out, c...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(c)))
	}
	return append(out, file[header:]...)
}

func webpFile(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	webpLossy    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	webpLossless = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
)

func remake(t testing.TB, file []byte) (*picture.Picture, error) {
	t.Helper()
	return picture.New(limits).Make(context.Background(), bytes.NewReader(file))
}

func decoded(t testing.TB, p *picture.Picture) image.Image {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(p.Data))
	if err != nil || "image/"+format != p.MediaType {
		t.Fatalf("%s: %s, %v", p.MediaType, format, err)
	}
	if img.Bounds().Dx() != p.Width || img.Bounds().Dy() != p.Height {
		t.Fatalf("it is said to be %d × %d, and is %v", p.Width, p.Height, img.Bounds())
	}
	return img
}

func TestEveryFormat(t *testing.T) {
	drawing := corners(40, 20)
	glass := image.NewNRGBA(drawing.Rect)
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"jpeg", "image/jpeg", jpegFile(t, drawing)},
		{"grey jpeg", "image/jpeg", jpegFile(t, image.NewGray(drawing.Rect))},
		{"png", "image/png", pngFile(t, drawing)},
		{"transparent png", "image/png", pngFile(t, glass)},
		{"deep png", "image/png", pngFile(t, image.NewNRGBA64(drawing.Rect))},
		{"gif", "image/png", gifFile(t, 1)},
		{"animation", "image/png", gifFile(t, 30)},
		{"lossy webp", "image/jpeg", webpFile(t, webpLossy)},
		{"lossless webp", "image/png", webpFile(t, webpLossless)},
	} {
		p, err := remake(t, c.file)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if p.MediaType != c.want {
			t.Errorf("%s: %s, want %s", c.name, p.MediaType, c.want)
		}
		decoded(t, p)
	}
}

// What stands beside the pixels stays behind, wherever it stands.
func TestNothingButPixels(t *testing.T) {
	script := "<script>alert(1)</script>"
	for name, file := range map[string][]byte{
		"jpeg": append(withSegments(jpegFile(t, corners(40, 20)), "\xe1Exif\x00\x00"+string(exif(binary.BigEndian, 1)),
			"\xe1http://ns.adobe.com/xap/1.0/\x00<x>"+secret, "\xed"+secret, "\xfe"+secret+script), script+secret...),
		"png": append(withChunks(pngFile(t, corners(40, 20)), "eXIf"+string(exif(binary.LittleEndian, 1)),
			"tEXtComment\x00"+secret+script, "iTXtAuthor\x00\x00\x00\x00\x00"+secret, "tIME\x07\xe9\x0b\x17\x0c\x00\x00"), script+secret...),
		"gif": append(gifFile(t, 1), script+secret...),
	} {
		p, err := remake(t, file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, trace := range []string{secret, "Exif", "eXIf", "tEXt", "iTXt", "tIME", "<x>", "<script"} {
			if bytes.Contains(p.Data, []byte(trace)) {
				t.Errorf("%s: %q is still there", name, trace)
			}
		}
	}
}

// The eight ways to hold a camera, told by where the red and green quarters go.
func TestTurned(t *testing.T) {
	red, green, blue, white := quarters[0], quarters[1], quarters[2], quarters[3]
	stored := corners(40, 20)
	for orientation, want := range map[uint16][4]color.NRGBA{
		1: {red, green, blue, white}, 2: {green, red, white, blue}, 3: {white, blue, green, red}, 4: {blue, white, red, green},
		5: {red, blue, green, white}, 6: {blue, red, white, green}, 7: {white, green, blue, red}, 8: {green, white, red, blue},
		9: {red, green, blue, white},
	} {
		for name, file := range map[string][]byte{
			"jpeg, big-endian":   withSegments(jpegFile(t, stored), "\xe1Exif\x00\x00"+string(exif(binary.BigEndian, orientation))),
			"png, little-endian": withChunks(pngFile(t, stored), "eXIf"+string(exif(binary.LittleEndian, orientation))),
		} {
			p, err := remake(t, file)
			if err != nil {
				t.Fatal(err)
			}
			img := decoded(t, p)
			if upright := orientation < 5 || orientation > 8; upright != (p.Width > p.Height) {
				t.Errorf("%s, orientation %d: %d × %d", name, orientation, p.Width, p.Height)
			}
			for i, at := range []image.Point{{p.Width / 4, p.Height / 4}, {3 * p.Width / 4, p.Height / 4}, {p.Width / 4, 3 * p.Height / 4}, {3 * p.Width / 4, 3 * p.Height / 4}} {
				if !alike(img.At(at.X, at.Y), want[i]) {
					t.Errorf("%s, orientation %d: %v in quarter %d, want %v", name, orientation, img.At(at.X, at.Y), i, want[i])
				}
			}
		}
	}
}

func alike(a, b color.Color) bool {
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	for _, d := range []int64{int64(ar) - int64(br), int64(ag) - int64(bg), int64(ab) - int64(bb), int64(aa) - int64(ba)} {
		if d > 0x2000 || d < -0x2000 { // JPEG blurs edges
			return false
		}
	}
	return true
}

func TestShrunk(t *testing.T) {
	for _, c := range []struct{ width, height, wantWidth, wantHeight int }{
		{640, 320, 64, 32}, {64, 64, 64, 64}, {65, 64, 64, 63}, {3, 999, 1, 64}, {1, 1, 1, 1}, {1000, 1, 64, 1},
	} {
		p, err := remake(t, pngFile(t, corners(c.width, c.height)))
		if err != nil {
			t.Fatal(err)
		}
		if p.Width != c.wantWidth || p.Height != c.wantHeight {
			t.Errorf("%d × %d became %d × %d", c.width, c.height, p.Width, p.Height)
		}
		decoded(t, p)
	}
}

// A shrunk picture has the mean colour of what it shrank from, also where parts
// are transparent, whose hidden colour must not shine through.
func TestShrinkKeepsTheMean(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 130, 130))
	for y := range 130 {
		for x := range 130 {
			img.SetNRGBA(x, y, color.NRGBA{200, 100, 50, 255})
			if (x+y)%2 == 0 {
				img.SetNRGBA(x, y, color.NRGBA{0, 255, 0, 0})
			}
		}
	}
	p, err := remake(t, pngFile(t, img))
	if err != nil {
		t.Fatal(err)
	}
	if got := color.NRGBAModel.Convert(decoded(t, p).At(30, 30)).(color.NRGBA); got.R != 200 || got.G != 100 || got.B != 50 || got.A < 120 || got.A > 136 {
		t.Errorf("%v", got)
	}
}

func TestRefused(t *testing.T) {
	whole := jpegFile(t, corners(64, 64))
	print := image.NewCMYK(image.Rect(0, 0, 8, 8))
	for _, c := range []struct {
		name string
		file []byte
		want error
	}{
		{"nothing", nil, picture.ErrUnknown},
		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), picture.ErrUnknown},
		{"html behind a name", []byte("<!doctype html><script>alert(1)</script>"), picture.ErrUnknown},
		{"html that begins like a GIF", []byte("GIF89a=1;/*<script>alert(1)</script>*/"), nil},
		{"bitmap", []byte("BM000000000000"), picture.ErrUnknown},
		{"too many bytes", append(whole, make([]byte, limits.Bytes)...), picture.ErrLarge},
		{"a header and no more", whole[:200], picture.ErrDamaged},
		{"half", whole[:len(whole)/2], picture.ErrDamaged},
		{"half a PNG", pngFile(t, corners(64, 64))[:120], picture.ErrDamaged},
		{"a PNG that says it is huge", sized(t, 60_000, 60_000), picture.ErrLarge},
		{"a PNG that is huge", pngFile(t, image.NewPaletted(image.Rect(0, 0, 4096, 4096), color.Palette{color.White})), picture.ErrLarge},
		{"a JPEG of a thousand scans", scans(whole, 1000), picture.ErrLarge},
		{"colours for print", cmykFile(t, print), picture.ErrColours},
	} {
		start := time.Now()
		p, err := remake(t, c.file)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v; want %v", c.name, p, err, c.want)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: refused after %v", c.name, took)
		}
	}
}

// sized is a PNG whose header tells another size than it has.
func sized(t testing.TB, width, height uint32) []byte {
	t.Helper()
	file := pngFile(t, corners(2, 2))
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

// scans repeats the scan of a JPEG.
func scans(file []byte, n int) []byte {
	at := bytes.Index(file, []byte{0xff, 0xda})
	scan := file[at : len(file)-2]
	return append(bytes.Join([][]byte{file[:at], bytes.Repeat(scan, n)}, nil), 0xff, 0xd9)
}

// cmykFile is a JPEG of four components, as a program for print writes it: the
// three of a grey picture's tables, four times.
func cmykFile(t testing.TB, img *image.CMYK) []byte {
	t.Helper()
	grey := jpegFile(t, image.NewGray(img.Rect))
	sof := bytes.Index(grey, []byte{0xff, 0xc0})
	sos := bytes.Index(grey, []byte{0xff, 0xda})
	var b bytes.Buffer
	b.Write(grey[:sof])
	b.Write([]byte{0xff, 0xc0, 0, 20, 8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0})
	b.Write(grey[sof+2+11 : sos])
	b.Write([]byte{0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0})
	// A block that is all one grey is a few bits long; zeros decode to blocks.
	b.Write(make([]byte, 96))
	b.Write([]byte{0xff, 0xd9})
	return b.Bytes()
}

// The same file gives the same bytes, and a picture that is made already gives
// one of the same kind and size.
func TestSameBytes(t *testing.T) {
	file := jpegFile(t, corners(333, 77))
	first, err := remake(t, file)
	if err != nil {
		t.Fatal(err)
	}
	second, err := remake(t, file)
	if err != nil || !bytes.Equal(first.Data, second.Data) {
		t.Errorf("two pictures of one file differ: %v", err)
	}
}

func TestWaitingEnds(t *testing.T) {
	maker := picture.New(picture.Limits{Bytes: 1 << 20, Pixels: 1 << 20, Side: 64, AtOnce: 1})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	// A maker with room may answer either way; one that is asked again must not hang.
	for range 20 {
		if _, err := maker.Make(ctx, strings.NewReader("no picture")); !errors.Is(err, context.Canceled) && !errors.Is(err, picture.ErrUnknown) {
			t.Fatal(err)
		}
	}
}

func FuzzMake(f *testing.F) {
	for _, file := range [][]byte{
		jpegFile(f, corners(16, 9)), pngFile(f, corners(16, 9)), gifFile(f, 2), webpFile(f, webpLossy), webpFile(f, webpLossless),
		withSegments(jpegFile(f, corners(16, 9)), "\xe1Exif\x00\x00"+string(exif(binary.LittleEndian, 6))),
		withChunks(pngFile(f, corners(16, 9)), "eXIf"+string(exif(binary.BigEndian, 8))),
		scans(jpegFile(f, corners(16, 9)), 80), sized(f, 1<<20, 1<<20), cmykFile(f, image.NewCMYK(image.Rect(0, 0, 8, 8))),
	} {
		f.Add(file)
	}
	small := picture.Limits{Bytes: 1 << 16, Pixels: 1 << 16, Side: 32, AtOnce: 1}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := picture.New(small).Make(context.Background(), bytes.NewReader(file))
		if err != nil {
			for _, known := range []error{picture.ErrLarge, picture.ErrUnknown, picture.ErrDamaged, picture.ErrColours} {
				if errors.Is(err, known) {
					return
				}
			}
			t.Fatalf("an error of another kind: %v", err)
		}
		if p.Width > small.Side || p.Height > small.Side {
			t.Fatalf("%d × %d", p.Width, p.Height)
		}
		decoded(t, p)
	})
}
