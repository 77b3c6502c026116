package frame

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

const header = "p_number,cvr,name,email,sector,subsector,municipality,region,employees\n"

// sound is a row without faults; 55133018 is the CVR number of a public
// authority and passes the check.
const sound = "1003000001,55133018,Børnehuset Solstrålen,post@example.dk,kommune,K-DAG,0751,1082,23\n"

func TestGoal10_ReadAcceptsEveryUsualForm(t *testing.T) {
	want := []Unit{{
		PNumber: "1003000001", CVR: "55133018", Name: "Børnehuset Solstrålen", Email: "post@example.dk",
		Sector: "kommune", Subsector: "K-DAG", Municipality: "0751", Region: "1082", Employees: 23,
	}}
	semicolon := strings.ReplaceAll(header+sound, ",", ";")
	for name, file := range map[string]string{
		"comma":          header + sound,
		"semicolon":      semicolon,
		"byte-order":     "\ufeff" + semicolon,
		"windows lines":  strings.ReplaceAll(semicolon, "\n", "\r\n"),
		"no last line":   strings.TrimSuffix(header+sound, "\n"),
		"spaces, quotes": strings.ToUpper(header) + strings.Replace(sound, "Børnehuset Solstrålen", `" Børnehuset Solstrålen "`, 1),
		"other order": "employees,region,municipality,subsector,sector,email,name,cvr,p_number\n" +
			"23,1082,0751,K-DAG,kommune,post@example.dk,Børnehuset Solstrålen,55133018,1003000001\n",
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(strings.NewReader(file), "frame.csv")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(f.Units, want) {
				t.Errorf("got  %+v\nwant %+v", f.Units, want)
			}
			if len(f.Hash) != 64 {
				t.Errorf("hash %q", f.Hash)
			}
		})
	}
}

// Every fault a frame is known to arrive with is named by row and column.
func TestGoal10_FaultsAreAllNamed(t *testing.T) {
	data, err := os.ReadFile("testdata/faulty.csv")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(bytes.NewReader(data), "faulty.csv")
	if f != nil || err == nil {
		t.Fatalf("a faulty frame was read: %v", f)
	}
	const golden = "testdata/faulty.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, _ := os.ReadFile(golden)
	if got := err.Error() + "\n"; got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestHeaderFaults(t *testing.T) {
	for name, tt := range map[string]struct{ file, want string }{
		"empty file":     {"", "f.csv:1: there is no header"},
		"no rows":        {header, "f.csv:1: there is no unit below the header"},
		"missing":        {strings.Replace(header, "email,", "", 1), "f.csv:1: column email is missing"},
		"unknown":        {strings.Replace(header, "name,", "name,navn,", 1), `f.csv:1:4: column "navn" is unknown`},
		"twice":          {strings.Replace(header, "name,", "name,name,", 1), `f.csv:1:4: column "name" stands already in field 3`},
		"other encoding": {"p_number;cvr;n\xe6vn\n", "is unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tt.file), "f.csv")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestListOfFaultsIsCapped(t *testing.T) {
	file := header + strings.Repeat("1,2,,x,a,b,c,d,e\n", 30)
	_, err := Read(strings.NewReader(file), "f.csv")
	var faults *Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v", err)
	}
	if len(faults.List) != 50 || faults.More != 30*9-50 {
		t.Errorf("%d listed and %d more, want 50 and 220", len(faults.List), faults.More)
	}
	if !strings.HasSuffix(err.Error(), "f.csv: and 220 more") {
		t.Errorf("the rest is not counted: %s", err)
	}
}

func TestCVRCheck(t *testing.T) {
	for cvr, want := range map[string]bool{
		"55133018": true, "64942212": true, "29190623": true, // three authorities' public numbers
		"55133019": false, "55133081": false, "5513301": false, "551330188": false, "5513301a": false, "00000000": false,
	} {
		if got := ValidCVR(cvr); got != want {
			t.Errorf("ValidCVR(%q) = %v, want %v", cvr, got, want)
		}
	}
	if d, ok := CVRCheckDigit("5513301"); !ok || d != '8' {
		t.Errorf("check digit %c %v, want 8", d, ok)
	}
}

// One mistyped digit never passes.
func TestCVRFindsEverySingleError(t *testing.T) {
	const cvr = "55133018"
	for i := range cvr {
		for d := byte('0'); d <= '9'; d++ {
			wrong := cvr[:i] + string(d) + cvr[i+1:]
			if wrong != cvr && ValidCVR(wrong) {
				t.Errorf("%s passes for %s", wrong, cvr)
			}
		}
	}
}

func TestWriteReadsBack(t *testing.T) {
	units := []Unit{
		{PNumber: "1003000001", CVR: "55133018", Name: `Klub "Æblet", afd. 2`, Sector: "kommune", Subsector: "K-DAG", Municipality: "0101", Region: "1084", Employees: 1},
		{PNumber: "1003000002", CVR: "55133018", Name: "Skolen; øst", Email: "a@example.dk", Sector: "stat", Subsector: "S-UNG", Municipality: "0860", Region: "1081", Employees: 100},
	}
	var file bytes.Buffer
	if err := Write(&file, units); err != nil {
		t.Fatal(err)
	}
	f, err := Read(&file, "frame.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(f.Units, units) {
		t.Errorf("got %+v\nwant %+v", f.Units, units)
	}
	units[1].PNumber = units[0].PNumber
	if err := Write(&file, units); err == nil || !strings.Contains(err.Error(), `frame:3:1: p_number "1003000001" stands already in row 2`) {
		t.Errorf("a repeated unit was written: %v", err)
	}
	if file.Len() != 0 {
		t.Error("a refused frame was half written")
	}
}

func FuzzRead(f *testing.F) {
	faulty, err := os.ReadFile("testdata/faulty.csv")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{header + sound, string(faulty), "\ufeff" + strings.ReplaceAll(header+sound, ",", ";"), "\"", ";;;\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := Read(bytes.NewReader(data), "f.csv")
		if (frame == nil) == (err == nil) {
			t.Fatalf("frame %v with error %v", frame, err)
		}
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := Write(&again, frame.Units); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := Read(&again, "again.csv")
		if err != nil || !reflect.DeepEqual(back.Units, frame.Units) {
			t.Fatalf("written and read again: %v\n%+v\n%+v", err, back, frame)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var file bytes.Buffer
	file.WriteString(header)
	for i := range 14297 {
		fmt.Fprintf(&file, "%d%s", 1003000001+i, sound[10:])
	}
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		if _, err := Read(bytes.NewReader(file.Bytes()), "frame.csv"); err != nil {
			b.Fatal(err)
		}
	}
}

// Contact columns may be left out, and what they hold must be of use.
func TestContactColumns(t *testing.T) {
	head := strings.TrimSuffix(header, "\n") + ",attention,phone,address,postcode,city\n"
	row := strings.TrimSuffix(sound, "\n")
	f, err := Read(strings.NewReader(head+row+",Karen Blixen,+45 71 00 00 17,Solvej 17,0800,Høje Taastrup\n"), "f.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := Contact{Attention: "Karen Blixen", Phone: "+45 71 00 00 17", Address: "Solvej 17", Postcode: "0800", City: "Høje Taastrup"}
	if f.Units[0].Contact != want {
		t.Errorf("got %+v", f.Units[0].Contact)
	}
	var file bytes.Buffer
	if err := Write(&file, f.Units); err != nil {
		t.Fatal(err)
	}
	if back, err := Read(&file, "back.csv"); err != nil || back.Units[0] != f.Units[0] {
		t.Errorf("written and read: %+v, %v", back, err)
	}
	for end, want := range map[string]string{
		",,12345678,,,\n":         `f.csv:2:11: phone "12345678" is no telephone number`,
		",,+4,,,\n":               `f.csv:2:11: phone "+4" is no telephone number`,
		",,,Solvej 17,800,Ebel\n": `f.csv:2:13: postcode "800" is no postcode`,
		",,,Solvej 17,,\n":        `f.csv:2:12: address "Solvej 17" has no postcode or no city`,
	} {
		if _, err := Read(strings.NewReader(head+row+end), "f.csv"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", end, err)
		}
	}
}
