// Package outbound is the way out: the HTTP client for everything the program
// fetches because somebody named an address.
//
// Whoever names the address must not be able to reach what only this machine
// can: the client connects to public addresses alone, and looks at the address
// after the name was resolved, so that a name that resolves differently the
// second time gains nothing. Answers are bounded in size and time, and no
// redirect leads from HTTPS to HTTP.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrForbidden says that an address is not on the public internet.
var ErrForbidden = errors.New("address is not public")

// Options say what a client may do.
type Options struct {
	Timeout time.Duration // of a whole exchange
	MaxBody int64         // bytes of an answer; more is an error
	Allow   []string      // hosts with port that are reached wherever they are: a provider inside the house
}

// NewClient returns a client.
func NewClient(o Options) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: publicOnly}
	inside := &net.Dialer{Timeout: 5 * time.Second}
	transport := &http.Transport{
		Proxy:                 nil, // a proxy would be the one to resolve names
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: o.Timeout,
		MaxIdleConns:          16,
		IdleConnTimeout:       time.Minute,
		ForceAttemptHTTP2:     true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			for _, host := range o.Allow {
				if host == address {
					return inside.DialContext(ctx, network, address)
				}
			}
			return dialer.DialContext(ctx, network, address)
		},
	}
	return &http.Client{
		Timeout:       o.Timeout,
		Transport:     bounded{transport, o.MaxBody},
		CheckRedirect: stayOnHTTPS,
	}
}

// publicOnly is asked with the address a name resolved to, just before the
// connection is made.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !public(at.Addr()) {
		return fmt.Errorf("%w: %s", ErrForbidden, address)
	}
	return nil
}

// Networks that are not private by name, and not public either: shared address
// space (RFC 6598), IETF protocol assignments, benchmarks, documentation,
// reserved, and the forms of IPv6 that carry an IPv4 address inside.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
}

func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

const mostRedirects = 3

func stayOnHTTPS(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) > mostRedirects:
		return errors.New("too many redirects")
	case via[0].URL.Scheme == "https" && r.URL.Scheme != "https":
		return fmt.Errorf("%w: redirect from HTTPS to %s", ErrForbidden, r.URL.Scheme)
	}
	return nil
}

// bounded ends answers that are too long with an error.
type bounded struct {
	next http.RoundTripper
	most int64
}

// RoundTrip sends a request.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, b.most)
	}
	return resp, err
}
