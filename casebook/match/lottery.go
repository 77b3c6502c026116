package match

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"runtime"
	"slices"
	"sync"

	"barometer/casebook/match/market"
)

// draw gives each intern its lottery number: HMAC-SHA256 (RFC 2104) under the
// round's seed, of the round and the intern's id with a line feed between them.
// It depends on nobody else in the round.
func draw(r *market.Round) []market.Lottery {
	numbers := make([]market.Lottery, len(r.Interns))
	inParallel(len(r.Interns), func(from, to int) {
		mac := hmac.New(sha256.New, r.Seed[:])
		var message []byte
		for i := from; i < to; i++ {
			mac.Reset()
			message = append(append(append(message[:0], r.ID...), '\n'), r.Interns[i].ID...)
			mac.Write(message)
			mac.Sum(numbers[i][:0])
		}
	})
	return numbers
}

// places ranks the interns by lottery number, and by id where two are equal.
func places(r *market.Round, numbers []market.Lottery) []int32 {
	type drawn struct {
		head   uint64 // of the number: it decides nearly always
		intern int32
	}
	order := make([]drawn, len(numbers))
	for i := range numbers {
		order[i] = drawn{binary.BigEndian.Uint64(numbers[i][:]), int32(i)}
	}
	slices.SortFunc(order, func(a, b drawn) int {
		if c := cmp.Compare(a.head, b.head); c != 0 {
			return c
		}
		if c := bytes.Compare(numbers[a.intern][:], numbers[b.intern][:]); c != 0 {
			return c
		}
		return cmp.Compare(r.Interns[a.intern].ID, r.Interns[b.intern].ID)
	})
	place := make([]int32, len(order))
	for p, d := range order {
		place[d.intern] = int32(p)
	}
	return place
}

// inParallel works on ranges of n things, each on a processor of its own.
func inParallel(n int, work func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), n/1024+1)
	var wait sync.WaitGroup
	for p := range parts {
		wait.Go(func() { work(n*p/parts, n*(p+1)/parts) })
	}
	wait.Wait()
}
