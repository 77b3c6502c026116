// Package search finds pages by the words in them.
//
// Entries come in, each a page or a part of one with its text; an index in
// memory goes out, which ranks the entries that hold all words of a query, or
// begin with the last of them. Danish letters and their spellings without them
// are one, and so are the forms of a word. The index asks no other service, and
// knows nothing that it was not given: what is not published is not in it, and a
// word that nothing holds takes the same path as any other.
package search

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"barometer/internal/i18n"
)

// Entry is something that can be found.
type Entry struct {
	Kind  string // of what it is, for whoever words the list
	Path  string
	Title string
	Text  string
}

// Index finds entries in one language. It is not changed after [New] and may be
// used by many goroutines.
type Index struct {
	lang    i18n.Lang
	entries []Entry
	terms   []string        // sorted
	where   map[string][]at // by term
}

// at is a term in an entry.
type at struct {
	entry  int
	weight float64
}

// A word of the title counts as much as several of the text.
const titleWeight = 8

// New makes the index of some entries; the order of equals is theirs.
func New(l i18n.Lang, entries []Entry) *Index {
	x := &Index{lang: l, entries: entries, where: map[string][]at{}}
	for i, e := range entries {
		count := map[string]float64{}
		for _, w := range words(e.Title) {
			count[stem(w, l)] += titleWeight
		}
		text := words(e.Text)
		for _, w := range text {
			count[stem(w, l)]++
		}
		length := 1 + float64(len(text))/200 // a long text holds a word more easily
		for term, n := range count {
			x.where[term] = append(x.where[term], at{i, n / (n + length)})
		}
	}
	for term := range x.where {
		x.terms = append(x.terms, term)
	}
	slices.Sort(x.terms)
	return x
}

// Len is the number of entries.
func (x *Index) Len() int { return len(x.entries) }

// MostQuery is how many characters a query may have.
const MostQuery = 200

// mostWords is how many words of a query are looked for; the rest is passed over.
const mostWords = 12

// Check refuses what is no query: too long, or not text.
func Check(query string) error {
	switch {
	case utf8.RuneCountInString(query) > MostQuery:
		return errors.New("the query is too long")
	case !utf8.ValidString(query), strings.ContainsFunc(query, unicode.IsControl):
		return errors.New("the query is no text")
	}
	return nil
}

// Find returns the entries that hold every word of a query, the best first, at
// most n of them, and how many there are. The last word may be a beginning.
func (x *Index) Find(query string, n int) (found []Entry, all int) {
	asked := words(query)
	asked = asked[:min(len(asked), mostWords)]
	if len(asked) == 0 {
		return nil, 0
	}
	var scores map[int]float64
	for i, w := range asked {
		hits := x.hits(w, i == len(asked)-1)
		for entry := range hits {
			if before, ok := scores[entry]; ok {
				hits[entry] += before
			} else if scores != nil {
				delete(hits, entry)
			}
		}
		scores = hits
	}
	return x.ranked(scores, n), len(scores)
}

// hits weighs the entries that hold a word: a rare one tells more than a common one.
func (x *Index) hits(word string, begun bool) map[int]float64 {
	hits := map[int]float64{}
	terms := []string{stem(word, x.lang)}
	if begun {
		terms = append(terms, x.beginning(word)...)
	}
	for i, term := range terms {
		places := x.where[term]
		rarity := math.Log(1 + float64(len(x.entries))/float64(1+len(places)))
		if i > 0 {
			rarity /= 2 // a word that merely begins so
		}
		for _, p := range places {
			hits[p.entry] = max(hits[p.entry], p.weight*rarity)
		}
	}
	return hits
}

// beginning lists terms that begin with a word of three letters or more.
func (x *Index) beginning(word string) []string {
	if len(word) < 3 {
		return nil
	}
	from, _ := slices.BinarySearch(x.terms, word)
	to := from
	for to < len(x.terms) && strings.HasPrefix(x.terms[to], word) {
		to++
	}
	return x.terms[from:to]
}

func (x *Index) ranked(scores map[int]float64, n int) []Entry {
	order := make([]int, 0, len(scores))
	for entry := range scores {
		order = append(order, entry)
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b))
	})
	found := make([]Entry, 0, min(n, len(order)))
	for _, entry := range order[:min(n, len(order))] {
		found = append(found, x.entries[entry])
	}
	return found
}
