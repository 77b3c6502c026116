package queue

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

// clock is one that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

var (
	start      = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	copenhagen = must(time.LoadLocation("Europe/Copenhagen"))
	testKey    = bytes.Repeat([]byte{7}, 32)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// each runs a test on an empty store of every kind.
func each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	eachPath(t, func(t *testing.T, _ string, db *store.DB) { test(t, db) })
}

// embedded runs a test on the embedded store alone: one of what the store has
// no part in.
func embedded(t *testing.T, test func(t *testing.T, db *store.DB)) {
	test(t, storetest.Open(t, filepath.Join(t.TempDir(), "queue.db")))
}

// eachPath is each for tests whose other processes open the store, too.
func eachPath(t *testing.T, test func(t *testing.T, where string, db *store.DB)) {
	storetest.Each(t, func(t *testing.T, where string) { test(t, where, storetest.Open(t, where)) })
}

// newQueue returns a queue with a table that effects are written to.
func newQueue(t testing.TB, db *store.DB, c *clock, change ...func(*Options)) *Queue {
	t.Helper()
	opt := Options{Key: testKey, Now: c.now, Zone: copenhagen, Seed: 1, Owner: "test"}
	for _, f := range change {
		f(&opt)
	}
	q, err := New(context.Background(), db, opt)
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, func(tx *store.Tx) error {
		_, err := tx.Exec(`CREATE TABLE IF NOT EXISTS effect (job_key TEXT NOT NULL, says TEXT NOT NULL)`)
		return err
	})
	return q
}

func write(t testing.TB, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// leave is an effect that can be counted.
func leave(tx *store.Tx, key, says string) error {
	_, err := tx.Exec(`INSERT INTO effect (job_key, says) VALUES (?, ?)`, key, says)
	return err
}

// effects lists what was left, "key says", sorted.
func effects(t testing.TB, db *store.DB) []string {
	t.Helper()
	list := []string{}
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var key, says string
			err := rows.Scan(&key, &says)
			list = append(list, key+" "+says)
			return err
		}, `SELECT job_key, says FROM effect ORDER BY job_key, says`)
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func handle(t testing.TB, q *Queue, h Handler) {
	t.Helper()
	h.Label = i18n.Same(h.Kind)
	if err := q.Handle(h); err != nil {
		t.Fatal(err)
	}
}

func enqueue(t testing.TB, q *Queue, jobs ...Job) {
	t.Helper()
	write(t, q.db, func(tx *store.Tx) error {
		for _, j := range jobs {
			if err := q.Enqueue(tx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

func runDue(t testing.TB, q *Queue, want int) {
	t.Helper()
	if n, err := q.RunDue(context.Background()); err != nil || n != want {
		t.Errorf("ran %d jobs (%v), want %d", n, err, want)
	}
}

// only returns the sole job of a kind that is in a state.
func only(t testing.TB, q *Queue, kind, state string) Info {
	t.Helper()
	list, err := q.List(context.Background(), state, 100)
	if err != nil {
		t.Fatal(err)
	}
	list = slices.DeleteFunc(list, func(i Info) bool { return i.Kind != kind })
	if len(list) != 1 {
		t.Fatalf("%d jobs are %s, want one: %+v", len(list), state, list)
	}
	return list[0]
}

// repeater runs jobs by leaving their payload.
func repeater(kind string) Handler {
	return Handler{Kind: kind, Run: InTx(func(tx *store.Tx, j Job) error { return leave(tx, j.Key, string(j.Payload)) })}
}

func TestJobRunsOnceWhenDue(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: start}
		q := newQueue(t, db, c)
		handle(t, q, repeater("greet"))
		enqueue(t, q,
			Job{Kind: "greet", Key: "a", Payload: []byte("now")},
			Job{Kind: "greet", Key: "b", Payload: []byte("later"), RunAt: start.Add(time.Hour)},
			Job{Kind: "greet", Key: "a", Payload: []byte("again")})
		runDue(t, q, 1)
		c.advance(time.Hour - time.Millisecond)
		runDue(t, q, 0)
		c.advance(time.Millisecond)
		runDue(t, q, 1)
		enqueue(t, q, Job{Kind: "greet", Key: "a", Payload: []byte("after it was done")})
		runDue(t, q, 0)
		if got := effects(t, db); !slices.Equal(got, []string{"a now", "b later"}) {
			t.Errorf("effects %v", got)
		}
	})
}

func TestJobOfUndoneTransactionNeverWas(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		q := newQueue(t, db, &clock{t: start})
		handle(t, q, repeater("greet"))
		undone := errors.New("the caller failed")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			return errors.Join(q.Enqueue(tx, Job{Kind: "greet", Key: "a"}), undone)
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		runDue(t, q, 0)
	})
}

func TestUrgentGoesBeforeWhatIsDueLonger(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: start}
		q := newQueue(t, db, c)
		var order []string
		handle(t, q, Handler{Kind: "note", Run: func(_ context.Context, j Job) (Effect, error) {
			order = append(order, j.Key)
			return nil, nil
		}})
		enqueue(t, q, Job{Kind: "note", Key: "old", RunAt: start.Add(-time.Hour)}, Job{Kind: "note", Key: "older", RunAt: start.Add(-2 * time.Hour)})
		enqueue(t, q, Job{Kind: "note", Key: "sign-in", Urgent: true})
		runDue(t, q, 3)
		if want := []string{"sign-in", "older", "old"}; !slices.Equal(order, want) {
			t.Errorf("ran %v, want %v", order, want)
		}
	})
}

// An attempt that fails leaves nothing of its effect unless it hands one back
// with the error; pauses grow; after the last attempt the job is dead until
// staff retry it.
func TestRetriesThenDeadThenRetriedByStaff(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: start}
		q := newQueue(t, db, c)
		broken := true
		handle(t, q, Handler{Kind: "flaky", Attempts: 3, Pause: Pause{First: time.Minute, Longest: time.Hour},
			Run: func(_ context.Context, j Job) (Effect, error) {
				effect := func(tx *store.Tx) error { return leave(tx, j.Key, fmt.Sprint("attempt ", j.Attempt)) }
				if broken {
					return effect, errors.New("no answer")
				}
				return effect, nil
			}})
		enqueue(t, q, Job{Kind: "flaky", Key: "a"})
		var pauses []time.Duration
		for range 2 {
			runDue(t, q, 1)
			i := only(t, q, "flaky", waiting)
			pauses = append(pauses, i.Due.Sub(c.now()))
			c.advance(i.Due.Sub(c.now()))
		}
		if pauses[0] < 45*time.Second || pauses[0] > 75*time.Second || pauses[1] < 90*time.Second || pauses[1] > 150*time.Second {
			t.Errorf("pauses %v, want about one and two minutes", pauses)
		}
		runDue(t, q, 1)
		if i := only(t, q, "flaky", dead); i.Error != "no answer" || i.Attempts != 3 || !i.Ended.Equal(c.now()) {
			t.Errorf("dead job: %+v", i)
		}
		c.advance(24 * time.Hour)
		broken = false
		runDue(t, q, 1) // the tidying alone
		write(t, db, func(tx *store.Tx) error { return q.Retry(tx, "flaky", "a") })
		runDue(t, q, 1)
		only(t, q, "flaky", done)
		if got := effects(t, db); !slices.Equal(got, []string{"a attempt 1", "a attempt 1", "a attempt 2", "a attempt 3"}) {
			t.Errorf("effects %v", got)
		}
	})
}

func TestOutcomesOfAnAttempt(t *testing.T) {
	tests := []struct {
		name     string
		run      func(ctx context.Context, j Job) (Effect, error)
		state    string
		attempts int
		says     string
	}{
		{"permanent", func(context.Context, Job) (Effect, error) { return nil, Permanent(errors.New("no such mailbox")) }, dead, 1, "no such mailbox"},
		{"later", func(context.Context, Job) (Effect, error) { return nil, Later(start.Add(time.Hour)) }, waiting, 0, ""},
		{"panic", func(context.Context, Job) (Effect, error) { panic("secret") }, waiting, 1, "the program failed in this job; the log says where"},
		{"limit", func(ctx context.Context, _ Job) (Effect, error) { <-ctx.Done(); return nil, ctx.Err() }, waiting, 1, errLimit.Error()},
		{"effect fails", func(context.Context, Job) (Effect, error) {
			return func(tx *store.Tx) error { return errors.Join(leave(tx, "x", "y"), errors.New("no room")) }, nil
		}, waiting, 1, "its effect: no room"},
	}
	each(t, func(t *testing.T, db *store.DB) {
		q := newQueue(t, db, &clock{t: start})
		for _, tt := range tests {
			kind := strings.ReplaceAll(tt.name, " ", "-")
			handle(t, q, Handler{Kind: kind, Limit: 20 * time.Millisecond, Run: tt.run})
			enqueue(t, q, Job{Kind: kind, Key: "a"})
			runDue(t, q, 1)
			if i := only(t, q, kind, tt.state); i.Attempts != tt.attempts || i.Error != tt.says {
				t.Errorf("%s: got %+v, want %d attempts and %q", tt.name, i, tt.attempts, tt.says)
			}
			if got := effects(t, db); len(got) > 0 {
				t.Errorf("%s: effects %v", tt.name, got)
			}
		}
	})
}

// A process that was slow, not dead, comes back after another has done its
// job: it may record nothing.
func TestLateOwnerRecordsNothing(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: start}
		slow, quick := newQueue(t, db, c), newQueue(t, db, c)
		for _, q := range []*Queue{slow, quick} {
			handle(t, q, repeater("greet"))
		}
		enqueue(t, slow, Job{Kind: "greet", Key: "a", Payload: []byte("hello")})
		held, err := slow.claim(t.Context(), 1)
		if err != nil || len(held) != 1 {
			t.Fatal(held, err)
		}
		runDue(t, quick, 0) // the lease holds
		c.advance(time.Minute + time.Millisecond)
		runDue(t, quick, 1)
		if err := slow.renew(t.Context(), held[0]); !errors.Is(err, errLost) {
			t.Errorf("renewing a lost lease: %v", err)
		}
		slow.run(t.Context(), held[0])
		if got := effects(t, db); !slices.Equal(got, []string{"a hello"}) {
			t.Errorf("effects %v, want one", got)
		}
	})
}

// Two processes that saw the same due job cannot both have it.
func TestOneClaimWins(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: start}
		q := newQueue(t, db, c)
		handle(t, q, repeater("greet"))
		for i := range 50 {
			enqueue(t, q, Job{Kind: "greet", Key: fmt.Sprint("k", i)})
		}
		var mu sync.Mutex
		seen := map[string]int{}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 50 {
					claims, err := q.claim(t.Context(), 3)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					for _, c := range claims {
						seen[c.Key]++
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if len(seen) != 50 {
			t.Errorf("%d jobs claimed, want 50", len(seen))
		}
		for key, n := range seen {
			if n != 1 {
				t.Errorf("%s was claimed %d times", key, n)
			}
		}
	})
}

// A running job keeps its lease however long it takes within its limit.
func TestLeaseIsRenewedWhileTheJobRuns(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		quick := func(o *Options) { o.Now, o.Lease, o.Poll = time.Now, 150*time.Millisecond, 5*time.Millisecond }
		q, other := newQueue(t, db, &clock{}, quick), newQueue(t, db, &clock{}, quick)
		var runs sync.Map
		for _, p := range []*Queue{q, other} {
			handle(t, p, Handler{Kind: "long", Run: func(ctx context.Context, j Job) (Effect, error) {
				n, _ := runs.LoadOrStore(j.Key, new(int))
				*n.(*int)++
				time.Sleep(500 * time.Millisecond)
				return func(tx *store.Tx) error { return leave(tx, j.Key, "done") }, ctx.Err()
			}})
		}
		enqueue(t, q, Job{Kind: "long", Key: "a"})
		ctx, stop := context.WithTimeout(t.Context(), 900*time.Millisecond)
		defer stop()
		var both sync.WaitGroup
		both.Go(func() { q.Work(ctx) })
		both.Go(func() { other.Work(ctx) })
		both.Wait()
		n, ok := runs.Load("a")
		if !ok || *n.(*int) != 1 || len(effects(t, db)) != 1 {
			t.Errorf("the job ran %v times, effects %v", n, effects(t, db))
		}
	})
}

// What runs when the process is told to stop is given time; what needs longer
// is put back, and the attempt does not count.
func TestStopFinishesOrPutsBack(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		q := newQueue(t, db, &clock{}, func(o *Options) {
			o.Now, o.Poll, o.Grace = time.Now, 5*time.Millisecond, 100*time.Millisecond
		})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var begun sync.WaitGroup
		begun.Add(2)
		handle(t, q, Handler{Kind: "work", Run: func(ctx context.Context, j Job) (Effect, error) {
			begun.Done()
			wait := 50 * time.Millisecond
			if j.Key == "endless" {
				wait = time.Hour
			}
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(wait):
				return func(tx *store.Tx) error { return leave(tx, j.Key, "done") }, nil
			}
		}})
		enqueue(t, q, Job{Kind: "work", Key: "short"}, Job{Kind: "work", Key: "endless"})
		go func() { begun.Wait(); stop() }()
		q.Work(ctx)
		if got := effects(t, db); !slices.Equal(got, []string{"short done"}) {
			t.Errorf("effects %v", got)
		}
		if i := only(t, q, "work", waiting); i.Key != "endless" || i.Attempts != 0 {
			t.Errorf("put back: %+v", i)
		}
	})
}

// A job that takes the process down with it, each time, ends as dead.
func TestJobThatKillsItsProcessDies(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: start}
		q := newQueue(t, db, c)
		handle(t, q, Handler{Kind: "poison", Attempts: 2, Run: repeater("poison").Run})
		enqueue(t, q, Job{Kind: "poison", Key: "a"})
		for range 2 {
			if claims, err := q.claim(t.Context(), 1); err != nil || len(claims) != 1 {
				t.Fatal(claims, err)
			}
			c.advance(2 * time.Minute)
		}
		runDue(t, q, 1)
		only(t, q, "poison", dead)
		if got := effects(t, db); len(got) > 0 {
			t.Errorf("effects %v", got)
		}
	})
}

func TestKindsWithoutHandlerWait(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		q := newQueue(t, db, &clock{t: start})
		enqueue(t, q, Job{Kind: "of-a-newer-program", Key: "a"})
		runDue(t, q, 0)
		only(t, q, "of-a-newer-program", waiting)
	})
}

func TestDiscard(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		q := newQueue(t, db, &clock{t: start})
		handle(t, q, repeater("greet"))
		enqueue(t, q, Job{Kind: "greet", Key: "a"})
		write(t, db, func(tx *store.Tx) error { return q.Discard(tx, "greet", "a") })
		runDue(t, q, 0)
		only(t, q, "greet", discarded)
		for name, act := range map[string]func(*store.Tx, string, string) error{"retry": q.Retry, "discard": q.Discard} {
			err := db.Write(t.Context(), func(tx *store.Tx) error { return act(tx, "greet", "a") })
			if !errors.Is(err, ErrState) {
				t.Errorf("%s of a discarded job: %v", name, err)
			}
		}
	})
}

// Payloads stand in the store under seal and not at all once the job is done;
// nor do they come near the log.
func TestPayloadsAreSealedThenWiped(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var log bytes.Buffer
		q := newQueue(t, db, &clock{t: start}, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		handle(t, q, Handler{Kind: "greet", Run: func(_ context.Context, j Job) (Effect, error) {
			if string(j.Payload) != "bo@aarhus.dk" {
				t.Errorf("payload %q", j.Payload)
			}
			return nil, nil
		}})
		enqueue(t, q, Job{Kind: "greet", Key: "a", Payload: []byte("bo@aarhus.dk")})
		sealed := func() (b []byte) {
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				return tx.QueryRow(`SELECT sealed FROM queue_job WHERE kind = 'greet'`).Scan(&b)
			})
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		if b := sealed(); len(b) < 12 || bytes.Contains(b, []byte("aarhus")) {
			t.Errorf("in the store: %q", b)
		}
		runDue(t, q, 1)
		if b := sealed(); len(b) != 0 {
			t.Errorf("%d bytes are kept of a job that is done", len(b))
		}
		if strings.Contains(log.String(), "aarhus") {
			t.Errorf("log: %s", log.String())
		}
	})
}

func TestForeignPayloadIsNotRun(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		q := newQueue(t, db, &clock{t: start})
		handle(t, q, repeater("greet"))
		enqueue(t, q, Job{Kind: "greet", Key: "a", Payload: []byte("for a")}, Job{Kind: "greet", Key: "b", RunAt: start.Add(time.Hour)})
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE queue_job SET sealed = (SELECT sealed FROM queue_job WHERE job_key = 'b') WHERE job_key = 'a'`)
			return err
		})
		runDue(t, q, 1)
		only(t, q, "greet", dead)
		if _, err := New(t.Context(), db, Options{Key: bytes.Repeat([]byte{8}, 32), Now: time.Now, Zone: time.UTC}); !errors.Is(err, store.ErrWrongKey) {
			t.Errorf("another key: %v", err)
		}
	})
}

func TestBadJobsNameEveryFault(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		q := newQueue(t, db, &clock{t: start})
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			return q.Enqueue(tx, Job{Kind: "Bad kind", Key: "bo@aarhus.dk", Payload: make([]byte, MaxPayload+1)})
		})
		for _, want := range []string{"kind", "key", "payload"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one about the %s", err, want)
			}
		}
		if err != nil && strings.Contains(err.Error(), "bo@aarhus.dk") {
			t.Errorf("the error repeats the key: %v", err)
		}
	})
}

func TestPauseGrowsToItsLongest(t *testing.T) {
	p := Pause{First: time.Second, Longest: time.Minute}
	j := Job{Kind: "k", Key: "a"}
	for attempt, full := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 6: 32 * time.Second, 7: time.Minute, 100: time.Minute} {
		got := p.after(attempt, 1, j)
		if got < full*3/4 || got > full*5/4 {
			t.Errorf("attempt %d: %v, want about %v", attempt, got, full)
		}
		if again := p.after(attempt, 1, j); again != got {
			t.Errorf("attempt %d: %v, then %v", attempt, got, again)
		}
	}
	if p.after(1, 1, j) == p.after(1, 1, Job{Kind: "k", Key: "b"}) && p.after(2, 1, j) == p.after(2, 1, Job{Kind: "k", Key: "b"}) {
		t.Error("jobs that fail together come back together")
	}
}

func TestEndedJobsAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: start}
		q := newQueue(t, db, c)
		handle(t, q, repeater("greet"))
		enqueue(t, q, Job{Kind: "greet", Key: "a"})
		runDue(t, q, 1)
		c.advance(29 * 24 * time.Hour)
		runDue(t, q, 1)
		only(t, q, "greet", done)
		c.advance(3 * 24 * time.Hour)
		runDue(t, q, 1)
		if counts, err := q.Counts(t.Context()); err != nil || counts[done] != 2 {
			t.Errorf("kept %v (%v), want the two latest tidyings", counts, err)
		}
	})
}
