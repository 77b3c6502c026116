package api_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"barometer/publish/api"
)

func described(t *testing.T) (validator.Validator, *v3.Document) {
	t.Helper()
	content, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := libopenapi.NewDocument(content)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc, config.WithFormatAssertions())
	for _, err := range errs {
		t.Fatal(err)
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	return v, &model.Model
}

// exchanges are requests that bring out every status the API itself gives.
var exchanges = []struct {
	address string
	headers []string
	status  int
}{
	{"/v1/", nil, 200}, {"/v1/openapi.json", nil, 200}, {"/v1/tables", nil, 200}, {"/v1/indicators", nil, 200}, {"/v1/releases", nil, 200},
	{"/v1/tables/2025-sector", nil, 200}, {"/v1/tables/2025-sector_size@1.0?lang=en", nil, 200},
	{"/v1/tables/2025-sector?sector=kommune,region&measure=value&indicator=innov_rate,culture&wave=2025", nil, 200},
	{"/v1/tables/2025-size?format=csv&size=1-19", nil, 200}, {"/v1/tables/2025-size?format=px", nil, 200}, {"/v1/tables/2025-size?format=sdmx-csv", nil, 200},
	{"/v1/tables/2025-size?format=xlsx", nil, 200}, {"/v1/tables/2025-size?format=parquet", nil, 200},
	{"/v1/tables/2025-size", []string{"Accept", "text/csv"}, 200},
	{"/v1/cells/2025-sector?indicator=innov_rate&sector=kommune", nil, 200}, {"/v1/cells/2025-size@2.0?indicator=response_rate&size=50-99", nil, 200},
	{"/v1/tables/2025-sector", []string{"Range", "bytes=0-9"}, 206}, {"/v1/tables", []string{"Range", "bytes=0-9"}, 206},
	{"/v1/tables", []string{"If-None-Match", "*"}, 304},
	{"/v1/tables?x=1", nil, 400}, {"/v1/tables/2025-sector?sector=mars", nil, 400}, {"/v1/cells/2025-sector", nil, 400}, {"/v1/?x=1", nil, 400},
	{"/v1/tables/2031-sector", nil, 404}, {"/v1/cells/2031-sector?indicator=x", nil, 404},
	{"/v1/tables/2025-sector?format=pdf", nil, 406},
	{"/v1/tables/2025-sector", []string{"Accept", "image/png"}, 406},
	{"/v1/tables/2025-total", []string{"Range", "bytes=9999999-"}, 416},
}

// Goal 38 of publishing: the description is one of OpenAPI 3.1, and every answer
// is as it says.
func TestGoal38_AnswersAreAsOpenAPIDescribesThem(t *testing.T) {
	v, _ := described(t)
	if valid, errs := v.ValidateDocument(); !valid {
		for _, err := range errs {
			t.Errorf("the description: %s: %s %v", err.Message, err.Reason, err.SchemaValidationErrors)
		}
	}
	limited := serve(t, releases(t), api.Options{MaxCells: 10})
	checked := append(slices.Clone(exchanges), exchanges[0])
	checked[len(checked)-1].address, checked[len(checked)-1].status = "/v1/tables/2025-sector", 413
	for _, e := range checked {
		h := whole(t)
		if e.status == 413 {
			h = limited
		}
		resp := ask(t, h, http.MethodGet, e.address, e.headers...)
		if resp.StatusCode != e.status {
			t.Errorf("%s: status %d, want %d", e.address, resp.StatusCode, e.status)
			continue
		}
		req := httptest.NewRequest(http.MethodGet, e.address, nil)
		check := v.ValidateHttpRequestResponse
		if e.status >= 400 { // the request is none that the description allows
			check = v.ValidateHttpResponse
		}
		if ok, errs := check(req, resp); !ok {
			for _, err := range errs {
				t.Errorf("%s %v: %s: %s %v", e.address, e.headers, err.Message, err.Reason, err.SchemaValidationErrors)
			}
		}
	}
}

// Every route is described and everything described is a route, with the
// statuses and parameters that the server has.
func TestGoal38_DescriptionAndRoutesNameTheSame(t *testing.T) {
	_, model := described(t)
	routes := map[string]bool{}
	r := chi.NewRouter()
	api.New(releases(t), api.Options{}).Routes(r)
	if err := chi.Walk(r, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes[method+" "+pattern] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for path, item := range model.Paths.PathItems.FromOldest() {
		for method, op := range item.GetOperations().FromOldest() {
			name := strings.ToUpper(method) + " " + path
			if !routes[name] {
				t.Errorf("%s is described and is no route", name)
			}
			delete(routes, name)
			if op.OperationId == "" || op.Responses == nil {
				t.Errorf("%s has no id or no answers", name)
			}
		}
		exercised(t, path, item)
	}
	for route := range routes {
		t.Errorf("%s is not described", route)
	}
}

// exercised compares the statuses that are described with those brought out, but
// for what the server around the API answers.
func exercised(t *testing.T, path string, item *v3.PathItem) {
	t.Helper()
	seen := map[string]bool{"429": true, "500": true, "503": true, "413": true}
	parameters := map[string]bool{}
	for _, e := range exchanges {
		address, query, _ := strings.Cut(e.address, "?")
		pattern := address
		if parts := strings.Split(address, "/"); len(parts) == 4 {
			pattern = strings.Join(append(parts[:3], "{table}"), "/")
		}
		seen[strconv.Itoa(e.status)] = true
		if pattern == path {
			for p := range strings.SplitSeq(query, "&") {
				name, _, _ := strings.Cut(p, "=")
				parameters[name] = true
			}
		}
	}
	for code := range item.Get.Responses.Codes.FromOldest() {
		if !seen[code] {
			t.Errorf("%s: no request of the tests brings out the status %s", path, code)
		}
	}
	for _, p := range item.Parameters {
		if known := []string{"subsector", "region", "size", "sector", "wave"}; p.In == "query" && !parameters[p.Name] && !slices.Contains(known, p.Name) {
			t.Errorf("%s: no request of the tests has the parameter %s", path, p.Name)
		}
	}
}

// Pages of any site may ask.
func TestGoal38_PagesOfOtherSitesMayAsk(t *testing.T) {
	h := whole(t)
	for _, e := range exchanges {
		resp := ask(t, h, http.MethodGet, e.address, append(e.headers, "Origin", "https://example.org")...)
		if resp.Header.Get("Access-Control-Allow-Origin") != "*" || resp.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %v", e.address, resp.Header)
		}
	}
	resp := ask(t, h, http.MethodOptions, "/v1/tables/2025-sector", "Origin", "https://example.org", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "if-none-match")
	if allowed := resp.Header.Get("Access-Control-Allow-Headers"); resp.StatusCode != http.StatusNoContent || !strings.Contains(allowed, "If-None-Match") {
		t.Errorf("preflight: status %d, headers %q", resp.StatusCode, allowed)
	}
	if resp := ask(t, h, http.MethodPost, "/v1/tables"); resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") == "" {
		t.Errorf("POST: status %d", resp.StatusCode)
	}
}
