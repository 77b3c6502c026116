package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/queue"
	"barometer/internal/store"
)

// mailedHome is a home in whose outbox lies one mail and in whose queue waits
// another.
func mailedHome(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "home")
	h, err := makeHome(dir, defaultConfig)
	must(t, err)
	c, err := openCollection(t.Context(), h, time.Now)
	must(t, err)
	defer c.close()
	wording := &fstest.MapFile{Data: []byte("Subject: Hej\n\nHej\n")}
	templates, err := mail.ParseTemplates(fstest.MapFS{"hello.da.txt": wording, "hello.en.txt": wording}, map[string]any{"hello": struct{}{}})
	must(t, err)
	must(t, c.mail.Add(templates))
	send := func(key string) {
		must(t, c.db.Write(t.Context(), func(tx *store.Tx) error {
			return c.mail.Send(t.Context(), tx, mail.Message{Key: key, To: "bo@aarhus.dk", Lang: i18n.Danish, Template: "hello", Data: struct{}{}})
		}))
	}
	send("hello/1")
	_, err = c.queue.RunDue(t.Context())
	must(t, err)
	send("hello/2")
	return dir
}

func TestJobsAreListedRetriedAndDiscarded(t *testing.T) {
	dir := mailedHome(t)
	status, out, errs := runs(t, "jobs", "list", "--json", "--home", dir)
	var jobs []queue.Info
	if err := json.Unmarshal([]byte(out), &jobs); status != 0 || err != nil || len(jobs) != 1 || jobs[0].Key != "hello/2" || jobs[0].State != "waiting" {
		t.Fatalf("status %d: %s%s", status, out, errs)
	}
	if strings.Contains(out, "aarhus") {
		t.Errorf("the list names an address: %s", out)
	}
	for _, step := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"jobs", "list", "--state", "done"}, 0, "done   mail  hello/1"},
		{[]string{"jobs", "list", "--state", "lost"}, 2, "no state"},
		{[]string{"jobs", "retry", "mail", "hello/2"}, 0, "due now"},
		{[]string{"jobs", "discard", "mail", "hello/2"}, 0, "discarded"},
		{[]string{"jobs", "discard", "mail", "hello/2"}, 1, "only a dead or waiting job"},
		{[]string{"jobs", "retry", "mail"}, 2, "the kind and the key"},
		{[]string{"jobs", "list"}, 0, "last error"},
	} {
		status, out, errs := runs(t, append(step.args, "--home", dir)...)
		if status != step.status || !strings.Contains(out+errs, step.says) {
			t.Errorf("%v: status %d, %s%s; want %d, %q", step.args, status, out, errs, step.status, step.says)
		}
	}
	db, err := store.Open(t.Context(), filepath.Join(dir, "barometer.db"))
	must(t, err)
	defer db.Close()
	if head, err := audit.Verify(t.Context(), db); err != nil || head.Position != 2 {
		t.Errorf("%d audited acts, %v", head.Position, err)
	}
}

func TestBouncesAreReadFromAMailbox(t *testing.T) {
	dir := mailedHome(t)
	sent, err := filepath.Glob(filepath.Join(dir, "outbox", "*.eml"))
	must(t, err)
	if len(sent) != 1 {
		t.Fatalf("outbox %v", sent)
	}
	token := strings.TrimSuffix(filepath.Base(sent[0]), ".eml")
	report := strings.ReplaceAll("To: retur+TOKEN@example.dk\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"+
		"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\nAction: failed\nStatus: 5.1.1\n\n--b--\n", "TOKEN", token)
	box := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(box, "new"), 0o700))
	must(t, os.WriteFile(filepath.Join(box, "new", "1"), []byte(report), 0o600))
	must(t, os.WriteFile(filepath.Join(box, "new", "2"), []byte("From: bo@aarhus.dk\n\nTak!\n"), 0o600))
	status, out, errs := runs(t, "mail", "bounce", box, "--home", dir)
	if status != 0 || !strings.Contains(out, "mail hello/1: 5.1.1, the address is bouncing") || !strings.Contains(out, "not a delivery report") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	for _, step := range []struct {
		args   []string
		status int
	}{
		{[]string{"mail", "bounce", filepath.Join(box, "new", "2")}, 1},
		{[]string{"mail", "bounce", filepath.Join(box, "gone")}, 1},
		{[]string{"mail", "release", "bo@aarhus.dk"}, 0},
		{[]string{"mail", "suppress", "bo@aarhus.dk"}, 0},
		{[]string{"mail", "suppress", "bo"}, 1},
	} {
		if status, out, errs := runs(t, append(step.args, "--home", dir)...); status != step.status {
			t.Errorf("%v: status %d: %s%s", step.args, status, out, errs)
		}
	}
}

// The server does scheduled work, and ends it before it closes the store.
func TestServerDoesScheduledWork(t *testing.T) {
	dir := mailedHome(t)
	h, err := openHome(dir)
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	a := newApp(&strings.Builder{}, &strings.Builder{})
	served := make(chan error)
	go func() { served <- a.serve(ctx, h, "127.0.0.1:0") }()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		sent, err := filepath.Glob(filepath.Join(dir, "outbox", "*.eml"))
		must(t, err)
		if len(sent) == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("outbox %v", sent)
		}
	}
	stop()
	must(t, <-served)
	if log := a.stderr.(*strings.Builder).String(); strings.Contains(log, "aarhus") {
		t.Errorf("log:\n%s", log)
	}
	_, out, _ := runs(t, "jobs", "list", "--home", dir)
	if strings.Contains(out, "mail") {
		t.Errorf("left over:\n%s", out)
	}
}
