package mail

import (
	"fmt"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// build makes the mail of a letter. The same letter makes the same bytes.
func (m *Mailer) build(l letter) (*gomail.Msg, error) {
	id := m.token(l.Key)
	_, host, _ := strings.Cut(m.cfg.From, "@")
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithBoundary("part-"+id), gomail.WithNoDefaultUserAgent())
	if err := m.address(msg, l); err != nil {
		return nil, err
	}
	msg.SetMessageIDWithValue(id + "@" + host)
	msg.SetDateWithValue(l.Written.UTC())
	msg.Subject(l.Subject)
	msg.SetGenHeader("Content-Language", string(l.Lang))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")           // RFC 3834: no automatic replies
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply") // the same for Exchange
	if l.Unsubscribe != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+l.Unsubscribe+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(gomail.TypeTextPlain, l.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.htmlForm(l))
	return msg, nil
}

func (m *Mailer) address(msg *gomail.Msg, l letter) error {
	if err := msg.EnvelopeFrom(m.returnPath(l.Key)); err != nil {
		return fmt.Errorf("return address: %w", err)
	}
	if err := msg.FromFormat(m.cfg.Name.In(l.Lang), m.cfg.From); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if m.cfg.Reply != "" {
		if err := msg.ReplyTo(m.cfg.Reply); err != nil {
			return fmt.Errorf("reply address: %w", err)
		}
	}
	if l.Name == "" {
		return msg.To(l.To)
	}
	return msg.AddToFormat(l.Name, l.To)
}

// returnPath is the address that bounces of a mail go to. It names the mail
// (variable envelope return path), since what bounces often quotes neither the
// mail nor the address.
func (m *Mailer) returnPath(key string) string {
	local, host, _ := strings.Cut(m.cfg.Return, "@")
	return local + "+" + m.token(key) + "@" + host
}
