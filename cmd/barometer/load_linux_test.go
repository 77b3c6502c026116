package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// visit is one kind of request of a load, asked weight times as often as one of
// weight 1.
type visit struct {
	kind   string
	path   string
	header http.Header
	status int
	weight int
}

// outcome is what came of one request. It was waited for from when it was
// due, so that a server that stands still is charged for all who queue up.
type outcome struct {
	kind   string
	due    time.Time
	wait   time.Duration
	status int // where the kind of request looks at it
	err    error
}

// arrive sends the visits of a mix at a steady rate, drawn at random.
func arrive(ctx context.Context, base string, mix []visit, perSecond int, span time.Duration) []outcome {
	client := browsers(256) // as many connections as a proxy in front would keep
	defer client.CloseIdleConnections()
	plan := schedule(mix, perSecond*int(span/time.Second))
	return pace(perSecond, len(plan), func(i int) func() outcome {
		v := plan[i]
		return func() outcome { return outcome{kind: v.kind, err: v.ask(ctx, client, base)} }
	})
}

// browsers are clients with at most so many connections, 0 for any number, that
// keep them and follow no redirect.
func browsers(connections int) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: 1 << 14, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// pace begins n requests at a steady rate, each at its time and none waiting for
// another's answer. next is asked for the request that is due, in order.
func pace(perSecond, n int, next func(i int) func() outcome) []outcome {
	results := make([]outcome, n)
	var group sync.WaitGroup
	began := time.Now()
	for i := range n {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(due))
		send := next(i)
		group.Go(func() {
			results[i] = send()
			results[i].due, results[i].wait = due, time.Since(due)
		})
	}
	group.Wait()
	return results
}

// schedule draws n visits by their weights, the same ones each time.
func schedule(mix []visit, n int) []visit {
	var urn []visit
	for _, v := range mix {
		for range v.weight {
			urn = append(urn, v)
		}
	}
	draw := rand.New(rand.NewPCG(1, 2))
	plan := make([]visit, n)
	for i := range plan {
		plan[i] = urn[draw.IntN(len(urn))]
	}
	return plan
}

// ask sends the request and reads the whole answer, as compressed as it came.
func (v visit) ask(ctx context.Context, client *http.Client, base string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+v.path, nil)
	if err != nil {
		return err
	}
	req.Header = v.header.Clone()
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != v.status {
		return fmt.Errorf("%s: status %d, want %d", v.path, resp.StatusCode, v.status)
	}
	return nil
}

// percentile of waiting that share of the answers stayed below; 0 for none.
func percentile(list []outcome, share float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	waits := make([]time.Duration, len(list))
	for i, a := range list {
		waits[i] = a.wait
	}
	slices.Sort(waits)
	return waits[min(len(waits)-1, int(share*float64(len(waits))))]
}
