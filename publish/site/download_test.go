package site_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryFileOfAReleaseCanBeDownloaded(t *testing.T) {
	h := ordinary(t)
	for _, f := range made.release.Manifest.Files {
		target := "/download/2025/1.0/" + f.Name
		resp := ask(t, h, http.MethodGet, target)
		content := body(t, resp)
		sum := sha256.Sum256([]byte(content))
		if resp.StatusCode != http.StatusOK || hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s: status %d, %d bytes that are not the file's", target, resp.StatusCode, len(content))
		}
		for name, want := range map[string]string{
			"Content-Type": f.MediaType, "ETag": `"` + f.SHA256 + `"`, "Cache-Control": "public, max-age=31536000, immutable",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
	}
	if resp := ask(t, h, http.MethodGet, "/download/2025/1.0/manifest.json"); resp.StatusCode != http.StatusOK {
		t.Errorf("the manifest: status %d", resp.StatusCode)
	}
}

func TestDownloadsAnswerConditionsAndRanges(t *testing.T) {
	h := ordinary(t)
	const target = "/download/2025/1.0/tables.csv"
	f, _ := made.release.Manifest.File("tables.csv")
	tag := `"` + f.SHA256 + `"`
	whole := body(t, ask(t, h, http.MethodGet, target))

	if resp := ask(t, h, http.MethodGet, target, "If-None-Match", tag); resp.StatusCode != http.StatusNotModified {
		t.Errorf("If-None-Match: status %d", resp.StatusCode)
	}
	head := ask(t, h, http.MethodHead, target)
	if head.StatusCode != http.StatusOK || head.ContentLength != f.Bytes || body(t, head) != "" {
		t.Errorf("HEAD: status %d, length %d, want %d", head.StatusCode, head.ContentLength, f.Bytes)
	}
	part := ask(t, h, http.MethodGet, target, "Range", "bytes=10-19", "If-Range", tag)
	if got := body(t, part); part.StatusCode != http.StatusPartialContent || got != whole[10:20] {
		t.Errorf("Range: status %d, %q, want %q", part.StatusCode, got, whole[10:20])
	}
	old := ask(t, h, http.MethodGet, target, "Range", "bytes=10-19", "If-Range", `"another"`)
	if old.StatusCode != http.StatusOK {
		t.Errorf("Range of another version: status %d", old.StatusCode)
	}
	for name, want := range map[string]string{
		"tables.csv": "attachment", "tables.da.xlsx": "attachment", "report.da.pdf": "inline", "README.txt": "inline",
	} {
		resp := ask(t, h, http.MethodHead, "/download/2025/1.0/"+name)
		if got := resp.Header.Get("Content-Disposition"); got != want+`; filename="barometer-2025-1.0-`+name+`"` {
			t.Errorf("%s: Content-Disposition %s", name, got)
		}
	}
}

// TestNothingBesideTheManifestIsServed asks a real server, whose client and
// address parser stand between the path as typed and the handler.
func TestNothingBesideTheManifestIsServed(t *testing.T) {
	srv := httptest.NewServer(ordinary(t))
	defer srv.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, name := range []string{
		"../1.0/tables.csv", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/manifest.json", "/etc/passwd", "//etc/passwd",
		"charts", "charts/", "charts/..%2ftables.csv", "tables.csv%00.txt", "tables.csv/", ".tables.csv", "TABLES.CSV",
	} {
		req, err := http.NewRequest(http.MethodGet, srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = "//" + strings.TrimPrefix(srv.URL, "http://") + "/download/2025/1.0/" + name
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound || strings.Contains(string(content), "root:") {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
	}
}

// TestReportBringsItsOwnPolicy: the browser must accept the report's style
// sheet and nothing that is not in the file.
func TestReportBringsItsOwnPolicy(t *testing.T) {
	h := ordinary(t)
	for _, encoding := range []string{"", "gzip"} {
		resp := ask(t, h, http.MethodGet, "/download/2025/1.0/report.da.html", "Accept-Encoding", encoding)
		sum := sha256.Sum256([]byte("h1 { color: #12436d; }"))
		policy := resp.Header.Get("Content-Security-Policy")
		if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("policy %q lets too much in", policy)
		}
	}
	if page := body(t, ask(t, h, http.MethodGet, "/da/report")); !strings.Contains(page, `href="/download/2025/1.0/report.da.html"`) ||
		!strings.Contains(page, `href="/download/2025/1.0/report.da.pdf"`) {
		t.Error("the page of the report does not lead to it")
	}
}
