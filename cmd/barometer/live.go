package main

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"
)

// live serves a home with the releases it has now. A release is a folder that
// appears whole and is never changed, so the list of folders tells when to draw
// the pages anew.
type live struct {
	home    *home
	make    func() (http.Handler, error)
	serving atomic.Pointer[served]
}

type served struct {
	pages    http.Handler
	releases []string
}

func newLive(h *home, make func() (http.Handler, error)) (*live, error) {
	l := &live{home: h, make: make}
	return l, l.refresh()
}

// ServeHTTP answers with the pages drawn last.
func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.serving.Load().pages.ServeHTTP(w, r)
}

// refresh draws the pages anew where a release has come since. Where that
// fails, the ones before go on being served.
func (l *live) refresh() error {
	releases, err := filepath.Glob(l.home.path("releases", "*", "*", "manifest.json"))
	if err != nil {
		return err
	}
	if last := l.serving.Load(); last != nil && slices.Equal(last.releases, releases) {
		return nil
	}
	pages, err := l.make()
	if err != nil {
		return err
	}
	l.serving.Store(&served{pages, releases})
	return nil
}

// lookAgain is how soon a new release is on the site.
const lookAgain = 15 * time.Second

// watch refreshes until ctx ends.
func (l *live) watch(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := l.refresh(); err != nil {
				log.Error("a new release cannot be shown", "error", err)
			}
		}
	}
}
