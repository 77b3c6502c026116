package market_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"barometer/casebook/match"
	"barometer/casebook/match/market"
	"barometer/casebook/match/matchtest"
)

const good = `{"round": "2026-37", "seed": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
 "days": ["2026-09-07", "2026-09-08", "2026-09-09"],
 "slots": [{"id": "s1", "host": "1003", "authority": "29", "region": "1084", "first_day": "2026-09-07", "days": 3, "capacity": 2,
            "requires": ["clean_record"], "same_authority": false, "veto": ["i9"], "tiers": {"i4": 1, "i7": 3}}],
 "interns": [{"id": "i4", "workplace": "1004", "authority": "30", "available": ["2026-09-07"], "min_days": 2, "max_days": 5,
              "regions": ["1084"], "meets": ["clean_record"], "same_authority": true, "manager_consents": true, "ranks": ["s1"]}]}`

func TestRoundIsReadAsItStands(t *testing.T) {
	r, err := market.ReadRound([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	want := &market.Round{ID: "2026-37", Days: []string{"2026-09-07", "2026-09-08", "2026-09-09"},
		Slots: []market.Slot{{ID: "s1", Host: "1003", Authority: "29", Region: "1084", FirstDay: "2026-09-07", Days: 3, Capacity: 2,
			Requires: []string{"clean_record"}, Veto: []string{"i9"}, Tiers: map[string]int{"i4": 1, "i7": 3}}},
		Interns: []market.Intern{{ID: "i4", Workplace: "1004", Authority: "30", Available: []string{"2026-09-07"}, MinDays: 2, MaxDays: 5,
			Regions: []string{"1084"}, Meets: []string{"clean_record"}, SameAuthority: true, ManagerConsents: true, Ranks: []string{"s1"}}}}
	for i := range want.Seed {
		want.Seed[i] = byte(i)
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("read %+v", r)
	}
}

func TestFileOfARoundComesBack(t *testing.T) {
	r := matchtest.Random(matchtest.Small, rand.New(rand.NewPCG(5, 5)))
	back, err := market.ReadRound(matchtest.File(r))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(matchtest.File(back), matchtest.File(r)) {
		t.Error("the round that came back differs")
	}
}

// TestFaultsAreListedWithTheirPaths changes the good file in one place.
func TestFaultsAreListedWithTheirPaths(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"round"`, `"rund"`, "/rund: no such field; there are round, seed, days, slots, interns\n/round: missing"},
		{`"2026-37"`, `37`, "/round: a number where a text belongs"},
		{`"2026-37"`, `"2026\n37"`, `/round: "2026\n37" holds a control character`},
		{`000102`, `zz0102`, "/seed: a seed is 64 hexadecimal digits"},
		{`000102`, ``, "/seed: a seed is 64 hexadecimal digits"},
		{`"2026-09-08", `, `"2026-02-30", `, `/days/1: "2026-02-30" is no day; write it as 2026-09-07`},
		{`"2026-09-08", `, `"2026-09-07", `, "/days/1: 2026-09-07 does not come after 2026-09-07"},
		{`"id": "s1"`, `"id": ""`, "/slots/0/id: empty"},
		{`"first_day": "2026-09-07"`, `"first_day": "2026-09-08"`, "/slots/0/days: 3 days from 2026-09-08 reach beyond the round's last"},
		{`"first_day": "2026-09-07"`, `"first_day": "2026-10-01"`, `/slots/0/first_day: "2026-10-01" is no day of the round`},
		{`"capacity": 2`, `"capacity": 0`, "/slots/0/capacity: 0 seats; a slot has at least one"},
		{`"capacity": 2`, `"capacity": 2.5`, "/slots/0/capacity: 2.5 is no whole number"},
		{`"capacity": 2,`, ``, "/slots/0/capacity: missing"},
		{`"i7": 3`, `"i7": 4`, "/slots/0/tiers/i7: tier 4; there are 1 to 3"},
		{`{"i4": 1, "i7": 3}`, `["i4"]`, "/slots/0/tiers: a list where an object belongs"},
		{`"same_authority": false`, `"same_authority": "no"`, "/slots/0/same_authority: a text where true or false belongs"},
		{`"available": ["2026-09-07"]`, `"available": ["2026-09-17"]`, `/interns/0/available/0: "2026-09-17" is no day of the round`},
		{`"min_days": 2`, `"min_days": 6`, "/interns/0/max_days: 6 to 5 days; it takes at least one, and no fewer at most than at least"},
		{`"ranks": ["s1"]`, `"ranks": ["s1", "s2", "s1"]`, "/interns/0/ranks/1: there is no slot \"s2\"\n/interns/0/ranks/2: slot \"s1\" is ranked twice"},
		{`"ranks": ["s1"]`, `"ranks": [` + strings.Repeat(`"s1",`, 50) + `"s1"]`, "/interns/0/ranks: 51 slots; an intern ranks at most 50"},
		{`"manager_consents": true, `, ``, "/interns/0/manager_consents: missing"},
		{`"workplace": "1004"`, `"workplace": "10\u000004"`, `/interns/0/workplace: "10\x0004" holds a control character`},
		{`"interns": [`, `"interns": [null, `, "/interns/0: null where an object belongs"},
		{`"round": "2026-37"`, `"round": "a", "round": "b"`, "duplicate object member name"},
		{`}]}`, `}]} x`, "something follows the end of the document"},
		{`"ranks": ["s1"]}]}`, ``, "the file ends too early"},
		{`"host": "1003"`, "\"host\": \"10\xff03\"", "invalid UTF-8"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatalf("%q does not stand in the file", c.old)
		}
		if _, err := market.ReadRound([]byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: %v, want %q", c.new, c.old, err, c.want)
		}
	}
}

func TestIDThatStandsTwiceIsRefused(t *testing.T) {
	r := matchtest.Random(matchtest.Small, rand.New(rand.NewPCG(5, 5)))
	r.Interns[3].ID, r.Slots[4].ID = "i0", "s1"
	err := r.Check()
	for _, want := range []string{`/interns/3/id: "i0" is also number 0`, `/slots/4/id: "s1" is also number 1`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestResultComesBack(t *testing.T) {
	for seed := range uint64(50) {
		res, err := match.Solve(matchtest.Random(matchtest.Small, rand.New(rand.NewPCG(seed, 7))))
		if err != nil {
			t.Fatal(err)
		}
		res.Input[3] = 200
		var file bytes.Buffer
		if _, err := res.WriteTo(&file); err != nil {
			t.Fatal(err)
		}
		back, err := market.ReadResult(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for i := range back.Explanations { // a list that is empty and one that is not there are the same
			back.Explanations[i].Choices = slices.Concat(back.Explanations[i].Choices, []market.Choice{})
		}
		if !reflect.DeepEqual(back, res) {
			t.Fatalf("seed %d: %+v came back as %+v", seed, res, back)
		}
	}
}

func TestResultOfAnotherFormIsRefused(t *testing.T) {
	const result = `{"round": "r", "input_sha256": "` + "%" + `", "matching": [], "cutoffs": [{"slot": "s1", "open": true}], "explanations": []}`
	file := strings.Replace(result, "%", strings.Repeat("0a", 32), 1)
	if _, err := market.ReadResult([]byte(file)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`0a0a`, ``, "/input_sha256: 64 hexadecimal digits belong here"},
		{`0a0a`, strings.Repeat("0", 1000), "/input_sha256: 64 hexadecimal digits belong here"},
		{`"open": true`, `"open": false`, "/cutoffs/0: a cutoff is open, or has tier, lottery and intern"},
		{`"open": true`, `"open": true, "tier": 1`, "/cutoffs/0: a cutoff is open, or has tier, lottery and intern"},
		{`"matching": [], `, ``, "/matching: missing"},
	} {
		if _, err := market.ReadResult([]byte(strings.Replace(file, c.old, c.new, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}

func FuzzReadRound(f *testing.F) {
	f.Add([]byte(good))
	f.Add(matchtest.File(matchtest.Random(matchtest.Small, rand.New(rand.NewPCG(5, 5)))))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := market.ReadRound(text)
		if err != nil {
			return
		}
		if _, err := match.Solve(r); err != nil {
			t.Fatal(err)
		}
		if _, err := market.ReadRound(matchtest.File(r)); err != nil {
			t.Fatalf("what was read is refused when written: %v", err)
		}
	})
}

func FuzzReadResult(f *testing.F) {
	f.Add([]byte(`{"round": "r", "input_sha256": "", "matching": [{"intern": "i", "slot": "s"}], "cutoffs": [{"slot": "s1", "open": true}], "explanations": []}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		res, err := market.ReadResult(text)
		if err != nil {
			return
		}
		var file bytes.Buffer
		res.WriteTo(&file)
		if _, err := market.ReadResult(file.Bytes()); err != nil {
			t.Fatalf("what was read is refused when written: %v", err)
		}
	})
}
