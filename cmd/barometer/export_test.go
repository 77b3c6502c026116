package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"barometer/cmd/barometer/demo"
	"barometer/cmd/barometer/demo/robot"
	"barometer/internal/testenv"
	"barometer/survey/contact"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// BenchmarkExport freezes a wave of 16,000 responses, all complete: they are
// opened, joined to the sample and written to the files of a frozen wave.
func BenchmarkExport(b *testing.B) {
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(filepath.Join(b.TempDir(), "home"))
	must(b, err)
	w, err := a.demoWave(h, demoWave, 7, moreWorkplaces(16_000))
	must(b, err)
	must(b, os.WriteFile(w.path("sampling.yaml"), []byte(census), 0o644))
	must(b, a.drawSample(w))
	answerAll(b, a, w)
	testenv.Bench(b, func() {
		must(b, os.RemoveAll(w.archive.Path("wave.parquet")))
		if ran, err := a.freeze(b.Context(), w); err != nil || !ran {
			b.Fatal(ran, err)
		}
	})
}

// census takes every workplace.
const census = `wave: "2025"
total: 16000
stratify: [subsector, size]
allocation: {method: proportional}
`

// moreWorkplaces are those of the demonstration, again under other numbers until
// there are n.
func moreWorkplaces(n int) []frame.Unit {
	units := demo.Workplaces(7)
	for i := 0; len(units) < n; i++ {
		u := units[i]
		u.PNumber = strconv.Itoa(1_900_000_000 + i)
		units = append(units, u)
	}
	return units[:n]
}

// answerAll stores the model's answers of everyone, and closes the wave.
func answerAll(b *testing.B, a *app, w *wave) {
	b.Helper()
	c, err := openCollection(b.Context(), w.home, a.now)
	must(b, err)
	must(b, c.publish(b.Context(), w))
	drawn, err := w.sample()
	must(b, err)
	var codes []contact.Invitation // nobody types them
	for _, u := range drawn.Units {
		codes = append(codes, contact.Invitation{Wave: w.ID, Person: contact.Person{Unit: u.Key}, Code: "0"})
	}
	visits, err := w.visits(codes)
	must(b, err)
	var complete []questionnaire.Answers
	for _, v := range visits {
		if v.Intent == robot.Finish {
			complete = append(complete, v.Answers)
		}
	}
	for i, u := range drawn.Units {
		answers := complete[i%len(complete)]
		saved, err := c.responses.Save(b.Context(), response.Save{Wave: w.ID, Unit: u.Key, Page: "all", Lang: "da", Answers: answers})
		must(b, err)
		_, err = c.responses.Submit(b.Context(), w.ID, u.Key, saved.Revision, func(questionnaire.Answers) error { return nil })
		must(b, err)
	}
	must(b, c.responses.Close(b.Context(), w.ID))
	must(b, c.close())
	if len(drawn.Units) != 16_000 {
		b.Fatal(fmt.Sprint(len(drawn.Units), " units"))
	}
}
