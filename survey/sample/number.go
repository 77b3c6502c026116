package sample

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash"
	"math"
	"math/rand/v2"
)

// lottery gives every unit its permanent random number: HMAC-SHA256 of its
// P-number under the seed, of which 64 bits are read as a point on a circle.
// It is not safe for use by several goroutines.
type lottery struct {
	mac hash.Hash
	sum []byte
}

func newLottery(seed uint64) *lottery {
	return &lottery{mac: hmac.New(sha256.New, seedBytes(seed))}
}

func seedBytes(seed uint64) []byte { return binary.BigEndian.AppendUint64(nil, seed) }

// number is the unit's point on the circle.
func (l *lottery) number(pNumber string) uint64 {
	l.mac.Reset()
	l.mac.Write([]byte(pNumber))
	l.sum = l.mac.Sum(l.sum[:0])
	return binary.BigEndian.Uint64(l.sum)
}

// point turns a share of the circle into a point on it.
func point(share float64) uint64 {
	_, share = math.Modf(share)
	return uint64(math.Ldexp(share, 64))
}

// keyring names the units of one wave: 80 bits of HMAC-SHA256 under a key
// derived from the seed, which tells nothing of the permanent random number.
type keyring struct {
	secret []byte
	wave   string
}

func newKeyring(seed uint64, wave string) keyring {
	return keyring{secret: mac(seedBytes(seed), "unit key"), wave: wave}
}

func (k keyring) key(pNumber string) string {
	return base32.StdEncoding.EncodeToString(mac(k.secret, k.wave+"\x00"+pNumber)[:10])
}

// dice is the randomness of one stratum of one wave, for selections that no
// permanent random numbers can make.
func dice(seed uint64, wave, stratum string) *rand.Rand {
	secret := mac(seedBytes(seed), "selection")
	return rand.New(rand.NewChaCha8([32]byte(mac(secret, wave+"\x00"+stratum))))
}

func mac(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message))
	return h.Sum(nil)
}
