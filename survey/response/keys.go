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

// Keys seals answers. Each wave has its own key, and the unit, the revision and
// the place are bound, so a row that is altered or moved does not open. Every
// sealed row names its master key; see [Store.Reseal].
type Keys struct {
	seal.Ring
}

// KeyName is what the ring of answers is called.
const KeyName = "response"

// NewKeys returns keys that open with any of masters, and in a store that was
// told of none yet seal with the one called current. A master key has 32 bytes.
func NewKeys(current string, masters map[string][]byte) (Keys, error) {
	ring, err := seal.New(KeyName, current, masters)
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

// placeLayout is kind, wave, unit, revision and key.
const placeLayout = "%s\x00%s\x00%s\x00%d\x00%s"

func (p place) bytes() []byte {
	return fmt.Appendf(nil, placeLayout, p.kind, p.wave, p.unit, p.revision, p.keyID)
}

func purpose(wave string) string { return "answers of wave " + wave }

// seal encrypts answers for place p under p's key.
func (k Keys) seal(p place, a questionnaire.Answers) ([]byte, error) {
	return k.Seal(p.keyID, purpose(p.wave), p.bytes(), encode(a))
}

// unseal decrypts what was sealed for place p.
func (k Keys) unseal(p place, sealed []byte) (questionnaire.Answers, error) {
	plain, err := k.Open(p.keyID, purpose(p.wave), p.bytes(), sealed)
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
func (k Keys) receipt(keyID, wave, unit string) (string, error) {
	key, err := k.Derive(keyID, "receipts of wave "+wave)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(unit))
	r := receiptAlphabet.EncodeToString(mac.Sum(nil)[:10])
	return r[:4] + "-" + r[4:8] + "-" + r[8:12], nil
}
