package freeze

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"barometer/survey/response"
	"barometer/survey/sample"
)

// UnitKey is the key of a unit in a wave that is frozen under a secret: 80 bits
// of HMAC-SHA256 of its key in the collection. The latter follows from the seed
// of the draw and the P-number, and a seed is known to many and may be guessed;
// once the secret is destroyed, nothing leads from a P-number to a row.
func UnitKey(secret []byte, key string) string {
	return keyed(secret, "unit\x00"+key)
}

// keyed is a key that nobody finds without the secret.
func keyed(secret []byte, of string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(of))
	return base32.StdEncoding.EncodeToString(mac.Sum(nil)[:10])
}

// rename gives units and their records the keys that pass the gate, in their
// order.
func rename(units []sample.Selected, byUnit map[string]response.Record, secret []byte) ([]sample.Selected, map[string]response.Record) {
	renamed := make(map[string]response.Record, len(byUnit))
	fresh := slices.Clone(units)
	for i, u := range units {
		fresh[i].Key = UnitKey(secret, u.Key)
		if r, ok := byUnit[u.Key]; ok {
			renamed[fresh[i].Key] = r
		}
	}
	slices.SortFunc(fresh, func(a, b sample.Selected) int { return strings.Compare(a.Key, b.Key) })
	return fresh, renamed
}
