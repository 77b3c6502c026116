package dispatch

import (
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
	"barometer/survey/response"
)

// Reason says why a workplace is written to by its channel, or why it is not
// written to.
type Reason string

// Why by this channel.
const (
	HasEmail Reason = "has_email"
	Asked    Reason = "channel_asked_for"
)

// Why not at all, or why not by mail.
const (
	Complete     Reason = "complete"
	Incomplete   Reason = "not_complete" // so there is nothing to thank for
	Refused      Reason = "refused"
	Ineligible   Reason = "ineligible"
	Stopped      Reason = "wants_no_letters"
	AlreadySent  Reason = "already_sent"
	AlreadyHas   Reason = "has_a_code"
	NotInvited   Reason = "not_invited"
	CodeRevoked  Reason = "code_revoked"
	NotAskedFor  Reason = "not_asked_for"
	NoEmail      Reason = "no_email"
	BadEmail     Reason = "email_malformed"
	Bouncing     Reason = "email_bouncing"
	Suppressed   Reason = "email_suppressed"
	MailLost     Reason = "mail_not_delivered"
	NoPost       Reason = "no_digital_post"
	NoCVR        Reason = "no_cvr"
	NoAddress    Reason = "no_address"
	NoWayToReach Reason = "no_channel"
)

var reasons = map[Reason]i18n.Text{
	HasEmail:     {DA: "har en e-mailadresse", EN: "has an e-mail address"},
	Asked:        {DA: "kanalen er valgt", EN: "the channel was asked for"},
	Complete:     {DA: "har svaret", EN: "has answered"},
	Incomplete:   {DA: "har ikke svaret færdigt", EN: "has not finished answering"},
	Refused:      {DA: "ønsker ikke at deltage", EN: "has declined to take part"},
	Ineligible:   {DA: "er uden for målgruppen", EN: "is not eligible"},
	Stopped:      {DA: "ønsker ingen breve", EN: "wants no letters"},
	AlreadySent:  {DA: "har fået brevet", EN: "has been sent this letter"},
	AlreadyHas:   {DA: "har en kode fra en fil", EN: "has a code from a file"},
	NotInvited:   {DA: "er ikke inviteret", EN: "has not been invited"},
	CodeRevoked:  {DA: "koden er spærret", EN: "its code was revoked"},
	NotAskedFor:  {DA: "er ikke den, der sendes til", EN: "is not the one asked for"},
	NoEmail:      {DA: "har ingen e-mailadresse", EN: "has no e-mail address"},
	BadEmail:     {DA: "e-mailadressen er ikke rigtig", EN: "its e-mail address is malformed"},
	Bouncing:     {DA: "e-mail kommer retur", EN: "mail to it bounces"},
	Suppressed:   {DA: "e-mailadressen er spærret", EN: "its e-mail address is suppressed"},
	MailLost:     {DA: "e-mailen kom ikke frem", EN: "the mail did not arrive"},
	NoPost:       {DA: "afsenderen har ikke Digital Post", EN: "the sender has no Digital Post"},
	NoCVR:        {DA: "CVR-nummer mangler", EN: "its CVR number is missing"},
	NoAddress:    {DA: "postadresse mangler", EN: "its postal address is missing"},
	NoWayToReach: {DA: "kan ikke nås ad nogen kanal", EN: "cannot be reached by any channel"},
}

// Label is the reason in words.
func (r Reason) Label() i18n.Text { return reasons[r] }

// Case is what is known of one workplace when it is decided about.
type Case struct {
	contact.Person
	Disposition response.Disposition // empty: nothing heard
	Codes       contact.Status       // zero: no code was ever issued
	Stopped     bool
	Mailbox     string // reachable, bouncing or suppressed, where there is an e-mail address
	Sent        []Sent // letters of the kind in question, by turn
}

// Decision is what becomes of one workplace.
type Decision struct {
	Unit    string          `json:"unit"`
	PNumber string          `json:"p_number"`
	Name    string          `json:"name"`
	Send    bool            `json:"send"`
	Channel wording.Channel `json:"channel,omitempty"`
	Reason  Reason          `json:"reason"`
	Turn    int             `json:"turn,omitempty"` // 1, more when the letter is sent again

	person contact.Person
	ended  bool // an earlier code opens nothing any more
}

// decide is the whole rule: who is written to, and how. post tells whether the
// sender has Digital Post.
func decide(c Case, o Order, post bool) Decision {
	d := Decision{Unit: c.Unit, PNumber: c.PNumber, Name: c.Name, person: c.Person, ended: c.Codes.Ended > 0}
	if d.Reason = c.barred(o); d.Reason != "" {
		return d
	}
	d.Turn = 1
	if n := len(c.Sent); n > 0 {
		d.Turn = c.Sent[n-1].Turn + 1
	}
	d.Channel, d.Reason = c.way(o, post)
	d.Send = d.Channel != ""
	if !d.Send {
		d.Turn = 0
	}
	return d
}

// barred is why the workplace is not written to, whatever channels there are.
func (c *Case) barred(o Order) Reason {
	switch {
	case o.Again != "" && o.Again != c.Unit:
		return NotAskedFor
	case c.Disposition == response.Ineligible:
		return Ineligible
	case c.Disposition == response.Refused:
		return Refused
	case c.Disposition == response.Complete && o.Kind.Answers():
		return Complete
	case c.Disposition != response.Complete && !o.Kind.Answers():
		return Incomplete
	case c.Stopped:
		return Stopped
	case c.Codes.Valid == 0 && c.Codes.Ended > 0:
		return CodeRevoked
	case o.Again == "" && len(c.Sent) > 0 && !c.Sent[len(c.Sent)-1].Lost():
		return AlreadySent
	case o.Kind == wording.Invitation && o.Again == "" && len(c.Sent) == 0 && c.Codes.Valid > 0:
		return AlreadyHas
	case o.Kind != wording.Invitation && c.Codes.Valid == 0:
		return NotInvited
	}
	return ""
}

// way is the channel, and why it is this one; no channel, and why not.
func (c *Case) way(o Order, post bool) (wording.Channel, Reason) {
	if o.Channel != "" {
		if why := c.cannot(o.Channel, post); why != "" {
			return "", why
		}
		return o.Channel, Asked
	}
	byMail := c.cannot(wording.Email, post)
	if byMail == "" {
		return wording.Email, HasEmail
	}
	for _, channel := range wording.Channels[1:] {
		if c.cannot(channel, post) == "" {
			return channel, byMail
		}
	}
	return "", NoWayToReach
}

// cannot is why a channel does not lead to the workplace.
func (c *Case) cannot(channel wording.Channel, post bool) Reason {
	switch channel {
	case wording.DigitalPost:
		switch {
		case !post:
			return NoPost
		case c.CVR == "" || c.PNumber == "":
			return NoCVR
		}
		return ""
	case wording.Paper:
		if c.Person.Address == "" || c.Postcode == "" || c.City == "" {
			return NoAddress
		}
		return ""
	}
	return c.cannotMail()
}

func (c *Case) cannotMail() Reason {
	switch {
	case c.Email == "":
		return NoEmail
	case mail.CheckAddress(c.Email) != nil:
		return BadEmail
	case c.Mailbox == "bouncing":
		return Bouncing
	case c.Mailbox == "suppressed":
		return Suppressed
	}
	for _, s := range c.Sent {
		if s.Channel == wording.Email && s.Lost() && s.State != "withheld" { // by us, not by a mail server
			return MailLost
		}
	}
	return ""
}
