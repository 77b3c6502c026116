// Package limit slows down whoever asks too often.
//
// It counts by key: the network a request comes from ([Address], [Network]), an
// account, an e-mail address. What is kept is bounded, in memory, and of this
// process alone; a limit that several servers must share belongs in the store.
// Time is an argument.
package limit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Buckets holds a bucket of tokens for each key. A bucket starts full.
type Buckets[K comparable] struct {
	perSecond rate.Limit
	burst     int
	most      int

	mu    sync.Mutex
	byKey map[K]*rate.Limiter
}

// NewBuckets returns buckets that hold burst tokens and gain perSecond of them
// a second. At most most keys are remembered.
func NewBuckets[K comparable](perSecond float64, burst, most int) *Buckets[K] {
	return &Buckets[K]{perSecond: rate.Limit(perSecond), burst: burst, most: most, byKey: map[K]*rate.Limiter{}}
}

// Wait returns how long the key has to wait for a token, in whole seconds; 0
// means there is one. It takes none.
func (b *Buckets[K]) Wait(key K, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.byKey[key]; l != nil {
		return shortfall(l, now)
	}
	return 0
}

// Take takes a token of the key and returns 0, or takes none and returns how
// long to wait.
func (b *Buckets[K]) Take(key K, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.bucket(key, now)
	if l.AllowN(now, 1) {
		return 0
	}
	return shortfall(l, now)
}

// Len is the number of keys remembered.
func (b *Buckets[K]) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.byKey)
}

func (b *Buckets[K]) bucket(key K, now time.Time) *rate.Limiter {
	l := b.byKey[key]
	if l == nil {
		b.makeRoom(now)
		l = rate.NewLimiter(b.perSecond, b.burst)
		b.byKey[key] = l
	}
	return l
}

// makeRoom forgets the keys whose buckets are full again, and all of them where
// a flood of keys leaves no other way.
func (b *Buckets[K]) makeRoom(now time.Time) {
	if len(b.byKey) < b.most {
		return
	}
	for key, l := range b.byKey {
		if l.TokensAt(now) >= float64(b.burst) {
			delete(b.byKey, key)
		}
	}
	if len(b.byKey) >= b.most {
		clear(b.byKey)
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
