package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"barometer/internal/store/storetest"
	"barometer/publish/release"
)

// What a site of two processors has to bear.
const (
	readsPerSecond = 2_000
	readsFor       = 5 * time.Second
)

// BenchmarkMixedReads serves the demonstration's home in a process of its own
// and reads its pages at a steady 2,000 requests a second, as readers do: most
// pages compressed, in both languages, with assets that they have already. It
// prints the waiting per kind, and reports the 50th and 99th percentile, what
// failed, the memory before and under the load, and the time to start; on each
// kind of store. The clients share the processors with the server, and so does
// PostgreSQL.
//
// The home is made once and kept among the user's caches.
func BenchmarkMixedReads(b *testing.B) {
	home, program := benchHome(b), buildProgram(b)
	storetest.Each(b, func(b *testing.B, where string) {
		if status, _, stderr := runs(b, "copy-store", filepath.Join(home, "barometer.db"), where); status != 0 {
			b.Fatal(stderr)
		}
		benchReads(b, serveProcess(b, program, home, "BAROMETER_STORE="+where))
	})
}

func benchReads(b *testing.B, server *serverProcess) {
	time.Sleep(time.Second)
	idle := server.resident(b, "VmRSS")
	mix := readers(b, server.base)
	arrive(b.Context(), server.base, mix, readsPerSecond/2, time.Second)
	var best []outcome
	before, span := server.processor(b), time.Duration(0)
	for b.Loop() {
		began := time.Now()
		list := arrive(b.Context(), server.base, mix, readsPerSecond, readsFor)
		span += time.Since(began)
		if best == nil || percentile(list, .99) < percentile(best, .99) {
			best = list
		}
	}
	failed := printWaiting(best)
	b.ReportMetric(float64(len(best)*b.N)/span.Seconds(), "reads/s")
	b.ReportMetric(milliseconds(percentile(best, .50)), "p50-ms")
	b.ReportMetric(milliseconds(percentile(best, .99)), "p99-ms")
	b.ReportMetric(float64(failed), "failed")
	b.ReportMetric(idle, "idle-MB")
	b.ReportMetric(server.resident(b, "VmHWM"), "peak-MB")
	b.ReportMetric(milliseconds(server.started), "start-ms")
	used := server.processor(b) - before
	b.ReportMetric(float64(used.Microseconds())/float64(len(best)*b.N), "cpu-µs/read")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// printWaiting prints how long each kind of request took, and counts what
// failed, of which it names the first.
func printWaiting(list []outcome) (failed int) {
	byKind := map[string][]outcome{}
	for _, a := range list {
		byKind[a.kind] = append(byKind[a.kind], a)
		if a.err != nil {
			if failed++; failed == 1 {
				fmt.Printf("%s: %v\n", a.kind, a.err)
			}
		}
	}
	kinds := make([]string, 0, len(byKind))
	for k := range byKind {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	fmt.Printf("\n%-12s %7s %9s %9s %9s\n", "kind", "reads", "p50 ms", "p99 ms", "most ms")
	for _, k := range kinds {
		l := byKind[k]
		fmt.Printf("%-12s %7d %9.2f %9.2f %9.2f\n", k, len(l),
			milliseconds(percentile(l, .50)), milliseconds(percentile(l, .99)), milliseconds(percentile(l, 1)))
	}
	return failed
}

// benchHome is a home with one release and an open pilot, from the user's
// caches. One that this program cannot use any more is made anew.
func benchHome(b *testing.B) string {
	b.Helper()
	caches, err := os.UserCacheDir()
	must(b, err)
	dir := filepath.Join(caches, "barometer", "bench-home")
	if usable(b, dir) {
		return dir
	}
	must(b, os.MkdirAll(filepath.Dir(dir), 0o755))
	h, err := demoHome(dir)
	must(b, err)
	_, err = newApp(io.Discard, os.Stderr).demo(b.Context(), h, 2025)
	must(b, err)
	return dir
}

func usable(b *testing.B, dir string) bool {
	b.Helper()
	h, err := openHome(dir)
	if err != nil {
		return false
	}
	releases, err := release.List(h.path("releases"))
	if err != nil || len(releases) == 0 {
		return false
	}
	c, err := openCollection(b.Context(), h, time.Now)
	if err != nil {
		return false
	}
	out, err := c.releases.Out(b.Context())
	must(b, err)
	must(b, c.close())
	return len(out) > 0
}

var packed = http.Header{"Accept-Encoding": {"gzip"}}

// readers is what they ask for: pages eight times in ten, else files.
func readers(b *testing.B, base string) []visit {
	b.Helper()
	var mix []visit
	page := func(kind string, weight int, paths ...string) {
		for _, path := range paths {
			mix = append(mix, visit{kind, "/da" + path, packed, http.StatusOK, 2 * weight}, visit{kind, "/en" + path, packed, http.StatusOK, weight})
		}
	}
	page("front", 8, "/")
	page("report", 4, "/report")
	page("indicators", 4, "/indicators")
	page("indicator", 2, "/indicators/innov_rate", "/indicators/value.kvalitet", "/indicators/reuse")
	page("tables", 2, "/tables", "/tables?family=promote&breakdown=subsector", "/tables?family=value&breakdown=region")
	page("downloads", 2, "/downloads", "/about")
	page("survey", 3, "/survey", "/survey/questionnaire")
	page("sign-in", 1, "/sign-in")
	mix = append(mix,
		visit{"plain page", "/da/", nil, http.StatusOK, 2},
		visit{"figures", "/da/tables/figures.csv?family=promote&breakdown=subsector", packed, http.StatusOK, 3},
		visit{"workbook", "/download/2025/1.0/tables.da.xlsx", packed, http.StatusOK, 2},
		visit{"not found", "/da/nowhere", packed, http.StatusNotFound, 2})
	return append(mix, assetVisits(b, base)...)
}

var assetAddress = regexp.MustCompile(`/assets/[^"')]+`)

// assetVisits asks for what the front page links to, nine times in ten by
// browsers that have it.
func assetVisits(b *testing.B, base string) (mix []visit) {
	b.Helper()
	get := func(path string, header http.Header) (tag, body string) {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, base+path, nil)
		must(b, err)
		req.Header = header
		resp, err := http.DefaultClient.Do(req)
		must(b, err)
		defer resp.Body.Close()
		content, err := io.ReadAll(resp.Body)
		must(b, err)
		return resp.Header.Get("ETag"), string(content)
	}
	_, front := get("/da/", http.Header{})
	addresses := assetAddress.FindAllString(front, -1)
	slices.Sort(addresses)
	for _, path := range slices.Compact(addresses) {
		tag, _ := get(path, packed)
		known := http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {tag}}
		mix = append(mix,
			visit{"asset", path, packed, http.StatusOK, 1},
			visit{"asset 304", path, known, http.StatusNotModified, 9})
	}
	return mix
}
