package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"barometer/cmd/barometer/demo"
	"barometer/internal/account"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// The digest goes out at half past seven on days of an open wave, once, to
// those who have switched it on and still have the role; it names no workplace.
func TestDigestOfTheFieldwork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		t.Setenv("BAROMETER_STORE", where)
		ctx := t.Context()
		now := time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)
		a := newApp(io.Discard, os.Stderr)
		a.now = func() time.Time { return now }
		h, err := demoHome(t.TempDir())
		must(t, err)
		w, err := a.demoWave(h, pilotWave, 7, pilotUnits(demo.Workplaces(7)))
		must(t, err)
		c, err := openCollection(ctx, h, a.now)
		must(t, err)
		t.Cleanup(func() { must(t, c.close()) })
		run := func() {
			t.Helper()
			for range 4 {
				_, err := c.queue.RunDue(ctx)
				must(t, err)
			}
		}
		letters := func() (texts []string) {
			files, _ := os.ReadDir(h.path("outbox"))
			for _, f := range files {
				text, err := os.ReadFile(h.path("outbox", f.Name()))
				must(t, err)
				if strings.Contains(string(text), "Dataindsamling") {
					texts = append(texts, string(text))
				}
			}
			return texts
		}
		staff := func(address string, role policy.Role) account.ID {
			id, err := c.accounts.Add(ctx, account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: "Anna Holm", Address: address})
			must(t, err)
			_, err = c.accounts.Grant(ctx, account.ByOperator(), id, role)
			must(t, err)
			link, err := c.accounts.OperatorLink(ctx, id)
			must(t, err)
			_, err = c.accounts.Confirm(ctx, account.Confirmation{Token: link})
			must(t, err)
			must(t, c.accounts.SetName(ctx, id, "Anna Holm"))
			must(t, c.db.Write(ctx, func(tx *store.Tx) error { return c.fieldwork.Want(tx, int64(id), true) }))
			return id
		}
		staff("anna@example.dk", policy.Fieldwork)
		staff("editor@example.dk", policy.Editor)
		run()
		now = time.Date(2026, 2, 3, 6, 31, 0, 0, time.UTC) // 7.31 in Denmark
		run()
		if got := letters(); len(got) != 0 {
			t.Fatalf("a digest before anyone was invited:\n%s", got)
		}
		invitations, err := a.invite(ctx, c, w)
		must(t, err)
		answer := questionnaire.Answers{"A1": questionnaire.Answer{Codes: []string{"leder"}}}
		unit := invitations[0].Unit
		_, err = c.responses.Save(ctx, response.Save{Wave: w.ID, Unit: unit, Page: "p", Next: "q", Lang: i18n.Danish, Answers: answer})
		must(t, err)
		_, err = c.responses.Submit(ctx, w.ID, unit, 1, func(questionnaire.Answers) error { return nil })
		must(t, err)
		now = time.Date(2026, 2, 4, 6, 29, 0, 0, time.UTC)
		run()
		if got := letters(); len(got) != 0 {
			t.Fatalf("a digest before half past seven:\n%s", got)
		}
		now = time.Date(2026, 2, 4, 6, 31, 0, 0, time.UTC)
		run()
		run()
		got := letters()
		if len(got) != 1 {
			t.Fatalf("%d digests, want one", len(got))
		}
		for _, want := range []string{"anna@example.dk", "3. februar 2026", "RR1 8,33", "/da/staff/fieldwork"} {
			if !strings.Contains(strings.ReplaceAll(got[0], "=\r\n", ""), want) {
				t.Errorf("no %q in\n%s", want, got[0])
			}
		}
		for _, inv := range invitations {
			if strings.Contains(got[0], inv.Name) || strings.Contains(got[0], inv.Unit) {
				t.Errorf("the digest names %s", inv.Unit)
			}
		}
		must(t, c.responses.Close(ctx, w.ID))
		now = now.AddDate(0, 0, 1)
		run()
		if got := letters(); len(got) != 1 {
			t.Errorf("%d digests after the wave was closed", len(got))
		}
		if dead, err := c.queue.List(ctx, queue.States[0], 10); err != nil || len(dead) > 0 {
			t.Errorf("given up: %+v, %v", dead, err)
		}
	})
}
