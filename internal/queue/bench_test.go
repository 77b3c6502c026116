package queue

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

// BenchmarkJobs puts in and runs 10,000 jobs whose effect is one row, each
// recorded durably.
func BenchmarkJobs(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		benchJobs(b, func() string { return filepath.Join(b.TempDir(), "queue.db") })
	})
	b.Run("postgres", func(b *testing.B) {
		benchJobs(b, func() string { return storetest.Postgres(b) })
	})
}

func benchJobs(b *testing.B, where func() string) {
	const jobs = 10_000
	for b.Loop() {
		db, err := store.Open(context.Background(), where())
		if err != nil {
			b.Fatal(err)
		}
		q := newQueue(b, db, &clock{}, func(o *Options) { o.Now, o.Poll, o.Workers = time.Now, 10*time.Millisecond, 16 })
		ctx, stop := context.WithCancel(context.Background())
		left := make(chan struct{}, jobs)
		handle(b, q, Handler{Kind: "greet", Run: func(_ context.Context, j Job) (Effect, error) {
			return func(tx *store.Tx) error { return leave(tx, j.Key, "done") }, nil
		}})
		began := time.Now()
		for i := 0; i < jobs; i += 100 {
			var batch []Job
			for n := range 100 {
				batch = append(batch, Job{Kind: "greet", Key: fmt.Sprint("k", i+n), Payload: make([]byte, 1000)})
			}
			enqueue(b, q, batch...)
		}
		in := time.Since(began)
		began = time.Now()
		go func() { q.Work(ctx); close(left) }()
		for {
			time.Sleep(20 * time.Millisecond)
			counts, err := q.Counts(ctx)
			if err != nil {
				b.Fatal(err)
			}
			if counts[done] >= jobs {
				break
			}
		}
		out := time.Since(began)
		stop()
		<-left
		if n := len(effects(b, db)); n != jobs {
			b.Fatalf("%d effects", n)
		}
		b.ReportMetric(jobs/in.Seconds(), "enqueued/s")
		b.ReportMetric(jobs/out.Seconds(), "done/s")
		db.Close()
	}
}
