package qrcode

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"
)

var run = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// The path paints exactly the black modules, within the quiet zone.
func TestPathIsTheCode(t *testing.T) {
	const address = "https://barometer.example/da/benchmark/room/ABC234"
	p, err := Draw(address)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	black := map[[2]int]bool{}
	for _, m := range run.FindAllStringSubmatch(p.Path, -1) {
		n := make([]int, 4)
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		if n[2] != n[3] {
			t.Fatalf("%s does not come back", m[0])
		}
		for x := range n[2] {
			black[[2]int{n[0] + x - quiet, n[1] - quiet}] = true
		}
	}
	for y := range code.Size {
		for x := range code.Size {
			if black[[2]int{x, y}] != code.Black(x, y) {
				t.Fatalf("module %d, %d is wrong", x, y)
			}
		}
	}
	if p.Size != code.Size+8 {
		t.Errorf("%d wide, want %d", p.Size, code.Size+8)
	}
	if _, err := Draw(strings.Repeat("x", 5000)); err == nil {
		t.Error("an address that no code holds was drawn")
	}
}
