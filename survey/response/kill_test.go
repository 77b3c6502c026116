package response

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

// The test program is also the server that gets killed: started with this
// variable, it saves answers into the store it names until it is killed.
const victimStore = "BAROMETER_TEST_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victimStore); path != "" {
		if err := victim(path, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const (
	victimWorkers = 8
	victimItems   = 20
)

// nth is the item that the nth save of a unit changes, and its answer.
func nth(n int) (item string, a questionnaire.Answer) {
	return fmt.Sprintf("Q%02d", n%victimItems), questionnaire.Answer{Text: strconv.Itoa(n)}
}

// victim opens the store, says "ready", and lets each worker save for a unit
// of its own, one line "unit revision" per save that was acknowledged.
func victim(path string, out io.Writer) error {
	ctx := context.Background()
	db, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	keys, err := NewKeys("a", map[string][]byte{"a": masterKey(1)})
	if err != nil {
		return err
	}
	s, err := New(ctx, db, keys, time.Now)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready 0")
	failed := make(chan error)
	for w := range victimWorkers {
		go func() { failed <- saveForever(ctx, s, fmt.Sprintf("unit%d", w), out) }()
	}
	return <-failed
}

func saveForever(ctx context.Context, s *Store, unit string, out io.Writer) error {
	r, err := s.Load(ctx, "2025", unit)
	for err == nil {
		answers := clone(r.Answers)
		item, a := nth(r.Revision + 1)
		answers[item] = a
		save := page(r.Revision, answers)
		save.Unit = unit
		if r, err = s.Save(ctx, save); err == nil {
			// One write of one short line: the pipe takes it whole or not at all.
			_, err = fmt.Fprintf(out, "%s %d\n", unit, r.Revision)
		}
	}
	return err
}

// TestGoal29_KilledStoreLosesNoAcknowledgedAnswer kills the program under load at
// random moments. BAROMETER_KILLS sets how often.
func TestGoal29_KilledStoreLosesNoAcknowledgedAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, path string) {
		kills := 10
		if n, err := strconv.Atoi(os.Getenv("BAROMETER_KILLS")); err == nil {
			kills = n
		}
		acknowledged := map[string]int{}
		expectKept(t, path, acknowledged) // makes the tables: a restart finds them
		for round := range kills {
			if ready := killOnce(t, path, acknowledged); ready > 2*time.Second {
				t.Errorf("ready after %v, want 2 s at most", ready)
			}
			expectKept(t, path, acknowledged)
			if t.Failed() {
				t.Fatalf("round %d of %d", round, kills)
			}
		}
		total := 0
		for _, n := range acknowledged {
			total += n
		}
		t.Logf("%d kills, %d acknowledged saves, none lost", kills, total)
	})
}

// killOnce runs the victim, notes what it acknowledges, and kills it the
// moment a random one of its acknowledgements arrives: an answer acknowledged
// before it is stored is then on its way. It returns how long the victim took
// to be ready.
func killOnce(t *testing.T, path string, acknowledged map[string]int) time.Duration {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimStore+"="+path)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ready time.Duration
	left := 1 + rand.IntN(300)
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		var unit string
		var revision int
		if _, err := fmt.Sscan(lines.Text(), &unit, &revision); err != nil {
			t.Fatalf("victim says %q", lines.Text())
		}
		if unit == "ready" {
			ready = time.Since(started)
			continue
		}
		acknowledged[unit] = revision
		if left--; left == 0 {
			cmd.Process.Kill()
		}
	}
	cmd.Wait() // killed: that is the point
	if ready == 0 || stderr.Len() > 0 {
		t.Fatalf("victim: %s", stderr.String())
	}
	return ready
}

// expectKept opens the store that was left and looks for every acknowledged
// save: in the history, and in the answers of the last twenty.
func expectKept(t *testing.T, path string, acknowledged map[string]int) {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatalf("reopen: %v", err)
	}
	defer db.Close()
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	s, err := New(t.Context(), db, testKeys(t, "a", map[string][]byte{"a": masterKey(1)}), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for unit, revision := range acknowledged {
		r, err := s.Load(t.Context(), "2025", unit)
		if err != nil {
			t.Error(err)
			continue
		}
		if r.Revision < revision {
			t.Errorf("%s: save %d was acknowledged, the store has %d", unit, revision, r.Revision)
		}
		for n := max(1, r.Revision-victimItems+1); n <= r.Revision; n++ {
			if item, a := nth(n); !r.Answers[item].Equal(a) {
				t.Errorf("%s: save %d of %s is %+v", unit, n, item, r.Answers[item])
			}
		}
		history, err := s.History(t.Context(), "2025", unit)
		if err != nil || len(history) != r.Revision {
			t.Errorf("%s: %d events for %d revisions, %v", unit, len(history), r.Revision, err)
		}
	}
}
