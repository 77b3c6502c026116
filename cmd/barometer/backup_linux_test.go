package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

// A backup is taken while respondents answer, and restored into an empty store:
// table by table it holds what was backed up, and every answer that was acknowledged
// before it began.
func TestRestoreDrillOfABackupUnderLoad(t *testing.T) { storetest.Each(t, restoreDrill) }

func restoreDrill(t *testing.T, where string) {
	t.Setenv("BAROMETER_STORE", where)
	h, c := newCrowd(t, 300, 60)
	base, _ := startServer(t, h.dir, where)
	c.base, c.client = base.String(), browsers(16)
	for range 400 {
		if o := c.respond(t.Context())(); o.err != nil {
			t.Fatal(o.err)
		}
	}
	before := map[string]questionnaire.Answers{}
	for _, r := range c.begun {
		before[r.unit] = r.stored
	}
	backup := filepath.Join(t.TempDir(), "backup")
	var saved []store.Copied
	c.meanwhile(t, func() { saved = copied(t, "backup", backup, "--json", "--home", h.dir) }, func(o outcome) {
		if o.status == http.StatusServiceUnavailable {
			t.Errorf("%s is refused during the backup", o.kind)
		}
	})

	t.Setenv("BAROMETER_STORE", storetest.Another(t, where))
	for i, r := range copied(t, "restore", backup, "--json", "--home", h.dir) {
		if r.Table != saved[i].Table || r.To != saved[i].From {
			t.Errorf("%s: %d rows were there, %d are restored", r.Table, saved[i].From.Rows, r.To.Rows)
		}
	}
	kept, err := openCollection(t.Context(), h, newApp(io.Discard, os.Stderr).now)
	must(t, err)
	defer func() { must(t, kept.close()) }()
	answers := 0
	for unit, stored := range before {
		rec, err := kept.responses.Load(t.Context(), demoWave, unit)
		must(t, err)
		for item, a := range stored {
			if answers++; !rec.Answers[item].Equal(a) {
				t.Errorf("unit %s: the answer to %s was acknowledged and is not restored", unit, item)
			}
		}
	}
	if answers == 0 {
		t.Error("nothing had been answered")
	}
	t.Logf("%d acknowledged answers restored", answers)
}

// copied runs a command that copies a store, and returns its report.
func copied(t *testing.T, args ...string) (report []store.Copied) {
	t.Helper()
	status, out, stderr := runs(t, args...)
	if status != 0 {
		t.Fatalf("%s: %s", args[0], stderr)
	}
	must(t, json.Unmarshal([]byte(out), &report))
	return report
}

// meanwhile has respondents answer while something is done. Each request is
// answered, with what it is or with 503.
func (c *crowd) meanwhile(t *testing.T, do func(), seen func(outcome)) {
	t.Helper()
	done := make(chan struct{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				o := c.respond(t.Context())()
				if seen(o); o.err != nil {
					t.Errorf("%s meanwhile: %v", o.kind, o.err)
					return
				}
			}
		})
	}
	do()
	close(done)
	group.Wait()
}
