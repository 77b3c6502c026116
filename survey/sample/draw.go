package sample

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

// Draw selects a simple random sample without replacement in every stratum of
// the plan: the units whose permanent random numbers follow the plan's start
// most closely (Ohlsson 1995, sequential simple random sampling).
func Draw(f *frame.Frame, p Plan, seed uint64) (*Sample, error) {
	cells, err := allocate(f, p)
	if err != nil {
		return nil, err
	}
	s := &Sample{Wave: p.Wave, FrameHash: f.Hash, Seed: seed}
	numbers, keys := newLottery(seed, p.Start), newKeyring(seed, p.Wave)
	for _, c := range cells {
		s.Strata = append(s.Strata, c.Stratum)
		for _, u := range numbers.first(c.units, c.Take) {
			s.Units = append(s.Units, c.selected(u, keys.key(u.PNumber)))
		}
	}
	return s, nil
}

func (c *cell) selected(u frame.Unit, key string) Selected {
	return Selected{
		Unit: u, Key: key, Size: codebook.SizeOf(u.Employees),
		Stratum: c.Code, StratumN: c.N, StratumTake: c.Take,
		InclusionProb: float64(c.Take) / float64(c.N),
		DesignWeight:  float64(c.N) / float64(c.Take),
	}
}

// lottery gives every unit its permanent random number: HMAC-SHA256 of its
// P-number under the seed, of which 64 bits are read as a point on a circle.
type lottery struct {
	seed  []byte
	start uint64
}

func newLottery(seed uint64, start float64) lottery {
	return lottery{seed: seedBytes(seed), start: uint64(math.Ldexp(start, 64))}
}

func seedBytes(seed uint64) []byte { return binary.BigEndian.AppendUint64(nil, seed) }

// distance is how far behind the start the unit stands on the circle.
func (l lottery) distance(pNumber string) uint64 {
	return binary.BigEndian.Uint64(mac(l.seed, pNumber)) - l.start
}

// first returns the n units that stand closest behind the start, in order.
func (l lottery) first(units []frame.Unit, n int) []frame.Unit {
	type ticket struct {
		distance uint64
		unit     int
	}
	tickets := make([]ticket, len(units))
	for i, u := range units {
		tickets[i] = ticket{l.distance(u.PNumber), i}
	}
	slices.SortFunc(tickets, func(a, b ticket) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(units[a.unit].PNumber, units[b.unit].PNumber))
	})
	drawn := make([]frame.Unit, n)
	for i := range drawn {
		drawn[i] = units[tickets[i].unit]
	}
	return drawn
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

func mac(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message))
	return h.Sum(nil)
}
