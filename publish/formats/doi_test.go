package formats

import (
	"strings"
	"testing"
)

func TestDOI(t *testing.T) {
	for _, good := range []string{"", "10.1234/x", "10.5281/zenodo.1234567", "10.1000.10/123", "10.1234/A-b_c;(d)/e:f"} {
		if err := CheckDOI(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	if err := CheckDOI("https://doi.org/10.1234/x"); err == nil || !strings.Contains(err.Error(), "leave out what stands before 10.") {
		t.Errorf("an address: %v", err)
	}
}

// What passes is an address when put behind the resolver's, and nothing else.
func FuzzDOI(f *testing.F) {
	for _, seed := range []string{"10.1234/x", "10.1234/x y", "doi:10.1/x", "10.1234/<b>", "10.99999/é", "10.1234/x\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || CheckDOI(s) != nil {
			return
		}
		if !strings.HasPrefix(s, "10.") || strings.ContainsAny(s, "\"<>& \n\r\t?#%") || len(s) > 260 {
			t.Errorf("%q passes", s)
		}
	})
}
