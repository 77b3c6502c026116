package contact

import (
	"net/netip"
	"time"

	"barometer/internal/limit"
)

// Limits on wrong codes. The global one is what the length of the codes was
// reckoned for; see [Code].
const (
	failuresPerSecond   = 10 // everyone together
	failuresBurst       = 200
	addressPerSecond    = 0.2 // one address
	addressBurst        = 20
	rememberedAddresses = 10_000
)

// Throttle slows down guessing. Only wrong codes count, so an institution
// whose hundred workplaces share one address gets in, and so does a respondent
// who mistypes: a typo that [ParseCode] finds is no guess.
type Throttle struct {
	all       *limit.Buckets[struct{}]
	addresses *limit.Buckets[netip.Addr]
}

// NewThrottle returns a throttle that has seen no failure.
func NewThrottle() *Throttle {
	return &Throttle{
		all:       limit.NewBuckets[struct{}](failuresPerSecond, failuresBurst, 1),
		addresses: limit.NewBuckets[netip.Addr](addressPerSecond, addressBurst, rememberedAddresses),
	}
}

// Wait returns how long the address has to wait before its next attempt: the
// Retry-After of a 429. 0 means it may try now.
func (t *Throttle) Wait(address netip.Addr, now time.Time) time.Duration {
	return max(t.all.Wait(struct{}{}, now), t.addresses.Wait(limit.Network(address), now))
}

// Failed counts a wrong code from the address.
func (t *Throttle) Failed(address netip.Addr, now time.Time) {
	t.all.Take(struct{}{}, now)
	t.addresses.Take(limit.Network(address), now)
}
