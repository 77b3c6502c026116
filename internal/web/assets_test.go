package web_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestVendoredFilesAreTheOnesReviewed checks every vendored file against the
// checksums written when it was taken in, and that none came in beside them.
func TestVendoredFilesAreTheOnesReviewed(t *testing.T) {
	const dir = "assets/dkfds"
	want := map[string]string{}
	f, err := os.Open(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok {
			t.Fatalf("SHA256SUMS: cannot read %q", lines.Text())
		}
		want[name] = sum
	}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "SHA256SUMS" {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		if want[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not the file SHA256SUMS names", name)
		}
		delete(want, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		t.Errorf("%s is listed but not there", name)
	}
}

var linked = regexp.MustCompile(`/assets/[^")\s]+`)

// TestFirstViewIsSmall adds up what a browser fetches for its first page: the
// page, style sheets, script, icon and the fonts those name.
func TestFirstViewIsSmall(t *testing.T) {
	s := newShell(t, nil)
	site := newSite(s, plainPage(s))
	total := 0
	fetch := func(target string) string {
		resp := get(t, site, target, "Accept-Encoding", "gzip")
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d", target, resp.StatusCode)
		}
		total += len(body(t, resp))
		return body(t, get(t, site, target))
	}
	seen := map[string]bool{}
	queue := linked.FindAllString(fetch("/da/page"), -1)
	for len(queue) > 0 {
		href := queue[0]
		queue = queue[1:]
		if seen[href] {
			continue
		}
		seen[href] = true
		content := fetch(href)
		if strings.HasSuffix(href, ".css") {
			queue = append(queue, linked.FindAllString(content, -1)...)
		}
	}
	if len(seen) < 8 {
		t.Fatalf("only %d assets found: %v", len(seen), seen)
	}
	const limit = 150_000
	if total > limit {
		t.Errorf("first view is %d bytes with every font and icon, want at most %d", total, limit)
	}
	t.Logf("first view: %d bytes, %d assets", total, len(seen))
}

func TestAssetsAreKeptForEverAndRevalidated(t *testing.T) {
	s := newShell(t, nil)
	site := newSite(s, plainPage(s))
	href := linked.FindString(body(t, get(t, site, "/da/page")))
	resp := get(t, site, href)
	if got := resp.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control = %q", got)
	}
	if again := get(t, site, href, "If-None-Match", resp.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("status %d for an unchanged asset, want 304", again.StatusCode)
	}
	if resp := get(t, site, "/assets/../web.go"); resp.StatusCode == http.StatusOK {
		t.Error("a file outside the assets is served")
	}
}
