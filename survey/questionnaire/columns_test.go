package questionnaire_test

import (
	"testing"

	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
)

func one(code string) questionnaire.Answer { return questionnaire.Answer{Codes: []string{code}} }

// innovative is a respondent who has come to D1: yes to B3.
func innovative() questionnaire.Answers {
	return questionnaire.Answers{
		"A1": one("leder"), "A2": one("ja"),
		"B1": one("nej"), "B2": one("ved_ikke"), "B3": one("ja"), "B4": one("nej"),
		"B6": one("nej"), "B7": one("to_tre"),
		"C2": one("proces"), "C3": one("begge"), "C4": one("foerst"), "C6": one("ingen"),
	}
}

func with(a questionnaire.Answers, id string, answer questionnaire.Answer) questionnaire.Answers {
	a[id] = answer
	return a
}

func several(codes ...string) questionnaire.Answer { return questionnaire.Answer{Codes: codes} }

func TestGoal25_RowTellsWhyAValueIsMissing(t *testing.T) {
	q := wave(t)
	none := questionnaire.Answers{}
	not := innovative()
	not["B3"] = one("nej")
	tests := []struct {
		name    string
		answers questionnaire.Answers
		column  string
		want    questionnaire.Cell
	}{
		{"answered", innovative(), "c4", questionnaire.Cell{Level: "foerst"}},
		{"chosen", innovative(), "c2_proces", questionnaire.Cell{Number: 1}},
		{"not chosen", innovative(), "c2_produkt", questionnaire.Cell{Number: 0}},
		{"condition true", innovative(), "innov", questionnaire.Cell{Number: 1}},
		{"condition false", not, "innov", questionnaire.Cell{Number: 0}},
		{"condition open", none, "innov", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{"never reached", none, "a1", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{"route open", none, "c4", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{"asked, not reached", innovative(), "d1_ledere", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{"routed past", innovative(), "b5", questionnaire.Cell{Missing: codebook.NotAsked}},
		{"routed past, answer kept as history", not, "c4", questionnaire.Cell{Missing: codebook.NotAsked}},
		{"routed past by an answer off the route", not, "c5_privat", questionnaire.Cell{Missing: codebook.NotAsked}},
		{"B5 is open, so H1 is", not, "h1_tid", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{"B5 no, so H1 is not asked", with(clone(not), "B5", one("nej")), "h1_tid", questionnaire.Cell{Missing: codebook.NotAsked}},
		{"B5 yes, so H1 is asked", with(clone(not), "B5", one("ja")), "h1_tid", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{"D2 is open, so D3 is", innovative(), "d3_kommune_idee", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{"no partner, so D3 is not asked", with(innovative(), "D2", one("ingen")), "d3_kommune_idee", questionnaire.Cell{Missing: codebook.NotAsked}},
		{"another partner", with(innovative(), "D2", one("stat")), "d3_kommune_idee", questionnaire.Cell{Missing: codebook.NotAsked}},
		{"this partner, not reached", with(innovative(), "D2", one("kommune")), "d3_kommune_idee", questionnaire.Cell{Missing: codebook.Nonresponse}},
		{"one value, so E2 is not asked", with(innovative(), "E1", one("kvalitet")), "e2", questionnaire.Cell{Missing: codebook.NotAsked}},
		{"two values, so E2 is asked", with(innovative(), "E1", several("kvalitet", "anden")), "e2", questionnaire.Cell{Missing: codebook.Nonresponse}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row := q.Row(tt.answers)
			for i, v := range q.Variables() {
				if v.Name == tt.column {
					if row[i] != tt.want {
						t.Errorf("%s is %+v, want %+v", tt.column, row[i], tt.want)
					}
					return
				}
			}
			t.Fatalf("no column %s", tt.column)
		})
	}
}

func clone(a questionnaire.Answers) questionnaire.Answers {
	out := questionnaire.Answers{}
	for k, v := range a {
		out[k] = v
	}
	return out
}

// An optional choice left open is skipped, which is not the same as not asked
// or not reached.
func TestOptionalItemIsSkipped(t *testing.T) {
	q := load(t, replace(t, "        scale: yn\n        short: {da: Nyt", "        scale: yn\n        optional: true\n        short: {da: Nyt"))
	if got := q.Row(nil)[0]; got.Missing != codebook.Skipped {
		t.Errorf("an optional item left open is %v", got.Missing)
	}
	if got := q.Row(nil)[1]; got.Missing != codebook.NotAsked {
		t.Errorf("a condition on it is %v", got.Missing)
	}
}

func TestVariablesOfTheWave(t *testing.T) {
	q := wave(t)
	if n := len(q.Items()); n != 36 {
		t.Errorf("%d items, not 36", n)
	}
	names := map[string]codebook.Variable{}
	for _, v := range q.Variables() {
		names[v.Name] = v
		if v.Role != codebook.RoleAnswer || len(v.Label.Missing())+len(v.Asked.Missing()) > 0 {
			t.Errorf("variable %s is not fully described: %+v", v.Name, v)
		}
	}
	for _, name := range []string{"a1", "innov", "b5", "c2_produkt", "c4", "d3_kommune_idee", "d3_egen_organisation_indfoerelse", "e1_ingen_endnu", "e2", "f1", "g3", "h1_ledelse", "k1_maaler_effekt", "k2_opbakning", "l3"} {
		if _, ok := names[name]; !ok {
			t.Errorf("there is no column %s", name)
		}
	}
	for _, name := range []string{"c1", "l1"} {
		if _, ok := names[name]; ok {
			t.Errorf("the free text %s is a column", name)
		}
	}
	if c, _ := names["c4"].Code("ved_ikke"); !c.DontKnow || c.Number != 99 {
		t.Errorf("code ved_ikke of c4 is %+v", c)
	}
}
