package contact

import (
	"net/netip"
	"testing"
	"time"
)

func TestGoal18_ThrottleOfOneAddress(t *testing.T) {
	now := time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)
	guesser, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	th := NewThrottle()
	for range addressBurst {
		if w := th.Wait(guesser, now); w != 0 {
			t.Fatalf("asked to wait %v within the burst", w)
		}
		th.Failed(guesser, now)
	}
	wait := th.Wait(guesser, now)
	if wait <= 0 || wait > 5*time.Second {
		t.Fatalf("after %d failures Wait = %v, want up to 5 s", addressBurst, wait)
	}
	if w := th.Wait(other, now); w != 0 {
		t.Errorf("a neighbour waits %v", w)
	}
	if w := th.Wait(guesser, now.Add(wait)); w != 0 {
		t.Errorf("still %v to wait after Retry-After", w)
	}
}

func TestGoal18_ThrottleOfAllAddresses(t *testing.T) {
	now := time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)
	th := NewThrottle()
	a := netip.MustParseAddr("10.0.0.0")
	for range failuresBurst {
		th.Failed(a, now)
		a = a.Next()
	}
	if w := th.Wait(a, now); w != time.Second {
		t.Errorf("after a spread attack a new address waits %v, want 1s", w)
	}
}

func TestGoal18_ThrottleTakesAnIPv6NetworkAsOne(t *testing.T) {
	now := time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)
	th := NewThrottle()
	a := netip.MustParseAddr("2001:db8::1")
	for range addressBurst {
		th.Failed(a, now)
		a = a.Next()
	}
	if th.Wait(a, now) == 0 {
		t.Error("a guesser gets a fresh start with every address of its /64")
	}
	if th.Wait(netip.MustParseAddr("2001:db8:0:1::1"), now) != 0 {
		t.Error("the next network waits too")
	}
}
