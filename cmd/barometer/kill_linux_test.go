package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"barometer/cmd/barometer/demo"
	"barometer/internal/store/storetest"
)

var killRounds = flag.Int("kill-rounds", 3, "how often the server is killed under load")

// slowestRestart is how long a server that was killed may take until it can
// store answers again.
const slowestRestart = 2 * time.Second

// TestGoal29_KilledServerLosesNoAcknowledgedAnswer kills the program as it is
// delivered, at random moments, while respondents save over HTTP. Every answer
// that was acknowledged, to the page's script or by the page that follows a
// button, must be in the store that is left. Many rounds:
//
//	make kill KILLS=100
func TestGoal29_KilledServerLosesNoAcknowledgedAnswer(t *testing.T) {
	program := buildProgram(t)
	storetest.Each(t, func(t *testing.T, where string) {
		t.Setenv("BAROMETER_STORE", where)
		home, wave, savers := besieged(t)
		var restarts []time.Duration
		acknowledged := 0
		for range *killRounds {
			server := beginServing(t, program, home.dir)
			restarts = append(restarts, server.started)
			acknowledged += siege(t, server, savers)
			expectAcknowledged(t, home, wave, savers)
		}
		slices.Sort(restarts)
		if median := restarts[len(restarts)/2]; median > slowestRestart { // single ones say how busy the machine is
			t.Errorf("a restart takes %v, want %v at most", median, slowestRestart)
		}
		t.Logf("%d kills, %d acknowledged answers, none lost; restart %v in the median, %v at most",
			*killRounds, acknowledged, restarts[len(restarts)/2].Round(time.Millisecond), restarts[len(restarts)-1].Round(time.Millisecond))
	})
}

// saver is a respondent who writes a higher number every time.
type saver struct {
	unit, code string
	client     *http.Client
	acked      int // highest number that was acknowledged
	revision   int
}

// besieged is a home with a wave and eight respondents.
func besieged(t *testing.T) (*home, *wave, []*saver) {
	t.Helper()
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	w, err := a.demoWave(h, demoWave, 7, demo.Workplaces(7))
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	invitations, err := a.invite(t.Context(), c, w)
	must(t, err)
	must(t, c.close())
	var savers []*saver
	for _, i := range invitations[:8] {
		jar, err := cookiejar.New(nil)
		must(t, err)
		savers = append(savers, &saver{unit: i.Unit, code: i.Code.String(), client: &http.Client{
			Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}})
	}
	return h, w, savers
}

// siege lets all save at once, kills the server the moment a random one of
// their acknowledgements arrives, and returns how many there were.
func siege(t *testing.T, server *serverProcess, savers []*saver) int {
	t.Helper()
	var acks atomic.Int64
	last := int64(20 + rand.IntN(400))
	var group sync.WaitGroup
	for _, s := range savers {
		group.Go(func() {
			for s.enter(server.base) && s.save(server.base) {
				if acks.Add(1) == last {
					server.cmd.Process.Kill()
				}
			}
		})
	}
	group.Wait()
	if acks.Load() < last {
		t.Errorf("the respondents stopped after %d of %d acknowledgements, with the server alive", acks.Load(), last)
		server.cmd.Process.Kill()
	}
	server.cmd.Wait() // killed: that is the point
	return int(acks.Load())
}

// lastPage asks for a remark, whatever was answered before.
const lastPage = "/da/survey/page/afslutning"

// enter signs in where that has not happened yet.
func (s *saver) enter(base string) bool {
	at, _ := url.Parse(base)
	if len(s.client.Jar.Cookies(at)) > 0 {
		return true
	}
	resp, err := s.client.PostForm(base+"/da/survey", url.Values{"code": {s.code}})
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusSeeOther
}

// save writes the next number, by button and as the script does in turn. A
// connection that broke may have saved it: then the page was made from an
// earlier revision, and the same again agrees with what is stored.
func (s *saver) save(base string) bool {
	next := s.acked + 1
	form := url.Values{"revision": {strconv.Itoa(s.revision)}, "action": {"stay"}, "L1": {fmt.Sprint(next)}}
	req, err := http.NewRequest(http.MethodPost, base+lastPage, strings.NewReader(form.Encode()))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if next%2 == 0 {
		req.Header.Set("Accept", "application/json")
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	told := struct{ Revision int }{s.revision + 1}
	switch {
	case resp.StatusCode == http.StatusOK:
		err = json.NewDecoder(resp.Body).Decode(&told)
	case resp.StatusCode != http.StatusSeeOther || !strings.HasSuffix(resp.Header.Get("Location"), lastPage):
		return false
	}
	if err != nil {
		return false
	}
	s.acked, s.revision = next, told.Revision
	return true
}

// expectAcknowledged looks for every acknowledged answer in what is left.
func expectAcknowledged(t *testing.T, h *home, w *wave, savers []*saver) {
	t.Helper()
	c, err := openCollection(t.Context(), h, time.Now)
	must(t, err)
	defer func() { must(t, c.close()) }()
	for _, s := range savers {
		r, err := c.responses.Load(t.Context(), w.ID, s.unit)
		must(t, err)
		stored, _ := strconv.Atoi(r.Answers["L1"].Text)
		if stored != s.acked && stored != s.acked+1 {
			t.Errorf("unit %s: answer %d was acknowledged, the store has %d", s.unit, s.acked, stored)
		}
	}
}
