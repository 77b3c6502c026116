package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// live serves a home with the releases that are out now. A release never
// changes, so the list of those that are out tells when to draw the pages anew.
type live struct {
	out     func(context.Context) (string, error) // what is out, told from anything else
	make    func() (http.Handler, error)
	serving atomic.Pointer[served]
}

type served struct {
	pages http.Handler
	out   string
}

func newLive(ctx context.Context, c *collection, make func() (http.Handler, error)) (*live, error) {
	l := &live{out: c.whatIsOut, make: make}
	return l, l.refresh(ctx)
}

// whatIsOut describes the releases that are out and whether their folders are
// what was approved: one that was missing may come.
func (c *collection) whatIsOut(ctx context.Context) (string, error) {
	out, err := c.releases.Out(ctx)
	if err != nil {
		return "", err
	}
	opened, err := c.releases.Open(out)
	return fmt.Sprint(out, len(opened), err), nil
}

// ServeHTTP answers with the pages drawn last.
func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.serving.Load().pages.ServeHTTP(w, r)
}

// refresh draws the pages anew where a release has come out since. Where that
// fails, the ones before go on being served.
func (l *live) refresh(ctx context.Context) error {
	out, err := l.out(ctx)
	if err != nil {
		return err
	}
	if last := l.serving.Load(); last != nil && last.out == out {
		return nil
	}
	pages, err := l.make()
	if err != nil {
		return err
	}
	l.serving.Store(&served{pages, out})
	return nil
}

// lookAgain is how soon a release that came out is on the site.
const lookAgain = 2 * time.Second

// watch refreshes until ctx ends.
func (l *live) watch(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := l.refresh(ctx); err != nil && ctx.Err() == nil {
				log.Error("the releases that are out cannot be read", "error", err)
			}
		}
	}
}
