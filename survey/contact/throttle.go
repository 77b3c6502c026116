package contact

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
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
	mu        sync.Mutex
	all       *rate.Limiter
	addresses map[netip.Addr]*rate.Limiter
}

// NewThrottle returns a throttle that has seen no failure.
func NewThrottle() *Throttle {
	return &Throttle{
		all:       rate.NewLimiter(failuresPerSecond, failuresBurst),
		addresses: make(map[netip.Addr]*rate.Limiter),
	}
}

// Wait returns how long the address has to wait before its next attempt: the
// Retry-After of a 429. 0 means it may try now.
func (t *Throttle) Wait(address netip.Addr, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait := shortfall(t.all, now)
	if l := t.addresses[network(address)]; l != nil {
		wait = max(wait, shortfall(l, now))
	}
	return wait
}

// Failed counts a wrong code from the address.
func (t *Throttle) Failed(address netip.Addr, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.AllowN(now, 1)
	l := t.addresses[network(address)]
	if l == nil {
		t.makeRoom(now)
		l = rate.NewLimiter(addressPerSecond, addressBurst)
		t.addresses[network(address)] = l
	}
	l.AllowN(now, 1)
}

// makeRoom forgets the addresses whose failures are long past, and all of them
// where a flood leaves no other way: the global limit still holds.
func (t *Throttle) makeRoom(now time.Time) {
	if len(t.addresses) < rememberedAddresses {
		return
	}
	for a, l := range t.addresses {
		if l.TokensAt(now) >= addressBurst {
			delete(t.addresses, a)
		}
	}
	if len(t.addresses) >= rememberedAddresses {
		clear(t.addresses)
	}
}

// shortfall is the time until l has a whole token, rounded up to a second.
func shortfall(l *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - l.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	wait := time.Duration(missing / float64(l.Limit()) * float64(time.Second))
	return (wait + time.Second - 1).Truncate(time.Second)
}

// network is what counts as one address: an IPv4 address, or the /64 that an
// IPv6 subscriber has all of.
func network(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}
