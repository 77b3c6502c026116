package web_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"barometer/internal/i18n"
	"barometer/internal/web"
)

func TestSectionCannotRedefineAComponent(t *testing.T) {
	s := newShell(t, nil)
	messages, err := i18n.ParseCatalogue("m.yaml", []byte("a: {da: A, en: A}"))
	if err != nil {
		t.Fatal(err)
	}
	own := fstest.MapFS{"templates/a.html": {Data: []byte(`{{define "alert"}}<b>{{.}}</b>{{end}}`)}}
	if _, err := s.Views(own, messages); err == nil || !strings.Contains(err.Error(), `"alert"`) {
		t.Errorf("a section's own alert: %v", err)
	}
}

func TestPagerNamesBothEndsAndTheNeighbours(t *testing.T) {
	href := func(part int) string { return "?part=" + string(rune('0'+part)) }
	if web.NewPager("Dele", 1, 1, href) != nil {
		t.Error("one part has a pager")
	}
	for current, want := range map[int]string{1: "[1] 2 … 9", 2: "1 [2] 3 … 9", 5: "1 … 4 [5] 6 … 9", 9: "1 … 8 [9]"} {
		p := web.NewPager("Dele", current, 9, href)
		var got []string
		for _, part := range p.Parts {
			switch n := strings.TrimPrefix(part.Href, "?part="); {
			case part.Gap:
				got = append(got, "…")
			case part.Current:
				got = append(got, "["+n+"]")
			default:
				got = append(got, n)
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("part %d: %s, want %s", current, text, want)
		}
		if (p.Previous == "") != (current == 1) || (p.Next == "") != (current == 9) {
			t.Errorf("part %d: previous %q, next %q", current, p.Previous, p.Next)
		}
	}
}
