package outbound_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"barometer/internal/outbound"
)

func client(allow ...string) *http.Client {
	return outbound.NewClient(outbound.Options{Timeout: 5 * time.Second, MaxBody: 1000, Allow: allow})
}

func get(c *http.Client, url string) (string, error) {
	resp, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// Every way to write an address of the house or of this machine.
func TestPrivateAddressesAreNotReached(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "secret") }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	for _, host := range []string{
		"127.0.0.1", "localhost", "127.1.2.3", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
		"10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[2002:7f00:1::]", "224.0.0.1",
	} {
		body, err := get(client(), "http://"+host+port+"/")
		if !errors.Is(err, outbound.ErrForbidden) {
			t.Errorf("%s: %q, %v", host, body, err)
		}
	}
}

func TestNamedInnerHostIsReachedAlone(t *testing.T) {
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "secret") }))
	defer inner.Close()
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inner":
			http.Redirect(w, r, inner.URL, http.StatusFound)
		case "/long":
			io.WriteString(w, strings.Repeat("a", 1001))
		default:
			io.WriteString(w, "hello")
		}
	}))
	defer provider.Close()
	c := client(strings.TrimPrefix(provider.URL, "http://"))
	if body, err := get(c, provider.URL); body != "hello" || err != nil {
		t.Errorf("the named host: %q, %v", body, err)
	}
	if body, err := get(c, provider.URL+"/inner"); !errors.Is(err, outbound.ErrForbidden) {
		t.Errorf("redirected inwards: %q, %v", body, err)
	}
	if _, err := get(c, provider.URL+"/long"); err == nil {
		t.Error("an answer longer than allowed is read")
	}
}

func TestRedirectKeepsHTTPS(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "plain") }))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	c := client()
	c.Transport = secure.Client().Transport // trusts the test's certificate, and reaches it
	if body, err := get(c, secure.URL); !errors.Is(err, outbound.ErrForbidden) {
		t.Errorf("from HTTPS to HTTP: %q, %v", body, err)
	}
}
