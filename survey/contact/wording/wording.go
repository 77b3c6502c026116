// Package wording holds what letters to workplaces say: the invitation, the
// reminders, a last call, a word of thanks.
//
// Files of text come in, a wave's own beside the ones that are built in; a
// [Set] goes out, in which every kind of letter has a checked wording in every
// language. Filled in with the [Values] of one workplace it is a [Letter]:
// lines of text, which others lay out for a screen, an envelope or a mail. Who
// is written to, and when, is left to package dispatch.
//
// # The files
//
// A wording is a file KIND.LANG.txt, as reminder-1.da.txt:
//
//	Subject: {title}: svar senest den {deadline}
//
//	Til lederen af {name}
//
//	[letter digital_post]
//	1. Åbn {link}
//	2. Skriv koden {code}
//
// The first line is the subject. Paragraphs are parted by empty lines, and a
// line of the file is a line of the letter; "- " begins a point and "1. " a
// step. {field} is a place that is filled in. A line of words in brackets says
// when its paragraph is in the letter: in what channels, or earlier_valid and
// earlier_ended, for workplaces whose earlier codes still open the
// questionnaire and for those whose do not. There is no other markup.
package wording

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"barometer/internal/i18n"
)

// Kind is an occasion to write.
type Kind string

const (
	Invitation Kind = "invitation"
	LastCall   Kind = "last-call" // shortly before the deadline
	Thanks     Kind = "thanks"    // after the answers were sent in, where the wave asks for it
)

// MostReminders is how many reminders a wave may have.
const MostReminders = 9

// Reminder is the n-th reminder, counted from 1.
func Reminder(n int) Kind { return Kind("reminder-" + strconv.Itoa(n)) }

var reminderForm = regexp.MustCompile(`^reminder-([1-9])$`)

// Number tells which reminder it is, 0 for what is none.
func (k Kind) Number() int {
	if m := reminderForm.FindStringSubmatch(string(k)); m != nil {
		return int(m[1][0] - '0')
	}
	return 0
}

// ParseKind returns the kind with the given name.
func ParseKind(name string) (Kind, error) {
	k := Kind(name)
	if k == Invitation || k == LastCall || k == Thanks || k.Number() > 0 {
		return k, nil
	}
	return "", fmt.Errorf("%q is no kind of letter: use invitation, reminder-1 to reminder-%d, last-call or thanks", name, MostReminders)
}

// Answers reports whether letters of the kind ask for answers, and so need a
// way in.
func (k Kind) Answers() bool { return k != Thanks }

// Label names the kind for staff.
func (k Kind) Label() i18n.Text {
	switch n := k.Number(); {
	case n > 0:
		return i18n.Text{DA: fmt.Sprintf("påmindelse %d", n), EN: fmt.Sprintf("reminder %d", n)}
	case k == LastCall:
		return i18n.Text{DA: "sidste påmindelse", EN: "last call"}
	case k == Thanks:
		return i18n.Text{DA: "tak", EN: "thanks"}
	}
	return i18n.Text{DA: "invitation", EN: "invitation"}
}

// Channel is a way for a letter to reach a workplace.
type Channel string

const (
	Email       Channel = "email"
	DigitalPost Channel = "digital_post"
	Paper       Channel = "letter"
)

// Channels lists the ways in the order they are tried.
var Channels = []Channel{Email, DigitalPost, Paper}

// ParseChannel returns the channel with the given name.
func ParseChannel(name string) (Channel, error) {
	for _, c := range Channels {
		if string(c) == name {
			return c, nil
		}
	}
	return "", fmt.Errorf("%q is no channel: use email, digital_post or letter", name)
}

// Wording is one kind of letter in one language.
type Wording struct {
	Kind    Kind
	Lang    i18n.Lang
	subject line
	blocks  []block
}

// block is a paragraph with the condition it stands under.
type block struct {
	when  []string // words of the bracket, none: always
	lines []line
}

// line is a line of the file, divided at its fields.
type line struct {
	style Style
	parts []part
}

// part is text as it stands, or a field.
type part struct{ text, field string }

// Values fill a wording in. All are taken as text: what would end a line,
// start a header or turn the direction of reading is dropped.
type Values struct {
	Title    string // of the survey
	Name     string // of the workplace
	PNumber  string
	Code     string // as people type it
	Link     string // to the page with the Start button
	Deadline string // last day to answer
	Minutes  string // answering takes
	Sender   string // who asks
	Help     string // mail and telephone for questions
	Stop     string // page that ends reminders; mail alone has one
	Ended    bool   // an earlier code of the workplace was revoked or replaced
}

// value is what a field is filled with.
func (v *Values) value(field string) string {
	switch field {
	case "title":
		return v.Title
	case "name":
		return v.Name
	case "p_number":
		return v.PNumber
	case "code":
		return v.Code
	case "link":
		return v.Link
	case "deadline":
		return v.Deadline
	case "minutes":
		return v.Minutes
	case "sender":
		return v.Sender
	case "help":
		return v.Help
	}
	return v.Stop
}

// Fields lists the fields that a wording may use.
var Fields = []string{"title", "name", "p_number", "code", "link", "deadline", "minutes", "sender", "help", "stop"}

// Style is how a line of a letter is set.
type Style string

const (
	Text  Style = "text"
	Point Style = "point" // of a list
	Step  Style = "step"  // of numbered ones; the number is not in the line
)

// Line is one line of a letter.
type Line struct {
	Style Style
	Text  string
}

// Letter is a wording filled in.
type Letter struct {
	Kind    Kind
	Lang    i18n.Lang
	Subject string
	Blocks  [][]Line // paragraphs
}

// Fill makes the letter that goes by a channel.
func (w *Wording) Fill(c Channel, v Values) Letter {
	l := Letter{Kind: w.Kind, Lang: w.Lang, Subject: w.subject.fill(&v)}
	for _, b := range w.blocks {
		if !b.applies(c, v.Ended) {
			continue
		}
		var lines []Line
		for _, source := range b.lines {
			lines = append(lines, Line{source.style, source.fill(&v)})
		}
		l.Blocks = append(l.Blocks, lines)
	}
	return l
}

// applies reports whether the block is in a letter: one of its channels is the
// letter's, if it names any, and one of its states holds, if it names any.
func (b *block) applies(c Channel, ended bool) bool {
	state := earlierValid
	if ended {
		state = earlierEnded
	}
	channel, channels, states, holds := false, 0, 0, false
	for _, word := range b.when {
		if word == earlierValid || word == earlierEnded {
			states++
			holds = holds || word == state
			continue
		}
		channels++
		channel = channel || word == string(c)
	}
	return (channels == 0 || channel) && (states == 0 || holds)
}

func (l line) fill(v *Values) string {
	var b strings.Builder
	for _, p := range l.parts {
		b.WriteString(p.text)
		if p.field != "" {
			b.WriteString(Plain(v.value(p.field)))
		}
	}
	return b.String()
}

// Group is lines of one style that stand together: a paragraph, or a list.
type Group struct {
	Style Style
	Lines []string
}

// Groups divides the letter into paragraphs and lists.
func (l Letter) Groups() (list []Group) {
	for _, block := range l.Blocks {
		for i, line := range block {
			if i == 0 || block[i-1].Style != line.Style {
				list = append(list, Group{Style: line.Style})
			}
			last := &list[len(list)-1]
			last.Lines = append(last.Lines, line.Text)
		}
	}
	return list
}

// Text is the letter as plain text, without its subject.
func (l Letter) Text() string {
	var b strings.Builder
	for i, block := range l.Blocks {
		if i > 0 {
			b.WriteByte('\n')
		}
		step := 0
		for _, line := range block {
			switch line.Style {
			case Point:
				b.WriteString("- ")
			case Step:
				step++
				fmt.Fprintf(&b, "%d. ", step)
			}
			b.WriteString(line.Text + "\n")
		}
	}
	return b.String()
}
