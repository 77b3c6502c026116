package i18n_test

import (
	"strings"
	"testing"

	"barometer/internal/i18n"
)

func TestMessageFillsPlacesPerLanguage(t *testing.T) {
	c, err := i18n.ParseCatalogue("m.yaml", []byte("progress: {da: 'Side {page} af ca. {total}', en: 'Page {page} of about {total}'}\nsave: {da: Gem, en: Save}\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		lang   i18n.Lang
		key    string
		values []any
		want   string
	}{
		{i18n.Danish, "progress", []any{"page", 4, "total", 14}, "Side 4 af ca. 14"},
		{i18n.English, "progress", []any{"total", 14, "page", 4}, "Page 4 of about 14"},
		{i18n.Danish, "save", nil, "Gem"},
		{i18n.English, "save", nil, "Save"},
	}
	for _, tt := range tests {
		got, err := c.Message(tt.lang, tt.key, tt.values...)
		if err != nil || got != tt.want {
			t.Errorf("Message(%s, %s) = %q, %v; want %q", tt.lang, tt.key, got, err, tt.want)
		}
	}
}

func TestMessageRefusesWhatDoesNotFit(t *testing.T) {
	c, err := i18n.ParseCatalogue("m.yaml", []byte("hello: {da: 'Hej {name}', en: 'Hello {name}'}\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		key    string
		values []any
		want   string
	}{
		{"goodbye", nil, `no message "goodbye"`},
		{"hello", nil, `no value for place "name"`},
		{"hello", []any{"name", "Bo", "age", 9}, `no place "age"`},
		{"hello", []any{"name"}, "pairs"},
		{"hello", []any{1, 2}, "want a string"},
	}
	for _, tt := range tests {
		_, err := c.Message(i18n.Danish, tt.key, tt.values...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Message(%s, %v): error %v, want one with %q", tt.key, tt.values, err, tt.want)
		}
	}
}

func TestParseCatalogueNamesEveryFault(t *testing.T) {
	src := `save: {da: Gem}
open: {da: 'Åbn {x}', en: 'Open {y}'}
close: {da: 'Luk {', en: Close}
print: {da: Udskriv, en: Print}
print: {da: Udskriv, en: Print}
check: {da: Se svarene, før I sender, en: Look first}
send: Send
`
	_, err := i18n.ParseCatalogue("m.yaml", []byte(src))
	if err == nil {
		t.Fatal("seven faulty messages were accepted")
	}
	for _, want := range []string{
		`m.yaml:1: message "save": no wording in [en]`,
		`m.yaml:2: message "open": places differ: [x] in Danish, [y] in English`,
		`m.yaml:3: message "close": da: unclosed`,
		`m.yaml:5: message "print": given twice`,
		`m.yaml:6: message "check": unknown language "før I sender"`,
		`m.yaml:7: message "send": want a wording per language`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
}
