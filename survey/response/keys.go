package response

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"barometer/internal/store"
	"barometer/survey/questionnaire"
)

// keyPrefix begins the names under which the store remembers our keys.
const keyPrefix = "response/"

// Keys seals answers with AES-256-GCM. Each wave has its own key, drawn by
// HKDF-SHA256 (RFC 5869) from a master key; the unit, the revision and the
// place are bound as associated data, so a row that is altered or moved does
// not open. Every sealed row names its master key, so that a new one can take
// over while old rows still open; see [Store.Reseal].
type Keys struct {
	current string
	masters map[string][]byte
	ciphers *sync.Map // "id/wave" → cipher.AEAD
}

// NewKeys returns keys that seal with the master key called current and open
// with any of masters. A master key has 32 bytes.
func NewKeys(current string, masters map[string][]byte) (Keys, error) {
	for _, id := range slices.Sorted(maps.Keys(masters)) {
		if id == "" || strings.ContainsAny(id, "/ ") {
			return Keys{}, fmt.Errorf("answer key %q: the name may hold no slash or space and must not be empty", id)
		}
		if len(masters[id]) != 32 {
			return Keys{}, fmt.Errorf("answer key %s has %d bytes, it needs 32", id, len(masters[id]))
		}
	}
	if _, ok := masters[current]; !ok {
		return Keys{}, fmt.Errorf("answer key %s is to seal but is not given", current)
	}
	return Keys{current: current, masters: maps.Clone(masters), ciphers: new(sync.Map)}, nil
}

// check refuses keys that are not the ones the store was written with.
func (k Keys) check(ctx context.Context, db *store.DB) error {
	used, err := db.Keys(ctx, keyPrefix)
	if err != nil {
		return err
	}
	for _, name := range used {
		id := strings.TrimPrefix(name, keyPrefix)
		if _, ok := k.masters[id]; !ok {
			return fmt.Errorf("%w: answers are sealed with key %s, which is not given", store.ErrWrongKey, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(k.masters)) {
		if id != k.current && !slices.Contains(used, keyPrefix+id) {
			continue // nothing is sealed with it
		}
		if err := db.CheckKey(ctx, keyPrefix+id, k.masters[id]); err != nil {
			return err
		}
	}
	return nil
}

// place is where a sealed value stands: what it is bound to.
type place struct {
	kind     string // "state" or "event"
	wave     string
	unit     string
	revision int
	keyID    string
}

func (p place) bytes() []byte {
	return fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d\x00%s", p.kind, p.wave, p.unit, p.revision, p.keyID)
}

// seal encrypts answers for place p under p's key.
func (k Keys) seal(p place, a questionnaire.Answers) ([]byte, error) {
	aead, err := k.cipher(p.keyID, p.wave)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, encode(a), p.bytes()), nil
}

// unseal decrypts what was sealed for place p.
func (k Keys) unseal(p place, sealed []byte) (questionnaire.Answers, error) {
	aead, err := k.cipher(p.keyID, p.wave)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, sealed, p.bytes())
	if err != nil {
		return nil, &TamperedError{Wave: p.wave, Unit: p.unit, Revision: p.revision}
	}
	a, err := decode(plain)
	if err != nil {
		return nil, fmt.Errorf("wave %s, unit %s: sealed answers: %w", p.wave, p.unit, err)
	}
	return a, nil
}

// cipher returns the wave's AES-256-GCM with a random 96-bit nonce at the
// front of every sealed value. A wave seals some 10^6 values, far below the
// 2^32 that NIST SP 800-38D allows under one key.
func (k Keys) cipher(id, wave string) (cipher.AEAD, error) {
	if c, ok := k.ciphers.Load(id + "/" + wave); ok {
		return c.(cipher.AEAD), nil
	}
	key, err := k.derive(id, "answers of wave "+wave)
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
	k.ciphers.Store(id+"/"+wave, aead)
	return aead, nil
}

// derive draws the key for one purpose from the master key called id.
func (k Keys) derive(id, purpose string) ([]byte, error) {
	master, ok := k.masters[id]
	if !ok {
		return nil, fmt.Errorf("%w: answers are sealed with key %s, which is not given", store.ErrWrongKey, id)
	}
	return hkdf.Key(sha256.New, master, nil, "barometer "+purpose, 32)
}

// receiptAlphabet is Crockford's base 32, easy to read over the telephone.
var receiptAlphabet = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// receipt is the number a respondent gets for a submitted response: one per
// response, and not to be guessed from another.
func (k Keys) receipt(wave, unit string) (string, error) {
	key, err := k.derive(k.current, "receipts of wave "+wave)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(unit))
	r := receiptAlphabet.EncodeToString(mac.Sum(nil)[:10])
	return r[:4] + "-" + r[4:8] + "-" + r[8:12], nil
}
