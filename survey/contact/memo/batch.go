package memo

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Batch writes messages into one TAR archive, a file UUID.xml for each.
type Batch struct {
	out     *tar.Writer
	written time.Time
	list    []Entry
	seen    map[string]bool
}

// Entry is a message of a batch, in its list. It holds neither code nor link.
type Entry struct {
	File    string `json:"file"`
	UUID    string `json:"uuid"`
	CVR     string `json:"cvr"`
	PNumber string `json:"p_number"`
	SHA256  string `json:"sha256"`
}

// NewBatch begins an archive whose files are all dated written.
func NewBatch(w io.Writer, written time.Time) *Batch {
	return &Batch{out: tar.NewWriter(w), written: written.UTC().Truncate(time.Second), seen: map[string]bool{}}
}

// Add writes a message. A UUID that is there already is refused: receivers
// would take the second message for the first.
func (b *Batch) Add(m *Message) error {
	if b.seen[m.UUID] {
		return fmt.Errorf("digital post %s: two messages have this UUID", m.UUID)
	}
	var text bytes.Buffer
	if err := m.WriteXML(&text); err != nil {
		return err
	}
	sum := sha256.Sum256(text.Bytes())
	e := Entry{m.UUID + ".xml", m.UUID, m.CVR, m.PNumber, hex.EncodeToString(sum[:])}
	head := &tar.Header{Name: e.File, Mode: 0o600, Size: int64(text.Len()), ModTime: b.written, Format: tar.FormatUSTAR}
	if err := b.out.WriteHeader(head); err != nil {
		return err
	}
	if _, err := text.WriteTo(b.out); err != nil {
		return err
	}
	b.seen[m.UUID] = true
	b.list = append(b.list, e)
	return nil
}

// Close ends the archive; what it is written to stays open.
func (b *Batch) Close() error { return b.out.Close() }

// Manifest lists a batch, to be held against what Digital Post reports back.
type Manifest struct {
	Format   string    `json:"format"`
	Batch    string    `json:"batch"`
	Sender   string    `json:"sender_cvr"`
	Written  time.Time `json:"written"`
	Messages []Entry   `json:"messages"`
}

// WriteManifest writes the list of what was added, as JSON.
func (b *Batch) WriteManifest(w io.Writer, name string, s Sender) error {
	if b.list == nil {
		return errors.New("digital post: the batch is empty")
	}
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	return out.Encode(Manifest{"MeMo 1.1", name, s.CVR, b.written, b.list})
}
