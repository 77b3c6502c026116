package frame

import (
	"errors"
	"strings"
)

// ContactColumns are the columns of a contact in a file, in order.
var ContactColumns = columns[needed:]

// Fields are the values of the contact in the order of [ContactColumns].
func (c Contact) Fields() []string {
	return []string{c.Attention, c.Phone, c.Address, c.Postcode, c.City}
}

// ContactOf is the contact of values in the order of [ContactColumns].
func ContactOf(fields []string) Contact {
	return Contact{Attention: fields[0], Phone: fields[1], Address: fields[2], Postcode: fields[3], City: fields[4]}
}

// Check refuses a contact that nobody can be reached by: an implausible phone
// number, a postcode that is not four digits, or one without an address.
func (c Contact) Check() error {
	var faults []error
	for _, f := range c.faults() {
		faults = append(faults, errors.New(f.column+" "+f.message+" ("+f.hint+")"))
	}
	return errors.Join(faults...)
}

// contactFault is what is wrong with one field of a contact.
type contactFault struct{ column, message, hint string }

func (c Contact) faults() (faults []contactFault) {
	if c.Phone != "" && !ValidPhone(c.Phone) {
		faults = append(faults, contactFault{"phone", "is no telephone number", "eight digits, or + and the country's code; leave it empty where it is not known"})
	}
	if c.Postcode != "" && !digits(c.Postcode, 4) {
		faults = append(faults, contactFault{"postcode", "is no postcode", "four digits; a spreadsheet may have dropped the leading zero"})
	}
	if c.Address != "" && (c.Postcode == "" || c.City == "") {
		faults = append(faults, contactFault{"address", "has no postcode or no city", "a letter needs all three"})
	}
	return faults
}

// ValidPhone reports whether s can be dialled: eight digits of which the first
// is 2 to 9, as all Danish numbers of subscribers are, or + and eight to
// fifteen digits (ITU-T E.164). Spaces and hyphens between digits are passed over.
func ValidPhone(s string) bool {
	number := strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(s)
	if abroad, ok := strings.CutPrefix(number, "+"); ok {
		n := len(abroad)
		return 8 <= n && n <= 15 && digits(abroad, n) && abroad[0] != '0'
	}
	return digits(number, 8) && number[0] >= '2'
}
