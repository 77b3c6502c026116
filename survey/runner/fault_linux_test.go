package runner_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/contact"
)

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
	s := surveyOver(t, db, contact.Options{}, waveQuestionnaire(t))
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
