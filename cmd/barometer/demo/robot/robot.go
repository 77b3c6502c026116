// Package robot answers the survey as visitors do: over HTTP, reading the
// pages the server sends.
//
// Visits come in, each with an access code, an intent and the unit's true
// answers; a [Tally] goes out, and the answers are with the server. A robot
// opens the link of the letter, presses what the page offers, fills in the
// fields it finds and goes where the server leads. It knows no routes: a page
// that asks for something its unit has no answer to is an error, and so is one
// that does not take a true answer.
package robot

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// Intent is what a visitor has come for.
type Intent string

const (
	Finish     Intent = "finish"     // answer all and submit
	Stop       Intent = "stop"       // answer Pages pages, then leave
	Decline    Intent = "decline"    // press the button to take no part
	Ineligible Intent = "ineligible" // report that the workplace has closed
)

// button is the name of the button a visitor looks for, "" for none.
func (i Intent) button() string {
	switch i {
	case Decline, Ineligible:
		return string(i)
	}
	return ""
}

// Visit is one workplace's use of the survey.
type Visit struct {
	Unit    string // key, for messages
	Code    string // access code
	Lang    i18n.Lang
	Intent  Intent
	Pages   int // question pages before a Stop
	Answers questionnaire.Answers
}

// Tally counts what was done.
type Tally struct {
	Visits   map[Intent]int
	Pages    int // question pages answered
	Requests int
}

// Run makes all visits to the survey at base with the given number of workers.
// progress, which may be nil, is called after each visit, one call at a time.
// The first visit that fails ends the others; its error names unit and page.
func Run(ctx context.Context, base string, visits []Visit, workers int, progress func(done, total int)) (Tally, error) {
	transport := &http.Transport{
		MaxIdleConnsPerHost: workers, MaxConnsPerHost: workers,
		DisableCompression: true, ResponseHeaderTimeout: time.Minute,
	}
	defer transport.CloseIdleConnections()
	var mu sync.Mutex
	tally, done := Tally{Visits: make(map[Intent]int)}, 0
	group, visiting := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for _, v := range visits {
		if visiting.Err() != nil {
			break
		}
		group.Go(func() error {
			s := newSession(v, transport)
			if err := s.run(visiting, base); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			tally.add(s)
			if done++; progress != nil {
				progress(done, len(visits))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Tally{}, err
	}
	return tally, ctx.Err()
}

func (t *Tally) add(s *session) {
	t.Visits[s.Intent]++
	t.Pages += s.answered
	t.Requests += s.requests
}
