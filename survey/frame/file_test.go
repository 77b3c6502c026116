package frame

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A frame left on disk is the frame in memory: units, hash and faults.
func TestFileIsTheFrameInMemory(t *testing.T) {
	var file bytes.Buffer
	file.WriteString("\ufeff" + strings.ReplaceAll(header, ",", ";"))
	for i := range 3000 {
		fmt.Fprintf(&file, "%d%s", 1003000001+i, strings.ReplaceAll(sound[10:], ",", ";"))
	}
	path := filepath.Join(t.TempDir(), "frame.csv")
	if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	want, err := Read(&file, path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := slices.Collect(f.Units()); !reflect.DeepEqual(got, want.Units) || f.Err() != nil || f.Hash != want.Hash || f.N != 3000 {
			t.Errorf("%d units, hash %s, %v; want %d and %s", len(got), f.Hash, f.Err(), len(want.Units), want.Hash)
		}
	}
	for range f.Units() {
		break
	}
	if f.Err() != nil {
		t.Errorf("a sequence that was left early: %v", f.Err())
	}
}

func TestFileThatChangesIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "frame.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(header + sound)
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	write(header + strings.Replace(sound, ",23", ",24", 1))
	for range f.Units() {
	}
	if f.Err() == nil || !strings.Contains(f.Err().Error(), "changed while it was read") {
		t.Errorf("got %v", f.Err())
	}
}

func TestFaultyFileIsRefused(t *testing.T) {
	data, err := os.ReadFile("testdata/faulty.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, want := Read(bytes.NewReader(data), "testdata/faulty.csv")
	f, err := Open("testdata/faulty.csv")
	if f != nil || err == nil || err.Error() != want.Error() {
		t.Errorf("got %v\nwant %v", err, want)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.csv")); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}
