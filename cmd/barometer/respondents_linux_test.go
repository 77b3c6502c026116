package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"barometer/cmd/barometer/demo"
	"barometer/cmd/barometer/demo/robot"
	"barometer/internal/i18n"
	"barometer/survey/contact"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// step is one request of a respondent: the code, a page, a page sent in.
type step struct {
	kind  string
	path  string // without language
	form  url.Values
	saves bool // it is acknowledged when it is stored

	// The answers once the step is acknowledged.
	answers questionnaire.Answers
}

// journey is the way of one workplace through the questionnaire, from its code
// to the receipt: as many pages opened as sent in.
func journey(tb testing.TB, q *questionnaire.Questionnaire, answers questionnaire.Answers) []step {
	tb.Helper()
	so := questionnaire.Answers{}
	steps := []step{{kind: "code", path: "/survey", saves: true, answers: so}, {kind: "start", path: "/survey/start"}}
	revision := 0
	for page, more := q.Next(so, ""); more; page, more = q.Next(so, page) {
		routed, _ := q.RoutedPage(so, page)
		form := asPosted(routed, answers)
		next, faults, err := q.ReadPage(page, form, i18n.Danish, so)
		if err != nil || len(faults) > 0 {
			tb.Fatalf("page %s: %v %v", page, err, faults)
		}
		form.Set("revision", strconv.Itoa(revision))
		if !maps.EqualFunc(so, next, questionnaire.Answer.Equal) {
			revision++
		}
		so = next
		steps = append(steps,
			step{kind: "page", path: "/survey/page/" + page},
			step{kind: "save", path: "/survey/page/" + page, form: form, saves: true, answers: so})
	}
	return append(steps,
		step{kind: "check", path: "/survey/check"},
		step{kind: "submit", path: "/survey/check", form: url.Values{"revision": {strconv.Itoa(revision)}}, saves: true, answers: so},
		step{kind: "receipt", path: "/survey/receipt"})
}

// asPosted is a page filled in, as a browser sends it.
func asPosted(page questionnaire.RoutedPage, answers questionnaire.Answers) url.Values {
	form := url.Values{}
	for _, item := range page.Items {
		a := answers[item.ID]
		if a.Text != "" {
			form.Set(item.ID, a.Text)
		}
		if len(a.Codes) > 0 {
			form[item.ID] = a.Codes
		}
		for row, codes := range a.Rows {
			form[questionnaire.Field(item.ID, row)] = codes
		}
	}
	return form
}

// respondent is a workplace on its way. One request of it is under way at a time.
type respondent struct {
	unit   string
	lang   string
	cookie string
	steps  []step
	at     int
	stored questionnaire.Answers // what has been acknowledged
	unsure bool                  // a save was sent that nothing was heard of
}

// crowd are the workplaces that answer at the same time: so many at once, the
// next of them drawn at random, and a new one for each that has finished.
type crowd struct {
	base   string
	client *http.Client
	draw   *rand.Rand

	mu      sync.Mutex
	ready   []*respondent
	waiting []*respondent // not begun
	begun   []*respondent
}

// respond begins one request of somebody who has none under way.
func (c *crowd) respond(ctx context.Context) func() outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ready) == 0 {
		c.begin(1)
	}
	if len(c.ready) == 0 {
		return func() outcome {
			return outcome{kind: "nobody", err: fmt.Errorf("all %d respondents are done", len(c.begun))}
		}
	}
	i := c.draw.IntN(len(c.ready))
	r := c.ready[i]
	last := len(c.ready) - 1
	c.ready[i], c.ready = c.ready[last], c.ready[:last]
	return func() outcome {
		o := r.advance(ctx, c.client, c.base)
		c.mu.Lock()
		defer c.mu.Unlock()
		if r.at < len(r.steps) {
			c.ready = append(c.ready, r)
		} else {
			c.begin(1)
		}
		return o
	}
}

// begin lets n more respondents start.
func (c *crowd) begin(n int) {
	n = min(n, len(c.waiting))
	c.ready, c.begun = append(c.ready, c.waiting[:n]...), append(c.begun, c.waiting[:n]...)
	c.waiting = c.waiting[n:]
}

// advance sends the respondent's next request. One that is refused for the time
// being (503) or whose answer is lost is sent again, later.
func (r *respondent) advance(ctx context.Context, client *http.Client, base string) outcome {
	s := r.steps[r.at]
	o := outcome{kind: s.kind}
	resp, err := r.send(ctx, client, base, s)
	if err != nil {
		o.err, r.unsure = err, r.unsure || s.saves
		return o
	}
	defer resp.Body.Close()
	_, o.err = io.Copy(io.Discard, resp.Body)
	o.status = resp.StatusCode
	want := http.StatusOK
	if s.form != nil {
		want = http.StatusSeeOther
	}
	switch {
	case o.status == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "":
		o.err = fmt.Errorf("%s: refused without a Retry-After", s.path)
	case o.status == http.StatusServiceUnavailable:
	case o.status != want:
		o.err = fmt.Errorf("%s: status %d, want %d", s.path, o.status, want)
	default:
		r.took(resp)
	}
	return o
}

// took notes that the step was acknowledged.
func (r *respondent) took(resp *http.Response) {
	for _, c := range resp.Cookies() {
		r.cookie = c.Name + "=" + c.Value
	}
	if s := r.steps[r.at]; s.saves {
		r.stored, r.unsure = s.answers, false
	}
	r.at++
}

func (r *respondent) send(ctx context.Context, client *http.Client, base string, s step) (*http.Response, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if s.form != nil {
		method, body = http.MethodPost, strings.NewReader(s.form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, base+"/"+r.lang+s.path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if s.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if r.cookie != "" {
		req.Header.Set("Cookie", r.cookie)
	}
	return client.Do(req)
}

// newCrowd makes a home with a wave that is open for answers, and at least as many
// invited workplaces as asked for, of which so many answer at once.
func newCrowd(tb testing.TB, invited, atOnce int) (*home, *crowd) {
	tb.Helper()
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(tb.TempDir())
	must(tb, err)
	w, err := a.demoWave(h, demoWave, 7, demo.Workplaces(7))
	must(tb, err)
	c, err := openCollection(tb.Context(), h, a.now)
	must(tb, err)
	defer func() { must(tb, c.close()) }()
	q, err := w.questionnaire()
	must(tb, err)
	must(tb, c.publish(tb.Context(), w))
	drawn, err := w.sample()
	must(tb, err)
	invitations, err := c.access.Issue(tb.Context(), w.ID, slices.Concat(drawn.Units, asMany(drawn.Units, invited)))
	must(tb, err)
	visits, err := w.visits(invitations)
	must(tb, err)
	all := &crowd{draw: rand.New(rand.NewPCG(1, 2)), waiting: respondents(tb, q, visits, invitations)}
	all.begin(atOnce)
	return h, all
}

// asMany are n units: those of a sample, as often as need be, under keys of
// their own.
func asMany(units []sample.Selected, n int) []sample.Selected {
	list := make([]sample.Selected, n)
	for i := range list {
		list[i] = units[i%len(units)]
		list[i].Key += "-" + strconv.Itoa(i)
	}
	return list
}

// respondents give the answers of the model's workplaces, one after the other.
func respondents(tb testing.TB, q *questionnaire.Questionnaire, visits []robot.Visit, invitations []contact.Invitation) []*respondent {
	tb.Helper()
	var ways [][]step
	for _, v := range visits {
		if v.Intent == robot.Finish && len(ways) < 200 {
			ways = append(ways, journey(tb, q, v.Answers))
		}
	}
	list := make([]*respondent, len(invitations))
	for i, inv := range invitations {
		steps := slices.Clone(ways[i%len(ways)])
		steps[0].form = url.Values{"code": {inv.Code.String()}}
		list[i] = &respondent{unit: inv.Unit, lang: []string{"da", "da", "da", "en"}[i%4], steps: steps}
	}
	return list
}

// lost counts the respondents whose stored answers are not those that were
// acknowledged, of which it names the first. What was sent and never
// acknowledged may be stored or not.
func (c *crowd) lost(tb testing.TB, h *home) (lost, answers int) {
	tb.Helper()
	kept, err := openCollection(tb.Context(), h, newApp(io.Discard, os.Stderr).now)
	must(tb, err)
	defer func() { must(tb, kept.close()) }()
	for _, r := range c.begun {
		rec, err := kept.responses.Load(tb.Context(), demoWave, r.unit)
		must(tb, err)
		answers += len(r.stored)
		if !r.isStored(rec) {
			if lost++; lost == 1 {
				fmt.Printf("unit %s, step %d: stored %v, acknowledged %v\n", r.unit, r.at, rec.Answers, r.stored)
			}
		}
	}
	return lost, answers
}

func (r *respondent) isStored(rec response.Record) bool {
	same := func(a questionnaire.Answers) bool { return maps.EqualFunc(rec.Answers, a, questionnaire.Answer.Equal) }
	submitted := r.at > 0 && r.at >= len(r.steps)-1
	if submitted && rec.Disposition != response.Complete {
		return false
	}
	return same(r.stored) || r.unsure && same(r.steps[r.at].answers)
}
