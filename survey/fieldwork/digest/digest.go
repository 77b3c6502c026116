// Package digest tells those who run the fieldwork by mail how yesterday went.
//
// The monitors of all open waves come in, with the number of mails that came
// back and of jobs that were given up; a letter per reader goes out, to those
// who have switched it on and still have the role. It holds numbers alone: no
// workplace, no address, no answer. It knows no schedule; the queue does.
package digest

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/store"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/figure"
)

// Letter is what the mail says.
type Letter struct {
	Day      string
	Complete string // responses of all waves on that day
	Waves    []Wave
	Bounced  int
	Dead     int
	Link     string
}

// Wave is one open wave in the letter.
type Wave struct {
	Title, Complete, Opened, Total, Sampled, RR1, RR2 string
	Aim                                               string // share that should have answered, "" where none is set
	Left                                              string // days to the deadline, "" where none is set
}

//go:embed letters/*.txt
var letters embed.FS

const template = "fieldwork-digest"

// Letters are the wordings, for the mailer.
func Letters() (*mail.Templates, error) {
	folder, err := fs.Sub(letters, "letters")
	if err != nil {
		return nil, err
	}
	return mail.ParseTemplates(folder, map[string]any{template: Letter{
		Day: "2. februar 2026", Complete: "12", Link: "https://barometer.example.dk/da/staff/fieldwork",
		Waves: []Wave{{Title: "2025", Complete: "12", Opened: "20", Total: "800", Sampled: "4494", RR1: "17,80 pct.", RR2: "18,00 pct.", Aim: "20 pct.", Left: "9"}},
	}})
}

// Open is a wave that takes answers.
type Open struct {
	Title    i18n.Text
	Deadline time.Time // zero = not said
	Target   float64   // share of the sample, 0 = not said
	Monitor  *fieldwork.Monitor
}

// Reader is a person who wants the digest.
type Reader struct {
	Person  int64
	Address string
	Name    string
	Lang    i18n.Lang
}

// Report is what there is to tell of a local day.
type Report struct {
	Day     time.Time // any moment of it, in local time
	Waves   []Open
	Bounced int
	Dead    int
	Link    func(i18n.Lang) string // to the page of the fieldwork
}

// Send asks for a letter to each reader, in the caller's transaction: one per
// person and day, however often it is called. Where no wave is open there is
// none.
func (r Report) Send(ctx context.Context, tx *store.Tx, out mail.Sender, readers []Reader) error {
	if len(r.Waves) == 0 {
		return nil
	}
	var faults []error
	for _, who := range readers {
		faults = append(faults, out.Send(ctx, tx, mail.Message{
			Key: fmt.Sprintf("fieldwork/digest/%s/%d", r.Day.Format(time.DateOnly), who.Person),
			To:  who.Address, Name: who.Name, Lang: who.Lang, Template: template, Data: r.letter(who.Lang),
			Expires: r.Day.AddDate(0, 0, 3),
		}))
	}
	return errors.Join(faults...)
}

func (r Report) letter(l i18n.Lang) Letter {
	letter := Letter{Day: i18n.Date(r.Day, l), Bounced: r.Bounced, Dead: r.Dead, Link: r.Link(l)}
	total := 0
	for _, w := range r.Waves {
		day, sum := w.onDay(r.Day.Format(time.DateOnly))
		total += day.Complete
		letter.Waves = append(letter.Waves, w.words(r.Day, day, sum, l))
	}
	letter.Complete = figure.Count(total)
	return letter
}

// onDay is what came on a day, with the number of responses by its end.
func (w Open) onDay(date string) (day fieldwork.Day, total int) {
	for _, d := range w.Monitor.Days {
		if d.Date <= date {
			total = d.Total
		}
		if d.Date == date {
			day = d
		}
	}
	return day, total
}

func (w Open) words(at time.Time, day fieldwork.Day, total int, l i18n.Lang) Wave {
	undefined := i18n.Text{DA: "kan ikke beregnes", EN: "undefined"}.In(l)
	rates, _ := w.Monitor.Total.Rates(1) // 1 is a share
	words := Wave{
		Title: w.Title.In(l), Complete: figure.Count(day.Complete), Opened: figure.Count(day.Opened), Total: figure.Count(total),
		Sampled: figure.Count(w.Monitor.Total.Sampled), RR1: figure.Rate(rates.RR1, undefined, l), RR2: figure.Rate(rates.RR2, undefined, l),
	}
	if aim, ok := w.Monitor.Aim(w.Target, w.Deadline, at.Format(time.DateOnly)); ok {
		words.Aim = figure.Percent(aim, 1, l)
	}
	today, _ := time.Parse(time.DateOnly, at.Format(time.DateOnly))
	if left := int(w.Deadline.Sub(today) / (24 * time.Hour)); !w.Deadline.IsZero() && left >= 0 {
		words.Left = figure.Count(left)
	}
	return words
}
