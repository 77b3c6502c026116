package api_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/publish/api"
	"barometer/publish/cube"
	"barometer/publish/formats/jsonstat"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
)

// built holds two versions of a wave, built once.
var built struct {
	sync.Once
	dir string
}

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(built.dir)
	os.Exit(code)
}

func releases(t testing.TB) []*release.Release {
	t.Helper()
	built.Do(func() {
		dir, err := os.MkdirTemp("", "api-test-*")
		if err != nil {
			t.Fatal(err)
		}
		built.dir = dir
		releasetest.Build(t, dir, release.First)
		releasetest.Build(t, dir, release.Version{Major: 2})
	})
	list, err := release.List(built.dir)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d releases, %v", len(list), err)
	}
	return list
}

func serve(t testing.TB, list []*release.Release, o api.Options) http.Handler {
	t.Helper()
	r := chi.NewRouter()
	api.New(list, o).Routes(r)
	return r
}

func whole(t testing.TB) http.Handler { return serve(t, releases(t), api.Options{}) }

// ask sends a request with headers given as name and value in turn.
func ask(t testing.TB, h http.Handler, method, address string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, resp *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// problem is what is said of a bad request.
type problem struct {
	Status    int
	Detail    string
	DetailDA  string `json:"detail_da"`
	Parameter string
	Valid     []string
}

func problemOf(t testing.TB, resp *http.Response) (p problem) {
	t.Helper()
	if ct := resp.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("status %d of type %q", resp.StatusCode, ct)
	}
	if err := json.Unmarshal(body(t, resp), &p); err != nil {
		t.Error(err)
	}
	if p.Status != resp.StatusCode || p.Detail == "" || p.DetailDA == "" {
		t.Errorf("status %d with the problem %+v", resp.StatusCode, p)
	}
	return p
}

// media are the types of the formats, by name.
var media = map[string]string{
	"json-stat": "application/json", "csv": "text/csv", "px": "text/x-pc-axis", "sdmx-csv": "application/vnd.sdmx.data+csv",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "parquet": "application/vnd.apache.parquet",
}

// Goals 13 and 34 of publishing: a whole table has the bytes of its file in the
// release, by the parameter and by the header, with a version and without.
func TestGoal34_TableHasTheBytesOfItsFileInEveryFormat(t *testing.T) {
	h := whole(t)
	for name, file := range map[string]string{"json-stat": "sector.da.json", "csv": "sector.csv", "px": "sector.px", "sdmx-csv": "sector.sdmx.csv", "parquet": "sector.parquet"} {
		for version, at := range map[string]string{"1.0": "@1.0", "2.0": ""} {
			want, err := os.ReadFile(filepath.Join(built.dir, "2025", version, "cubes", file))
			if err != nil {
				t.Fatal(err)
			}
			for _, resp := range []*http.Response{
				ask(t, h, http.MethodGet, "/v1/tables/2025-sector"+at+"?format="+name),
				ask(t, h, http.MethodGet, "/v1/tables/2025-sector"+at, "Accept", "text/html;q=0.9, "+media[name]),
			} {
				got := body(t, resp)
				if resp.StatusCode != http.StatusOK || !bytes.Equal(got, want) || !strings.HasPrefix(resp.Header.Get("Content-Type"), media[name]) {
					t.Errorf("%s of version %s: status %d, %d bytes of %s, want %d", name, version, resp.StatusCode, len(got), resp.Header.Get("Content-Type"), len(want))
				}
			}
		}
	}
	if resp := ask(t, h, http.MethodGet, "/v1/tables/2025-sector?format=xlsx&lang=en"); resp.StatusCode != http.StatusOK || !bytes.HasPrefix(body(t, resp), []byte("PK")) {
		t.Errorf("the workbook: status %d", resp.StatusCode)
	}
	if resp := ask(t, h, http.MethodGet, "/v1/tables/2025-sector@1.0"); !strings.Contains(resp.Header.Get("Link"), `</v1/tables/2025-sector>; rel="latest-version"`) {
		t.Errorf("the corrected version does not name the newest: %q", resp.Header.Get("Link"))
	}
}

func TestGoal34_UnknownFormatIs406AndNamesThoseThereAre(t *testing.T) {
	h := whole(t)
	for _, resp := range []*http.Response{
		ask(t, h, http.MethodGet, "/v1/tables/2025-sector?format=pdf"),
		ask(t, h, http.MethodGet, "/v1/tables/2025-sector", "Accept", "application/pdf"),
		ask(t, h, http.MethodGet, "/v1/tables/2025-sector", "Accept", "application/json;q=0"),
	} {
		if p := problemOf(t, resp); p.Status != http.StatusNotAcceptable || !slices.Equal(p.Valid, []string{"json-stat", "csv", "px", "sdmx-csv", "xlsx", "parquet"}) {
			t.Errorf("%+v", p)
		}
	}
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "text/*": "text/csv; charset=utf-8", "application/json;q=0.5, text/csv": "text/csv; charset=utf-8",
		"*/*;q=0.1, application/json;q=0": "text/csv; charset=utf-8", "text/html, application/xml;q=0.9, */*;q=0.8": "application/json",
	} {
		if got := ask(t, h, http.MethodGet, "/v1/tables/2025-sector", "Accept", accept).Header.Get("Content-Type"); got != want {
			t.Errorf("Accept %q gives %q, want %q", accept, got, want)
		}
	}
}

func TestGoal34_BadDimensionIs400AndListsValidValues(t *testing.T) {
	h := whole(t)
	for address, want := range map[string]problem{
		"/v1/tables/2025-sector?size=1-19":                     {Parameter: "size", Valid: []string{"format", "lang", "wave", "indicator", "sector", "measure"}},
		"/v1/tables/2025-sector?sector=kommune,mars":           {Parameter: "sector", Valid: []string{"total", "kommune", "region", "stat"}},
		"/v1/tables/2025-sector?sector=":                       {Parameter: "sector"},
		"/v1/tables/2025-sector?measure=value&sector=kommune,": {Parameter: "sector", Valid: []string{"total", "kommune", "region", "stat"}},
		"/v1/tables/2025-sector?lang=sv":                       {Parameter: "lang", Valid: []string{"da", "en"}},
		"/v1/cells/2025-sector?sector=kommune":                 {Parameter: "indicator", Valid: []string{"innov_rate", "value.kvalitet", "culture", "response_rate"}},
		"/v1/cells/2025-sector?indicator=innov_rate,culture":   {Parameter: "indicator"},
		"/v1/cells/2025-sector?indicator=x":                    {Parameter: "indicator", Valid: []string{"innov_rate", "value.kvalitet", "culture", "response_rate"}},
	} {
		p := problemOf(t, ask(t, h, http.MethodGet, address))
		if p.Status != http.StatusBadRequest || p.Parameter != want.Parameter || !slices.Equal(p.Valid, want.Valid) {
			t.Errorf("%s: %+v", address, p)
		}
	}
}

// Goal 36 of publishing.
func TestGoal36_TooManyCellsAndStrayParametersAreRefused(t *testing.T) {
	h := serve(t, releases(t), api.Options{MaxCells: 20})
	p := problemOf(t, ask(t, h, http.MethodGet, "/v1/tables/2025-sector"))
	if p.Status != http.StatusRequestEntityTooLarge || !strings.Contains(p.Detail, "80 cells; 20 is the most") || !strings.Contains(p.Detail, "indicator=") {
		t.Errorf("too many cells: %+v", p)
	}
	if resp := ask(t, h, http.MethodGet, "/v1/tables/2025-sector?indicator=culture"); resp.StatusCode != http.StatusOK {
		t.Errorf("as many cells as there may be: status %d", resp.StatusCode)
	}
	for _, path := range []string{"/v1/", "/v1/openapi.json", "/v1/tables", "/v1/tables/2025-sector", "/v1/cells/2025-sector", "/v1/indicators", "/v1/releases"} {
		if p := problemOf(t, ask(t, h, http.MethodGet, path+"?utm_source=x")); p.Status != http.StatusBadRequest || p.Parameter != "utm_source" {
			t.Errorf("%s with a stray parameter: %+v", path, p)
		}
	}
	for _, query := range []string{"sector=kommune&sector=region", "format=csv&format=csv", "%zz", "a;b"} {
		if p := problemOf(t, ask(t, h, http.MethodGet, "/v1/tables/2025-sector?"+query)); p.Status != http.StatusBadRequest {
			t.Errorf("%s: %+v", query, p)
		}
	}
}

// Goal 35 of publishing.
func TestGoal35_TagsConditionsRangesAndCompression(t *testing.T) {
	h := whole(t)
	for _, address := range []string{"/v1/tables/2025-sector@1.0?format=csv", "/v1/tables/2025-sector", "/v1/cells/2025-sector@2.0?indicator=innov_rate", "/v1/tables", "/v1/releases", "/v1/openapi.json"} {
		resp := ask(t, h, http.MethodGet, address)
		content := body(t, resp)
		sum := sha256.Sum256(content)
		tag := `"` + hex.EncodeToString(sum[:]) + `"`
		if resp.Header.Get("ETag") != tag {
			t.Errorf("%s: tag %s of content %s", address, resp.Header.Get("ETag"), tag)
		}
		if got := resp.Header.Get("Cache-Control"); (got == "public, max-age=31536000, immutable") != strings.Contains(address, "@") {
			t.Errorf("%s: Cache-Control %q", address, got)
		}
		if head := ask(t, h, http.MethodHead, address); len(body(t, head)) > 0 || head.Header.Get("ETag") != tag || head.ContentLength != int64(len(content)) {
			t.Errorf("HEAD %s: %v", address, head.Header)
		}
		if same := ask(t, h, http.MethodGet, address, "If-None-Match", tag); same.StatusCode != http.StatusNotModified || len(body(t, same)) > 0 || same.Header.Get("ETag") != tag {
			t.Errorf("%s: status %d for the tag it has", address, same.StatusCode)
		}
		if other := ask(t, h, http.MethodGet, address, "If-None-Match", `"x"`); other.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d for another tag", address, other.StatusCode)
		}
		part := ask(t, h, http.MethodGet, address, "Range", "bytes=10-19", "Accept-Encoding", "gzip")
		if got := body(t, part); part.StatusCode != http.StatusPartialContent || !bytes.Equal(got, content[10:20]) || part.Header.Get("ETag") != tag {
			t.Errorf("%s: status %d, part %q", address, part.StatusCode, got)
		}
		if old := ask(t, h, http.MethodGet, address, "Range", "bytes=10-19", "If-Range", `"x"`); old.StatusCode != http.StatusOK || !bytes.Equal(body(t, old), content) {
			t.Errorf("%s: a part of other content is answered with status %d", address, old.StatusCode)
		}
		if beyond := ask(t, h, http.MethodGet, address, "Range", "bytes=99999999-"); beyond.StatusCode != http.StatusRequestedRangeNotSatisfiable {
			t.Errorf("%s: status %d beyond the end", address, beyond.StatusCode)
		}
		packed := ask(t, h, http.MethodGet, address, "Accept-Encoding", "gzip")
		z, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, content) || packed.Header.Get("ETag") == tag {
			t.Errorf("%s: the compressed answer has other content, or the same tag", address)
		}
		if vary := strings.Join(packed.Header.Values("Vary"), ","); !strings.Contains(vary, "Accept-Encoding") {
			t.Errorf("%s: Vary %q", address, vary)
		}
	}
	if vary := strings.Join(ask(t, h, http.MethodGet, "/v1/tables/2025-sector").Header.Values("Vary"), ","); !strings.HasPrefix(vary, "Accept,") {
		t.Errorf("a table varies by %q", vary)
	}
}

// Goal 37 of publishing: whatever part of a table is asked for, its cells are
// those of the table that passed the audit, and a suppressed one stays so.
func TestGoal37_PartsHaveNoFinerCellsThanTheRelease(t *testing.T) {
	h, list := whole(t), releases(t)
	tab, err := list[1].Table()
	if err != nil {
		t.Fatal(err)
	}
	cubes, err := cube.All(tab, list[1].Manifest.About())
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, c := range cubes {
		for _, d := range c.Dimensions() {
			for i := range d.Codes {
				codes := d.IDs()[i:min(i+2, len(d.Codes))]
				want, err := c.Pick(map[string][]string{d.ID: codes})
				if err != nil {
					t.Fatal(err)
				}
				address := "/v1/tables/" + c.ID + "?" + d.ID + "=" + url.QueryEscape(strings.Join(codes, ","))
				got, err := jsonstat.Read(ask(t, h, http.MethodGet, address).Body)
				if err != nil {
					t.Fatalf("%s: %v", address, err)
				}
				if err := cube.Differ(got, want.In(i18n.Danish)); err != nil {
					t.Errorf("%s: %v", address, err)
				}
				asked++
			}
		}
	}
	if asked < 50 {
		t.Errorf("only %d parts were asked for", asked)
	}
	if resp := ask(t, h, http.MethodGet, "/v1/tables/2025-sector?region=hovedstaden"); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a table by sector is divided by region: status %d", resp.StatusCode)
	}
}

// A plus that was not escaped is read as the plus it is meant to be.
func TestCodesWithAPlus(t *testing.T) {
	h := whole(t)
	a := body(t, ask(t, h, http.MethodGet, "/v1/tables/2025-size?size=100+&format=csv"))
	b := body(t, ask(t, h, http.MethodGet, "/v1/tables/2025-size?size=100%2B&format=csv"))
	if !bytes.Equal(a, b) || !bytes.Contains(a, []byte(",100+,")) {
		t.Errorf("%.200s\n%.200s", a, b)
	}
}

func TestCellHasItsIntervalBaseAndStatus(t *testing.T) {
	type cell struct {
		Table, Version string
		Codes          map[string]struct{ Code string }
		Status         struct{ Code string }
		Measures       map[string]*struct {
			Value    float64
			Decimals int
			Unit     i18n.Text
		}
	}
	read := func(address string) (c cell) {
		if err := json.Unmarshal(body(t, ask(t, whole(t), http.MethodGet, address)), &c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	total := read("/v1/cells/2025-sector_size?indicator=innov_rate")
	if v := total.Measures["value"]; v == nil || v.Value != 80 || v.Decimals != 1 || v.Unit.EN != "% of workplaces" || total.Codes["size"].Code != "total" || total.Version != "2.0" {
		t.Errorf("the total is %+v", total)
	}
	if n := total.Measures["n"]; n == nil || n.Value != 1613 || n.Unit.EN != "workplaces" {
		t.Errorf("the base of the total is %+v", n)
	}
	hidden := read("/v1/cells/2025-size@1.0?indicator=innov_rate&size=50-99")
	for name, m := range hidden.Measures {
		if m != nil {
			t.Errorf("a confidential cell shows %s", name)
		}
	}
	if hidden.Status.Code != "c" || len(hidden.Measures) != 5 {
		t.Errorf("the confidential cell is %+v", hidden)
	}
}

// Goal 5 of publishing: a release that is not handed to the API is unknown to it,
// in every answer, and a table of one is answered as one that never was.
func TestGoal5_WhatIsNotOutIsUnknown(t *testing.T) {
	list := releases(t)
	out := serve(t, list[:1], api.Options{})
	none := serve(t, nil, api.Options{})
	said := func(h http.Handler, method, address string) string {
		resp := ask(t, h, method, address)
		return resp.Status + " " + strings.Join(headersOf(resp), "\n") + "\n" + string(body(t, resp))
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost} {
		for _, pair := range [][2]string{
			{"/v1/tables/2025-sector@2.0", "/v1/tables/2025-sector@9.0"},
			{"/v1/tables/2025-sector@2.0?format=csv", "/v1/tables/2031-sector?format=pdf"},
			{"/v1/cells/2025-sector@2.0?indicator=innov_rate", "/v1/cells/2025-sector@9.9?x"},
		} {
			if a, b := said(out, method, pair[0]), said(out, method, pair[1]); a != b {
				t.Errorf("%s %s is told from %s:\n%s\n%s", method, pair[0], pair[1], a, b)
			}
		}
		if a, b := said(none, method, "/v1/tables/2025-sector"), said(none, method, "/v1/tables/2031-sector"); a != b {
			t.Errorf("%s: without releases, tables are told apart", method)
		}
	}
	for _, address := range []string{"/v1/tables", "/v1/indicators", "/v1/releases"} {
		if got := said(out, http.MethodGet, address); strings.Contains(got, `"version":"2.0"`) || strings.Contains(got, "/2.0/") {
			t.Errorf("%s names what is not out", address)
		}
		if got := string(body(t, ask(t, none, http.MethodGet, address))); !strings.Contains(got, "[]") {
			t.Errorf("%s without releases: %s", address, got)
		}
	}
}

func headersOf(resp *http.Response) []string {
	var all []string
	for name, values := range resp.Header {
		all = append(all, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(all)
	return all
}

func TestWhatIsAskedAtOnceIsMadeOnce(t *testing.T) {
	h := whole(t)
	var group sync.WaitGroup
	bodies := make([][]byte, 16)
	for i := range bodies {
		group.Go(func() {
			r := httptest.NewRequest(http.MethodGet, "/v1/tables/2025-sector_size?format=csv", nil)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			bodies[i] = w.Body.Bytes()
		})
	}
	group.Wait()
	for _, b := range bodies {
		if len(b) == 0 || !bytes.Equal(b, bodies[0]) {
			t.Fatal("answers at once differ")
		}
	}
}

// No query makes the API fail.
func FuzzQuery(f *testing.F) {
	h := whole(f)
	f.Add("2025-sector", "sector=kommune&format=csv", "text/csv")
	f.Add("2025-sector@1.0", "sector=%00", "*/*;q=x")
	f.Add("2025-size", "size=100+&measure=value,n", "")
	f.Fuzz(func(t *testing.T, table, query, accept string) {
		u := &url.URL{Path: "/v1/tables/" + table, RawQuery: query}
		if strings.Contains(query, "parquet") || strings.Contains(accept, "parquet") {
			return // slow
		}
		r, err := http.NewRequest(http.MethodGet, u.String(), nil)
		if err != nil {
			return
		}
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
	})
}
