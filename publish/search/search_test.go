package search

import (
	"slices"
	"strings"
	"testing"

	"barometer/internal/i18n"
)

func index() *Index {
	return New(i18n.Danish, []Entry{
		{Path: "/a", Title: "Ældrepleje", Text: "Plejehjem og hjemmepleje i kommunerne"},
		{Path: "/b", Title: "Dagtilbud", Text: "Børnehaver for små børn"},
		{Path: "/c", Title: "Samarbejde med borgere", Text: "Hvem arbejdspladsen samarbejdede med om fornyelsen"},
		{Path: "/d", Title: "Måling af effekt", Text: "Arbejdspladser, der måler effekten af en fornyelse. Ældre målinger."},
		{Path: "/e", Title: "Hospitaler", Text: "Hospitalet og psykiatrien"},
	})
}

func TestSearchFindsDanishHoweverItIsTyped(t *testing.T) {
	x := index()
	for query, want := range map[string]string{
		"ældrepleje": "/a", "aeldrepleje": "/a", "ÆLDREPLEJEN": "/a", "boern": "/b", "BØRNEHAVE": "/b",
		"måling": "/d", "maaling": "/d", "borgerne": "/c", "samarbejder": "/c", "hospitalerne": "/e", "hospitaller": "/e",
		"effekt fornyelsen": "/d", "ældrepl": "/a", "a\u030aldre": "", "e\u0301": "", "børnehave kommune": "", "": "", "…": "",
	} {
		found, all := x.Find(query, 3)
		switch {
		case want == "" && all != 0:
			t.Errorf("%q finds %v", query, found)
		case want != "" && (all == 0 || found[0].Path != want):
			t.Errorf("%q finds %v, want %s first", query, found, want)
		}
	}
}

func TestSearchIsBoundedAndSteady(t *testing.T) {
	x := index()
	first, all := x.Find("fornyelse", 1)
	if len(first) != 1 || all != 2 {
		t.Errorf("%d of %d", len(first), all)
	}
	for range 20 {
		if again, _ := index().Find("fornyelse", 1); again[0] != first[0] {
			t.Fatal("the order is not that of the time before")
		}
	}
	for _, bad := range []string{strings.Repeat("æ", MostQuery+1), "\xff", "a\x00b"} {
		if Check(bad) == nil {
			t.Errorf("%q is a query", bad)
		}
	}
	if Check(strings.Repeat("æ", MostQuery)) != nil {
		t.Error("the longest query is none")
	}
}

func TestEnglishForms(t *testing.T) {
	x := New(i18n.English, []Entry{{Path: "/a", Title: "Municipalities that planned", Text: "sharing"}})
	for _, q := range []string{"municipality", "planning", "shared", "shar"} {
		if _, all := x.Find(q, 1); all != (map[string]int{"municipality": 0}[q]+1) && q != "municipality" {
			t.Errorf("%q finds %d", q, all)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("ældre")
	f.Add("ss ss e\u0301\x00")
	x := index()
	f.Fuzz(func(t *testing.T, query string) {
		found, all := x.Find(query, 2)
		if len(found) > 2 || len(found) > all || !slices.Equal(words(query), words(fold(query))) {
			t.Errorf("%q: %d of %d", query, len(found), all)
		}
	})
}
