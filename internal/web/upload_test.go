package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// posted is a form with a file.
func posted(t *testing.T, size int) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "svar.csv")
	if err == nil {
		_, err = part.Write(bytes.Repeat([]byte("x"), size))
	}
	if err := errors.Join(err, form.WriteField("layout", "csv"), form.WriteField("layout", "odk"), form.Close()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

// A file is read by the handler that asks for it, and by nobody before: what a
// stranger posts to a route that is not for them costs nothing.
func TestAnUploadIsReadByItsHandlerAlone(t *testing.T) {
	const most = 100_000
	for size, want := range map[int]int{0: 200, MaxForm + 1: 200, most: 200, most + 1: 413, most + 2*MaxForm: 413} {
		r := posted(t, size)
		source := &counted{Reader: r.Body}
		r.Body = io.NopCloser(source)
		status := 0
		limited(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			receive(r)
			if r.ParseForm(); len(r.PostForm) != 0 || source.n != 0 {
				t.Errorf("%d bytes of the body were read before", source.n)
			}
			up, err := ReadUpload(w, r, "file", most)
			var tooLarge *http.MaxBytesError
			switch {
			case errors.As(err, &tooLarge):
				status = 413
			case err != nil || len(up.Content) != size || up.Fields["layout"] != "csv":
				t.Errorf("%d bytes: %v", size, err)
			default:
				status = 200
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
		if status != want {
			t.Errorf("%d bytes: %d, want %d", size, status, want)
		}
	}
}

// counted counts what is read of it.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func TestWhatIsNoUploadIsRefused(t *testing.T) {
	for name, r := range map[string]*http.Request{
		"a form":      httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=b")),
		"no boundary": httptest.NewRequest(http.MethodPost, "/", strings.NewReader("x")),
		"broken off":  httptest.NewRequest(http.MethodPost, "/", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nab")),
	} {
		r.Header.Set("Content-Type", map[bool]string{true: "application/x-www-form-urlencoded", false: "multipart/form-data"}[name == "a form"])
		if name == "broken off" {
			r.Header.Set("Content-Type", `multipart/form-data; boundary="x"`)
		}
		limited(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := ReadUpload(w, r, "file", 1000); !errors.Is(err, ErrNoUpload) {
				t.Errorf("%s: %v", name, err)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}
