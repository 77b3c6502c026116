package response

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"barometer/internal/store/storetest"
	"barometer/internal/store/storetest/pgserver"
	"barometer/survey/questionnaire"
)

// BenchmarkSave measures durable, encrypted saves from 64 clients at once,
// each working through a questionnaire of forty items of its own, on the
// disk of the folder TMPDIR names.
func BenchmarkSave(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkSave(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchmarkSave(b, pgserver.Start(b).Schema(b)) })
}

func benchmarkSave(b *testing.B, where string) {
	const clients = 64
	db := openDB(b, where)
	s, err := New(b.Context(), db, testKeys(b, "a", map[string][]byte{"a": masterKey(1)}), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	took := make([][]time.Duration, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			unit, r := 0, Record{}
			for i := c; i < b.N; i += clients {
				if r.Revision == 40 {
					unit, r = unit+1, Record{}
				}
				save := page(r.Revision, clone(r.Answers), fmt.Sprintf("Q%02d", r.Revision))
				save.Answers[save.Items[0]] = questionnaire.Answer{Codes: []string{"egen_organisation", "kommune"}}
				save.Unit = fmt.Sprintf("%d-%d", c, unit)
				began := time.Now()
				var err error
				if r, err = s.Save(b.Context(), save); err != nil {
					b.Error(err)
					return
				}
				took[c] = append(took[c], time.Since(began))
			}
		})
	}
	wg.Wait()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "saves/s")
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}
