// Package frame holds the sampling frame: the list of all public workplaces
// that can be selected, with what is known of each before anyone is asked.
//
// It is the first stage. A CSV file or a workbook comes in; a checked [Frame] goes out, the
// argument of sample.Draw. A frame with any fault is refused whole, with every
// fault named by row and column. Addresses for contact stay here and in
// package contact; no later stage sees them.
package frame

// Unit is one workplace (arbejdssted) of the frame.
type Unit struct {
	PNumber      string // production-unit number, ten digits: the identity of a workplace
	CVR          string // number of the authority it belongs to, eight digits with check digit
	Name         string
	Email        string // address for contact, may be empty
	Sector       string // code of codebook.Sectors
	Subsector    string // code of codebook.Subsectors
	Municipality string // code of codebook.Municipalities, four digits
	Region       string // code of codebook.Regions
	Employees    int
	Contact
}

// Contact is how else to reach a workplace than by mail. Each may be empty; a
// file may leave the columns out. No stage after package contact sees it.
type Contact struct {
	Attention string // the person to write to
	Phone     string
	Address   string // street and number, or a box
	Postcode  string // four digits
	City      string
}

// Frame is a checked list of units in the order of its file.
type Frame struct {
	Units []Unit
	Hash  string // SHA-256 of the file, hex: with a seed it determines the sample
}
