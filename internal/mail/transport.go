package mail

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"barometer/internal/archive"
)

// Transport is a way for mail to leave. An error that is a [*Refusal] says what
// the server answered; any other is taken to be temporary. What it says is
// shown to staff and names nobody.
type Transport interface {
	Deliver(ctx context.Context, msg *gomail.Msg) error
}

// Outbox is a folder that mail is put into as .eml files, for a machine
// without a mail server. A mail that is delivered twice is one file.
type Outbox string

// Deliver writes the mail under a temporary name and renames it.
func (dir Outbox) Deliver(_ context.Context, msg *gomail.Msg) error {
	if err := os.MkdirAll(string(dir), 0o700); err != nil {
		return err
	}
	id, _, _ := strings.Cut(strings.Trim(msg.GetMessageID(), "<>"), "@")
	err := archive.Replace(filepath.Join(string(dir), id+".eml"), func(tmp string) error {
		f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = msg.WriteTo(f)
		return errors.Join(err, f.Sync(), f.Close())
	})
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
