package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"barometer/internal/account"
	"barometer/internal/archive"
	"barometer/internal/mail"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/publish/benchmark/own"
	"barometer/publish/benchmark/room"
	"barometer/publish/embargo"
	"barometer/publish/research"
	"barometer/survey/contact"
	"barometer/survey/contact/dispatch"
	"barometer/survey/fieldwork"
	"barometer/survey/response"
	"barometer/survey/unlink"
)

// collection is the store of a home with the packages that read and write it.
type collection struct {
	db        *store.DB
	now       func() time.Time
	access    *contact.Access
	responses *response.Store
	queue     *queue.Queue
	mail      *mail.Mailer
	letters   *dispatch.Dispatcher
	accounts  *account.Accounts
	fieldwork *fieldwork.Desk
	unlinks   *unlink.Desk
	releases  *embargo.Releases
	research  *research.Projects
	links     *own.Links
	rooms     *room.Rooms
}

// openCollection opens the store of a home under its secrets, which are made
// the first time.
func openCollection(ctx context.Context, h *home, now func() time.Time) (*collection, error) {
	codes, err := secret(h.path("secrets", "codes.key"))
	if err != nil {
		return nil, err
	}
	answers, errAnswers := loadKeys(response.KeyName, h.path("secrets"), answersKind)
	contacts, errContacts := loadKeys(contact.KeyName, h.path("secrets"), contactsKind)
	remarks, errRemarks := loadKeys(fieldwork.KeyName, h.path("secrets"), remarksKind)
	if err := errors.Join(errAnswers, errContacts, errRemarks); err != nil {
		return nil, err
	}
	where, err := h.storePlace()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	c := &collection{db: db, now: now, unlinks: unlink.NewDesk(db, now)}
	c.access, err = contact.New(ctx, db, contact.Options{Secret: codes, Keys: contacts, Codes: rand.Reader, Now: now})
	if err == nil {
		c.responses, err = response.New(ctx, db, response.Keys{Ring: answers}, now)
	}
	if err == nil {
		c.fieldwork, err = openFieldwork(ctx, db, remarks, now)
	}
	if err == nil {
		err = c.openWork(ctx, h, now)
	}
	if err == nil {
		err = c.openLetters(ctx, h, now)
	}
	if err == nil {
		err = c.openAccounts(ctx, h, now)
	}
	if err == nil {
		err = c.openUnlinking(h, now)
	}
	if err == nil {
		err = c.openReleases(h, now)
	}
	if err == nil {
		err = c.openBenchmark(now)
	}
	if err == nil {
		err = c.sendDigests(h)
	}
	if err == nil {
		err = c.openResearch(h, now)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return c, nil
}

func (c *collection) close() error { return c.db.Close() }

// withCollection opens the home, the wave and the store for one command.
func (a *app) withCollection(ctx context.Context, dir, id string, do func(*collection, *wave) error) error {
	w, err := a.openWave(dir, id)
	if err != nil {
		return err
	}
	c, err := openCollection(ctx, w.home, a.now)
	if err != nil {
		return err
	}
	return errors.Join(do(c, w), c.close())
}

// secret reads a key of 32 bytes from a file that only the owner may read, and
// makes it where it is not there yet.
func secret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return makeSecret(path)
	}
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s: a key is 64 hexadecimal digits", path)
	}
	return key, nil
}

func makeSecret(path string) ([]byte, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	err := writeSecretFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, hex.EncodeToString(key)+"\n")
		return err
	})
	return key, err
}

// writeSecretFile writes a new file that only the owner may read, complete or
// not at all.
func writeSecretFile(path string, write func(io.Writer) error) error {
	return archive.Replace(path, func(tmp string) error {
		f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Sync(), f.Close())
	})
}
