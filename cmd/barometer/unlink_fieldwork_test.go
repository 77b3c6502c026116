package main

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/cmd/barometer/demo"
	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/contact"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/wording"
	"barometer/survey/fieldwork"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// worked is a pilot after weeks of fieldwork: letters by mail and in files,
// reminders, bounced and stopped ones, answers on the web, on paper and from a
// file, hand-overs, remarks, corrected contacts, paradata.
func worked(t *testing.T) (dir string, w *wave, c *collection) {
	t.Helper()
	a := newApp(io.Discard, os.Stderr)
	dir = filepath.Join(t.TempDir(), "home")
	h, err := demoHome(dir)
	must(t, err)
	units := pilotUnits(demo.Workplaces(7))
	for i := range units {
		units[i].Address, units[i].Postcode, units[i].City = "Ved Åen 6", "9000", "Aalborg"
		if i%3 == 0 {
			units[i].Email = ""
		}
	}
	w, err = a.demoWave(h, pilotWave, 7, units)
	must(t, err)
	w.Deadline = day{time.Now().AddDate(0, 2, 0)}
	w.Paradata = "freeze"
	must(t, writeYAML(w.path("wave.yaml"), w.waveConfig))
	c, err = openCollection(t.Context(), h, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	must(t, errors.Join(c.publish(t.Context(), w), c.register(t.Context(), w)))
	l, err := w.letters()
	must(t, err)
	for _, o := range []dispatch.Order{{Kind: wording.Invitation, Lang: i18n.Danish}, {Kind: wording.Reminder(1), Lang: i18n.English}} {
		_, err = c.letters.Run(t.Context(), l, o, &dispatch.Files{Dir: w.path("outgoing")})
		must(t, err)
	}
	fieldworkOf(t, c, w)
	return dir, w, c
}

// fieldworkOf has something of every kind happen to the pilot's workplaces.
func fieldworkOf(t *testing.T, c *collection, w *wave) {
	t.Helper()
	ctx := t.Context()
	people, err := c.access.People(ctx, w.ID)
	must(t, err)
	q, err := w.questionnaire()
	must(t, err)
	answer := func(unit string, source response.Source) {
		_, err := c.responses.Save(ctx, response.Save{
			Wave: w.ID, Unit: unit, Page: "arbejdspladsen", Lang: i18n.Danish, Definition: q.Hash, Source: source,
			Answers: questionnaire.Answers{"A1": {Codes: []string{"leder"}}}, Trace: &response.Trace{Drawn: time.Now().Add(-time.Minute)},
		})
		must(t, err)
	}
	answer(people[0].Unit, response.Source{})
	answer(people[1].Unit, response.Source{Mode: response.Paper, Actor: "7"})
	must(t, c.db.Write(ctx, func(tx *store.Tx) error {
		_, err := c.access.BeginKeying(tx, w.ID, people[1].Unit, "7", string(response.Paper))
		remark := fieldwork.Remark{Actor: "7", Code: fieldwork.RemarkCodes[0], Text: "Bo Lund svarer aldrig, se " + people[2].PNumber}
		_, errTaken := c.responses.TakeIn(tx, w.ID, q.Hash, []response.Taken{{Row: 2, Unit: people[3].Unit, Lang: i18n.Danish, Answers: questionnaire.Answers{"A1": {Codes: []string{"leder"}}}}}, "7", strings.Repeat("0", 64))
		return errors.Join(err, c.fieldwork.AddRemark(tx, w.ID, people[2].Unit, remark), errTaken,
			c.responses.Dispose(tx, w.ID, people[4].Unit, response.Refused, "7", "phone_call"))
	}))
	changed := people[5]
	changed.Attention, changed.Phone = "Bo Lund", "20304050"
	must(t, c.access.ChangePerson(ctx, "7", w.ID, changed))
	must(t, c.letters.StopFor(ctx, "7", w.ID, people[6].Unit))
	inv, err := c.access.Replace(ctx, w.ID, people[7].Unit)
	must(t, err)
	session, err := c.access.Redeem(ctx, string(inv.Code))
	must(t, err)
	handed, err := c.access.HandOver(ctx, session, false, nil)
	must(t, err)
	_, _, err = c.access.TakeOver(ctx, handed.Token)
	must(t, err)
	must(t, c.access.KeepWish(ctx, w.ID, people[8].Unit, contact.Case, "sag@example.dk"))
	must(t, c.responses.SwitchParadata(ctx, w.ID, people[9].Unit, true))
}

// After weeks of fieldwork and unlinking nothing in the store joins answers with
// a workplace: no table has a row that names one by its number, address, key or
// what staff wrote. The audit log says what staff did, by marks that lead nowhere
// any more.
func TestUnlinkAfterFieldworkLeavesNothingThatJoins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		t.Setenv("BAROMETER_STORE", where)
		dir, w, c := worked(t)
		people, err := c.access.People(t.Context(), w.ID)
		must(t, err)
		before := naming(t, c, people)
		for _, table := range []string{
			"contact_person", "contact_invitation", "contact_session", "contact_handover", "contact_wish", "response_state", "response_event",
			"response_paradata", "dispatch_sent", "dispatch_stop", "fieldwork_unit", "fieldwork_note", "contact_mark",
		} {
			if before[table] == 0 {
				t.Errorf("the fieldwork has left no row of %s: the test looks at nothing there", table)
			}
		}
		moves(t, dir, []move{{"close 2025-pilot", 0, ""}, {"freeze 2025-pilot", 0, ""}, {"unlink 2025-pilot --ask", 0, ""}})
		must(t, c.unlinks.Confirm(t.Context(), "7", w.ID, nil))
		moves(t, dir, []move{{"unlink 2025-pilot --confirm", 0, "unlinked    no way was found"}, {"unlink 2025-pilot --check", 0, "unlinked    no way was found"}})
		for table, n := range naming(t, c, people) {
			t.Errorf("%d rows of %s still name a workplace", n, table)
		}
		for _, kind := range logged(t, c) {
			if strings.Contains(kind, "leder") || strings.Contains(kind, "Bo Lund") {
				t.Errorf("the audit log holds an answer or a name: %s", kind)
			}
		}
		if left, err := filepath.Glob(w.path("outgoing/*")); err != nil || len(left) > 0 {
			t.Errorf("letters are still there: %v, %v", left, err)
		}
	})
}

// naming counts the rows of every table in which a workplace is named in the
// clear, by whatever names it.
func naming(t *testing.T, c *collection, people []contact.Person) map[string]int {
	t.Helper()
	tables, err := store.TablesWith(t.Context())
	must(t, err)
	found := map[string]int{}
	must(t, c.db.Read(t.Context(), func(tx *store.Tx) error {
		for _, table := range tables {
			var names []string
			for _, column := range table.Columns {
				names = append(names, column.Name)
			}
			err := tx.Each(func(rows *sql.Rows) error {
				values, into := make([]any, len(names)), make([]any, len(names))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				if names, ok := nobody(values, people); !ok {
					found[table.Name] += names
				}
				return nil
			}, "SELECT "+strings.Join(names, ", ")+" FROM "+table.Name)
			if err != nil {
				return fmt.Errorf("table %s: %w", table.Name, err)
			}
		}
		return nil
	}))
	return found
}

// nobody reports whether a row names no workplace.
func nobody(row []any, people []contact.Person) (n int, ok bool) {
	var text strings.Builder
	for _, v := range row {
		fmt.Fprintf(&text, "%s\n", v)
	}
	for _, p := range people {
		for _, name := range []string{p.Unit, p.PNumber, p.Email, p.Name} {
			if name != "" && strings.Contains(text.String(), name) {
				return 1, false
			}
		}
	}
	return 0, true
}

// logged is what the audit log says, event by event.
func logged(t *testing.T, c *collection) (list []string) {
	t.Helper()
	must(t, c.db.Read(t.Context(), func(tx *store.Tx) error {
		list = nil
		return tx.Each(func(rows *sql.Rows) error {
			var s string
			err := rows.Scan(&s)
			list = append(list, s)
			return err
		}, `SELECT action || ' ' || object || ' ' || detail FROM audit_event`)
	}))
	return list
}
