package dispatch

import (
	"context"
	"fmt"
	"testing"

	"barometer/internal/i18n"
	"barometer/internal/store/storetest"
	"barometer/survey/contact/wording"
)

// BenchmarkDryRun decides about 16,000 workplaces that were invited by mail:
// two thirds of them have an address that can be reached.
func BenchmarkDryRun(b *testing.B) {
	storetest.Each(b, func(b *testing.B, where string) {
		f := newOffice(b, storetest.Open(b, where), b.TempDir(), start)
		for i := range 16_000 {
			unit := fmt.Sprintf("unit%05d", i)
			ways := []string{"cvr", "street"}
			if i%3 > 0 {
				ways = append(ways, unit+"@example.dk")
			}
			p := place(unit, ways...)
			p.PNumber = fmt.Sprintf("1%09d", i)
			f.wave.People = append(f.wave.People, p)
		}
		o := Order{Kind: wording.Invitation, Lang: i18n.Danish, Channel: wording.Email}
		_, err := f.Run(context.Background(), f.wave, o, nil)
		must(b, err)
		o = Order{Kind: wording.Reminder(1), Lang: i18n.Danish}
		for b.Loop() {
			p, err := f.Plan(context.Background(), f.wave, o)
			must(b, err)
			if p.Send < 10_000 || len(p.Decisions) != 16_000 {
				b.Fatalf("%d of %d", p.Send, len(p.Decisions))
			}
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/plan")
	})
}
