package runner_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

// The test program is also the other process that holds the store's lock:
// started with this variable, it holds that of the store it names until its
// input ends.
const lockedStore = "BAROMETER_TEST_LOCK"

func TestMain(m *testing.M) {
	if where := os.Getenv(lockedStore); where != "" {
		if err := holdLock(where); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func holdLock(where string) error {
	db, err := store.Open(context.Background(), where)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Write(context.Background(), func(tx *store.Tx) error {
		if store.IsPostgres(where) { // in SQLite a write has the lock already
			const q = `LOCK TABLE response_state, store_heartbeat IN EXCLUSIVE MODE`
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		fmt.Println("locked")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	})
}

// lock has another process hold the store's lock until release is called.
func lock(t *testing.T, where string) (release func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), lockedStore+"="+where)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	return func() {
		must(t, in.Close())
		must(t, cmd.Wait())
	}
}

func TestGoal34_LockedStoreIsNotCalledSaved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := surveyAt(t, where)
		b := s.signedIn()
		form := s.filledText(b, typed)
		release := lock(t, where)
		d := b.expectUnsaved(form)
		release()
		b.expectSavedFrom(d)
	})
}

// A code typed while the store does not answer is not typed again.
func TestGoal34_CodeTypedInVainIsSentAgain(t *testing.T) {
	where := storetest.SQLite(t)
	s := surveyAt(t, where)
	release := lock(t, where)
	d := s.browser().post("/da/survey", url.Values{"code": {strings.ToLower(s.code)}})
	if d.Status != http.StatusServiceUnavailable {
		t.Fatalf("status %d:\n%s", d.Status, d.words())
	}
	release()
	if d := s.browser().post("/da/survey/", d.fill()); d.Path != "/da/survey/start" {
		t.Errorf("led to %s, status %d", d.Path, d.Status)
	}
}

// expectUnsaved sends a form that cannot be saved.
func (b *browser) expectUnsaved(form url.Values) *document {
	b.t.Helper()
	before := b.s.stored()
	d := b.send(form)
	if d.Status != http.StatusServiceUnavailable || d.Header.Get("Retry-After") == "" {
		b.t.Errorf("status %d, Retry-After %q, want 503 and when to come back", d.Status, d.Header.Get("Retry-After"))
	}
	if d.has("Gemt") || !d.has("kunne ikke gemmes") || !d.has(typed) {
		b.t.Errorf("the page says:\n%s", d.words())
	}
	if got := b.s.stored().Revision; got != before.Revision {
		b.t.Errorf("stored revision %d, was %d", got, before.Revision)
	}
	if err := b.s.db.Health(b.t.Context()); !errors.Is(err, store.ErrUnavailable) {
		b.t.Errorf("health is %v", err)
	}
	return d
}

// expectSavedFrom presses "try again" on the page that says so.
func (b *browser) expectSavedFrom(d *document) {
	b.t.Helper()
	b.send(d.fill())
	if got := b.s.stored().Answers["C1"].Text; got != typed {
		b.t.Errorf("trying again led to %s, status %d, and stored %q", b.page.Path, b.page.Status, got)
	}
	if err := b.s.db.Health(b.t.Context()); err != nil {
		b.t.Errorf("health is %v", err)
	}
}
