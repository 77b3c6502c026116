package mail

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/internal/store"
)

// bounceFile is a delivery report about the mail with a token.
func bounceFile(t testing.TB, name, token string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/bounces", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(data, []byte("TOKEN"), []byte(token))
}

func TestDeliveryReports(t *testing.T) {
	tests := []struct {
		file    string
		bounce  Bounce
		err     error
		sent    string
		address string
	}{
		{"unknown", Bounce{Key: "a", Status: "5.1.1", Permanent: true, Address: "bouncing"}, nil, "bounced 5.1.1", "bouncing"},
		{"headers", Bounce{Key: "a", Status: "5.2.1", Permanent: true, Address: "bouncing"}, nil, "bounced 5.2.1", "bouncing"},
		{"full", Bounce{Key: "a", Status: "5.2.2", Permanent: true, Address: "reachable"}, nil, "bounced 5.2.2", "reachable"},
		{"policy", Bounce{Key: "a", Status: "5.7.1", Permanent: true, Address: "reachable"}, nil, "bounced 5.7.1", "reachable"},
		{"delayed", Bounce{Key: "a", Status: "4.4.1", Address: "reachable"}, nil, "sent 4.4.1", "reachable"},
		{"expired", Bounce{Key: "a", Status: "4.4.7", Address: "reachable"}, nil, "sent 4.4.7", "reachable"},
		{"delivered", Bounce{}, ErrNoReport, "sent", "reachable"},
		{"absence", Bounce{}, ErrNoReport, "sent", "reachable"},
		{"read", Bounce{}, ErrNoReport, "sent", "reachable"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			each(t, func(t *testing.T, db *store.DB) {
				p := newPost(t, db)
				p.send(hello("a", "bo@aarhus.test"))
				p.run(1)
				for range 2 { // read twice, it counts once
					got, err := p.Bounced(t.Context(), bytes.NewReader(bounceFile(t, tt.file, p.token("a"))))
					if got != tt.bounce || !errors.Is(err, tt.err) {
						t.Errorf("Bounced = %+v, %v; want %+v, %v", got, err, tt.bounce, tt.err)
					}
				}
				if got := p.sent("a"); got != tt.sent {
					t.Errorf("send log says %s, want %s", got, tt.sent)
				}
				if got := p.address("bo@aarhus.test"); got != tt.address {
					t.Errorf("the address is %s, want %s", got, tt.address)
				}
			})
		})
	}
}

// A mailbox that is full once is written to again; one that fails for five
// mails is not.
func TestAddressThatFailsAgainAndAgainBounces(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		var states []string
		for i := range 6 {
			key := fmt.Sprint("m", i)
			p.send(hello(key, "bo@aarhus.test"))
			if p.sent(key) == "withheld" {
				states = append(states, "withheld")
				continue
			}
			p.run(1)
			b, err := p.Bounced(t.Context(), bytes.NewReader(bounceFile(t, "full", p.token(key))))
			if err != nil {
				t.Fatal(err)
			}
			states = append(states, b.Address)
			p.advance(1e9)
		}
		if got := strings.Join(states, " "); got != "reachable reachable reachable reachable bouncing withheld" {
			t.Errorf("states %s", got)
		}
	})
}

// A report nobody but a carrier of the mail could write, or none at all,
// changes nothing.
func TestForgedReportChangesNothing(t *testing.T) {
	p := newPost(t, newStore(t))
	p.send(hello("a", "bo@aarhus.test"))
	p.run(1)
	for _, token := range []string{strings.Repeat("a", 24), "", "'; DROP TABLE mail_sent;"} {
		if _, err := p.Bounced(t.Context(), bytes.NewReader(bounceFile(t, "unknown", token))); !errors.Is(err, ErrUnknownMail) {
			t.Errorf("token %q: %v", token, err)
		}
	}
	if p.sent("a") != "sent" || p.address("bo@aarhus.test") != "reachable" {
		t.Error("a forged report counted")
	}
}

func FuzzReport(f *testing.F) {
	files, err := filepath.Glob("testdata/bounces/*.eml")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		data := bounceFile(f, strings.TrimSuffix(filepath.Base(file), ".eml"), strings.Repeat("a", 24))
		f.Add(data)
		f.Add(data[:len(data)*2/3])
		f.Add(bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rep, err := parseReport(bytes.NewReader(data))
		if (err == nil) == (len(rep.failures) == 0) {
			t.Errorf("%d failures and error %v", len(rep.failures), err)
		}
		if err != nil && !errors.Is(err, ErrNoReport) {
			t.Errorf("%v is no ErrNoReport", err)
		}
		for _, fail := range rep.failures {
			if !statusForm.MatchString(fail.status) || fail.action != "failed" && fail.action != "delayed" {
				t.Errorf("failure %+v", fail)
			}
		}
		for _, token := range rep.tokens {
			if len(token) != 24 {
				t.Errorf("token %q", token)
			}
		}
	})
}
