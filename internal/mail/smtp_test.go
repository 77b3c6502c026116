package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/store"
	"barometer/internal/testenv"
)

// server is a real mail server on this machine.
type server struct {
	dir                      string // where it puts mail
	ca                       string // the certificate to trust
	clear, starttls, encrypt int    // ports
}

func startServer(t testing.TB) server {
	t.Helper()
	python := testenv.NeedPython(t, "aiosmtpd")
	s := server{dir: t.TempDir()}
	cert, key := certificate(t)
	s.ca = cert
	cmd := exec.Command(python, "testdata/server.py", s.dir, cert, key)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Process.Kill(); cmd.Wait() })
	if _, err := fmt.Fscan(stdout, &s.clear, &s.starttls, &s.encrypt); err != nil {
		t.Fatalf("mail server: %v", err)
	}
	return s
}

// certificate makes one for 127.0.0.1 that vouches for itself.
func certificate(t testing.TB) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER)
}

func secretFile(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "smtp.password")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// through is a mailer that delivers through the server.
func (s server) through(t testing.TB, db *store.DB, settings SMTP) *post {
	t.Helper()
	settings.Host = "127.0.0.1"
	transport, err := NewSMTP(settings)
	if err != nil {
		t.Fatal(err)
	}
	p := newPost(t, db, func(c *Config) { c.Transport = transport })
	p.dir = s.dir
	return p
}

func (s server) plain(t testing.TB, db *store.DB) *post {
	return s.through(t, db, SMTP{Port: s.clear, TLS: "none"})
}

// patience runs due jobs through so many hours.
func (p *post) patience(hours int) {
	p.t.Helper()
	for range hours * 12 {
		if _, err := p.queue.RunDue(context.Background()); err != nil {
			p.t.Fatal(err)
		}
		p.advance(5 * time.Minute)
	}
}

func TestEncryptionAndPassword(t *testing.T) {
	s := startServer(t)
	good := secretFile(t, "pass wörd\n")
	tests := []struct {
		name     string
		settings SMTP
		job      string // start of the job's state after one attempt
	}{
		{"STARTTLS", SMTP{Port: s.starttls, User: "barometer", PasswordFile: good, CAFile: s.ca}, "done 1"},
		{"TLS from the start", SMTP{Port: s.encrypt, TLS: "implicit", User: "barometer", PasswordFile: good, CAFile: s.ca}, "done 1"},
		{"on this machine in the clear", SMTP{Port: s.clear, TLS: "none"}, "done 1"},
		{"wrong password", SMTP{Port: s.starttls, User: "barometer", PasswordFile: secretFile(t, "guess"), CAFile: s.ca}, "waiting 1 the mail server answered 535"},
		{"no password where one is wanted", SMTP{Port: s.starttls, CAFile: s.ca}, "waiting 1 the mail server answered 530"},
		{"certificate of a stranger", SMTP{Port: s.starttls, User: "barometer", PasswordFile: good}, "waiting 1 the mail server cannot be used"},
		{"certificate of a stranger, TLS", SMTP{Port: s.encrypt, TLS: "implicit", User: "barometer", PasswordFile: good}, "waiting 1 the mail server cannot be used"},
		{"server that offers no encryption", SMTP{Port: s.clear, CAFile: s.ca}, "waiting 1 the mail server cannot be used"},
		{"nobody listens", SMTP{Port: 1, CAFile: s.ca}, "waiting 1 the mail server cannot be used"},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := s.through(t, newStore(t), tt.settings)
			key := fmt.Sprint("m", i)
			before := len(p.taken())
			p.send(hello(key, "bo@aarhus.dk"))
			p.run(1)
			if got := p.job(key); !strings.HasPrefix(got, tt.job) {
				t.Errorf("the job is %s, want %s", got, tt.job)
			}
			if took := len(p.taken()) > before; took != strings.HasPrefix(tt.job, "done") {
				t.Errorf("the server took the mail: %v", took)
			}
			reached := tt.settings
			reached.Host = "127.0.0.1"
			reach := reached.Reach(t.Context())
			// That a password is wanted shows only when a mail is sent.
			if ok := strings.HasPrefix(tt.job, "done") || strings.HasSuffix(tt.job, "530"); ok != (reach == nil) {
				t.Errorf("reached: %v", reach)
			}
			for _, secret := range []string{"guess", "pass wörd", "bo@aarhus.dk"} {
				if strings.Contains(p.log.String()+p.job(key)+fmt.Sprint(reach), secret) {
					t.Errorf("log or job tells %q:\n%s", secret, p.log)
				}
			}
		})
	}
}

func TestMailAsTheServerTookIt(t *testing.T) {
	s := startServer(t)
	p := s.plain(t, newStore(t))
	p.send(hello("signin/1", "aase@aarhus.dk"))
	p.run(1)
	raw := p.taken()[0]
	envelope, content, _ := bytes.Cut(raw, []byte("\r\n"))
	if want := "X-Envelope: retur+" + p.token("signin/1") + "@example.dk aase@aarhus.dk"; string(envelope) != want {
		t.Errorf("envelope %s, want %s", envelope, want)
	}
	if o := open(t, content); o.decoded(t, "Subject") != "Log ind på Innovationsbarometeret" || !strings.Contains(o.text, "Kære Åse") {
		t.Errorf("taken:\n%s", content)
	}
}

// What the server answers decides what becomes of mail and address.
func TestAnswersOfTheServer(t *testing.T) {
	s := startServer(t)
	tests := []struct {
		to      string
		sent    string // in the send log, after a day
		address string
		job     string
		mails   int
	}{
		{"ok@a.test", "sent", "reachable", "done 1", 1},
		{"grey@b.test", "sent", "reachable", "done 3", 1},
		{"gone@c.test", "bounced 550 5.1.1", "bouncing", "dead 1 the mail server answered 550 5.1.1", 0},
		{"full@d.test", "failed 552 5.2.2", "reachable", "dead 1 the mail server answered 552 5.2.2", 0},
		{"policy@e.test", "failed 550 5.7.1", "reachable", "dead 1 the mail server answered 550 5.7.1", 0},
		{"spam@f.test", "failed 554 5.7.1", "reachable", "dead 1 the mail server answered 554 5.7.1", 0},
		{"blunt@i.test", "failed 550", "reachable", "dead 1 the mail server answered 550", 0},
		{"drop@g.test", "sent", "reachable", "done 3", 1},
		{"droplate@h.test", "sent", "reachable", "done 1", 1},
	}
	p := s.plain(t, newStore(t))
	for _, tt := range tests {
		p.send(hello(keyOf(tt.to), tt.to))
	}
	p.patience(1)
	for _, tt := range tests {
		key := keyOf(tt.to)
		if got := p.job(key); !strings.HasPrefix(got, tt.job) {
			t.Errorf("%s: the job is %s, want %s", tt.to, got, tt.job)
		}
		if got := p.sent(key); got != tt.sent {
			t.Errorf("%s: send log says %s, want %s", tt.to, got, tt.sent)
		}
		if got := p.address(tt.to); got != tt.address {
			t.Errorf("%s: the address is %s, want %s", tt.to, got, tt.address)
		}
		n := 0
		for _, m := range p.taken() {
			if bytes.Contains(m, []byte("@example.dk "+tt.to+"\r\n")) {
				n++
			}
		}
		if n != tt.mails {
			t.Errorf("%s: the server took %d mails, want %d", tt.to, n, tt.mails)
		}
		if strings.Contains(p.log.String(), tt.to) {
			t.Errorf("%s stands in the log", tt.to)
		}
	}
	p.send(hello("again", "GONE@c.test"))
	if got := p.sent("again"); got != "withheld" {
		t.Errorf("mail to an address that bounces: %s", got)
	}
	if err := p.db.Write(t.Context(), func(tx *store.Tx) error { return p.Release(tx, "gone@c.test") }); err != nil {
		t.Fatal(err)
	}
	p.send(hello("released", "gone@c.test"))
	if got := p.sent("released"); got != "queued" {
		t.Errorf("mail to an address that was released: %s", got)
	}
}

// A server that is away for hours delays mail and loses none.
func TestServerAway(t *testing.T) {
	s := startServer(t)
	p := s.plain(t, newStore(t))
	there := p.cfg.Transport
	p.cfg.Transport = must(NewSMTP(SMTP{Host: "127.0.0.1", Port: 1, TLS: "none"}))
	p.send(hello("a", "bo@aarhus.dk"), hello("b", "ea@aarhus.dk"))
	p.patience(8)
	if n := len(p.taken()); n != 0 {
		t.Fatalf("%d mails", n)
	}
	p.cfg.Transport = there
	p.patience(5)
	if n := len(p.taken()); n != 2 {
		t.Errorf("%d mails, want 2; jobs %s, %s", n, p.job("a"), p.job("b"))
	}
}

func keyOf(to string) string {
	name, _, _ := strings.Cut(to, "@")
	return name
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestUnsafeSettingsAreRefused(t *testing.T) {
	open := secretFile(t, "x")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]SMTP{
		"in the clear over a network": {Host: "mail.example.dk", TLS: "none"},
		"password in the clear":       {Host: "localhost", TLS: "none", User: "u", PasswordFile: secretFile(t, "x")},
		"unknown policy":              {Host: "mail.example.dk", TLS: "maybe"},
		"user without password":       {Host: "mail.example.dk", User: "u"},
		"password others can read":    {Host: "mail.example.dk", User: "u", PasswordFile: open},
		"empty password":              {Host: "mail.example.dk", User: "u", PasswordFile: secretFile(t, "\n")},
		"no certificate":              {Host: "mail.example.dk", CAFile: secretFile(t, "x")},
		"no host":                     {},
	} {
		if _, err := NewSMTP(s); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
