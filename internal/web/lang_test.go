package web

import (
	"slices"
	"testing"

	"barometer/internal/i18n"
)

func FuzzPreferred(f *testing.F) {
	for _, header := range []string{"", "da", "en-GB,en;q=0.9", "da;q=0.5,en;q=0.5", "*;q=0", "en;q=NaN", ",;,;q=", "en;q=1e309"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if l := preferred(header); !slices.Contains(i18n.Languages, l) {
			t.Errorf("Accept-Language %q gives %q", header, l)
		}
	})
}
