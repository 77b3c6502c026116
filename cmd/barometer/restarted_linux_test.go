package main

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"barometer/internal/store/storetest/pgserver"
)

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
