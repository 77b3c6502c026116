package contact

import (
	"testing"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

func TestKeyingSessionNamesWhoKeysInAndUsesNoCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		a, _ := newAccess(t, where)
		issued := issue(t, a, unit("u1", "Børnehuset", ""))
		begin := func(actor, mode string) (s Session, err error) {
			err = a.db.Write(t.Context(), func(tx *store.Tx) (err error) {
				s, err = a.BeginKeying(tx, "2025", "u1", actor, mode)
				return err
			})
			return s, err
		}
		for _, bad := range [][2]string{{"", "paper"}, {"4711", ""}} {
			if _, err := begin(bad[0], bad[1]); err == nil {
				t.Errorf("a session of %q in mode %q", bad[0], bad[1])
			}
		}
		s, err := begin("4711", "paper")
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.Session(t.Context(), s.Token)
		if err != nil || got.Actor != "4711" || got.Mode != "paper" || got.Unit != "u1" {
			t.Errorf("session %+v, %v", got, err)
		}
		statuses, err := a.Statuses(t.Context(), "2025")
		if err != nil || len(statuses) != 1 || !statuses[0].Opened.IsZero() {
			t.Errorf("keying in counts as use of the code: %+v, %v", statuses, err)
		}
		own, err := a.Redeem(t.Context(), string(issued[0].Code))
		if err != nil || own.Actor != "" || own.Mode != "" {
			t.Errorf("the respondent's session %+v, %v", own, err)
		}
	})
}
