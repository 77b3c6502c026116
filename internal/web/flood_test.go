package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"barometer/internal/web"
)

// from asks for the page as a visitor of an address.
func from(h http.Handler, address string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "/da/page", nil)
	r.RemoteAddr = address + ":4711"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestFloodOfOneNetworkIsRefused(t *testing.T) {
	s := newShell(t, nil)
	site := newSite(s, plainPage(s))
	refused := 0
	for range 4000 {
		if resp := from(site, "203.0.113.9"); resp.StatusCode == http.StatusTooManyRequests {
			refused++
			if resp.Header.Get("Retry-After") == "" {
				t.Fatal("429 without Retry-After")
			}
		}
	}
	if refused == 0 {
		t.Error("4,000 requests at once from one address are all answered")
	}
	for _, other := range []string{"203.0.113.10", "127.0.0.1"} {
		if resp := from(site, other); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d because of another's flood", other, resp.StatusCode)
		}
	}
}

// A municipality whose two thousand workplaces open their mail at nine o'clock
// has one address, too.
func TestMunicipalityBehindOneAddressGetsIn(t *testing.T) {
	s := newShell(t, nil)
	site := newSite(s, plainPage(s))
	for i := range 2000 {
		if resp := from(site, "198.51.100.1"); resp.StatusCode != http.StatusOK {
			t.Fatalf("request %d: %d", i+1, resp.StatusCode)
		}
	}
}

// More requests than can be answered in time are told so, those over all bounds
// at once and others after a second, and those at work are answered.
func TestOverloadIsShed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShell(t, nil)
		release := make(chan struct{})
		site := newSite(s, func(w http.ResponseWriter, r *http.Request) {
			<-release
			plainPage(s)(w, r)
		})
		const held, atWork = 2048, 256
		answers := make(chan *http.Response, held)
		began := time.Now()
		for range held {
			go func() { answers <- from(site, "127.0.0.1") }()
		}
		synctest.Wait()
		refused := func(what string, resp *http.Response, after time.Duration) {
			t.Helper()
			if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || time.Since(began) != after {
				t.Fatalf("%s: %d, Retry-After %q, after %v", what, resp.StatusCode, resp.Header.Get("Retry-After"), time.Since(began))
			}
		}
		refused("one too many", from(site, "127.0.0.1"), 0)
		for range held - atWork {
			refused("one that waited", <-answers, time.Second)
		}
		close(release)
		for range atWork {
			if resp := <-answers; resp.StatusCode != http.StatusOK {
				t.Fatalf("a request at work: %d", resp.StatusCode)
			}
		}
		if resp := from(site, "127.0.0.1"); resp.StatusCode != http.StatusOK {
			t.Errorf("after the rush: %d", resp.StatusCode)
		}
	})
}

// slowly is a line that takes a byte and no more until it is let go.
type slowly struct {
	*httptest.ResponseRecorder
	until chan struct{}
}

func (s slowly) Write(p []byte) (int, error) {
	<-s.until
	return s.ResponseRecorder.Write(p)
}

// Visitors on slow lines, who are sent a download or dribble a form, keep nobody
// else from being answered.
func TestSlowLinesKeepNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShell(t, nil)
		site := newSite(s, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && r.URL.RawQuery == "download" {
				w.Write(make([]byte, 100<<10)) //nolint:errcheck // a recorder takes all
				return
			}
			if err := r.ParseForm(); err != nil {
				s.Error(w, r, http.StatusBadRequest)
				return
			}
			plainPage(s)(w, r)
		})
		until := make(chan struct{})
		var slow sync.WaitGroup
		for range 400 {
			slow.Go(func() {
				r := httptest.NewRequest(http.MethodGet, "/da/page?download", nil)
				r.RemoteAddr = "127.0.0.1:1"
				site.ServeHTTP(slowly{httptest.NewRecorder(), until}, r)
			})
			slow.Go(func() {
				body, sender := io.Pipe()
				r := httptest.NewRequest(http.MethodPost, "/da/page", body)
				r.RemoteAddr = "127.0.0.1:1"
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				go func() { sender.Write([]byte("a")); <-until; sender.Close() }() //nolint:errcheck // read to the end or not
				site.ServeHTTP(httptest.NewRecorder(), r)
			})
		}
		synctest.Wait()
		began := time.Now()
		if resp := from(site, "127.0.0.1"); resp.StatusCode != http.StatusOK || time.Since(began) > 0 {
			t.Errorf("%d after %v", resp.StatusCode, time.Since(began))
		}
		close(until)
		slow.Wait()
	})
}

func TestOtherHostIsRefused(t *testing.T) {
	s := newShell(t, func(c *web.Config) { c.Host = "barometer.example.dk" })
	site := newSite(s, plainPage(s))
	for host, want := range map[string]int{
		"barometer.example.dk": 200, "Barometer.Example.DK.": 200, "barometer.example.dk:443": 200,
		"evil.example": 421, "barometer.example.dk.evil.example": 421, "": 421, "127.0.0.1": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/da/page", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if site.ServeHTTP(w, r); w.Code != want {
			t.Errorf("host %q: %d, want %d", host, w.Code, want)
		}
		if strings.Contains(w.Body.String(), "evil") {
			t.Errorf("host %q stands on the page", host)
		}
	}
}

// What LocalPath lets through must be this site to a browser.
func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/da/account?x=1#y", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example",
		"/%2f/evil.example", "javascript:alert(1)", "", "/..//evil.example", "/.//evil.example", "/%5cevil", "/@evil.example"} {
		f.Add(s)
	}
	base, err := url.Parse("https://barometer.example.dk/da/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		path, ok := web.LocalPath(target)
		if !ok {
			return
		}
		u, err := base.Parse(path)
		if err != nil || u.Host != base.Host || u.Scheme != "https" {
			t.Errorf("LocalPath(%q) = %q, which leads to %v", target, path, u)
		}
		if strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") {
			t.Errorf("LocalPath(%q) = %q", target, path)
		}
	})
}

func TestLocalPath(t *testing.T) {
	for target, want := range map[string]string{"/da/account?x=1#y": "/da/account?x=1", "/": "/", "/da/søg?q=æ": "/da/s%C3%B8g?q=æ"} {
		if got, ok := web.LocalPath(target); !ok || got != want {
			t.Errorf("LocalPath(%q) = %q, %v; want %q", target, got, ok, want)
		}
	}
	for _, target := range []string{"", "da", "//evil.example", `/\evil.example`, "https://evil.example/", "/\n/evil.example", " /da"} {
		if got, ok := web.LocalPath(target); ok {
			t.Errorf("LocalPath(%q) = %q, want it refused", target, got)
		}
	}
}

// fakeListener hands out connections that say where they come from.
type fakeListener struct {
	net.Listener
	next func() net.Conn
}

func (l *fakeListener) Accept() (net.Conn, error) {
	if c := l.next(); c != nil {
		return c, nil
	}
	return nil, errors.New("no more")
}

type fakeConn struct {
	net.Conn
	source string
	closed bool
}

func (c *fakeConn) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(c.source), Port: 4711}
}
func (c *fakeConn) Close() error { c.closed = true; return nil }

func TestConnectionsOfOneSourceAreBounded(t *testing.T) {
	source, left := "203.0.113.9", 600
	l := web.Limit(&fakeListener{next: func() net.Conn {
		if left--; left < 0 {
			return nil
		}
		return &fakeConn{source: source}
	}}, false)
	var open []net.Conn
	for {
		c, err := l.Accept()
		if err != nil {
			break
		}
		open = append(open, c)
	}
	if len(open) != 512 {
		t.Fatalf("%d connections of one source, want 512", len(open))
	}
	source, left = "203.0.113.10", 1
	if _, err := l.Accept(); err != nil {
		t.Error("another source is kept out")
	}
	open[0].Close()
	open[0].Close() // twice counts once
	source, left = "203.0.113.9", 2
	if _, err := l.Accept(); err != nil {
		t.Error("a place that became free is not given again")
	}
	if _, err := l.Accept(); err == nil {
		t.Error("a connection closed twice makes two places")
	}
}

// A client that dribbles its request must not keep its connection.
func TestSlowAndOversizedRequests(t *testing.T) {
	s := newShell(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := web.NewServer("", newSite(s, plainPage(s)), slog.New(slog.DiscardHandler))
	go server.Serve(web.Limit(l, false)) //nolint:errcheck // it ends when it is closed
	defer server.Shutdown(context.Background())
	dial := func(request string) net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		return c
	}
	answer := func(c net.Conn, patience time.Duration) (int, error) {
		defer c.Close()
		c.SetReadDeadline(time.Now().Add(patience)) //nolint:errcheck
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return 0, err
		}
		return resp.StatusCode, nil
	}
	slow := dial("GET /da/page HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	if code, _ := answer(dial("GET /da/page HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("a", 40<<10)+"\r\n\r\n"), 5*time.Second); code != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("40 kB of header: %d", code)
	}
	if code, err := answer(dial("TRACE /da/page HTTP/1.1\r\nHost: x\r\n\r\n"), 5*time.Second); code != http.StatusMethodNotAllowed {
		t.Errorf("TRACE: %d, %v", code, err)
	}
	if code, err := answer(slow, 8*time.Second); errors.Is(err, context.DeadlineExceeded) || code == http.StatusOK {
		t.Errorf("a header that never ends: %d, %v after 8 s", code, err)
	} else if ne := net.Error(nil); errors.As(err, &ne) && ne.Timeout() {
		t.Error("the connection of a header that never ends stays open")
	}
}
