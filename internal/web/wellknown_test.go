package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"barometer/internal/web"
)

// RFC 9116 wants Contact and Expires, the latter less than a year ahead.
func TestSecurityText(t *testing.T) {
	now := time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC)
	w := httptest.NewRecorder()
	web.SecurityText("sikkerhed@example.dk", "https://barometer.example.dk/", func() time.Time { return now })(w, nil)
	fields := map[string]string{}
	for line := range strings.Lines(w.Body.String()) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if !ok || fields[name] != "" {
			t.Errorf("line %q", line)
		}
		fields[name] = value
	}
	expires, err := time.Parse(time.RFC3339, fields["Expires"])
	if ahead := expires.Sub(now); err != nil || ahead < 100*24*time.Hour || ahead > 365*24*time.Hour {
		t.Errorf("Expires: %q", fields["Expires"])
	}
	if fields["Contact"] != "mailto:sikkerhed@example.dk" || fields["Canonical"] != "https://barometer.example.dk/.well-known/security.txt" {
		t.Errorf("%v", fields)
	}
}
