package web

// The components are what pages are built of beside text: each is a Go type,
// and a template that draws it in any section's views. A handler words it and
// fills it in; how it looks, what it is called for assistive technology and how
// it behaves at 320 pixels is decided here alone. The style page shows all of
// them in all their states.

// Anchor is a way to a page.
type Anchor struct {
	Href  string // complete, with its language
	Label string
}

// Kind is what an [Alert] or a [Tag] is about.
type Kind string

const (
	Info    Kind = "info"
	Success Kind = "success"
	Warning Kind = "warning"
	Danger  Kind = "error"
)

// Icon is the name of the sign that goes with a kind, so that colour is never
// the only bearer of meaning.
func (k Kind) Icon() string { return string(k) }

// Alert says something that matters now. {{template "alert" .}}
type Alert struct {
	Kind    Kind
	Heading string // may be empty
	Text    string
	Live    bool // it answers to what the reader did: it is read out at once
	Act     *Act // what the reader may do about it
}

// Done is the alert that follows an act; none where there is nothing to say.
func Done(text string) *Alert {
	if text == "" {
		return nil
	}
	return &Alert{Kind: Success, Text: text, Live: true}
}

// Look is the weight of a button among others.
type Look string

const (
	Primary   Look = "primary"
	Secondary Look = "secondary"
	Tertiary  Look = "tertiary"
	Caution   Look = "warning" // for what cannot be undone
)

// Act is a button with the form it sends: one thing a reader may do.
// {{template "act" .}}
type Act struct {
	Action string // address that takes the POST
	Label  string
	Object string // what it is done to, for whoever does not see the row it stands in
	Look   Look
	Fields []Hidden
}

// Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// Tag is a short word on the state of something. {{template "tag" .}}
type Tag struct {
	Kind Kind
	Text string
}

// Facts are terms with what holds for each. {{template "facts" .}}
type Facts []Fact

// Fact is one of [Facts].
type Fact struct{ Term, Text, Note string }

// Card is a way onward with a word on what is there. {{template "cards" .}} takes
// a list of them.
type Card struct {
	Anchor
	Text string
}

// Fold is text that opens when asked for. {{template "fold" .}}
type Fold struct {
	Heading string
	Text    []string // by paragraph
	Open    bool
}

// Event is one entry of a time line, the latest first. {{template "timeline" .}}
// takes a list of them.
type Event struct {
	When, What, Note string
	Tag              *Tag
}

// Progress tells how much of something is done. {{template "progress" .}}
type Progress struct {
	Name      string // id of its label
	Label     string
	Done, All int
	Words     string // the same in words: "312 of 500 answers"
}

// Table is a table of short texts, which scrolls within where the window is
// narrower. {{template "table" .}}
type Table struct {
	Name    string // id, so that a page may lead to it
	Caption string
	Quiet   bool // the heading above says the same: the caption is for those who do not see it
	Columns []Column
	Rows    []Row
	None    string // stands instead of a table without rows
}

// Column is the head of a column.
type Column struct {
	Label  string
	Number bool // its cells are numbers, set to the right
}

// Row is a row of a [Table]; its first cell is its head.
type Row []Cell

// Cell is what stands in a table: the zero Cell is empty.
type Cell struct {
	Text string
	Href string // of a link, may be empty
	Note string // on a line of its own, quieter
	Lang string // of the text where it is not the page's
	Tag  *Tag
	Acts []Act
}

// Pager leads through a list that is shown in parts. {{template "pager" .}}
type Pager struct {
	Label    string // of what the parts are
	Previous string // addresses, empty at either end
	Next     string
	Parts    []Part
}

// Part is one part of the list, or a gap where parts are left out.
type Part struct {
	Number  int
	Href    string
	Current bool
	Gap     bool
}

// NewPager leads through all parts, naming the first, the last, and those next
// to the current one. There is none where there is one part only.
func NewPager(label string, current, parts int, href func(part int) string) *Pager {
	if parts < 2 {
		return nil
	}
	p := &Pager{Label: label}
	if current > 1 {
		p.Previous = href(current - 1)
	}
	if current < parts {
		p.Next = href(current + 1)
	}
	for n := 1; n <= parts; n++ {
		switch near := n >= current-1 && n <= current+1; {
		case n == 1 || n == parts || near:
			p.Parts = append(p.Parts, Part{Number: n, Href: href(n), Current: n == current})
		case !p.Parts[len(p.Parts)-1].Gap:
			p.Parts = append(p.Parts, Part{Gap: true})
		}
	}
	return p
}
