// Package seal keeps values in a store that a copy of the store does not tell.
//
// A value and its place come in; bytes go out that open in that place alone,
// under a key that stands outside the store. Which rows are sealed, and when
// they are sealed anew, is the business of the packages that own them.
package seal

import (
	"bytes"
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
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
//
// Which key seals is said by the store, in the transaction that writes: the
// last of those it was told of. All servers of a store change to a new key at
// the same moment, and none seals with one that was retired.
type Ring struct {
	name    string // before the slash in the store's memory of keys
	current string // seals in a store that was told of none
	read    func() (map[string][]byte, error)
	known   *keys
}

// keys are the master keys of a ring and what was drawn from them.
type keys struct {
	sync.RWMutex
	masters map[string][]byte
	ciphers map[cipherKey]cipher.AEAD
}

type cipherKey struct{ id, purpose string }

// New returns the ring called name, which opens with any of masters. In a store
// that was told of no key yet it seals with the one called current. A master
// key has 32 bytes.
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
	return Ring{name: name, current: current, known: &keys{masters: maps.Clone(masters), ciphers: map[cipherKey]cipher.AEAD{}}}, nil
}

// Load returns the ring of the master keys that read returns. They are read
// again where one is met that the ring has not: one that another process has
// begun to seal with.
func Load(name string, read func() (map[string][]byte, error)) (Ring, error) {
	masters, err := read()
	if err != nil {
		return Ring{}, err
	}
	r, err := New(name, Last(slices.Collect(maps.Keys(masters))), masters)
	r.read = read
	return r, err
}

// Last is the id that takes precedence of others: the longest, and of those
// the last in order, so that 10 comes after 9.
func Last(ids []string) string {
	return slices.MaxFunc(append(ids, ""), compareIDs)
}

func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// Next is the id of the key that follows another.
func Next(id string) string {
	if n, err := strconv.Atoi(id); err == nil {
		return strconv.Itoa(n + 1)
	}
	return id + "-2"
}

// Name is what the ring is called.
func (r Ring) Name() string { return r.name }

// IDs lists the keys of the ring in their order.
func (r Ring) IDs() []string {
	if r.known == nil {
		return nil
	}
	r.known.RLock()
	defer r.known.RUnlock()
	return slices.SortedFunc(maps.Keys(r.known.masters), compareIDs)
}

// master returns the key called id, read anew where the ring has not got it.
func (r Ring) master(id string) ([]byte, error) {
	r.known.RLock()
	master := r.known.masters[id]
	r.known.RUnlock()
	if master != nil || r.read == nil {
		return master, r.lacks(id, master)
	}
	fresh, err := r.read()
	if err != nil {
		return nil, err
	}
	r.known.Lock()
	defer r.known.Unlock()
	r.known.masters = fresh
	return fresh[id], r.lacks(id, fresh[id])
}

func (r Ring) lacks(id string, master []byte) error {
	if len(master) == 32 {
		return nil
	}
	return fmt.Errorf("%w: there are rows sealed with %s key %s, which is not given", store.ErrWrongKey, r.name, id)
}

// Check refuses a ring that has not the keys the store was told of, and tells a
// store that knows none of the current one. Programs call it at start.
func (r Ring) Check(ctx context.Context, db *store.DB) error {
	told, err := r.Told(ctx, db)
	if err != nil {
		return err
	}
	if len(told) == 0 {
		told = []string{r.current}
	}
	for _, id := range told {
		if err := r.Tell(ctx, db, id); err != nil {
			return err
		}
	}
	return nil
}

// Told lists the keys that the store was told of, in their order: what stands
// in it may be sealed with any of them.
func (r Ring) Told(ctx context.Context, db *store.DB) ([]string, error) {
	ids, err := db.Keys(ctx, r.name+"/")
	for i := range ids {
		ids[i] = r.ID(ids[i])
	}
	slices.SortFunc(ids, compareIDs)
	return ids, err
}

// Tell tells the store of a key, which from then on seals if it is the last. A
// key other than the one the store knows by that id is refused.
func (r Ring) Tell(ctx context.Context, db *store.DB, id string) error {
	master, err := r.master(id)
	if err != nil {
		return err
	}
	return db.CheckKey(ctx, r.name+"/"+id, master)
}

// Sealing returns the key that seals what the transaction writes.
func (r Ring) Sealing(tx *store.Tx) (id string, err error) {
	q, args := r.Query()
	if err := tx.QueryRow(q, args...).Scan(&id); err != nil {
		return "", fmt.Errorf("%s keys: %w", r.name, err)
	}
	return r.ID(id), nil
}

// Query is the SELECT of one value by which [Ring.Sealing] asks, for statements
// that ask for more at once; [Ring.ID] reads its answer. Of few keys it is quicker
// told that none comes after one than which is the last in order.
func (r Ring) Query() (query string, args []any) {
	return `SELECT k.name FROM store_key k WHERE k.name > ? AND k.name < ? AND NOT EXISTS (
		SELECT 1 FROM store_key l WHERE l.name > ? AND l.name < ?
			AND (LENGTH(l.name) > LENGTH(k.name) OR LENGTH(l.name) = LENGTH(k.name) AND l.name > k.name))`,
		[]any{r.name + "/", r.name + "0", r.name + "/", r.name + "0"} // 0 comes after the slash
}

// ID is the id of the key that the store knows by a name.
func (r Ring) ID(name string) string { return strings.TrimPrefix(name, r.name+"/") }

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
	at := cipherKey{id, purpose}
	r.known.RLock()
	c := r.known.ciphers[at]
	r.known.RUnlock()
	if c != nil {
		return c, nil
	}
	key, err := r.Derive(id, purpose)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if c, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, err
	}
	r.known.Lock()
	defer r.known.Unlock()
	r.known.ciphers[at] = c
	return c, nil
}

// Derive draws the key of a purpose from the master key called id.
func (r Ring) Derive(id, purpose string) ([]byte, error) {
	master, err := r.master(id)
	if err != nil {
		return nil, err
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
