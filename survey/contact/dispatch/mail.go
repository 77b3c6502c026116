package dispatch

import (
	"context"
	"fmt"
	"strings"

	"barometer/internal/mail"
	"barometer/internal/store"
	"barometer/survey/contact/wording"
	"barometer/survey/response"
)

// mail puts the mails of some workplaces into the queue, in one transaction
// with their codes and their rows in the log, and returns how many.
func (d *Dispatcher) mail(ctx context.Context, v *view, list []Decision) (n int, err error) {
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		n = 0
		if err := response.StillOpen(tx, v.wave.ID); err != nil {
			return err
		}
		for _, one := range list {
			put, err := d.mailOne(tx, v, one)
			if err != nil {
				return fmt.Errorf("unit %s: %w", one.Unit, err)
			}
			if put {
				n++
			}
		}
		return nil
	})
	if err != nil {
		n = 0
	}
	return n, err
}

func (d *Dispatcher) mailOne(tx *store.Tx, v *view, one Decision) (bool, error) {
	l, err := d.write(v, one)
	if err != nil {
		return false, err
	}
	digest := []byte{}
	if l.stop != "" {
		digest = d.tokenDigest(l.stop)
	}
	key, err := d.mailKey(v.wave.ID)
	if err != nil {
		return false, err
	}
	added, err := d.admit(tx, v, l, key, digest)
	if err != nil || !added {
		return false, err
	}
	return true, d.Mail.Send(tx.Context(), tx, mail.Message{
		Key: key, To: one.person.Email, Name: cut(wording.Plain(recipient(l))), Lang: v.order.Lang,
		Template: mailTemplate, Data: mailData{cut(l.worded.Subject), strings.TrimSpace(l.worded.Text())},
		Expires: d.closes(v.wave), Unsubscribe: v.unsubscribe(l),
	})
}

// recipient is who the mail is for: the person at the workplace, or else the
// workplace.
func recipient(l *letter) string {
	if l.person.Attention != "" {
		return l.person.Attention
	}
	return l.Name
}

// unsubscribe is the address that a mail program may post to by itself (RFC
// 8058), which wants HTTPS.
func (v *view) unsubscribe(l *letter) string {
	if l.stop == "" || !strings.HasPrefix(v.wave.Host, "https://") {
		return ""
	}
	return StopLink(v.wave.host(), v.order.Lang, l.stop)
}

// cut shortens what stands in a header to what mail takes.
func cut(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
