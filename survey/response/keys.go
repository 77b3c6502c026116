package response

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"

	"barometer/internal/seal"
	"barometer/survey/questionnaire"
)

// keyPrefix begins the names under which the store remembers our keys.
const keyPrefix = "response/"

// Keys seals answers. Each wave has its own key, and the unit, the revision and
// the place are bound, so a row that is altered or moved does not open. Every
// sealed row names its master key; see [Store.Reseal].
type Keys struct {
	seal.Ring
}

// NewKeys returns keys that seal with the master key called current and open
// with any of masters. A master key has 32 bytes.
func NewKeys(current string, masters map[string][]byte) (Keys, error) {
	ring, err := seal.New("response", current, masters)
	return Keys{ring}, err
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

func (p place) purpose() string { return "answers of wave " + p.wave }

// seal encrypts answers for place p under p's key.
func (k Keys) seal(p place, a questionnaire.Answers) ([]byte, error) {
	return k.Seal(p.keyID, p.purpose(), p.bytes(), encode(a))
}

// unseal decrypts what was sealed for place p.
func (k Keys) unseal(p place, sealed []byte) (questionnaire.Answers, error) {
	plain, err := k.Open(p.keyID, p.purpose(), p.bytes(), sealed)
	if errors.Is(err, seal.ErrTampered) {
		return nil, &TamperedError{Wave: p.wave, Unit: p.unit, Revision: p.revision}
	}
	if err != nil {
		return nil, err
	}
	a, err := decode(plain)
	if err != nil {
		return nil, fmt.Errorf("wave %s, unit %s: sealed answers: %w", p.wave, p.unit, err)
	}
	return a, nil
}

// receiptAlphabet is Crockford's base 32, easy to read over the telephone.
var receiptAlphabet = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// receipt is the number a respondent gets for a submitted response: one per
// response, and not to be guessed from another.
func (k Keys) receipt(wave, unit string) (string, error) {
	key, err := k.Derive(k.Current(), "receipts of wave "+wave)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(unit))
	r := receiptAlphabet.EncodeToString(mac.Sum(nil)[:10])
	return r[:4] + "-" + r[4:8] + "-" + r[8:12], nil
}
