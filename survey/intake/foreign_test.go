package intake

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
)

// The exports of this file are written by the rules of the programs' own
// sources: LimeSurvey's CsvWriter, Writer, SurveyObj and viewHelper
// (application/helpers of LimeSurvey/LimeSurvey), ODK Central's
// lib/data/briefcase.js and the expectations of its own tests
// (getodk/central-backend). No line of theirs is repeated here.

// limeCells writes cells as LimeSurvey's CsvWriter does: all in quotes, line
// breaks as one sign, lines ended as on Windows.
func limeCells(separator string, cells []string) string {
	quoted := make([]string, len(cells))
	for i, c := range cells {
		quoted[i] = `"` + strings.ReplaceAll(strings.ReplaceAll(c, "\r\n", "\n"), `"`, `""`) + `"`
	}
	return strings.Join(quoted, separator) + "\r\n"
}

// limeExport is a whole file: a byte-order mark, the heading, the responses, an
// empty line at the end.
func limeExport(separator string, rows ...[]string) string {
	var b strings.Builder
	b.WriteString("\ufeff")
	for _, r := range rows {
		b.WriteString(limeCells(separator, r))
	}
	return b.String() + "\r\n"
}

// limeCode is a code as LimeSurvey allows it.
func limeCode(code string) string { return strings.ReplaceAll(code, "_", "") }

// limeColumns are the columns of one response: heading and answer codes.
type limeColumns struct{ head, row []string }

func (c *limeColumns) add(head, cell string) {
	if strings.HasPrefix(cell, "=") {
		cell = "'" + cell // csvMaskEquations
	}
	c.head, c.row = append(c.head, head), append(c.row, cell)
}

// limeAnswers writes answers question by question, each as the type it would be
// there: list with other, multiple choice with other, array, ranking, multiple
// numerical, date.
func limeAnswers(q *questionnaire.Questionnaire, a questionnaire.Answers) *limeColumns {
	c := &limeColumns{}
	for _, item := range q.Items() {
		limeItem(c, item, a[item.ID])
	}
	return c
}

func limeItem(c *limeColumns, item *questionnaire.Item, a questionnaire.Answer) {
	sub := func(code string) string { return item.ID + "[" + limeCode(code) + "]" }
	switch {
	case item.Kind == questionnaire.Ranking:
		ranks := 0
		for _, o := range item.Options {
			if o.Substantive() {
				ranks++
			}
		}
		for n := range ranks {
			cell := ""
			if n < len(a.Codes) {
				cell = limeCode(a.Codes[n])
			}
			c.add(item.ID+"["+decimal(n+1)+"]", cell)
		}
	case item.Kind == questionnaire.Share:
		for _, r := range item.Rows {
			c.add(sub(r.Code), a.Parts[r.Code])
		}
	case item.Kind.HasRows() && item.Kind.Several():
		for _, r := range item.Rows {
			for _, o := range item.Options {
				cell := ""
				if slices.Contains(a.Rows[r.Code], o.Code) {
					cell = "1" // array of numbers, with boxes to tick
				}
				c.add(item.ID+"["+limeCode(r.Code)+"_"+limeCode(o.Code)+"]", cell)
			}
		}
	case item.Kind.HasRows():
		for _, r := range item.Rows {
			c.add(sub(r.Code), limeCode(strings.Join(a.Rows[r.Code], "")))
		}
	case item.Kind.Several():
		limeSeveral(c, item, a)
	case item.Kind.Chosen():
		limeList(c, item, a)
	case item.Kind.Written():
		c.add(item.ID, a.Text)
	case item.Kind.Dated() && a.Value != "":
		c.add(item.ID, (a.Value + "-01")[:10]+" 00:00:00")
	default:
		c.add(item.ID, a.Value)
	}
}

func limeSeveral(c *limeColumns, item *questionnaire.Item, a questionnaire.Answer) {
	for _, o := range item.Options {
		switch {
		case o.Specify > 0:
			c.add(item.ID+"[other]", a.Specify[o.Code])
		case a.Has(o.Code):
			c.add(item.ID+"["+limeCode(o.Code)+"]", "Y")
		default:
			c.add(item.ID+"["+limeCode(o.Code)+"]", "")
		}
	}
}

func limeList(c *limeColumns, item *questionnaire.Item, a questionnaire.Answer) {
	cell, other := limeCode(strings.Join(a.Codes, "")), ""
	for _, o := range item.Options {
		if o.Specify > 0 && a.Has(o.Code) {
			cell, other = "-oth-", a.Specify[o.Code]
		}
	}
	c.add(item.ID, cell)
	if slices.ContainsFunc(item.Options, func(o questionnaire.Option) bool { return o.Specify > 0 }) {
		c.add(item.ID+"[other]", other)
	}
}

// substantive draws answers without don't-knows beside fields, for which
// LimeSurvey has no place.
func substantive(t *testing.T, q *questionnaire.Questionnaire, seed uint64) (questionnaire.Answers, bool) {
	t.Helper()
	who := questionnairetest.Respondent{Rand: rand.New(rand.NewPCG(seed, 21)), Texts: []string{"=1+1", "»citat« og \"mere\"", "to\nlinjer", "Æblegrød; med, fløde"}}
	a, err := who.Answers(q, questionnaire.Answers{}, 1000)
	if err != nil || len(q.Complete(a)) > 0 {
		return nil, false
	}
	for _, item := range q.Items() {
		if item.Kind.Beside() && len(a[item.ID].Codes) > 0 && item.Kind != questionnaire.Ranking || len(a[item.ID].Confirmed) > 0 {
			return nil, false
		}
		if item.Kind == questionnaire.Ranking && slices.ContainsFunc(item.Options, func(o questionnaire.Option) bool { return !o.Substantive() && a[item.ID].Has(o.Code) }) {
			return nil, false
		}
	}
	return q.OnRoute(a), true
}

// Every kind of question comes back from LimeSurvey's own layout: all cells in
// quotes, semicolons or commas, a byte-order mark, "other" as -oth- or as a text
// alone, ranks by place, masked formulas; headings with codes alone, with the
// wording after them, or as its expressions name questions.
func TestLimeSurveyWritesEveryKind(t *testing.T) {
	q := load(t, kinds)
	found := 0
	for seed := range uint64(4000) {
		a, ok := substantive(t, q, seed)
		if !ok {
			continue
		}
		c := limeAnswers(q, a)
		system := []string{"id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp", "ipaddr", "refurl"}
		values := []string{"7", "1980-01-01 00:00:00", "4", "en", "1374312049", "u1", "1980-01-01 00:00:00", "1980-01-01 00:00:00", "", ""}
		timings := []string{"interviewtime", "groupTime12", "K1Time"}
		for name, head := range map[string]func(string) string{
			"codes":       func(s string) string { return s },
			"with words":  func(s string) string { return s + ". Hvad gælder her? [Svar, række 1.]" },
			"expressions": func(s string) string { return strings.NewReplacer("[", "_", "]", "").Replace(s) },
		} {
			for _, separator := range []string{";", ",", "\t"} {
				heading := slices.Clone(system)
				for _, h := range c.head {
					heading = append(heading, head(h))
				}
				file := limeExport(separator, append(heading, timings...), append(append(slices.Clone(values), c.row...), "611.2", "100.5", "20.1"))
				f, err := Read(strings.NewReader(file), q, Options{Layout: LimeSurvey, Confirm: true})
				if err != nil {
					t.Fatalf("%s, %q, seed %d: %v\n%s", name, separator, seed, err, file)
				}
				got := f.Responses[0]
				for id, want := range a {
					if !sameOrEqual(got.Answers[id], want) {
						t.Errorf("%s, %q, seed %d: %s is %+v, want %+v\n%s", name, separator, seed, id, got.Answers[id], want, file)
					}
				}
				if got.Key != "u1" || !got.Complete || got.Lang != "en" || len(got.Answers) != len(a) {
					t.Errorf("%s: %+v", name, got)
				}
			}
		}
		if found++; found == 8 {
			return
		}
	}
	t.Errorf("%d respondents without a don't-know", found)
}

// sameOrEqual compares answers but for line breaks, of which a file keeps one
// sign.
func sameOrEqual(a, b questionnaire.Answer) bool {
	a.Text, b.Text = strings.ReplaceAll(a.Text, "\r\n", "\n"), strings.ReplaceAll(b.Text, "\r\n", "\n")
	a.Confirmed, b.Confirmed = nil, nil
	return a.Equal(b)
}

// Yes and no as LimeSurvey's own type has them, and converted to 1 and 2; what
// was not submitted; and wording instead of codes, which is refused.
func TestLimeSurveysOwnCodes(t *testing.T) {
	q := load(t, national)
	base := [][]string{{"id", "submitdate", "token", "A1"}, {"1", "", "u1", "leder"}}
	if f := read(t, q, Options{Layout: LimeSurvey}, limeExport(";", base...)); f.Responses[0].Complete || !f.Responses[0].Answers["A1"].Has("leder") {
		t.Errorf("%+v", f.Responses[0])
	}
	for name, c := range map[string]struct {
		rows [][]string
		want string
	}{
		"full wording":  {[][]string{{"Response ID", "Date submitted", "token", "Er du leder?"}, {"1", "", "u1", "Ja"}}, "column Er du leder?: is no question"},
		"full answers":  {[][]string{{"id", "submitdate", "token", "A1"}, {"1", "", "u1", "N/A"}}, `"N/A" is no option`},
		"personal data": {[][]string{{"id", "submitdate", "token", "firstname", "A1"}, {"1", "", "u1", "Bo", "leder"}}, "column firstname: is no question"},
		"a dual scale":  {[][]string{{"id", "token", "A1[SQ001][1]"}, {"1", "u1", "x"}}, "is no question"},
	} {
		if _, err := Read(strings.NewReader(limeExport(";", c.rows...)), q, Options{Layout: LimeSurvey}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	e := &entered{layout: LimeSurvey}
	if yes, err := e.flag("2"); yes || err != nil {
		t.Errorf("2 is %v, %v", yes, err)
	}
	if _, err := (&entered{layout: CSV}).flag("2"); err == nil {
		t.Error("2 is a flag of our own export")
	}
}

// odkHead and odkTail are what ODK Central puts around the answers.
var (
	odkHead = []string{"SubmissionDate", "meta-instanceID"}
	odkTail = []string{"KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState", "DeviceID", "Edits", "FormVersion"}
)

func odkExport(head, row []string, status, review string) string {
	return write(',', [][]string{
		slices.Concat(odkHead, head, odkTail),
		slices.Concat([]string{"2026-02-02T10:00:00.000Z", "uuid:one"}, row, []string{"uuid:one", "5", "Alice", "0", "0", status, review, "collect:x", "0", "2"}),
	})
}

// The columns of ODK Central, groups before the names or not, several answers in
// one column and again in one column each, whole in a ZIP; what is rejected is
// passed over, what is not decrypted and what is repeated is refused.
func TestODKCentralsColumns(t *testing.T) {
	q := load(t, national)
	random := rand.New(rand.NewPCG(31, 32))
	for range 10 {
		a := complete(t, q, random)
		for _, group := range []string{"", "om_jer-", "om_jer-mere-"} {
			head, row := []string{"start-token"}, []string{"u1"}
			for _, item := range q.Items() {
				odkItem(&head, &row, group, item, a[item.ID])
			}
			file := odkExport(head, row, "", "approved")
			for _, packed := range []string{file, zipped(t, "innovation.csv", file, "media/1.jpg", "x")} {
				f := read(t, q, Options{Layout: ODK}, packed)
				if got := f.Responses[0]; !same(got.Answers, a) || !got.Complete || got.Key != "u1" {
					t.Errorf("group %q: %v, want %v", group, got.Answers, a)
				}
			}
		}
	}
	one := func(status, review string) (*File, error) {
		return Read(strings.NewReader(odkExport([]string{"token", "A1"}, []string{"u1", "leder"}, status, review)), q, Options{Layout: ODK})
	}
	if f, err := one("", "rejected"); err != nil || len(f.Responses) != 0 || f.Passed != 1 {
		t.Errorf("rejected: %+v, %v", f, err)
	}
	for _, status := range []string{"not decrypted", "missing encrypted form data"} {
		if _, err := one(status, ""); err == nil || !strings.Contains(err.Error(), "decrypt the submissions") {
			t.Errorf("%s: %v", status, err)
		}
	}
	repeats := "A1,PARENT_KEY,KEY\nleder,uuid:one,uuid:one/children/child[1]\n"
	if _, err := Read(strings.NewReader(repeats), q, Options{Layout: ODK}); err == nil || !strings.Contains(err.Error(), "PARENT_KEY: belongs to a repeated group") {
		t.Errorf("a table of repeats: %v", err)
	}
}

// odkItem writes an item as select_one, select_multiple with its split columns,
// or a table-list.
func odkItem(head, row *[]string, group string, item *questionnaire.Item, a questionnaire.Answer) {
	put := func(name, cell string) { *head, *row = append(*head, name), append(*row, cell) }
	flag := map[bool]string{true: "1", false: "0"}
	several := func(name string, codes []string) {
		put(name, strings.Join(codes, " "))
		for _, o := range item.Options {
			if len(codes) == 0 {
				put(name+"/"+o.Code, "")
				continue
			}
			put(name+"/"+o.Code, flag[slices.Contains(codes, o.Code)])
		}
	}
	switch {
	case item.Kind.HasRows():
		for _, r := range item.Rows {
			name := group + item.ID + "-" + item.ID + "." + r.Code
			if item.Kind.Several() {
				several(name, a.Rows[r.Code])
			} else {
				put(name, strings.Join(a.Rows[r.Code], ""))
			}
		}
	case item.Kind.Several():
		several(group+item.ID, a.Codes)
	case item.Kind.Written():
		put(group+item.ID, a.Text)
	default:
		put(group+item.ID, strings.Join(a.Codes, ""))
	}
}
