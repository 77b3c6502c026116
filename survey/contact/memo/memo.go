// Package memo writes messages in MeMo, the format of Digital Post, in which
// public authorities and companies receive mail from authorities.
//
// A [Message] per workplace comes in, its letter as HTML within; XML goes out,
// and a [Batch] of messages as one TAR archive with a list of what is in it. A
// message goes to the authority that owns the workplace, by its CVR number,
// which may be a whole municipality; so the attention data name the workplace
// itself by P-number, with the person, address and mail that are known of it,
// and the letter begins by saying whom it is for. Handing the batch to Digital
// Post is left to whatever system the sender has for it.
//
// # What the format was checked against
//
// MeMo 1.1 (memoVersion 1.1, memoSchVersion 1.1.0): every message that the tests
// make is valid by the published schema. The prefixes memo and grd are those of
// the published examples, since some receivers are said to insist on them; a
// TAR archive of messages, with LZMA around it, is the container of the open
// library of Digitaliseringsstyrelsen, and LZMA is left to the sending system.
// The schematron rules, the list of permitted files and the principles for HTML
// in Digital Post could not be obtained, and no message was sent to the test
// system: before the first sending, validate one batch there.
package memo

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
	"unicode/utf8"
)

// Sender is who sends: an authority with a mailbox in Digital Post.
type Sender struct {
	CVR   string
	Label string
}

// Message is one letter to one workplace.
type Message struct {
	UUID         string // version 4, small letters
	Label        string // the subject, shown in the mailbox
	Notification string // in the mail or text that tells of the message; at most 150 characters, names nobody
	Sender       Sender
	CVR          string // of the authority that owns the workplace

	PNumber   string
	Name      string // of the workplace
	Attention string // the person there, may be empty
	Email     string // of the workplace, may be empty
	Phone     string // may be empty
	Address   string // in one line, may be empty

	Written  time.Time
	Deadline time.Time // answers count until then
	Lang     string    // "da"
	HTML     []byte    // the letter
	Link     string    // to the questionnaire, with the workplace's code
	Action   string    // what the link is called
}

const (
	longestText         = 256 // characters of an element
	longestNotification = 150
)

var (
	uuidForm    = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	cvrForm     = regexp.MustCompile(`^[0-9]{8}$`)
	pNumberForm = regexp.MustCompile(`^[0-9]{10}$`)
)

// check names what a receiver would refuse. Values stay out of it.
func (m *Message) check() error {
	var faults []error
	say := func(bad bool, what string) {
		if bad {
			faults = append(faults, errors.New(what))
		}
	}
	say(!uuidForm.MatchString(m.UUID), "the UUID is none of version 4")
	say(!cvrForm.MatchString(m.Sender.CVR), "the sender's CVR number has not eight digits")
	say(!cvrForm.MatchString(m.CVR), "the recipient's CVR number has not eight digits")
	say(!pNumberForm.MatchString(m.PNumber), "the P-number has not ten digits")
	say(m.Label == "" || m.Sender.Label == "" || m.Name == "" || m.Action == "", "label, sender, name and action are needed")
	say(utf8.RuneCountInString(m.Notification) > longestNotification, "the notification has more than 150 characters")
	say(len(m.HTML) == 0 || m.Link == "" || utf8.RuneCountInString(m.Link) > longestText, "a letter and a link of at most 256 characters are needed")
	say(len(m.Lang) != 2 || m.Written.IsZero() || m.Deadline.IsZero(), "language, date and deadline are needed")
	return errors.Join(faults...)
}

// WriteXML writes the message. The same message makes the same bytes.
func (m *Message) WriteXML(w io.Writer) error {
	if err := m.check(); err != nil {
		return fmt.Errorf("digital post %s: %w", m.UUID, err)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", " ")
	if err := out.Encode(m.element()); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// The elements stand in the order of the schema. Names carry their prefixes,
// since receivers are said to want these and no others.
type message struct {
	XMLName xml.Name `xml:"memo:Message"`
	Memo    string   `xml:"xmlns:memo,attr"`
	Grd     string   `xml:"xmlns:grd,attr"`
	Version string   `xml:"memoVersion,attr"`
	Schema  string   `xml:"memoSchVersion,attr"`
	Header  header   `xml:"memo:MessageHeader"`
	Body    body     `xml:"memo:MessageBody"`
}

type header struct {
	Type         string    `xml:"memo:messageType"`
	UUID         string    `xml:"memo:messageUUID"`
	Label        string    `xml:"memo:label"`
	Notification string    `xml:"memo:notification,omitempty"`
	Reply        bool      `xml:"memo:reply"`
	ReplyBy      string    `xml:"memo:replyByDateTime"`
	Mandatory    bool      `xml:"memo:mandatory"`
	Legal        bool      `xml:"memo:legalNotification"`
	PostType     string    `xml:"memo:postType"`
	Sender       sender    `xml:"memo:Sender"`
	Recipient    recipient `xml:"memo:Recipient"`
}

type sender struct {
	ID     string `xml:"memo:senderID"`
	IDType string `xml:"memo:idType"`
	Label  string `xml:"memo:label"`
}

type recipient struct {
	ID        string    `xml:"memo:recipientID"`
	IDType    string    `xml:"memo:idType"`
	Attention attention `xml:"memo:AttentionData"`
}

// attention is how the letter finds its way within the authority.
type attention struct {
	Person  *person  `xml:"memo:AttentionPerson,omitempty"`
	Unit    unit     `xml:"grd:ProductionUnit"`
	Email   *email   `xml:"memo:EMail,omitempty"`
	Phone   *phone   `xml:"memo:Telephone,omitempty"`
	Address *address `xml:"grd:UnstructuredAddress,omitempty"`
}

type person struct {
	Label string `xml:"memo:label"`
}

type unit struct {
	Number string `xml:"grd:productionUnitNumber"`
	Name   string `xml:"grd:productionUnitName"`
}

type email struct {
	Address string `xml:"memo:emailAddress"`
	Agent   string `xml:"memo:relatedAgent"`
}

type phone struct {
	Number string `xml:"memo:telephoneNumber"`
	Agent  string `xml:"memo:relatedAgent"`
}

type address struct {
	Text string `xml:"grd:unstructured"`
}

type body struct {
	Created string   `xml:"memo:createdDateTime"`
	Main    document `xml:"memo:MainDocument"`
}

type document struct {
	Label  string `xml:"memo:label"`
	File   file   `xml:"memo:File"`
	Action action `xml:"memo:Action"`
}

type file struct {
	Format   string `xml:"memo:encodingFormat"`
	Name     string `xml:"memo:filename"`
	Language string `xml:"memo:language"`
	Content  string `xml:"memo:content"`
}

type action struct {
	Label string `xml:"memo:label"`
	Code  string `xml:"memo:actionCode"`
	Start string `xml:"memo:startDateTime"`
	End   string `xml:"memo:endDateTime"`
	Entry entry  `xml:"memo:EntryPoint"`
}

type entry struct {
	URL string `xml:"memo:url"`
}

func (m *Message) element() message {
	return message{
		Memo: "https://DigitalPost.dk/MeMo-1", Grd: "https://data.gov.dk/model/core/", Version: "1.1", Schema: "1.1.0",
		Header: header{
			Type: "DIGITALPOST", UUID: m.UUID, Label: short(m.Label), Notification: m.Notification,
			Reply: true, ReplyBy: moment(m.Deadline), PostType: "MYNDIGHEDSPOST",
			Sender:    sender{m.Sender.CVR, "CVR", short(m.Sender.Label)},
			Recipient: recipient{m.CVR, "CVR", m.attention()},
		},
		Body: body{Created: moment(m.Written), Main: document{
			Label:  short(m.Label),
			File:   file{"text/html", "brev.html", m.Lang, base64.StdEncoding.EncodeToString(m.HTML)},
			Action: action{short(m.Action), "SELVBETJENING", moment(m.Written), moment(m.Deadline), entry{m.Link}},
		}},
	}
}

func (m *Message) attention() attention {
	a := attention{Unit: unit{m.PNumber, short(m.Name)}}
	agent := short(m.Name)
	if m.Attention != "" {
		agent = short(m.Attention)
		a.Person = &person{agent}
	}
	if m.Email != "" {
		a.Email = &email{short(m.Email), agent}
	}
	if m.Phone != "" {
		a.Phone = &phone{short(m.Phone), agent}
	}
	if m.Address != "" {
		a.Address = &address{short(m.Address)}
	}
	return a
}

// moment is a point in time as the schema wants it: in UTC, with a Z.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// short cuts a text to what an element takes.
func short(s string) string {
	if r := []rune(s); len(r) > longestText {
		return string(r[:longestText-1]) + "…"
	}
	return s
}
