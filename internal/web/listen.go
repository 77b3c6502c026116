package web

import (
	"net"
	"net/netip"
	"sync"

	"golang.org/x/net/netutil"

	"barometer/internal/limit"
)

// Limits on connections. A browser holds six at most; behind one address may be
// a municipality, and behind a proxy everyone. One source must not be able to hold
// all requests in hand (inHand).
const (
	connections          = 8_192
	connectionsPerSource = 512
)

// Limit bounds the connections that a listener hands out, in all and, where no
// proxy stands in front, per network. Those above the first bound wait in the
// system's queue; those above the second are closed.
func Limit(l net.Listener, proxied bool) net.Listener {
	l = netutil.LimitListener(l, connections)
	if proxied {
		return l
	}
	return &sourceListener{Listener: l, open: map[netip.Addr]int{}}
}

type sourceListener struct {
	net.Listener
	mu   sync.Mutex
	open map[netip.Addr]int
}

// Accept returns the next connection of a network that has not too many.
func (l *sourceListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		source := sourceOf(conn)
		if source.IsLoopback() {
			return conn, nil
		}
		if !l.enter(limit.Network(source)) {
			conn.Close()
			continue
		}
		return &sourceConn{Conn: conn, leave: sync.OnceFunc(func() { l.leave(limit.Network(source)) })}, nil
	}
}

func sourceOf(conn net.Conn) netip.Addr {
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr()
	}
	return netip.IPv6Unspecified()
}

func (l *sourceListener) enter(source netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[source] >= connectionsPerSource {
		return false
	}
	l.open[source]++
	return true
}

func (l *sourceListener) leave(source netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[source]--; l.open[source] == 0 {
		delete(l.open, source)
	}
}

type sourceConn struct {
	net.Conn
	leave func()
}

// Close closes the connection and makes its place free.
func (c *sourceConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
