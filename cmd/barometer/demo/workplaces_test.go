package demo

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

func TestWorkplacesAreASoundFrame(t *testing.T) {
	units := Workplaces(1)
	var file bytes.Buffer
	if err := frame.Write(&file, units); err != nil {
		t.Fatal(err)
	}
	f, err := frame.Read(&file, "frame.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(f.Units, units) || len(units) != 14297 {
		t.Fatalf("%d units, read back %d", len(units), len(f.Units))
	}
}

func TestWorkplacesHaveTheStatedCounts(t *testing.T) {
	sectors, sizes := map[string]int{}, map[string]int{}
	cells, places := map[string]int{}, map[string]int{}
	names, owners := map[string]int{}, map[string]int{}
	for _, u := range Workplaces(1) {
		size := codebook.SizeOf(u.Employees)
		sectors[u.Sector]++
		sizes[size]++
		cells[u.Subsector+"."+size]++
		places[u.Municipality]++
		names[u.Name]++
		owners[u.CVR]++
		if u.Email != "" && !strings.HasSuffix(u.Email, "@example.dk") {
			t.Fatalf("address %s could be someone's", u.Email)
		}
	}
	if want := map[string]int{"kommune": 11800, "region": 620, "stat": 1877}; !reflect.DeepEqual(sectors, want) {
		t.Errorf("sectors %v, want %v", sectors, want)
	}
	if want := map[string]int{"1-19": 4963, "20-49": 5230, "50-99": 2538, "100+": 1566}; !reflect.DeepEqual(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
	if len(cells) != 60 || cells["K-DAG.100+"] != 20 || cells["R-ADM.1-19"] != 8 || cells["S-UNG.100+"] != 157 {
		t.Errorf("%d cells: %v", len(cells), cells)
	}
	if len(places) != 98 || places["0101"] < 10*places["0492"] {
		t.Errorf("%d municipalities, %d workplaces in København, %d on Ærø", len(places), places["0101"], places["0492"])
	}
	// 98 municipalities, 5 regions, some 400 state institutions and one in six
	// of 3,950 day-care centres
	if n := len(owners); n < 1050 || n > 1250 {
		t.Errorf("%d authorities own the workplaces, want about 1,160", n)
	}
	if len(names) < 14000 {
		t.Errorf("only %d different names", len(names))
	}
}

func TestWorkplacesComeOfTheSeed(t *testing.T) {
	if a, b := Workplaces(1), Workplaces(1); !reflect.DeepEqual(a, b) {
		t.Error("one seed gives two frames")
	}
	if reflect.DeepEqual(Workplaces(1), Workplaces(2)) {
		t.Error("two seeds give one frame")
	}
}
