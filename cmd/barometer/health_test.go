package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"barometer/cmd/barometer/demo"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

// TestGoal34_HealthIsRedWhileTheStoreCannotWrite holds the lock of the store
// as another program would, and asks the server how it is.
func TestGoal34_HealthIsRedWhileTheStoreCannotWrite(t *testing.T) {
	where := filepath.Join(t.TempDir(), "barometer.db")
	t.Setenv("BAROMETER_STORE", where)
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	handler, err := newHandler(h, c, slog.New(slog.DiscardHandler), a.now)
	must(t, err)
	health := func() int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		return w.Code
	}
	if got := health(); got != http.StatusOK {
		t.Fatalf("health is %d", got)
	}
	other := storetest.Open(t, where)
	var locked int
	must(t, other.Write(t.Context(), func(*store.Tx) error { locked = health(); return nil }))
	if locked != http.StatusServiceUnavailable {
		t.Errorf("while the store is locked health is %d", locked)
	}
	if got := health(); got != http.StatusOK {
		t.Errorf("afterwards health is %d", got)
	}
}

// What becomes of paradata is one of three words, and a file only where the
// wave says so.
func TestGoal40_WaveSaysWhatBecomesOfParadata(t *testing.T) {
	h := collected(t)
	must(t, os.CopyFS(h.path("waves", demoWave), demo.Wave()))
	w, err := h.wave(demoWave)
	must(t, err)
	if !w.Paradata.collected() {
		t.Error("the demonstration collects none")
	}
	a := newApp(io.Discard, os.Stderr)
	file := w.archive.Path(paradataFile)
	for _, c := range []struct {
		says paradata
		file bool
	}{{"collect", false}, {"freeze", true}, {"none", false}} {
		w.Paradata = c.says
		if _, err := a.freezeParadata(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(file); (err == nil) != c.file {
			t.Errorf("%s: %v", c.says, err)
		}
	}
	must(t, os.WriteFile(w.path("wave.yaml"), []byte("id: \"2025\"\nparadata: everything\n"), 0o600))
	if _, err := h.wave(demoWave); err == nil {
		t.Error("a fourth word is taken")
	}
}
