package disclosure

import (
	"slices"
	"strings"
	"testing"

	"barometer/analysis/table"
)

func TestWhatAnEarlierVersionShowsProtectsNothing(t *testing.T) {
	r := newRespondents("a")
	yes(r, 80, 40, "K-DAG", "20-49", "1081")
	yes(r, 40, 2, "R-SUN", "20-49", "1081")
	yes(r, 60, 30, "S-ADM", "20-49", "1081")
	in := r.tabulate(t, own, "total", "sector")
	hidden := []table.Status{table.Published, table.Confidential, table.Confidential, table.Published}
	in.links.Earlier = []*table.Table{in.table(t, hidden)}
	tab, err := in.apply()
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := tab.Cell("a", "sector:kommune"); !c.Status().Suppressed() {
		t.Error("the state is known from the earlier version, so the municipalities have to protect the regions")
	}

	in.links.Earlier = append(in.links.Earlier, in.table(t, []table.Status{"", "", "", ""}))
	if _, err := in.apply(); !slices.Contains(exposed(err), "a × sector:region") || !strings.Contains(err.Error(), "earlier version") {
		t.Errorf("the confidential figure was shown before; error: %v", err)
	}
}

func TestEarlierFigureThatHasChangedIsNotKnown(t *testing.T) {
	r := newRespondents("a")
	yes(r, 80, 40, "K-DAG", "20-49", "1081")
	yes(r, 40, 2, "R-SUN", "20-49", "1081")
	yes(r, 60, 30, "S-ADM", "20-49", "1081")
	in := r.tabulate(t, own, "total", "sector")
	for name, c := range map[string]Candidate{
		"the share":           candidate(40, 3, 0.01),
		"what it is based on": candidate(60, 3, 0.01),
	} {
		before := in
		before.candidates = slices.Clone(in.candidates)
		before.candidates[in.index("a", "sector:region")] = c
		in.links.Earlier = []*table.Table{before.table(t, []table.Status{"", table.Confidential, "", table.Confidential})}
		if _, err := in.apply(); err != nil {
			t.Errorf("%s was shown before and has changed since: %v", name, err)
		}
	}
}

func TestEarlierCellThatIsGoneIsRefused(t *testing.T) {
	r := newRespondents("a")
	yes(r, 80, 40, "K-DAG", "20-49", "1081")
	in, before := r.tabulate(t, own, "total"), r.tabulate(t, own, "total", "sector")
	in.links.Earlier = []*table.Table{before.table(t, make([]table.Status, 1+3))}
	if _, err := in.apply(); err == nil || !strings.Contains(err.Error(), "a × sector:kommune") {
		t.Errorf("error %v does not name the cell that the earlier version shows", err)
	}
}
