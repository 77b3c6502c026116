package dispatch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
)

func TestWorkdays(t *testing.T) {
	for year, want := range map[int]string{2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2038: "2038-04-25", 1818: "1818-03-22"} {
		if got := easter(year).Format(time.DateOnly); got != want {
			t.Errorf("Easter %d is %s, want %s", year, got, want)
		}
	}
	free := "2026-01-01 2026-04-02 2026-04-03 2026-04-06 2026-05-14 2026-05-25 2026-06-05 2026-12-24 2026-12-25 2026-12-31 2026-02-14 2026-02-15"
	open := "2026-02-16 2026-04-01 2026-04-07 2026-05-01 2026-05-15 2026-05-26 2026-12-23 2026-12-28"
	for day := range strings.FieldsSeq(free + " " + open) {
		at, err := time.Parse(time.DateOnly, day)
		must(t, err)
		if err := Workday(at); (err == nil) != strings.Contains(open, day) {
			t.Errorf("%s: %v", day, err)
		}
	}
}

func TestOfficeHours(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	must(t, err)
	for now, want := range map[string]string{
		"2026-02-16 07:59": "2026-02-16 08:00", "2026-02-16 08:00": "2026-02-16 08:00", "2026-02-16 15:59": "2026-02-16 15:59",
		"2026-02-16 16:00": "2026-02-17 08:00", "2026-02-13 18:00": "2026-02-16 08:00", "2026-02-14 10:00": "2026-02-16 08:00",
		"2026-04-01 23:00": "2026-04-07 08:00", "2026-03-27 20:00": "2026-03-30 08:00", // over Easter, and over the night that clocks skip an hour
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", now, zone)
		must(t, err)
		if got := officeHours(at, zone).In(zone).Format("2006-01-02 15:04"); got != want {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
}

func TestPlannedDaysAreChecked(t *testing.T) {
	f := newOffice(t, storetest.Open(t, storetest.SQLite(t)), t.TempDir(), start)
	w := *f.wave
	w.Planned = []Planned{{wording.Reminder(1), date(2026, 2, 16)}, {wording.Reminder(2), date(2026, 2, 28)}, {wording.Reminder(3), date(2026, 2, 27)}, {wording.LastCall, date(2026, 4, 5)}}
	err := w.CheckPlanned()
	for _, says := range []string{"reminder-2: 2026-02-28 is a Saturday", "reminder-3: 2026-02-27 is not after", "reminder-3.da.txt", "last-call: 2026-04-05 is a", "after the deadline, 2026-03-15"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is not in %v", says, err)
		}
	}
	w.Planned = []Planned{{wording.Reminder(1), date(2026, 2, 16)}, {wording.LastCall, date(2026, 3, 12)}}
	if err := w.CheckPlanned(); err != nil {
		t.Error(err)
	}
	for day, want := range map[int]string{15: "", 16: "reminder-1", 28: "reminder-1"} {
		if due, _ := w.Due(date(2026, 2, day)); string(due.Kind) != want {
			t.Errorf("due on 2026-02-%d: %s", day, due.Kind)
		}
	}
}

// one opens the office's wave for the queue.
type one struct {
	f   *office
	err error
}

func (o one) Wave(string) (*Wave, error)       { return o.f.wave, o.err }
func (o one) Waves() ([]*Wave, error)          { return []*Wave{o.f.wave}, o.err }
func (f *office) at(day, hour int) *office     { f.set(clock(date(2026, 2, day), hour, f.Zone)); return f }
func (f *office) count(address string) (n int) { f.deliver(); return len(f.mails()[address]) }

// planned is an office with two workplaces that were invited, and a reminder
// planned for Monday 16 February.
func planned(t *testing.T, f *office) {
	t.Helper()
	f.wave.People = []contact.Person{place("u1", "u1@example.dk"), place("u2", "u2@example.dk")}
	f.wave.Planned = []Planned{{wording.Reminder(1), date(2026, 2, 16)}}
	must(t, f.Handle(f.queue, one{f: f}))
	f.run(invitation())
	f.enqueue()
	f.deliver()
}

func (f *office) enqueue() {
	f.t.Helper()
	must(f.t, f.db.Write(context.Background(), func(tx *store.Tx) error { return f.Enqueue(tx, f.queue, f.wave) }))
}

// job is what staff see of the planned reminder.
func (f *office) job() (state string, due time.Time) {
	f.t.Helper()
	for _, state := range []string{"waiting", "done", "dead"} {
		list, err := f.queue.List(context.Background(), state, 100)
		must(f.t, err)
		for _, j := range list {
			if j.Kind == remindJob {
				return state, j.Due
			}
		}
	}
	return "", time.Time{}
}

func TestReminderIsSentOnItsDay(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		planned(t, f)
		if state, due := f.job(); state != "waiting" || !due.Equal(clock(date(2026, 2, 16), 9, f.Zone)) {
			t.Errorf("staff see the reminder %s for %s", state, due)
		}
		f.answer("u2")
		if n := f.at(16, 8).count("u1@example.dk"); n != 1 {
			t.Errorf("%d mails before the hour", n)
		}
		f.enqueue() // a second server, or the same one started again
		if n := f.at(16, 9).count("u1@example.dk"); n != 2 {
			t.Errorf("%d mails on the day", n)
		}
		if n := len(f.mails()["u2@example.dk"]); n != 1 {
			t.Errorf("%d mails to one that has answered", n)
		}
		f.enqueue()
		if n := f.at(17, 9).count("u1@example.dk"); n != 2 {
			t.Errorf("%d mails a day later", n)
		}
		if state, _ := f.job(); state != "done" {
			t.Errorf("the job is %s", state)
		}
	})
}

// A server that was down on the day sends within office hours only; a paused
// wave waits for a working day, a closed one and one whose day was moved send
// nothing.
func TestReminderWaitsOrFallsAway(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		planned(t, f)
		if n := f.at(16, 20).count("u1@example.dk"); n != 1 {
			t.Errorf("%d mails in the evening", n)
		}
		if _, due := f.job(); !due.Equal(clock(date(2026, 2, 17), 8, f.Zone)) {
			t.Errorf("put off to %s", due)
		}
		f.wave.Paused = true
		if n := f.at(20, 9).count("u1@example.dk"); n != 1 {
			t.Errorf("%d mails while paused", n)
		}
		if _, due := f.job(); !due.Equal(clock(date(2026, 2, 23), 9, f.Zone)) { // the Monday after
			t.Errorf("put off to %s", due)
		}
		f.wave.Paused = false
		f.wave.Planned[0].Day = date(2026, 2, 25)
		if n := f.at(23, 9).count("u1@example.dk"); n != 1 {
			t.Errorf("%d mails on a day that was taken back", n)
		}
		f.enqueue()
		must(t, f.Responses.Close(t.Context(), "2025"))
		if n := f.at(25, 9).count("u1@example.dk"); n != 1 {
			t.Errorf("%d mails after the close", n)
		}
		if state, _ := f.job(); state != "done" {
			t.Errorf("the job is %s", state)
		}
	})
}

func TestWaveThatCannotBeOpenedIsTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.Planned = []Planned{{wording.Reminder(1), date(2026, 2, 16)}}
		must(t, f.Handle(f.queue, one{f, errors.New("/home/anna/waves/2025/letters: secret")}))
		f.enqueue()
		f.at(16, 9).deliver()
		list, err := f.queue.List(t.Context(), "waiting", 10)
		must(t, err)
		if len(list) != 1 || !strings.Contains(list[0].Error, "letters lint 2025") || strings.Contains(list[0].Error, "anna") {
			t.Errorf("%+v", list)
		}
	})
}

func TestThanksAreSentWhereTheWaveAsks(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		planned(t, f)
		f.answer("u2")
		if n := f.at(3, 10).count("u2@example.dk"); n != 1 {
			t.Errorf("%d mails where nobody asked for thanks", n)
		}
		f.wave.Thanks = true
		for day := 4; day < 7; day++ {
			if n := f.at(day, 10).count("u2@example.dk"); n != 2 {
				t.Errorf("%d mails on day %d", n, day)
			}
		}
		if n := len(f.mails()["u1@example.dk"]); n != 1 {
			t.Errorf("%d mails to one that has not answered", n)
		}
	})
}

// Several servers that share a store send a planned reminder once.
func TestServersSendAReminderOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		dir := t.TempDir()
		var servers []*office
		for range 3 {
			f := newOffice(t, storetest.Open(t, where), dir, start)
			f.wave.People = nil
			for i := range 60 {
				f.wave.People = append(f.wave.People, place(fmt.Sprintf("unit%02d", i), fmt.Sprintf("u%02d@example.dk", i)))
			}
			f.wave.Planned = []Planned{{wording.Reminder(1), date(2026, 2, 16)}}
			must(t, f.Handle(f.queue, one{f: f}))
			servers = append(servers, f)
		}
		servers[0].run(invitation())
		servers[0].deliver()
		var group sync.WaitGroup
		for _, f := range servers {
			f.enqueue()
			f.at(16, 9)
			group.Go(func() {
				if _, err := f.queue.RunDue(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		servers[0].deliver()
		for address, list := range servers[0].mails() {
			if len(list) != 2 {
				t.Errorf("%s has %d mails", address, len(list))
			}
		}
	})
}
