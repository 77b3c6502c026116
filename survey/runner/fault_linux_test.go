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
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/contact"
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

// disk is a file system of a few megabytes of its own.
func disk(t *testing.T) (dir, image string) {
	t.Helper()
	image, dir = filepath.Join(t.TempDir(), "image"), t.TempDir()
	f, err := os.Create(image)
	must(t, err)
	must(t, f.Truncate(8<<20))
	must(t, f.Close())
	if out, err := exec.Command("mkfs.ext4", "-q", image).CombinedOutput(); err != nil {
		t.Skipf("no disk of its own: %v %s", err, out)
	}
	if out, err := exec.Command("mount", "-o", "loop", image, dir).CombinedOutput(); err != nil {
		t.Skipf("no right to mount a disk: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	return dir, image
}

func TestGoal34_FullDiskIsNotCalledSaved(t *testing.T) {
	dir, _ := disk(t)
	s := surveyAt(t, filepath.Join(dir, "barometer.db"))
	b := s.signedIn()
	form := s.filledText(b, typed)
	filler := fill(t, dir)
	d := b.expectUnsaved(form)
	must(t, os.Remove(filler))
	b.expectSavedFrom(d)
}

// fill leaves no room in a folder's disk.
func fill(t *testing.T, dir string) (file string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	must(t, err)
	block := make([]byte, 1024)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	must(t, f.Close())
	return f.Name()
}

// Where no disk can be mounted, a file that may not grow stands for a full one.
func TestGoal34_FileThatMayNotGrowIsNotCalledSaved(t *testing.T) {
	where := storetest.SQLite(t)
	s := surveyAt(t, where)
	b := s.signedIn()
	form := s.filledText(b, typed)
	log, err := os.Stat(where + "-wal")
	must(t, err)
	var before syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(log.Size()), Max: before.Max}))
	d := b.expectUnsaved(form)
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before))
	b.expectSavedFrom(d)
}

// A disk with a fault becomes read-only under the running server, as the
// system makes it.
func TestGoal34_ReadOnlyDiskIsNotCalledSaved(t *testing.T) {
	dir, _ := disk(t)
	db, err := store.Open(t.Context(), filepath.Join(dir, "barometer.db"))
	must(t, err)
	t.Cleanup(func() { db.Close() }) // cannot tidy up
	s := surveyOver(t, db, contact.Options{})
	b := s.signedIn()
	form := s.filledText(b, typed)
	if out, err := exec.Command("mount", "-o", "remount,abort", dir).CombinedOutput(); err != nil {
		t.Skipf("no fault can be made: %v %s", err, out)
	}
	b.expectUnsaved(form)
	if _, err := store.Open(t.Context(), filepath.Join(dir, "other.db")); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("opening a store on a read-only disk: %v", err)
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
