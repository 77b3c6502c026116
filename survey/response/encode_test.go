package response

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
)

func TestEncodeRoundTrip(t *testing.T) {
	long := make([]byte, 4000)
	for i := range long {
		long[i] = "æøå\n\x00"[i%8]
	}
	for name, a := range map[string]questionnaire.Answers{
		"none": {},
		"all kinds": {
			"B1": {Codes: []string{"ja"}},
			"C1": {Text: string(long)},
			"C2": {Codes: []string{"produkt", "ydelse", "kommunikation"}},
			"D3": {Rows: map[string][]string{"kommune": {"idee", "test"}, "stat": {"ved_ikke"}}},
			"E9": {},
			"K1": {Value: "1234.5", Confirmed: []string{"range.1a2b3c4d"}},
			"K2": {Parts: map[string]string{"drift": "60", "nyt": "40"}},
			"K3": {Codes: []string{"andet"}, Specify: map[string]string{"andet": "Fælles indkøb"}},
			"K4": {Typed: map[string]string{"--day": "31", "--month": "2", "--year": "2025"}},
		},
	} {
		got, err := decode(encode(a))
		if err != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if first, again := string(encode(a)), string(encode(a)); first != again {
			t.Errorf("%s: the same answers are written in two ways", name)
		}
	}
}

// What was sealed before there were numbers, dates and the like still opens.
func TestDecodeOpensTheFirstFormat(t *testing.T) {
	const sealed = "\x01\x03\x02B1\x00\x01\x02ja\x00\x02C1\x03Ny \x00\x00\x02D3\x00\x00\x01\x04stat\x01\x04test"
	want := questionnaire.Answers{"B1": {Codes: []string{"ja"}}, "C1": {Text: "Ny "}, "D3": {Rows: map[string][]string{"stat": {"test"}}}}
	if got, err := decode([]byte(sealed)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

// Bytes in another format must be refused, never half read.
func FuzzDecode(f *testing.F) {
	f.Add(encode(questionnaire.Answers{"D3": {Rows: map[string][]string{"stat": {"test"}}, Text: "x", Codes: []string{"y"}}}))
	f.Add([]byte{})
	f.Add([]byte(`{"B1":{"codes":["ja"]}}`))
	f.Add([]byte{format, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{format1, 1, 1, 'A', 0, 0, 0, 0})
	f.Add([]byte{format, 1, 1, 'A', 0xff})
	f.Fuzz(func(t *testing.T, plain []byte) {
		a, err := decode(plain)
		if err != nil {
			return
		}
		again, err := decode(encode(a))
		if err != nil || !reflect.DeepEqual(a, again) {
			t.Errorf("%v became %v, %v", a, again, err)
		}
	})
}

// Whatever is cut off or added must be noticed.
func TestDecodeRefusesPieces(t *testing.T) {
	whole := encode(questionnaire.Answers{"B1": {Codes: []string{"ja"}}, "D3": {Rows: map[string][]string{"stat": {"test"}}}})
	for n := range whole {
		if a, err := decode(whole[:n]); err == nil {
			t.Errorf("the first %d of %d bytes were read as %v", n, len(whole), a)
		}
	}
	if _, err := decode(append(whole, 0)); err == nil {
		t.Error("a byte too many was passed over")
	}
}

// Whatever people answer to whatever questionnaire comes back as it was.
func TestEncodeRandomAnswers(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 21))
		q, err := questionnaire.Load(bytes.NewReader(questionnairetest.Generate(rng)), "q.yaml")
		if err != nil {
			t.Fatal(err)
		}
		person := questionnairetest.Respondent{Rand: rng, Texts: questionnairetest.Naughty}
		a := q.Fill(person.Answer)
		back, err := decode(encode(a))
		if err != nil || len(back) != len(a) {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for id := range a {
			if !back[id].Equal(a[id]) {
				t.Errorf("seed %d: %s is %+v, was %+v", seed, id, back[id], a[id])
			}
		}
	}
}
