package web

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"barometer/internal/limit"
)

// Limits on what comes in. One address may be a whole municipality: ten
// thousand employees who open a page a minute are well below.
const (
	requestsPerSecond = 250
	requestsBurst     = 2_500
	rememberedSources = 20_000
	inHand            = 2_048 // requests being answered at one time
	tryAgain          = 2 * time.Second
)

// unflooded refuses requests from a network that sends more than any
// institution would. The machine's own addresses are not counted: behind them
// are a proxy that was not declared, and whoever watches over the service.
func (s *Shell) unflooded(next http.Handler) http.Handler {
	sources := limit.NewBuckets[netip.Addr](requestsPerSecond, requestsBurst, rememberedSources)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		source := limit.Address(r, s.cfg.Proxied)
		if !source.IsLoopback() {
			if wait := sources.Take(limit.Network(source), time.Now()); wait > 0 {
				retryAfter(w, wait)
				s.Error(w, r, http.StatusTooManyRequests)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// unburdened refuses requests while there are as many in hand as can be
// answered in time, so that those in hand are.
func (s *Shell) unburdened(next http.Handler) http.Handler {
	places := make(chan struct{}, inHand)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			next.ServeHTTP(w, r)
		default:
			retryAfter(w, tryAgain)
			s.Error(w, r, http.StatusServiceUnavailable)
		}
	})
}

// retryAfter says when to come back, in whole seconds.
func retryAfter(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}
