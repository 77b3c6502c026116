package limit_test

import (
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"barometer/internal/limit"
)

var noon = time.Date(2025, 6, 2, 12, 0, 0, 0, time.UTC)

func TestBucketEmptiesAndFills(t *testing.T) {
	b := limit.NewBuckets[string](0.5, 3, 100)
	for i := range 3 {
		if wait := b.Take("a", noon); wait != 0 {
			t.Fatalf("token %d: wait %s", i+1, wait)
		}
	}
	if wait := b.Take("a", noon); wait != 2*time.Second {
		t.Errorf("an empty bucket: wait %s, want 2s", wait)
	}
	if wait := b.Take("b", noon); wait != 0 {
		t.Errorf("another key: wait %s", wait)
	}
	if wait := b.Wait("a", noon.Add(2*time.Second)); wait != 0 {
		t.Errorf("after two seconds: wait %s", wait)
	}
	if b.Take("a", noon.Add(2*time.Second)); b.Wait("a", noon.Add(2*time.Second)) == 0 {
		t.Error("one token came in two seconds, two were given")
	}
}

// However many keys there are, those that wait go on waiting as long as there
// is room for them.
func TestFullBucketsMakeRoom(t *testing.T) {
	b := limit.NewBuckets[int](1, 1, 10)
	b.Take(0, noon)
	later := noon.Add(time.Minute)
	b.Take(1, later)
	for key := 2; key < 10; key++ {
		b.Take(key, noon)
	}
	b.Take(10, later) // the eleventh key
	if b.Wait(1, later) == 0 {
		t.Error("a key that has to wait was forgotten for those that need not")
	}
}

func TestKeysAreBounded(t *testing.T) {
	b := limit.NewBuckets[int](1, 1, 100)
	for key := range 1000 {
		if b.Take(key, noon); b.Len() > 100 {
			t.Fatalf("remembers %d keys, the limit is 100", b.Len())
		}
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		remote, forwarded string
		proxied           bool
		want              string
	}{
		{"192.0.2.1:4711", "", false, "192.0.2.1"},
		{"192.0.2.1:4711", "203.0.113.9", false, "192.0.2.1"}, // nobody asked the header
		{"127.0.0.1:1", "198.51.100.1, 203.0.113.9", true, "203.0.113.9"},
		{"127.0.0.1:1", "", true, "::"},
		{"127.0.0.1:1", "not an address", true, "::"},
		{"[2001:db8::1]:443", "", false, "2001:db8::1"},
		{"[::ffff:192.0.2.1]:443", "", false, "192.0.2.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := limit.Address(r, c.proxied); got.String() != c.want {
			t.Errorf("from %s, forwarded for %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1",
		"2001:db8:0:1:2:3:4:5": "2001:db8:0:1::", "fe80::1%eth0": "fe80::",
	} {
		if got := limit.Network(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
