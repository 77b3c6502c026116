package web

import (
	"bytes"
	"compress/gzip"
	"html/template"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"barometer/internal/i18n"
)

// Fixed and loose pieces in any order are one member of gzip that the standard
// library reads back.
func TestPiecesArePackedAsOnePage(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	text := func() template.HTML {
		n := []int{0, 1, 39, worthPacking - 1, worthPacking, 3000, 70_000}[draw.IntN(7)]
		return template.HTML(strings.Repeat("<li>æ", n/5+1))[:n]
	}
	for range 200 {
		var pieces []Piece
		for range draw.IntN(8) {
			piece := []func(template.HTML) Piece{Fixed, Loose}[draw.IntN(2)]
			pieces = append(pieces, piece(text()))
		}
		var packed bytes.Buffer
		zip(&packed, pieces...)
		z, err := gzip.NewReader(&packed)
		if err != nil {
			t.Fatal(err)
		}
		z.Multistream(false)
		got, err := io.ReadAll(z)
		if err != nil || string(got) != string(Whole(pieces)) || packed.Len() > 0 {
			t.Fatalf("%d bytes of %d are read back, %d are left: %v", len(got), len(Whole(pieces)), packed.Len(), err)
		}
	}
}

// A pattern filled in is the template filled in, and what a reader wrote stays
// text.
func TestPatternIsTheTemplateWithItsHolesFilled(t *testing.T) {
	name := i18n.Text{DA: "Barometer", EN: "Barometer"}
	s, err := NewShell(Config{Name: name, Owner: name})
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"templates/p.html": {Data: []byte(`{{define "p"}}<p title="{{.A}}">{{.B}} and {{.A}}</p>{{.C}}<a href="{{.D}}">x</a>{{end}}`)}}
	views, err := s.Views(files, s.messages)
	if err != nil {
		t.Fatal(err)
	}
	type data struct {
		A, B string
		C    template.HTML
		D    string
	}
	say := map[string]string{"a": `"><script>`, "b": "1 & 2"}
	p, err := views.Pattern(i18n.Danish, "p", data{Hole("a"), Hole("b"), template.HTML(Hole("c")), "/x"}, "a", "b", "c")
	if err != nil {
		t.Fatal(err)
	}
	got := Whole(p.Fill(func(hole string) []Piece {
		if hole == "c" {
			return []Piece{Loose("<b>"), Fixed("</b>")}
		}
		return []Piece{Text(say[hole])}
	}))
	want, err := views.HTML(i18n.Danish, "p", data{say["a"], say["b"], "<b></b>", "/x"})
	if err != nil || got != want {
		t.Errorf("filled in: %s, want %s (%v)", got, want, err)
	}
	if _, err := views.Pattern(i18n.Danish, "p", data{D: Hole("d")}, "d"); err == nil {
		t.Error("a hole in an address, which is no text, is taken")
	}
}
