package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"
)

// slowestUpload is how long a file may be on its way: 8 MiB at half a megabit.
const slowestUpload = 2 * time.Minute

// asideKey is where the body of an upload waits.
type asideKey struct{}

// setAside keeps what is posted with files from being read before the router
// has decided who may: handlers meet an empty body, but for the one that asks
// for it ([ReadUpload]).
func setAside(r *http.Request, body io.ReadCloser) *http.Request {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return r
	}
	r = r.WithContext(context.WithValue(r.Context(), asideKey{}, body))
	r.Body, r.ContentLength = http.NoBody, 0
	return r
}

// UploadedFile is a file that was posted with the fields beside it.
type UploadedFile struct {
	Fields  map[string]string // the first value of each
	Content []byte            // empty where no file was chosen
}

// ErrNoUpload says that what was posted is no form with a file.
var ErrNoUpload = errors.New("no form with a file was posted")

// ReadUpload reads a form with one file, named by its field, of at most so many
// bytes; [http.MaxBytesError] says that it is larger. Nothing is written to
// disk, and the file's name is not looked at.
func ReadUpload(w http.ResponseWriter, r *http.Request, field string, most int64) (*UploadedFile, error) {
	body, ok := r.Context().Value(asideKey{}).(io.ReadCloser)
	if !ok {
		return nil, ErrNoUpload
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, ErrNoUpload
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(slowestUpload)) // a line without deadlines waits as it likes
	parts := multipart.NewReader(http.MaxBytesReader(w, body, most+MaxForm), params["boundary"])
	up := &UploadedFile{Fields: map[string]string{}}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return up, nil
		case err != nil:
			return nil, refusedUpload(err)
		}
		if err := up.take(part, field, most); err != nil {
			return nil, refusedUpload(err)
		}
	}
}

// take reads one part of the form.
func (up *UploadedFile) take(part *multipart.Part, field string, most int64) error {
	limit, name := int64(MaxForm), part.FormName()
	if name == field {
		limit = most
	}
	content, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = &http.MaxBytesError{Limit: limit}
	}
	if err != nil {
		return err
	}
	if name == field {
		up.Content = content
	} else if _, twice := up.Fields[name]; !twice {
		up.Fields[name] = string(content)
	}
	return nil
}

// refusedUpload tells a form that is too large from one that is none.
func refusedUpload(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	return errors.Join(ErrNoUpload, err)
}
