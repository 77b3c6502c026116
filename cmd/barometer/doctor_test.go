package main

import (
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

// diagnose runs the doctor and returns what it says of each part.
func diagnose(t *testing.T, h *home, args ...string) (status int, parts map[string]finding) {
	t.Helper()
	status, out, stderr := runs(t, append([]string{"doctor", "--json", "--home", h.dir}, args...)...)
	var list []finding
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("%v in %q, %s", err, out, stderr)
	}
	parts = map[string]finding{}
	for _, f := range list {
		parts[f.Part] = f
	}
	return status, parts
}

// collectedAt is a home whose store is at the given place.
func collectedAt(t *testing.T, where string) *home {
	t.Helper()
	t.Setenv("BAROMETER_STORE", where)
	return collected(t)
}

// collected is a home with a store and one event in its audit log.
func collected(t *testing.T) *home {
	t.Helper()
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
		return audit.Record(tx, a.now(), audit.Event{Actor: audit.Operator, Action: "wave.close", Object: "2025"})
	}))
	must(t, c.close())
	return h
}

func TestDoctorFindsASoundHomeSound(t *testing.T) { storetest.Each(t, soundHomeIsSound) }

func soundHomeIsSound(t *testing.T, where string) {
	h := collectedAt(t, where)
	status, parts := diagnose(t, h)
	for part, f := range parts {
		if f.State == broken {
			t.Errorf("%s: %s", part, f.Says)
		}
	}
	_, end, _ := strings.Cut(parts["audit log"].Says, "note its end: ")
	if status != 0 || end == "" {
		t.Fatalf("status %d, audit log: %+v", status, parts["audit log"])
	}
	if status, parts := diagnose(t, h, "--noted", end); status != 0 {
		t.Errorf("with the end noted just now: %+v", parts["audit log"])
	}
}

// Each fault is found, named at its part, and makes the exit status 1.
func TestDoctorFindsFaults(t *testing.T) { storetest.Each(t, faultsAreFound) }

func faultsAreFound(t *testing.T, where string) {
	tamper := func(sql string) func(*testing.T, *home) {
		return func(t *testing.T, h *home) {
			place, err := h.storePlace()
			must(t, err)
			db, err := store.Open(t.Context(), place)
			must(t, err)
			must(t, db.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(sql); return err }))
			must(t, db.Close())
		}
	}
	noted := audit.Head{Position: 2, Hash: strings.Repeat("0", 64)}.String()
	for name, c := range map[string]struct {
		spoil func(*testing.T, *home)
		args  []string
		part  string
	}{
		"a key that others may read": {func(t *testing.T, h *home) { must(t, os.Chmod(h.path("secrets", "codes.key"), 0o644)) }, nil, "secrets"},
		"another key": {func(t *testing.T, h *home) {
			must(t, os.WriteFile(h.path("secrets", "codes.key"), []byte(strings.Repeat("ab", 32)), 0o600))
		}, nil, "store"},
		"a store that is none": {func(t *testing.T, h *home) { t.Setenv("BAROMETER_STORE", noStore(t, where)) }, nil, "store"},
		"a changed event":      {tamper(`UPDATE audit_event SET object = '2027'`), nil, "audit log"},
		"a log that was cut":   {func(*testing.T, *home) {}, []string{"--noted", noted}, "audit log"},
		"a file of the future": {func(t *testing.T, h *home) {
			later := time.Now().Add(time.Hour)
			must(t, os.Chtimes(h.path("barometer.yaml"), later, later))
		}, nil, "clock"},
		"an address that is none": {func(t *testing.T, h *home) {
			h.BaseURL = "barometer"
			must(t, os.Remove(h.path("barometer.yaml")))
			must(t, writeYAML(h.path("barometer.yaml"), h.config))
		}, nil, "address"},
	} {
		t.Run(name, func(t *testing.T) {
			h := collectedAt(t, storetest.Another(t, where))
			c.spoil(t, h)
			status, parts := diagnose(t, h, c.args...)
			if f := parts[c.part]; status != 1 || f.State != broken || f.Do == "" {
				t.Errorf("status %d, %s: %+v", status, c.part, f)
			}
		})
	}
}

// noStore is a place of the kind of where at which no store is.
func noStore(t *testing.T, where string) string {
	t.Helper()
	if store.IsPostgres(where) {
		return "postgres://barometer@" + freeAddress(t) + "/barometer?sslmode=disable"
	}
	path := filepath.Join(t.TempDir(), "barometer.db")
	must(t, os.WriteFile(path, []byte("no store"), 0o600))
	return path
}

// What works badly is said, with what to do about it, and is no failure; a mail
// server that cannot be reached is one.
func TestDoctorLooksAtWork(t *testing.T) { storetest.Each(t, workIsLookedAt) }

func workIsLookedAt(t *testing.T, where string) {
	h := collectedAt(t, where)
	within := func(do func(*collection)) {
		t.Helper()
		c, err := openCollection(t.Context(), h, time.Now)
		must(t, err)
		do(c)
		must(t, c.close())
	}
	says := func(part, state, text string) {
		t.Helper()
		status, parts := diagnose(t, h)
		if f := parts[part]; f.State != state || !strings.Contains(f.Says, text) || (f.State != sound) != (f.Do != "") || (status == 1) != (state == broken) {
			t.Errorf("status %d, %s: %+v; want %s, %q", status, part, f, state, text)
		}
	}
	says("jobs", sound, "0 given up")
	says("mail", sound, "outbox")
	says("accounts", poor, "0 administrators")

	var admin account.ID
	within(func(c *collection) {
		var err error
		admin, err = c.accounts.Add(t.Context(), account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: "Anna Holm", Address: "anna@example.dk"})
		must(t, err)
		_, err = c.accounts.Grant(t.Context(), account.ByOperator(), admin, policy.Admin)
		must(t, err)
	})
	says("accounts", poor, "1 administrators, 0 of them")
	within(func(c *collection) {
		must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := c.accounts.AddCredential(tx, account.ByOperator(), account.Credential{Person: admin, Kind: "passkey", Handle: []byte("key"), Data: []byte{}})
			return err
		}))
	})
	says("accounts", sound, "1 of them")

	within(func(c *collection) {
		must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
			return c.queue.Enqueue(tx, queue.Job{Kind: "account.tend", Key: "late", RunAt: time.Now().Add(-time.Hour)})
		}))
	})
	says("jobs", poor, "0 given up, the first of them since")
	within(func(c *collection) {
		must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE queue_job SET state = 'dead'`)
			return err
		}))
	})
	says("jobs", poor, "0 waiting, ")

	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	h.Mail.Server = &mail.SMTP{Host: "127.0.0.1", Port: closed.Addr().(*net.TCPAddr).Port, TLS: "none"}
	must(t, closed.Close())
	must(t, writeYAML(h.path("barometer.yaml"), h.config))
	says("mail", broken, "127.0.0.1")
}

// What is made for one user of the machine is for no other.
func TestHomeIsForItsOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	if status, _, stderr := runs(t, "init", dir); status != 0 {
		t.Fatal(stderr)
	}
	h, err := openHome(dir)
	must(t, err)
	if _, parts := diagnose(t, h); parts["home"].State != sound {
		t.Errorf("%+v", parts["home"])
	}
	must(t, os.Chmod(dir, 0o755))
	if _, parts := diagnose(t, h); parts["home"].State != poor || parts["home"].Do == "" {
		t.Errorf("%+v", parts["home"])
	}
}
