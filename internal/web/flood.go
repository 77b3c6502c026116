package web

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"barometer/internal/limit"
)

// Limits on what comes in. One address may be a whole municipality: ten
// thousand employees who open a page a minute are well below.
const (
	requestsPerSecond = 250
	requestsBurst     = 2_500
	rememberedSources = 20_000
	inHand            = 2_048 // requests being answered or waiting for it at one time
	atWork            = 256   // requests being answered
	patience          = time.Second
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
			s.busy(w, r)
		}
	})
}

// working lets few requests at a time be worked on, each then without delay, and
// refuses one that has waited too long to be worth it. Slow lines are not work:
// what was posted has been read before, and an answer that outgrows the buffers
// of the line goes on by itself.
func (s *Shell) working(next http.Handler) http.Handler {
	places := make(chan struct{}, atWork)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		receive(r)
		if !enter(places) {
			s.busy(w, r)
			return
		}
		leave := sync.OnceFunc(func() { <-places })
		defer leave()
		next.ServeHTTP(&worked{ResponseWriter: w, leave: leave}, r)
	})
}

// enter takes a place, and waits for one if need be.
func enter(places chan<- struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
	}
	patient := time.NewTimer(patience)
	defer patient.Stop()
	select {
	case places <- struct{}{}:
		return true
	case <-patient.C:
		return false
	}
}

func (s *Shell) busy(w http.ResponseWriter, r *http.Request) {
	retryAfter(w, tryAgain)
	s.Error(w, r, http.StatusServiceUnavailable)
}

// receive reads the body of a request, which is bounded, as far as it goes. The
// handler meets what ended it.
func receive(r *http.Request) {
	if r.Body == nil || r.ContentLength == 0 {
		return
	}
	content, err := io.ReadAll(r.Body)
	if err == nil {
		err = io.EOF
	}
	r.Body = &received{bytes.NewReader(content), err, r.Body}
}

// received is a body that was read.
type received struct {
	content *bytes.Reader
	end     error
	io.Closer
}

func (b *received) Read(p []byte) (int, error) {
	if b.content.Len() == 0 {
		return 0, b.end
	}
	return b.content.Read(p)
}

// worked gives the place at work back where an answer becomes a download.
type worked struct {
	http.ResponseWriter
	leave   func()
	written int
}

// mostBuffered is what a line takes without waiting for its other end.
const mostBuffered = 64 << 10

func (w *worked) Write(p []byte) (int, error) {
	if w.written += len(p); w.written > mostBuffered {
		w.leave()
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *worked) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// retryAfter says when to come back, in whole seconds.
func retryAfter(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}
