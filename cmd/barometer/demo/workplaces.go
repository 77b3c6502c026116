package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

// counts are the workplaces by subsector and size, in the order of their
// classifications. They add to 14,297, the frame of the published wave of 2023;
// the division between cells is illustrative.
var counts = map[string][4]int{
	"K-DAG": {1950, 1800, 180, 20},
	"K-SKO": {380, 620, 650, 250},
	"K-AEL": {260, 640, 620, 330},
	"K-SOC": {720, 640, 210, 80},
	"K-SUN": {330, 250, 85, 35},
	"K-KUL": {390, 160, 35, 15},
	"K-TEK": {180, 150, 45, 25},
	"K-ADM": {210, 240, 140, 160},
	"R-SUN": {110, 130, 90, 140},
	"R-SOC": {25, 50, 25, 10},
	"R-ADM": {8, 10, 8, 14},
	"S-ADM": {180, 200, 120, 140},
	"S-RET": {70, 90, 60, 70},
	"S-VID": {60, 80, 70, 120},
	"S-UNG": {90, 170, 200, 157},
}

// Workplaces invents the units of a national frame, in the order of their
// P-numbers. None exists: numbers come from series the Central Business
// Register has not reached, names are made up and addresses end in example.dk.
func Workplaces(seed uint64) []frame.Unit {
	var units []draft
	everywhere, towns := everywhere(), inTowns()
	for _, subsector := range codebook.Subsectors().Values() {
		sector, where := codebook.SectorOf(subsector), towns
		if sector == codebook.Municipal {
			where = everywhere
		}
		for size, n := range counts[subsector] {
			for i := range n {
				d := newDice(seed, fmt.Sprintf("workplace %s %d %d", subsector, size, i))
				place := where.pick(d, "municipality")
				units = append(units, draft{d, frame.Unit{
					Sector: sector, Subsector: subsector, Municipality: place, Region: codebook.RegionOf(place),
					Employees: employees(d, size),
				}})
			}
		}
	}
	slices.SortStableFunc(units, func(a, b draft) int { return cmp.Compare(a.bits("order"), b.bits("order")) })
	return complete(units)
}

// draft is a unit without its number and name.
type draft struct {
	dice
	frame.Unit
}

// employees draws a number within the size class, small ones more often except
// in the lowest class, where a workplace of one is rare.
func employees(d dice, size int) int {
	u := d.uniform("employees")
	switch size {
	case 0:
		return 19 - int(17*u*u)
	case 1:
		return 20 + int(30*u*u)
	case 2:
		return 50 + int(50*u*u)
	}
	return 100 + int(2400*u*u*u*u)
}

// firstPNumber lies beyond the numbers in use, which all begin with 10.
const firstPNumber = 1990000000

func complete(drafts []draft) []frame.Unit {
	owners, names := newOwners(), newNames()
	units := make([]frame.Unit, len(drafts))
	for i, d := range drafts {
		u := d.Unit
		u.PNumber = fmt.Sprint(firstPNumber + 61*i + d.below("number", 61))
		u.CVR = owners.cvr(d)
		u.Name = names.name(u)
		if d.uniform("email") < 0.97 {
			u.Email = "p" + u.PNumber + "@example.dk"
		}
		units[i] = u
	}
	return units
}

// owners numbers the authorities that workplaces belong to, in the order they
// are met.
type owners struct {
	numbers map[string]string
	last    int
}

func newOwners() *owners { return &owners{numbers: make(map[string]string)} }

// cvr returns the number of the unit's authority: its municipality or region,
// or one of some four hundred state institutions. One day-care centre in six is
// self-governing, with a number of its own.
func (o *owners) cvr(d draft) string {
	switch {
	case d.Subsector == "K-DAG" && d.uniform("self-governing") < 1.0/6:
		return o.next()
	case d.Sector == codebook.Municipal:
		return o.of("kommune " + d.Municipality)
	case d.Sector == codebook.Regional:
		return o.of("region " + d.Region)
	}
	return o.of(fmt.Sprintf("stat %s %d", d.Subsector, d.below("institution", 100)))
}

func (o *owners) of(authority string) string {
	number, known := o.numbers[authority]
	if !known {
		number = o.next()
		o.numbers[authority] = number
	}
	return number
}

// next returns the next valid number of the series 98, which is not in use.
func (o *owners) next() string {
	for {
		o.last++
		first7 := fmt.Sprintf("98%05d", o.last)
		if check, ok := frame.CVRCheckDigit(first7); ok {
			return first7 + string(check)
		}
	}
}

// names gives each workplace of a municipality a name of its own.
type names struct {
	places codebook.Classification
	used   map[string]int
}

func newNames() *names {
	return &names{places: codebook.Municipalities(), used: make(map[string]int)}
}

// name joins a form and a root of the subsector, stepping through all pairs
// before one returns with a number, and the municipality.
func (n *names) name(u frame.Unit) string {
	kind := u.Subsector + u.Municipality
	k := n.used[kind]
	n.used[kind]++
	forms := nameForms[u.Subsector]
	pairs := len(forms) * len(nameRoots)
	start := newDice(0, kind).below("name", pairs)
	at := (start + k*nameStep) % pairs
	name := strings.ReplaceAll(forms[at%len(forms)], "{}", nameRoots[at/len(forms)])
	if round := k / pairs; round > 0 {
		name += fmt.Sprintf(" %d", round+1)
	}
	place, _ := n.places.Code(u.Municipality)
	return name + ", " + place.Label.DA
}
