package limit

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Address is where a request comes from. Behind a proxy it is the last address
// that the proxy reports, the only one that the visitor cannot invent. Addresses
// that cannot be read count as one.
func Address(r *http.Request, proxied bool) netip.Addr {
	source := r.RemoteAddr
	if host, _, err := net.SplitHostPort(source); err == nil {
		source = host
	}
	if proxied {
		chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		source = strings.TrimSpace(chain[len(chain)-1])
	}
	address, err := netip.ParseAddr(source)
	if err != nil {
		return netip.IPv6Unspecified()
	}
	return address.Unmap().WithZone("")
}

// Network is what counts as one visitor: an IPv4 address, or the /64 that an
// IPv6 subscriber has all of.
func Network(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}
