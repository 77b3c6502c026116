package api_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"barometer/internal/testenv"
	"barometer/publish/api"
)

// description is openapi.json.
type description struct {
	root    map[string]any
	schemas *jsonschema.Compiler
}

func described(t *testing.T) description {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	doc := document(t, "openapi.json")
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return description{doc.(map[string]any), c}
}

func document(t *testing.T, path string) any {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// node is an object of the description, and the pointer to where it stands.
type node struct {
	object  map[string]any
	pointer string
}

// under goes down by names, following references. The object is nil where there
// is none.
func (d description) under(n node, names ...string) node {
	for _, name := range names {
		child, _ := n.object[name].(map[string]any)
		n = node{child, n.pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)}
		if ref, ok := child["$ref"].(string); ok {
			n = d.under(node{d.root, ""}, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
	}
	return n
}

// get is the operation that reads a path.
func (d description) get(path string) node { return d.under(node{d.root, ""}, "paths", path, "get") }

// parameters are those of a path's query, by name.
func (d description) parameters(path string) map[string]node {
	named := map[string]node{}
	item := d.under(node{d.root, ""}, "paths", path)
	list, _ := item.object["parameters"].([]any)
	for i, p := range list {
		if p := p.(map[string]any); p["in"] == "query" {
			named[p["name"].(string)] = node{p, item.pointer + "/parameters/" + strconv.Itoa(i)}
		}
	}
	return named
}

// holds compares a value with the schema below a node.
func (d description) holds(t *testing.T, what string, n node, value any) {
	t.Helper()
	schema, err := d.schemas.Compile("openapi.json#" + n.pointer + "/schema")
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", what, err)
	}
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

// pattern is the path of the description that an address falls under.
func pattern(address string) string {
	path, _, _ := strings.Cut(address, "?")
	if parts := strings.Split(path, "/"); len(parts) == 4 {
		return strings.Join(append(parts[:3], "{table}"), "/")
	}
	return path
}

// Goal 38 of publishing: the description is one of OpenAPI 3.1, by its schema.
func TestGoal38_DescriptionIsOneOfOpenAPI(t *testing.T) {
	c := jsonschema.NewCompiler()
	if err := c.AddResource("oas.json", document(t, testenv.NeedFetched(t, "openapi-3.1.json"))); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("oas.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document(t, "openapi.json")); err != nil {
		t.Error(err)
	}
	for name := range described(t).under(node{described(t).root, ""}, "components", "schemas").object {
		if _, err := described(t).schemas.Compile("openapi.json#/components/schemas/" + name); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
	}
}

// Goal 38 of publishing: every answer is as the description says, in status,
// type, headers and content.
func TestGoal38_AnswersAreAsDescribed(t *testing.T) {
	d, h := described(t), whole(t)
	for _, e := range exchanges {
		d.compare(t, e.address, e.status, ask(t, h, http.MethodGet, e.address, e.headers...))
		if e.status < 300 {
			d.allows(t, e.address)
		}
	}
	limited := serve(t, releases(t), api.Options{MaxCells: 10})
	d.compare(t, "/v1/tables/2025-sector", http.StatusRequestEntityTooLarge, ask(t, limited, http.MethodGet, "/v1/tables/2025-sector"))
}

// compare holds an answer against the description of its status.
func (d description) compare(t *testing.T, address string, status int, resp *http.Response) {
	t.Helper()
	what := address + " " + strconv.Itoa(status)
	answer := d.under(d.get(pattern(address)), "responses", strconv.Itoa(status))
	if resp.StatusCode != status || answer.object == nil {
		t.Errorf("%s: status %d, described: %t", what, resp.StatusCode, answer.object != nil)
		return
	}
	headers, _ := answer.object["headers"].(map[string]any)
	for name := range headers {
		header := d.under(answer, "headers", name)
		values := resp.Header.Values(name)
		if values == nil && header.object["required"] == true {
			t.Errorf("%s: the header %s is missing", what, name)
		} else if values != nil {
			d.holds(t, what+", header "+name, header, strings.Join(values, ", "))
		}
	}
	content := body(t, resp)
	contents := d.under(answer, "content")
	if contents.object == nil {
		return
	}
	media, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	described := d.under(contents, media)
	switch {
	case described.object == nil:
		t.Errorf("%s: the type %s is not described", what, media)
	case strings.HasSuffix(media, "json"):
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		d.holds(t, what, described, value)
	case described.object["schema"] != nil:
		d.holds(t, what, described, string(content))
	}
}

// allows holds the parameters of a request that was answered against the
// description.
func (d description) allows(t *testing.T, address string) {
	t.Helper()
	known := d.parameters(pattern(address))
	_, query, _ := strings.Cut(address, "?")
	for name, values := range parsed(t, query) {
		p, ok := known[name]
		if !ok {
			t.Errorf("%s: the parameter %s is not described", address, name)
			continue
		}
		var value any = values[0]
		if p.object["explode"] == false {
			var list []any
			for v := range strings.SplitSeq(values[0], ",") {
				list = append(list, v)
			}
			value = list
		}
		d.holds(t, address+", parameter "+name, p, value)
	}
}

func parsed(t *testing.T, query string) url.Values {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// Every route is described, and everything described is a route, a parameter the
// server takes, or a status that a request brings out; but for what the server
// around the API answers.
func TestGoal38_DescriptionAndServerNameTheSame(t *testing.T) {
	d := described(t)
	routes := map[string]bool{}
	r := chi.NewRouter()
	api.New(releases(t), api.Options{}).Routes(r)
	if err := chi.Walk(r, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes[strings.ToLower(method)+" "+pattern] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for path, item := range d.root["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			if method != "parameters" && !routes[method+" "+path] {
				t.Errorf("%s %s is described and is no route", method, path)
			}
			delete(routes, method+" "+path)
		}
		seen := map[string]bool{"413": true, "429": true, "500": true, "503": true}
		for _, e := range exchanges {
			seen[strconv.Itoa(e.status)] = true
		}
		for status := range d.under(d.get(path), "responses").object {
			if !seen[status] {
				t.Errorf("%s: no request of the tests brings out the status %s", path, status)
			}
		}
	}
	for route := range routes {
		t.Errorf("%s is not described", route)
	}
	h := whole(t)
	for _, path := range []string{"/v1/tables/", "/v1/cells/"} {
		described := d.parameters(path + "{table}")
		for _, id := range []string{"2025-sector", "2025-size", "2025-sector_size"} {
			for _, name := range problemOf(t, ask(t, h, http.MethodGet, path+id+"?unknown=1")).Valid {
				if _, ok := described[name]; !ok {
					t.Errorf("%s%s takes the parameter %s, which is not described", path, id, name)
				}
			}
		}
	}
}

// Goal 38 of publishing: pages of any site may ask.
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
