package formats_test

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/publish/formats"
	"barometer/publish/formats/dta"
	"barometer/publish/formats/sav"
	"barometer/publish/internal/publishtest"
	"barometer/survey/codebook"
)

// Goals 28 and 29. Whatever a statistics program could not hold unchanged is
// refused before the first byte, with variable and record.
func TestGoal28_DataThatAFormatWouldChangeAreRefused(t *testing.T) {
	cases := []struct {
		name   string
		change func(d *formats.Labelled)
		want   string
	}{
		{"unlabelled code", func(d *formats.Labelled) { d.Variables[2].Number = func(int) float64 { return 7 } }, "row 1, variable Størrelse_på_arbejdspladsen: the value has no label"},
		{"variable that stands twice", func(d *formats.Labelled) { d.Variables[4].Name = "et_ciffer" }, "the variables et_ciffer and et_ciffer differ by case at most"},
		{"names that differ by case", func(d *formats.Labelled) { d.Variables[4].Name = "ET_ciffer" }, "the variables et_ciffer and ET_ciffer differ by case at most"},
		{"name with a space", func(d *formats.Labelled) { d.Variables[0].Name = "a b" }, "variable a b: its name has other characters"},
		{"name that begins with a digit", func(d *formats.Labelled) { d.Variables[0].Name = "1a" }, "does not begin with a letter"},
		{"name that is too long", func(d *formats.Labelled) { d.Variables[0].Name = strings.Repeat("x", 129) }, "too long"},
		{"name that is kept", func(d *formats.Labelled) { d.Variables[0].Name = "With" }, "variable With: statistics programs keep the name"},
		{"one number for two values", func(d *formats.Labelled) { d.Variables[2].Values[1].Number = 1 }, "the number 1 stands for both"},
		{"value without words", func(d *formats.Labelled) { d.Variables[2].Values[1].Label = "" }, "the number 2 has no label"},
		{"value kept for gaps", func(d *formats.Labelled) { d.Variables[3].Number = func(int) float64 { return -2 } }, "row 1, variable et_ciffer: the value is negative"},
		{"infinite value", func(d *formats.Labelled) { d.Variables[9].Number = func(int) float64 { return math.Inf(1) } }, "row 1, variable nul: the value is no number"},
		{"broken whole number", func(d *formats.Labelled) { d.Variables[8].Number = func(int) float64 { return 0.5 } }, "variable negativ: the value is no whole number"},
		{"control character", func(d *formats.Labelled) { d.Variables[0].Text = func(int) string { return "a\x00b" } }, "row 1, variable id: the text \"a\\x00b\" holds the control character U+0000"},
		{"broken UTF-8", func(d *formats.Labelled) { d.Variables[0].Text = func(int) string { return "a\xff" } }, "not valid UTF-8"},
		{"text that is too long", func(d *formats.Labelled) {
			d.Variables[0].Text = func(int) string { return strings.Repeat("x", 32_768) }
		}, "32768 characters long, 32767 at most"},
		{"no such weight", func(d *formats.Labelled) { d.Weight = "vaegt" }, "there is no variable vaegt"},
		{"broken label", func(d *formats.Labelled) { d.Variables[2].Label = "a\x07" }, "label: the text"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, s := range statisticals {
				d := hard()
				c.change(d)
				var out bytes.Buffer
				if err := s.write(&out, d); err == nil || !strings.Contains(err.Error(), c.want) || out.Len() > 0 {
					t.Errorf("%s: error %v and %d bytes, want %q in it and none", s.ext, err, out.Len(), c.want)
				}
			}
		})
	}
}

func TestTheSameDataGiveTheSameBytes(t *testing.T) {
	for _, s := range statisticals {
		var first, second bytes.Buffer
		if s.write(&first, hard()) != nil || s.write(&second, hard()) != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: two files of the same data differ", s.ext)
		}
	}
}

// Goal 33. No two reasons for a missing value share a mark, in any format, and
// none is a value.
func TestGoal33_EveryReasonHasAMarkOfItsOwn(t *testing.T) {
	taken := make(map[string]codebook.Missing)
	for _, m := range codebook.Reasons {
		for _, mark := range []string{m.Mark(), m.Label().DA, m.Label().EN, "sav " + statisticals[0].gap(m), "dta " + statisticals[1].gap(m)} {
			if other, twice := taken[mark]; twice {
				t.Errorf("%q marks both %s and %s", mark, other, m)
			}
			taken[mark] = m
		}
	}
}

func TestLabelsAreCutAtAWholeCharacter(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{{"kort", 10, "kort"}, {"æøå æøå", 9, "æøå…"}, {"ææææææ", 8, "ææ…"}, {"abcdefgh", 6, "abc…"}} {
		if got := formats.Shorten(c.text, c.n); got != c.want || len(got) > c.n {
			t.Errorf("%q in %d bytes is %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

// BenchmarkStatisticsFiles writes 20,000 records of 200 variables. The goal is
// 0.5 s and 100 MB for each format.
func BenchmarkStatisticsFiles(b *testing.B) {
	d := formats.Label(publishtest.Wide(b, 20_000, 200), publishtest.About(), i18n.Danish)
	for name, write := range map[string]func(io.Writer, *formats.Labelled) error{"sav": sav.Write, "dta": dta.Write} {
		b.Run(name, func(b *testing.B) {
			testenv.Bench(b, func() {
				if err := write(io.Discard, d); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
