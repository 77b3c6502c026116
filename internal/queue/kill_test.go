package queue

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
)

// The test program is also the server that gets killed: started with this
// variable, it works on the queue of the store it names until it is killed.
const victimStore = "BAROMETER_TEST_VICTIM"

func TestMain(m *testing.M) {
	if where := os.Getenv(victimStore); where != "" {
		if err := victim(where); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// victim runs jobs that tell when they begin and leave one effect.
func victim(where string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, where)
	if err != nil {
		return err
	}
	q, err := New(ctx, db, Options{
		Key: testKey, Now: time.Now, Zone: copenhagen, Owner: fmt.Sprint("pid ", os.Getpid()),
		Lease: 300 * time.Millisecond, Poll: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	err = q.Handle(Handler{Kind: "count", Label: i18n.Same("count"), Attempts: 1000, Run: func(_ context.Context, j Job) (Effect, error) {
		fmt.Println("begun", j.Key)
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
		return func(tx *store.Tx) error { return leave(tx, j.Key, "counted") }, nil
	}})
	if err != nil {
		return err
	}
	q.Work(ctx)
	return nil
}

// TestKilledProcessLeavesEachEffectOnce lets two processes work on one queue
// and kills them, again and again, in the middle of their jobs.
func TestKilledProcessLeavesEachEffectOnce(t *testing.T) {
	const jobs, kills = 150, 8
	eachPath(t, func(t *testing.T, where string, db *store.DB) {
		q := newQueue(t, db, &clock{}, func(o *Options) { o.Now = time.Now })
		for i := range jobs {
			enqueue(t, q, Job{Kind: "count", Key: fmt.Sprint("k", i)})
		}
		begun := make(chan string, 100*jobs)
		procs := []*exec.Cmd{startVictim(t, where, begun), startVictim(t, where, begun)}
		for n := range kills {
			for range 1 + rand.IntN(20) { // in the middle of some job
				select {
				case <-begun:
				case <-time.After(5 * time.Second):
					t.Fatal("nothing runs")
				}
			}
			procs[n%2].Process.Kill()
			procs[n%2].Wait()
			procs[n%2] = startVictim(t, where, begun)
		}
		awaitDone(t, q, jobs)
		got := effects(t, db)
		if len(slices.Compact(slices.Clone(got))) != jobs || len(got) != jobs {
			t.Errorf("%d effects, %d of them different, want %d", len(got), len(slices.Compact(got)), jobs)
		}
		var again int
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM queue_job WHERE kind = 'count' AND fence > 1`).Scan(&again)
		})
		if err != nil || again == 0 {
			t.Errorf("%d jobs were taken over (%v): the kills hit none", again, err)
		}
		t.Logf("%d kills, %d jobs taken over, %d effects", kills, again, len(got))
	})
}

func awaitDone(t *testing.T, q *Queue, want int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if counts, err := q.Counts(t.Context()); err == nil && counts[done] >= want {
			return
		}
	}
	counts, err := q.Counts(t.Context())
	t.Fatalf("jobs are not done: %v %v", counts, err)
}

func startVictim(t *testing.T, where string, begun chan<- string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimStore+"="+where)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if key, ok := strings.CutPrefix(lines.Text(), "begun "); ok {
				begun <- key
			}
		}
	}()
	return cmd
}
