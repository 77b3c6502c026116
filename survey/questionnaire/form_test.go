package questionnaire_test

import (
	"bytes"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// replace returns testdata/valid.yaml with one part replaced.
func replace(t *testing.T, old, new string) []byte {
	t.Helper()
	src, err := os.ReadFile("testdata/valid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(src, []byte(old)) {
		t.Fatalf("valid.yaml does not contain %q", old)
	}
	return bytes.Replace(src, []byte(old), []byte(new), 1)
}

func load(t *testing.T, src []byte) *questionnaire.Questionnaire {
	t.Helper()
	q, err := questionnaire.Load(bytes.NewReader(src), "q.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func form(query string) url.Values {
	v, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	return v
}

func TestGoal21_EveryQuestionOfThePageIsChecked(t *testing.T) {
	q := wave(t)
	partners := with(innovative(), "D2", several("kommune", "virksomhed"))
	tests := []struct {
		name, page, form string
		before           questionnaire.Answers
		item             string
		want             questionnaire.Answer
		faults           string // "field rule", joined with commas
	}{
		{"a choice", "arbejdspladsen", "A1=leder&A2=ja", nil, "A1", one("leder"), ""},
		{"items absent from the form", "arbejdspladsen", "", nil, "A1", questionnaire.Answer{}, "A1 required, A2 required"},
		{"an absent item loses its answer", "arbejdspladsen", "A2=ja", innovative(), "A1", questionnaire.Answer{}, "A1 required"},
		{"several in the item's order", "seneste", "C2=kommunikation&C2=produkt", innovative(), "C2", several("produkt", "kommunikation"), ""},
		{"at most three", "anledning", "D1=ledere&D1=lov&D1=borgere&D1=andet", innovative(), "D1", several("ledere", "lov", "borgere", "andet"), "D1 too_many"},
		{"an exclusive option clears the others", "anledning", "D1=ledere&D1=ved_ikke", innovative(), "D1", one("ved_ikke"), ""},
		{"others added to an exclusive option", "anledning", "D1=ledere&D1=ved_ikke", with(innovative(), "D1", one("ved_ikke")), "D1", several("ledere", "ved_ikke"), "D1 clash"},
		{"two exclusive options", "partnere", "D2=ingen&D2=ved_ikke", innovative(), "D2", several("ingen", "ved_ikke"), "D2 clash"},
		{"rows", "trin", "D3.kommune=idee&D3.kommune=test&D3.virksomhed=ved_ikke", partners, "D3",
			questionnaire.Answer{Rows: map[string][]string{"kommune": {"idee", "test"}, "virksomhed": {"ved_ikke"}}}, ""},
		{"a row left open", "trin", "D3.kommune=idee", partners, "D3",
			questionnaire.Answer{Rows: map[string][]string{"kommune": {"idee"}}}, "D3.virksomhed required"},
		{"text is trimmed, lines kept", "seneste", "C2=proces&C1=++Ny%0D%0Avagtplan+", innovative(), "C1", questionnaire.Answer{Text: "Ny\nvagtplan"}, ""},
		{"text may be left open", "seneste", "C2=proces&C1=+", innovative(), "C1", questionnaire.Answer{}, ""},
		{"500 characters of Danish fit", "seneste", "C2=proces&C1=" + strings.Repeat("%C3%A6", 500), innovative(), "C1", questionnaire.Answer{Text: strings.Repeat("æ", 500)}, ""},
		{"501 do not", "seneste", "C2=proces&C1=" + strings.Repeat("%C3%A6", 501), innovative(), "C1", questionnaire.Answer{Text: strings.Repeat("æ", 501)}, "C1 too_long"},
		{"only what was chosen can be most important", "maal", "E2=anden&E3=nej", with(innovative(), "E1", several("kvalitet", "anden")), "E2", one("anden"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kept := clone(tt.before)
			got, faults, err := q.ReadPage(tt.page, form(tt.form), i18n.Danish, tt.before)
			if err != nil {
				t.Fatal(err)
			}
			if !got[tt.item].Equal(tt.want) {
				t.Errorf("%s is %+v, want %+v", tt.item, got[tt.item], tt.want)
			}
			var list []string
			for _, f := range faults {
				list = append(list, f.Field()+" "+string(f.Rule))
				if len(f.Message.Missing()) > 0 {
					t.Errorf("fault without a message: %+v", f)
				}
			}
			if s := strings.Join(list, ", "); s != tt.faults {
				t.Errorf("faults %q, want %q", s, tt.faults)
			}
			if tt.before != nil && !reflect.DeepEqual(kept, tt.before) {
				t.Error("the answers given before were changed")
			}
		})
	}
}

func TestGoal22_RefusesWhatNoBrowserSends(t *testing.T) {
	q := wave(t)
	two := with(innovative(), "E1", several("kvalitet", "anden"))
	tests := []struct{ name, page, form, field string }{
		{"unknown page", "admin", "", "admin"},
		{"unknown field", "arbejdspladsen", "A1=leder&A2=ja&role=admin", "role"},
		{"field of another page", "arbejdspladsen", "A1=leder&A2=ja&B1=ja", "B1"},
		{"item off the route", "undervejs", "B5=ja&B6=nej&B7=en", "B5"},
		{"row off the route", "trin", "D3.stat=idee", "D3.stat"},
		{"unknown row", "skub", "H1.vejret=uden_betydning", "H1.vejret"},
		{"a matrix without its row", "skub", "H1=uden_betydning", "H1"},
		{"unknown option", "arbejdspladsen", "A1=konge&A2=ja", "A1"},
		{"empty option", "arbejdspladsen", "A1=&A2=ja", "A1"},
		{"option not offered", "maal", "E2=effektivitet&E3=nej", "E2"},
		{"single choice twice", "arbejdspladsen", "A1=leder&A1=andet&A2=ja", "A1"},
		{"one option twice", "seneste", "C2=proces&C2=proces", "C2"},
		{"text twice", "seneste", "C2=proces&C1=a&C1=b", "C1"},
		{"NUL", "seneste", "C2=proces&C1=a%00b", "C1"},
		{"escape character", "seneste", "C2=proces&C1=%1b[31m", "C1"},
		{"not UTF-8", "seneste", "C2=proces&C1=%ff%fe", "C1"},
		{"a very long text", "seneste", "C2=proces&C1=" + strings.Repeat("a", 33<<10), "C1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _, err := q.ReadPage(tt.page, form(tt.form), i18n.Danish, two)
			fault, ok := err.(*questionnaire.FormError)
			if !ok || fault.Field != tt.field || a != nil {
				t.Errorf("got %v, %v; want field %s refused", a, err, tt.field)
			}
		})
	}
}

// Changing a gate hides what hung on it and forgets nothing.
func TestGoal26_HiddenAnswersReturn(t *testing.T) {
	q := wave(t)
	a, faults, err := q.ReadPage("fornyelser", form("B1=nej&B2=nej&B3=nej&B4=nej"), i18n.Danish, innovative())
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if _, shown := q.OnRoute(a)["C4"]; shown {
		t.Error("C4 counts though nothing is innovative any more")
	}
	if next, _ := q.Next(a, "undervejs"); next == "seneste" {
		t.Error("C1 is asked though nothing is innovative any more")
	}
	a, _, err = q.ReadPage("fornyelser", form("B1=ja&B2=nej&B3=nej&B4=nej"), i18n.Danish, a)
	if err != nil {
		t.Fatal(err)
	}
	if !q.OnRoute(a)["C4"].Equal(one("foerst")) {
		t.Error("C4 did not return with the innovation")
	}
}

// A stored answer that an earlier change made impossible is asked for again.
func TestPipedAnswerThatNoLongerStands(t *testing.T) {
	q := wave(t)
	a := with(with(innovative(), "E1", several("kvalitet", "effektivitet")), "E2", one("anden"))
	for _, f := range q.Complete(a) {
		if f.Item == "E2" && f.Rule == questionnaire.Required {
			return
		}
	}
	t.Error("E2 names a value that was not achieved, and nobody asks")
}

func TestNotesFollowTheRoute(t *testing.T) {
	q := wave(t)
	p, _ := q.RoutedPage(questionnaire.Answers{"A2": one("nej")}, "fornyelser")
	if len(p.Notes) != 1 {
		t.Errorf("%d notes when the register is wrong, want 1", len(p.Notes))
	}
	if p, _ = q.RoutedPage(questionnaire.Answers{"A2": one("ja")}, "fornyelser"); len(p.Notes) != 0 {
		t.Errorf("%d notes when the register is right, want none", len(p.Notes))
	}
}

func TestHashIsOfTheContent(t *testing.T) {
	base := load(t, replace(t, "id: proeve", "id: proeve"))
	same := [][2]string{
		{"id: proeve\n", "# a comment\nid:   proeve\n\n"},
		{"when: ${B1} = 'ja'", "when: (${B1}='ja')"},
	}
	for _, r := range same {
		if q := load(t, replace(t, r[0], r[1])); q.Hash != base.Hash {
			t.Errorf("layout alone changed the hash: %q", r[1])
		}
	}
	different := [][2]string{
		{"da: Kommune", "da: Kommunen"}, {"en: Who?", "en: Whom?"}, {"number: 3", "number: 4"}, {"max: 2", "# max: 2"},
		{"relevant: ${B1} = 'nej'", "relevant: ${B1} = 'ja'"}, {"optional: true", "optional: false"}, {"version: 1.0", "version: 1.1"},
	}
	seen := map[string]bool{base.Hash: true}
	for _, r := range different {
		q := load(t, replace(t, r[0], r[1]))
		if seen[q.Hash] {
			t.Errorf("%q did not change the hash", r[1])
		}
		seen[q.Hash] = true
	}
}

func TestBlocks(t *testing.T) {
	got := questionnaire.Blocks("En linje\nog en til.\n\n- et\n- to\n\nSlut.\n")
	want := []questionnaire.Block{
		{Lines: []string{"En linje og en til."}}, {List: true, Lines: []string{"et", "to"}}, {Lines: []string{"Slut."}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
