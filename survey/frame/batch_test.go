package frame_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"barometer/survey/frame"
)

// A file of many rows is read ahead of what is checked: units and faults come in
// the order of the file, and whoever stops early may go through it again.
func TestLongFileIsGoneThroughInOrder(t *testing.T) {
	const n = 5_000
	var b strings.Builder
	b.WriteString("p_number,cvr,name,email,sector,subsector,municipality,region,employees\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,55133018,Navn %d,post@example.dk,kommune,K-DAG,0751,1082,%d\n", 1_000_000_000+i, i, 1+i%100)
	}
	path := filepath.Join(t.TempDir(), "frame.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := frame.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int{1, 511, 512, 513, n, 2_000, n} {
		at := 0
		for u := range f.Units() {
			if u.PNumber != fmt.Sprint(1_000_000_000+at) || u.Name != fmt.Sprintf("Navn %d", at) {
				t.Fatalf("unit %d is %s, %s", at, u.PNumber, u.Name)
			}
			if at++; at == most {
				break
			}
		}
		if at != most || f.Err() != nil {
			t.Fatalf("%d units of %d, %v", at, most, f.Err())
		}
	}

	lines := strings.Split(b.String(), "\n")
	for _, row := range []int{2, 513, 514, 3_000, n} {
		lines[row-1] = strings.Replace(lines[row-1], "@", " at ", 1)
	}
	_, err = frame.Read(strings.NewReader(strings.Join(lines, "\n")), "frame.csv")
	var faults *frame.Faults
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	var rows []int
	for _, fault := range faults.List {
		rows = append(rows, fault.Row)
	}
	if want := []int{2, 513, 514, 3_000, n}; !slices.Equal(rows, want) {
		t.Errorf("faults in rows %v, want %v", rows, want)
	}
}

// What is told to be an address at a glance is one on a closer look, too.
func TestCommonAddressesAreAddresses(t *testing.T) {
	for address, is := range map[string]bool{
		"post@example.dk": true, "a.b-c_d@x.example": true, "o'neil+x@example.dk": true, "post@xn--d-zfa.dk": true,
		"post@@example.dk": false, ".post@example.dk": false, "post.@example.dk": false, "po..st@example.dk": false,
		"post@": false, "@example.dk": false, "post@example..dk": false, "post at example.dk": false, "<post@example.dk>": false,
	} {
		u := frame.Unit{PNumber: "1000000000", CVR: "55133018", Name: "Navn", Email: address, Sector: "kommune",
			Subsector: "K-DAG", Municipality: "0751", Region: "1082", Employees: 3}
		if err := frame.Check([]frame.Unit{u}, "frame.csv"); (err == nil) != is {
			t.Errorf("%s: %v", address, err)
		}
	}
}
