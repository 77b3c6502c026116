package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"barometer/analysis/indicator"
	"barometer/internal/i18n"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/publish/benchmark"
	"barometer/publish/benchmark/own"
	"barometer/publish/benchmark/page"
	"barometer/publish/benchmark/room"
	"barometer/publish/release"
	"barometer/survey/questionnaire"
	"barometer/survey/runner"
)

// openBenchmark opens the links to own answers and the rooms of meetings, and
// gives the queue the work of removing them in time.
func (c *collection) openBenchmark(now func() time.Time) error {
	const closeKind, expireKind = "benchmark.close", "benchmark.expire"
	c.links = &own.Links{DB: c.db, Now: now, Random: rand.Reader}
	c.rooms = &room.Rooms{DB: c.db, Now: now, Random: rand.Reader, Later: func(tx *store.Tx, key string, at time.Time) error {
		return c.queue.Enqueue(tx, queue.Job{Kind: closeKind, Key: key, RunAt: at})
	}}
	return errors.Join(
		c.queue.Handle(queue.Handler{
			Kind:  closeKind,
			Label: i18n.Text{DA: "Lukning af mødets rum, når tiden er gået", EN: "Closing of a meeting's room when its time is over"},
			Run:   queue.InTx(func(tx *store.Tx, _ queue.Job) error { return c.rooms.DropExpired(tx) }),
		}),
		c.queue.Handle(queue.Handler{
			Kind:  expireKind,
			Label: i18n.Text{DA: "Sletning af udløbne links til egne svar", EN: "Deletion of expired links to own answers"},
			Run:   queue.InTx(func(tx *store.Tx, _ queue.Job) error { return c.links.DropExpired(tx) }),
		}),
		c.queue.Repeat(queue.Rule{Kind: expireKind, Hour: 3, Minute: 55}))
}

// newBenchmark makes the pages that set a workplace beside its peers in the waves
// whose results are out.
func newBenchmark(h *home, c *collection, shell *web.Shell, releases []*release.Release, log *slog.Logger, now func() time.Time) (*page.Pages, error) {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return nil, err
	}
	var waves []page.Wave
	for _, r := range newestOfWaves(releases) {
		s, err := h.compared(r)
		switch {
		case errors.Is(err, os.ErrNotExist): // the release has outlived the wave's folder
		case err != nil:
			log.Error("answers cannot be compared with a wave", "error", err)
		default:
			waves = append(waves, page.Wave{Source: s, Release: "/downloads/" + r.Manifest.Wave + "/" + r.Manifest.Version.String()})
		}
	}
	return page.New(page.Config{
		Shell: shell, Waves: waves, Links: c.links, Rooms: c.rooms, Now: now, Zone: zone, Nonce: rand.Text,
		BaseURL: h.BaseURL, Proxied: h.Proxied,
	})
}

// newestOfWaves are the newest versions of all waves, the newest wave first.
func newestOfWaves(releases []*release.Release) (list []*release.Release) {
	at := map[string]int{}
	for _, r := range releases {
		m := r.Manifest
		i, seen := at[m.Wave]
		switch {
		case !seen:
			at[m.Wave] = len(list)
			list = append(list, r)
		case m.Version.Compare(list[i].Manifest.Version) > 0:
			list[i] = r
		}
	}
	slices.SortFunc(list, func(a, b *release.Release) int { return strings.Compare(b.Manifest.Wave, a.Manifest.Wave) })
	return list
}

// compared reads what answers are compared by with a release.
func (h *home) compared(r *release.Release) (*benchmark.Source, error) {
	dir := h.path("waves", r.Manifest.Wave)
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	w, err := h.wave(r.Manifest.Wave)
	if err != nil {
		return nil, err
	}
	t, errTable := r.Table()
	q, errQuestions := w.questionnaire()
	catalogue, errCatalogue := load(w.path("indicators.yaml"), indicator.Load)
	if err := errors.Join(errTable, errQuestions, errCatalogue); err != nil {
		return nil, fmt.Errorf("wave %s: %w", w.ID, err)
	}
	return benchmark.NewSource(t, q, catalogue)
}

// mirror gives a respondent the link to the own answers.
func (c *collection) mirror() runner.Mirror {
	return func(ctx context.Context, wave, unit string, a questionnaire.Answers) (string, time.Time, error) {
		classes, err := c.fieldwork.Classes(ctx, wave, unit)
		if err != nil {
			return "", time.Time{}, err
		}
		token, until, err := c.links.Issue(ctx, wave, unit, benchmark.Place(classes), a)
		return page.OwnPath(token), until, err
	}
}
