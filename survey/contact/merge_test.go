package contact

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"barometer/internal/i18n"
)

func testLetter() Letter {
	return Letter{
		Title:    i18n.Text{DA: "Innovationsbarometeret 2025", EN: "The Innovation Barometer 2025"},
		Host:     "https://barometer.example.dk/",
		Deadline: time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC),
		Minutes:  15,
		Sender:   i18n.Text{DA: "Center for Offentlig Innovation", EN: "National Centre for Public Sector Innovation"},
		Contact:  "barometer@example.dk",
	}
}

func TestMergeIsSafeInASpreadsheet(t *testing.T) {
	list := []Invitation{
		{Wave: "2025", Code: "0123456789AB", Person: Person{Unit: "u1", Name: "=HYPERLINK(\"x\")", Email: "@cmd"}},
		{Wave: "2025", Code: "ZZZZZZZZZZZZ", Person: Person{Unit: "u2", Name: "Skolen; \"Ved åen\"\r\nBcc: x"}},
	}
	var b bytes.Buffer
	if err := testLetter().WriteMerge(&b, list); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v:\n%s", len(rows), err, b.String())
	}
	if got := strings.Join(rows[1], "|"); got != `2025|'=HYPERLINK("x")|'@cmd|0123-4567-89AB|https://barometer.example.dk/s/0123456789AB|15. marts 2026|15 March 2026` {
		t.Errorf("row 1: %s", got)
	}
	if got := rows[2][1]; got != `Skolen; "Ved åen" Bcc: x` {
		t.Errorf("name of row 2: %q", got)
	}
	if strings.Contains(b.String(), "u1") {
		t.Error("the unit key stands beside the name")
	}
}

func TestLetterSaysAllThatIsMissing(t *testing.T) {
	err := Letter{Host: "barometer.example.dk"}.WriteMerge(new(bytes.Buffer), nil)
	for _, want := range []string{"host", "title", "deadline"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}
