// Package pdf prints an HTML file to PDF with headless Chromium.
//
// It is the one place in reports that runs another program. The PDF is tagged,
// carries the title, language and outline of the page, and has no header or
// footer of the browser's own. Its bytes vary with the browser and the hour, so
// a release does not compare them.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"barometer/internal/archive"
)

// Find returns the path of an installed Chromium or Chrome, "" where there is
// none.
func Find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Print prints the file html to the file out. Nothing is left at out where
// printing fails; a context that ends stops the browser.
func Print(ctx context.Context, chromium, html, out string) error {
	if chromium == "" {
		return errors.New("print PDF: no Chromium: install the package chromium, or go without the PDF")
	}
	page, err := fileURL(html)
	if err != nil {
		return fmt.Errorf("print PDF: %w", err)
	}
	return archive.Replace(out, func(tmp string) error { return print(ctx, chromium, page, tmp) })
}

func print(ctx context.Context, chromium, page, out string) error {
	profile, err := os.MkdirTemp("", "barometer-pdf-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, chromium, arguments(profile, page, out)...)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Env = append(os.Environ(), "HOME="+profile)
	if err := cmd.Run(); err != nil {
		return errors.Join(ctx.Err(), fmt.Errorf("%s: %w: %s", chromium, err, tail(said.String())))
	}
	return checkPDF(out, said.String())
}

func arguments(profile, page, out string) []string {
	args := []string{
		"--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--disable-dev-shm-usage", "--user-data-dir=" + profile,
		"--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline",
		"--print-to-pdf=" + out,
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses to run as root with it
	}
	return append(args, page)
}

// checkPDF refuses a file that is not a whole PDF: a browser that could not
// write exits without an error.
func checkPDF(path, said string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("the browser wrote no PDF: %s", tail(said))
	}
	if !bytes.HasPrefix(data, []byte("%PDF-")) || !bytes.Contains(data[max(0, len(data)-1024):], []byte("%%EOF")) {
		return fmt.Errorf("the browser wrote %d bytes that are not a PDF: %s", len(data), tail(said))
	}
	return nil
}

func fileURL(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(abs); err != nil {
		return "", err
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}).String(), nil
}

// tail is the end of what a program said.
func tail(s string) string {
	s = strings.TrimSpace(s)
	return strings.ToValidUTF8(s[max(0, len(s)-300):], "")
}
