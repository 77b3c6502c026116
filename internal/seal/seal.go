// Package seal keeps values in a store that a copy of the store does not tell.
//
// A value and its place come in; bytes go out that open in that place alone,
// under a key that stands outside the store. Which rows are sealed, and when
// they are sealed anew, is the business of the packages that own them.
package seal

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"barometer/internal/store"
)

// ErrTampered says that a sealed value does not open in its place: it was
// altered, moved or damaged outside the program.
var ErrTampered = errors.New("the sealed value does not open with its key")

// Ring seals with AES-256-GCM under one master key and opens under any of
// several. Each purpose has its own key, drawn by HKDF-SHA256 (RFC 5869) from
// a master key, and the place of a value is bound to it as associated data.
// Whoever keeps a sealed value keeps the id of its master key beside it, so
// that a new key can take over while old values still open.
type Ring struct {
	name    string // before the slash in the store's memory of keys
	current string
	masters map[string][]byte
	ciphers *sync.Map // id, purpose → cipher.AEAD
}

type cipherKey struct{ id, purpose string }

// New returns the ring called name, which seals with the master key called
// current and opens with any of masters. A master key has 32 bytes.
func New(name, current string, masters map[string][]byte) (Ring, error) {
	for _, id := range slices.Sorted(maps.Keys(masters)) {
		if id == "" || strings.ContainsAny(id, "/ ") {
			return Ring{}, fmt.Errorf("%s key %q: the name may hold no slash or space and must not be empty", name, id)
		}
		if len(masters[id]) != 32 {
			return Ring{}, fmt.Errorf("%s key %s has %d bytes, it needs 32", name, id, len(masters[id]))
		}
	}
	if _, ok := masters[current]; !ok {
		return Ring{}, fmt.Errorf("%s key %s is to seal but is not given", name, current)
	}
	return Ring{name: name, current: current, masters: maps.Clone(masters), ciphers: new(sync.Map)}, nil
}

// Current is the id of the key that seals.
func (r Ring) Current() string { return r.current }

// IDs lists the keys of the ring in order.
func (r Ring) IDs() []string { return slices.Sorted(maps.Keys(r.masters)) }

// Check refuses a ring that has not the keys the store was written with, and
// has the store remember the current one. Programs call it at start.
func (r Ring) Check(ctx context.Context, db *store.DB) error {
	used, err := db.Keys(ctx, r.name+"/")
	if err != nil {
		return err
	}
	for _, name := range used {
		if id := strings.TrimPrefix(name, r.name+"/"); r.masters[id] == nil {
			return r.lacks(id)
		}
	}
	for _, id := range r.IDs() {
		if id != r.current && !slices.Contains(used, r.name+"/"+id) {
			continue // nothing is sealed with it
		}
		if err := db.CheckKey(ctx, r.name+"/"+id, r.masters[id]); err != nil {
			return err
		}
	}
	return nil
}

func (r Ring) lacks(id string) error {
	return fmt.Errorf("%w: there are rows sealed with %s key %s, which is not given", store.ErrWrongKey, r.name, id)
}

// Seal encrypts plain for a place under the key id, drawn for a purpose.
func (r Ring) Seal(id, purpose string, place, plain []byte) ([]byte, error) {
	aead, err := r.cipher(id, purpose)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, place), nil
}

// Open decrypts what was sealed for the same place, key and purpose; anything
// else is [ErrTampered].
func (r Ring) Open(id, purpose string, place, sealed []byte) ([]byte, error) {
	aead, err := r.cipher(id, purpose)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, sealed, place)
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

// cipher returns AES-256-GCM with a random 96-bit nonce at the front of every
// sealed value. A wave seals some 10^6 values, far below the 2^32 that NIST
// SP 800-38D allows under one key.
func (r Ring) cipher(id, purpose string) (cipher.AEAD, error) {
	if c, ok := r.ciphers.Load(cipherKey{id, purpose}); ok {
		return c.(cipher.AEAD), nil
	}
	key, err := r.Derive(id, purpose)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	r.ciphers.Store(cipherKey{id, purpose}, aead)
	return aead, nil
}

// Derive draws the key of a purpose from the master key called id.
func (r Ring) Derive(id, purpose string) ([]byte, error) {
	master, ok := r.masters[id]
	if !ok {
		return nil, r.lacks(id)
	}
	return hkdf.Key(sha256.New, master, nil, "barometer "+purpose, 32)
}

// Pad lengthens plain to a whole number of blocks, so that the length of what
// is sealed tells little. [Unpad] takes the padding off again.
func Pad(plain []byte, block int) []byte {
	padded := append(slices.Clone(plain), 0x80)
	for len(padded)%block != 0 {
		padded = append(padded, 0)
	}
	return padded
}

// Unpad undoes [Pad].
func Unpad(padded []byte) ([]byte, error) {
	plain, ok := bytes.CutSuffix(bytes.TrimRight(padded, "\x00"), []byte{0x80})
	if !ok {
		return nil, errors.New("the sealed value has no end")
	}
	return plain, nil
}
