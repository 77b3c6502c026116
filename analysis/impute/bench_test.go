package impute_test

import (
	"testing"

	"barometer/analysis/impute"
)

// BenchmarkComplete imputes a fifth of the answers of a million rows in six
// classes.
func BenchmarkComplete(b *testing.B) {
	d := makeAnswers(1_000_000, 1).data(b)
	b.ResetTimer()
	for range b.N {
		deck, err := impute.New(d, plan)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := deck.Complete(); err != nil {
			b.Fatal(err)
		}
	}
}
