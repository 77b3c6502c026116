package main

import (
	"math/rand/v2"
	"net/http"
	"os/exec"
	"sync"
	"testing"
	"time"

	"barometer/internal/store/storetest"
	"barometer/internal/store/storetest/pgserver"
)

// Goals 29 and 31: a server that is killed in the middle of whatever it does has
// every page that it acknowledged when it is back, and takes what was under way
// again without doubling it. BAROMETER_KILLS sets how often.
func TestGoal29_KilledServerKeepsEveryAcknowledgedPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		t.Setenv("BAROMETER_STORE", where)
		h, c := newCrowd(t, 400, 60)
		kills, slowest := countFrom(t, "BAROMETER_KILLS", 3), time.Duration(0)
		for range kills {
			began := time.Now()
			base, server := startServer(t, h.dir, where)
			slowest = max(slowest, time.Since(began))
			c.base, c.client = base.String(), browsers(32)
			c.answerUntilKilled(t, server)
		}
		base, _ := startServer(t, h.dir, where)
		c.base, c.client = base.String(), browsers(32)
		for range 500 {
			if o := c.respond(t.Context())(); o.err != nil {
				t.Fatalf("%s after all kills: %v", o.kind, o.err)
			}
		}
		lost, answers := c.lost(t, h)
		if lost > 0 || answers == 0 {
			t.Errorf("the acknowledged answers of %d respondents are not there, of %d answers", lost, answers)
		}
		if slowest > 10*time.Second { // what is to be reached, 2 s, is for a quiet machine
			t.Errorf("back after %v", slowest)
		}
		t.Logf("%d kills, %d acknowledged answers, none lost; back within %v", kills, answers, slowest)
	})
}

// answerUntilKilled has respondents answer as fast as they are served, and kills
// the server in the middle.
func (c *crowd) answerUntilKilled(t *testing.T, server *exec.Cmd) {
	t.Helper()
	dead := make(chan struct{})
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for {
				select {
				case <-dead:
					return
				default:
					c.respond(t.Context())()
				}
			}
		})
	}
	time.Sleep(500*time.Millisecond + rand.N(time.Second))
	server.Process.Kill() //nolint:errcheck // its death shows
	server.Wait()         //nolint:errcheck
	close(dead)
	group.Wait()
	c.client.CloseIdleConnections()
}

// The database is restarted, and crashes, while respondents answer: pages say that
// they could not be stored, none other, and what was acknowledged is there.
func TestDatabaseRestartsWhileRespondentsAnswer(t *testing.T) {
	database := pgserver.Start(t)
	where := database.Schema(t)
	t.Setenv("BAROMETER_STORE", where)
	h, c := newCrowd(t, 200, 40)
	base, _ := startServer(t, h.dir, where)
	c.base, c.client = base.String(), browsers(32)
	var seen sync.Map
	c.meanwhile(t, func() {
		for _, fall := range []func(testing.TB){database.Restart, database.Crash} {
			time.Sleep(500 * time.Millisecond)
			fall(t)
		}
		time.Sleep(2 * time.Second)
	}, func(o outcome) { seen.Store(o.status, true) })
	if _, refused := seen.Load(http.StatusServiceUnavailable); !refused {
		t.Error("nobody met the restarts")
	}
	for range 200 {
		if o := c.respond(t.Context())(); o.err != nil || o.status == http.StatusServiceUnavailable {
			t.Fatalf("%s once the database is back: %d, %v", o.kind, o.status, o.err)
		}
	}
	if lost, answers := c.lost(t, h); lost > 0 || answers == 0 {
		t.Errorf("the acknowledged answers of %d respondents are not there, of %d answers", lost, answers)
	}
}
