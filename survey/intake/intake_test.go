package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
)

const (
	national = "../../cmd/barometer/demo/wave/questionnaire.yaml"
	kinds    = "../questionnaire/testdata/kinds.yaml"
)

func load(t testing.TB, file string) *questionnaire.Questionnaire {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	q, err := questionnaire.Load(bytes.NewReader(src), file)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func read(t testing.TB, q *questionnaire.Questionnaire, o Options, file string) *File {
	t.Helper()
	f, err := Read(strings.NewReader(file), q, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	return f
}

// answers chooses at random along the route of the national questionnaire.
func answers(q *questionnaire.Questionnaire, random *rand.Rand) questionnaire.Answers {
	return q.Fill(func(item questionnaire.RoutedItem) questionnaire.Answer {
		choose := func() []string {
			o := item.Options[random.IntN(len(item.Options))]
			if !item.Kind.Several() || o.Exclusive || random.IntN(2) == 0 {
				return []string{o.Code}
			}
			for _, other := range item.Options {
				if !other.Exclusive && other.Code != o.Code {
					if slices.Index(item.Options, other) < slices.Index(item.Options, o) {
						return []string{other.Code, o.Code}
					}
					return []string{o.Code, other.Code}
				}
			}
			return []string{o.Code}
		}
		switch {
		case item.Kind.Written():
			return questionnaire.Answer{}
		case item.Kind.HasRows():
			rows := map[string][]string{}
			for _, r := range item.Rows {
				rows[r.Code] = choose()
			}
			return questionnaire.Answer{Rows: rows}
		}
		return questionnaire.Answer{Codes: choose()}
	})
}

// complete draws answers until they are valid.
func complete(t testing.TB, q *questionnaire.Questionnaire, random *rand.Rand) questionnaire.Answers {
	t.Helper()
	for range 1000 {
		a := answers(q, random)
		if len(q.Complete(a)) == 0 {
			return q.OnRoute(a)
		}
	}
	t.Fatal("no valid answers in a thousand draws")
	return nil
}

func write(comma rune, rows [][]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = comma
	w.WriteAll(rows) //nolint:errcheck // a strings.Builder takes all
	return b.String()
}

// exported is how our own export writes answers.
func exported(q *questionnaire.Questionnaire, list []questionnaire.Answers) string {
	head := []string{"unit", "disposition", "stratum", "mode"}
	for _, v := range q.Variables() {
		head = append(head, v.Name)
	}
	rows := [][]string{head}
	for i, a := range list {
		row := []string{fmt.Sprintf("u%d", i), "complete", "K-DAG.1-19", "web"}
		for j, c := range q.Row(a) {
			switch {
			case c.Missing != codebook.Present:
				row = append(row, c.Missing.Mark())
			case q.Variables()[j].Kind == codebook.Categorical:
				row = append(row, c.Level)
			default:
				row = append(row, strconv.FormatFloat(c.Number, 'f', -1, 64))
			}
		}
		rows = append(rows, row)
	}
	return write(',', rows)
}

// elsewhere writes answers with names joined as a function says, and several
// options in a column each or all in one.
func elsewhere(q *questionnaire.Questionnaire, a questionnaire.Answers, join func(item, row, option string) string, flags bool, code func(string) string) (head, row []string) {
	put := func(name, value string) { head, row = append(head, name), append(row, value) }
	for _, item := range q.Items() {
		rows := []string{""}
		if item.Kind.HasRows() {
			rows = nil
			for _, r := range item.Rows {
				rows = append(rows, r.Code)
			}
		}
		for _, r := range rows {
			chosen := a[item.ID].Codes
			if r != "" {
				chosen = a[item.ID].Rows[r]
			}
			switch {
			case item.Kind.Written():
				put(join(item.ID, "", ""), a[item.ID].Text)
			case item.Kind.Several() && flags:
				for _, o := range item.Options {
					put(join(item.ID, r, o.Code), map[bool]string{true: "Y"}[slices.Contains(chosen, o.Code)])
				}
			default:
				var codes []string
				for _, c := range chosen {
					codes = append(codes, code(c))
				}
				put(join(item.ID, r, ""), strings.Join(codes, " "))
			}
		}
	}
	return head, row
}

func same(a, b questionnaire.Answers) bool {
	if len(a) != len(b) {
		return false
	}
	for item, answer := range a {
		if !answer.Equal(b[item]) {
			return false
		}
	}
	return true
}

// why is the reason that an option beside a field gives for no answer.
func why(o questionnaire.Option) codebook.Missing {
	switch {
	case o.Refused:
		return codebook.Refused
	case o.NotRelevant:
		return codebook.NotRelevant
	}
	return codebook.DontKnow
}

// withTexts adds what people wrote to an export, which leaves it out.
func withTexts(q *questionnaire.Questionnaire, list []questionnaire.Answers) string {
	rows, _ := csv.NewReader(strings.NewReader(exported(q, list))).ReadAll() // written above
	add := func(name string, text func(questionnaire.Answers) string) {
		rows[0] = append(rows[0], name)
		for i, a := range list {
			rows[i+1] = append(rows[i+1], text(a))
		}
	}
	for _, item := range q.Items() {
		if item.Kind.Written() {
			add(strings.ToLower(item.ID), func(a questionnaire.Answers) string {
				for _, o := range item.Options {
					if a[item.ID].Has(o.Code) {
						return why(o).Mark()
					}
				}
				return a[item.ID].Text
			})
		}
		for _, o := range item.Options {
			if o.Specify > 0 {
				add(item.ID+"_"+o.Code+"_text", func(a questionnaire.Answers) string { return a[item.ID].Specify[o.Code] })
			}
		}
	}
	return write(',', rows)
}

// Every kind of question comes back from our own export with its texts beside:
// numbers, shares, dates, orders, reasons for no answer, confirmed doubts.
func TestEveryKindComesBack(t *testing.T) {
	q := load(t, kinds)
	found := 0
	for seed := range uint64(60) {
		who := questionnairetest.Respondent{Rand: rand.New(rand.NewPCG(seed, 9))}
		a, err := who.Answers(q, questionnaire.Answers{}, 1000)
		if err != nil || len(q.Complete(a)) > 0 {
			continue
		}
		a = q.OnRoute(a)
		file := withTexts(q, []questionnaire.Answers{a})
		got := read(t, q, Options{Layout: CSV}, file).Responses[0]
		if !same(got.Answers, a) {
			t.Errorf("seed %d: %v, want %v\n%s", seed, got.Answers, a, file)
		}
		found++
	}
	if found < 20 {
		t.Errorf("%d respondents answered all", found)
	}
}

// What is exported, in our layout and in those of other programs, comes back as
// it was answered.
func TestAnswersComeBackFromEveryLayout(t *testing.T) {
	q := load(t, national)
	random := rand.New(rand.NewPCG(1, 2))
	var list []questionnaire.Answers
	for range 30 {
		list = append(list, complete(t, q, random))
	}
	f := read(t, q, Options{Layout: CSV}, exported(q, list))
	for i, r := range f.Responses {
		if !same(r.Answers, list[i]) || !r.Complete || r.Key != fmt.Sprintf("u%d", i) {
			t.Errorf("our export, row %d: %v, want %v", r.Row, r.Answers, list[i])
		}
	}
	bracket := func(item, row, option string) string {
		rest := strings.ReplaceAll(row, "_", "")
		if option != "" {
			rest = strings.Trim(rest+"_"+strings.ReplaceAll(option, "_", ""), "_")
		}
		if rest == "" {
			return item
		}
		return item + "[" + rest + "]"
	}
	slash := func(item, row, option string) string {
		name := "om_arbejdspladsen-" + item
		if row != "" {
			name += "." + row
		}
		if option != "" {
			name += "/" + option
		}
		return name
	}
	plainCode := func(c string) string { return strings.ReplaceAll(c, "_", "") }
	exact := func(c string) string { return c }
	for i, a := range list {
		head, row := elsewhere(q, a, bracket, true, plainCode)
		lime := write(',', [][]string{
			append([]string{"id", "submitdate", "lastpage", "startlanguage", "seed", "token"}, head...),
			append([]string{"1", "2026-02-02 10:00:00", "9", "en", "77", "u1"}, row...),
		})
		if got := read(t, q, Options{Layout: LimeSurvey}, lime).Responses[0]; !same(got.Answers, a) || !got.Complete || got.Lang != "en" {
			t.Errorf("LimeSurvey, %d: %v, want %v", i, got.Answers, a)
		}
		for _, split := range []bool{false, true} {
			head, row := elsewhere(q, a, slash, split, exact)
			odk := write(',', [][]string{
				append([]string{"SubmissionDate", "meta-instanceID", "start-code", "KEY", "ReviewState"}, head...),
				append([]string{"2026-02-02T10:00:00.000Z", "uuid:1", "u1", "uuid:1", ""}, row...),
			})
			if got := read(t, q, Options{Layout: ODK}, odk).Responses[0]; !same(got.Answers, a) {
				t.Errorf("ODK, split %v, %d: %v, want %v", split, i, got.Answers, a)
			}
		}
	}
}

// A vvexport has tabs, two lines of heading, and writes what was not shown and
// line breaks in its own way.
func TestVVExport(t *testing.T) {
	q := load(t, kinds)
	var item *questionnaire.Item
	for _, i := range q.Items() {
		if i.Kind == questionnaire.Text {
			item = i
		}
	}
	head, row := []string{"id", "token", "submitdate", item.ID}, []string{"4", "u1", "{question_not_shown}", "en linje{newline}og {quote}to{quote}"}
	file := "Spørgsmål\tToken\tDato\tTekst\n" + strings.Join(head, "\t") + "\n" + strings.Join(row, "\t") + "\n"
	_, err := Read(strings.NewReader(file), q, Options{Layout: LimeSurvey})
	f := read(t, q, Options{Layout: LimeSurvey}, strings.Replace(file, item.ID, item.ID, 1))
	if err != nil || len(f.Responses) != 1 || f.Responses[0].Complete || f.Responses[0].Row != 3 {
		t.Fatalf("%+v, %v", f, err)
	}
	if got := f.Responses[0].Answers[item.ID].Text; got != "en linje\nog \"to\"" {
		t.Errorf("text %q", got)
	}
}

// All faults of a file are named, by row and column, and nothing of it is used.
func TestEveryFaultIsNamed(t *testing.T) {
	q := load(t, national)
	base := exported(q, []questionnaire.Answers{complete(t, q, rand.New(rand.NewPCG(3, 4)))})
	table, err := csv.NewReader(strings.NewReader(base)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(table[0], name) }
	change := func(name, value string) string {
		rows := [][]string{slices.Clone(table[0]), slices.Clone(table[1])}
		rows[1][column(name)] = value
		return write(',', rows)
	}
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"unknown option":   {change("a1", "konge"), []string{"row 2, column a1", `"konge" is no option`}},
		"unanswered":       {change("a1", ""), []string{"row 2, column a1"}},
		"no key":           {change("unit", " "), []string{"row 2, column unit", "nothing names the workplace"}},
		"unknown column":   {strings.Replace(base, "a1", "z9", 1), []string{"column z9", "is no question"}},
		"a column twice":   {strings.Replace(base, "a2", "a1", 1), []string{"column a1", "stands twice"}},
		"two keys":         {strings.Replace(base, "stratum", "token", 1), []string{"say which by --key"}},
		"no key column":    {strings.Replace(base, "unit", "mode2", 1), []string{"no column names the workplaces"}},
		"ragged":           {base + "u9,complete\n", []string{"row 3", "another number of cells"}},
		"empty":            {"", []string{"the file is empty"}},
		"heading alone":    {"unit,a1\n", []string{"a heading and no row"}},
		"no text":          {"unit,a1\nu1,\xff\n", []string{"not UTF-8"}},
		"NUL":              {"unit,a1\nu1,\x00\n", []string{"not UTF-8"}},
		"open quote":       {"unit,a1\nu1,\"leder\n", []string{"cannot be read"}},
		"off the route":    {"unit,disposition,a1,a2,c1\nu1,partial,leder,nej,x\n", []string{"row 2, column c1"}},
		"no flag":          {change("c2_produkt", "maybe"), []string{"row 2, column c2_produkt"}},
		"unknown language": {strings.Replace(strings.Replace(base, "mode", "lang", 1), ",web,", ",sv,", 1), []string{"column lang", "unknown language"}},
	} {
		_, err := Read(strings.NewReader(c.file), q, Options{Layout: CSV})
		var faults Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v does not say %q", name, err, want)
			}
		}
	}
	two := strings.TrimSuffix(change("a1", "konge"), "\n") + "\n" + strings.Split(change("a2", "konge"), "\n")[1] + "\n"
	if _, err := Read(strings.NewReader(two), q, Options{Layout: CSV}); err == nil || !strings.Contains(err.Error(), "row 2, column a1") || !strings.Contains(err.Error(), "row 3, column a2") {
		t.Errorf("two faults: %v", err)
	}
}

// What was rejected or not answered elsewhere is no response.
func TestRowsThatAreNoResponsesArePassedOver(t *testing.T) {
	q := load(t, national)
	a := complete(t, q, rand.New(rand.NewPCG(5, 6)))
	file := exported(q, []questionnaire.Answers{a, a})
	file = strings.Replace(file, "u1,complete", "u1,noncontact", 1)
	if f := read(t, q, Options{Layout: CSV}, file); len(f.Responses) != 1 || f.Passed != 1 {
		t.Errorf("%d responses, %d passed", len(f.Responses), f.Passed)
	}
	odk := "code,ReviewState,A1\nu1,rejected,leder\n"
	if f := read(t, q, Options{Layout: ODK}, odk); len(f.Responses) != 0 || f.Passed != 1 {
		t.Errorf("rejected: %+v", f)
	}
}

// Numbers and dates of files have one reading, and unusual ones are confirmed
// by the file or by whoever reads it, never by themselves.
func TestDayReadsWhatFilesHold(t *testing.T) {
	for cell, want := range map[string]string{"2025-03-31": "2025-03-31", "2025-03": "2025-03-01", "0": "1970-01-01", "20178": "2025-03-31", "2025-03-31 00:00:00": "2025-03-31"} {
		if at, err := day(cell); err != nil || at.Format(time.DateOnly) != want {
			t.Errorf("%s is %v, %v; want %s", cell, at, err, want)
		}
	}
	for _, bad := range []string{"31.3.2025", "x", "99999999"} {
		if _, err := day(bad); err == nil {
			t.Errorf("%s is a date", bad)
		}
	}
}

// A file of any bytes is read or refused, and never more than that.
func FuzzRead(f *testing.F) {
	q := load(f, kinds)
	national := load(f, national)
	f.Add("unit,a1\nu1,leder\n", 0)
	f.Add(exported(national, []questionnaire.Answers{complete(f, national, rand.New(rand.NewPCG(7, 8)))}), 0)
	f.Add("id\ttoken\tA1\nid\ttoken\tA1\n1\tu\tleder\n", 1)
	f.Add("grp-code,grp-A1,KEY\nu1,leder,uuid:1\n", 2)
	f.Fuzz(func(t *testing.T, file string, layout int) {
		o := Options{Layout: Layouts[((layout%3)+3)%3]}
		for _, q := range []*questionnaire.Questionnaire{q, national} {
			got, err := Read(strings.NewReader(file), q, o)
			var faults Faults
			if err != nil && !errors.As(err, &faults) {
				t.Fatalf("%v", err)
			}
			if err == nil {
				for _, r := range got.Responses {
					if r.Complete && len(q.Complete(r.Answers)) > 0 {
						t.Fatalf("row %d is taken for complete: %v", r.Row, q.Complete(r.Answers))
					}
				}
			}
		}
	})
}
