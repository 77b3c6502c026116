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
	kind string
	wait time.Duration
	err  error
}

// arrive sends requests at a steady rate, each at its time and none waiting for
// another's answer, drawn at random from the mix.
func arrive(ctx context.Context, base string, mix []visit, perSecond int, span time.Duration) []outcome {
	// As many connections as a proxy in front would keep.
	transport := &http.Transport{MaxConnsPerHost: 256, MaxIdleConnsPerHost: 256, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	plan := schedule(mix, perSecond*int(span/time.Second))
	results := make([]outcome, len(plan))
	var group sync.WaitGroup
	began := time.Now()
	for i, v := range plan {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(due))
		group.Go(func() {
			err := v.ask(ctx, client, base)
			results[i] = outcome{v.kind, time.Since(due), err}
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

// percentile of waiting that share of the answers stayed below.
func percentile(list []outcome, share float64) time.Duration {
	waits := make([]time.Duration, len(list))
	for i, a := range list {
		waits[i] = a.wait
	}
	slices.Sort(waits)
	return waits[min(len(waits)-1, int(share*float64(len(waits))))]
}
