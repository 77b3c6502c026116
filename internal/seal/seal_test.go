package seal

import (
	"bytes"
	"errors"
	"maps"
	"testing"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

func ring(t *testing.T, current string, masters map[string][]byte) Ring {
	t.Helper()
	r, err := New("test", current, masters)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOpensInItsPlaceAlone(t *testing.T) {
	r := ring(t, "1", map[string][]byte{"1": key(1), "2": key(2)})
	sealed, err := r.Seal("1", "answers", []byte("u1"), []byte("ja"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := r.Open("1", "answers", []byte("u1"), sealed); err != nil || string(plain) != "ja" {
		t.Errorf("Open = %q, %v", plain, err)
	}
	altered := bytes.Clone(sealed)
	altered[len(altered)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another place":   func() ([]byte, error) { return r.Open("1", "answers", []byte("u2"), sealed) },
		"another purpose": func() ([]byte, error) { return r.Open("1", "contacts", []byte("u1"), sealed) },
		"another key":     func() ([]byte, error) { return r.Open("2", "answers", []byte("u1"), sealed) },
		"altered":         func() ([]byte, error) { return r.Open("1", "answers", []byte("u1"), altered) },
		"cut":             func() ([]byte, error) { return r.Open("1", "answers", []byte("u1"), sealed[:5]) },
	} {
		if _, err := open(); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Open("3", "answers", []byte("u1"), sealed); !errors.Is(err, store.ErrWrongKey) {
		t.Errorf("a key that is not given: %v", err)
	}
}

// The last key that the store was told of seals; a file alone changes nothing.
func TestStoreSaysWhichKeySeals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		folder := map[string][]byte{"9": key(9)}
		server, err := Load("test", func() (map[string][]byte, error) { return maps.Clone(folder), nil })
		if err != nil {
			t.Fatal(err)
		}
		sealing := func() (id string) {
			t.Helper()
			err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
				id, err = server.Sealing(tx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		check := func(r Ring) {
			t.Helper()
			if err := r.Check(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		}
		check(server)
		if id := sealing(); id != "9" {
			t.Errorf("%s seals", id)
		}
		folder["10"] = key(10)
		check(ring(t, "10", folder)) // another server that was started since
		if id := sealing(); id != "9" {
			t.Errorf("%s seals before the rotation", id)
		}
		if err := server.Tell(t.Context(), db, "10"); err != nil {
			t.Fatal(err)
		}
		if id := sealing(); id != "10" {
			t.Errorf("%s seals after it", id)
		}
		if _, err := server.Seal("10", "p", nil, nil); err != nil {
			t.Errorf("a key that the server was started without: %v", err)
		}
		if err := server.Tell(t.Context(), db, "11"); !errors.Is(err, store.ErrWrongKey) {
			t.Errorf("a key without a file: %v", err)
		}
	})
}

func TestKeysFollowOneAnother(t *testing.T) {
	for _, pair := range [][2]string{{"1", "2"}, {"9", "10"}, {"99", "100"}, {"a", "a-2"}, {"a-2", "a-2-2"}} {
		if got := Next(pair[0]); got != pair[1] || Last([]string{got, pair[0]}) != got {
			t.Errorf("%s is followed by %s, the last is %s", pair[0], got, Last([]string{got, pair[0]}))
		}
	}
}

func FuzzPad(f *testing.F) {
	f.Add([]byte{}, 1)
	f.Add([]byte("x\x80\x00"), 256)
	f.Fuzz(func(t *testing.T, plain []byte, block int) {
		if block < 1 || block > 4096 {
			return
		}
		padded := Pad(plain, block)
		got, err := Unpad(padded)
		if err != nil || !bytes.Equal(got, plain) || len(padded)%block != 0 {
			t.Errorf("%q in blocks of %d: %q, %v", plain, block, got, err)
		}
		if got, err := Unpad(plain); err == nil && len(got) >= len(plain) {
			t.Errorf("unpadded %q to %q", plain, got)
		}
	})
}
