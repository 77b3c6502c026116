// Package own keeps links by which a workplace sees its own answers beside its
// peers.
//
// The answers of a workplace come in when it asks for a link; the token of the
// link goes out, once. The store keeps the token's hash and the answers sealed
// under a key that the token alone gives, so that they are opened by whoever has
// the link and by nobody else, not even by whoever runs the server. A link ends
// on its day; when the wave is unlinked, its row goes with all others that tell
// of a unit, and the link finds nothing. Free text is not kept.
package own

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"barometer/internal/store"
	"barometer/publish/benchmark"
	"barometer/survey/questionnaire"
)

// ErrNoLink says that a token opens nothing: it is wrong, of something else, its
// time is over, or the wave was unlinked. Which, is not told.
var ErrNoLink = errors.New("no such link")

// Life is how long a link works: until a year and some weeks after the answers,
// when the release of the wave is out and has been read.
const Life = 400 * 24 * time.Hour

// Links is safe for concurrent use.
type Links struct {
	DB     *store.DB
	Now    func() time.Time
	Random io.Reader // of tokens: crypto/rand
}

// Saved is what a link opens.
type Saved struct {
	Wave    string                `json:"-"`
	Expires time.Time             `json:"-"`
	Place   benchmark.Place       `json:"place"`
	Answers questionnaire.Answers `json:"answers"`
}

// tokenBytes are 256 bits: nobody guesses one.
const tokenBytes = 32

// Issue makes a link to a workplace's answers and returns its token and the day
// it ends. A link that the workplace had before ends at once. The error says why
// a place cannot be compared.
func (l *Links) Issue(ctx context.Context, wave, unit string, p benchmark.Place, a questionnaire.Answers) (token string, expires time.Time, err error) {
	if err := p.Check(); err != nil {
		return "", time.Time{}, err
	}
	secret := make([]byte, tokenBytes)
	if _, err := io.ReadFull(l.Random, secret); err != nil {
		return "", time.Time{}, fmt.Errorf("draw a link: %w", err)
	}
	sealed, err := seal(secret, wave, Saved{Place: p, Answers: wordless(a)})
	if err != nil {
		return "", time.Time{}, err
	}
	expires = l.Now().Add(Life)
	err = l.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`DELETE FROM benchmark_link WHERE wave = ? AND unit = ?`, wave, unit); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO benchmark_link (wave, unit, digest, sealed, expires_ms) VALUES (?, ?, ?, ?, ?)`,
			wave, unit, digest(secret), sealed, store.Millis(expires))
		return err
	})
	return base64.RawURLEncoding.EncodeToString(secret), expires, err
}

// Open returns what a token opens, or [ErrNoLink]. Every token that opens nothing
// takes the same way: one look into the store by a hash.
func (l *Links) Open(ctx context.Context, token string) (Saved, error) {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(secret) != tokenBytes {
		secret = make([]byte, tokenBytes) // looked for all the same, and not there
	}
	var wave string
	var sealed []byte
	var expires int64
	err = l.DB.ReadOne(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT wave, sealed, expires_ms FROM benchmark_link WHERE digest = ? AND expires_ms > ?`,
			digest(secret), store.Millis(l.Now())).Scan(&wave, &sealed, &expires)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Saved{}, ErrNoLink
	case err != nil:
		return Saved{}, err
	}
	s, err := unseal(secret, wave, sealed)
	s.Wave, s.Expires = wave, store.FromMillis(expires)
	return s, err
}

// DropExpired removes links whose time is over.
func (l *Links) DropExpired(tx *store.Tx) error {
	_, err := tx.Exec(`DELETE FROM benchmark_link WHERE expires_ms <= ?`, store.Millis(l.Now()))
	return err
}

// wordless are the answers without what was written in words.
func wordless(a questionnaire.Answers) questionnaire.Answers {
	kept := questionnaire.Answers{}
	for id, answer := range a {
		answer.Text, answer.Specify, answer.Typed, answer.Confirmed = "", nil, nil, nil
		if !answer.IsZero() {
			kept[id] = answer
		}
	}
	return kept
}

func digest(secret []byte) []byte {
	sum := sha256.Sum256(append([]byte("barometer benchmark link\x00"), secret...))
	return sum[:]
}

// cipherOf is what a token seals with: a key of one use, so that the nonce may be
// fixed.
func cipherOf(secret []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "barometer benchmark answers", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// padding hides how much was answered.
const padding = 1024

func seal(secret []byte, wave string, s Saved) ([]byte, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	plain = append(plain, bytes.Repeat([]byte{' '}, padding-len(plain)%padding)...)
	aead, err := cipherOf(secret)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, make([]byte, aead.NonceSize()), plain, []byte(wave)), nil
}

func unseal(secret []byte, wave string, sealed []byte) (s Saved, err error) {
	aead, err := cipherOf(secret)
	if err != nil {
		return s, err
	}
	plain, err := aead.Open(nil, make([]byte, aead.NonceSize()), sealed, []byte(wave))
	if err != nil {
		return s, fmt.Errorf("benchmark link of wave %s: the row was altered outside the program: %w", wave, err)
	}
	return s, json.Unmarshal(plain, &s)
}
