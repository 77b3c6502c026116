package mail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
)

// report is what a delivery status notification (RFC 3464) says.
type report struct {
	tokens   []string // that may name the mail, the likeliest first
	failures []failure
}

// failure is the state of one recipient.
type failure struct {
	action string // failed, delayed; delivered and its like are left out
	status string // "5.1.1" (RFC 3463)
}

func (f failure) permanent() bool { return f.action == "failed" && f.status[0] == '5' }

// ErrNoReport says that a mail is no delivery status notification: an answer
// of a person or of an absence assistant.
var ErrNoReport = errors.New("not a delivery report")

const (
	maxReport = 2 << 20 // bytes of a notification that are read
	maxParts  = 20
)

// parseReport reads a notification as a mail server stores it, with or without
// the "From " line of an mbox.
func parseReport(r io.Reader) (report, error) {
	in := bufio.NewReader(io.LimitReader(r, maxReport))
	if start, _ := in.Peek(5); string(start) == "From " {
		if _, err := in.ReadString('\n'); err != nil {
			return report{}, ErrNoReport
		}
	}
	msg, err := mail.ReadMessage(in)
	if err != nil {
		return report{}, fmt.Errorf("not a mail: %w", errors.Join(ErrNoReport, err))
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(params["report-type"], "delivery-status") || params["boundary"] == "" {
		return report{}, ErrNoReport
	}
	rep := report{tokens: returnTokens(msg.Header)}
	if err := rep.read(multipart.NewReader(msg.Body, params["boundary"])); err != nil {
		return report{}, err
	}
	if len(rep.failures) == 0 {
		return report{}, fmt.Errorf("%w: it tells of no failure", ErrNoReport)
	}
	return rep, nil
}

// read goes through the parts of a notification. One that is cut short counts
// as far as it goes.
func (rep *report) read(parts *multipart.Reader) error {
	for range maxParts {
		part, err := parts.NextPart()
		if err != nil {
			return nil // the end, or what is left of it
		}
		body, err := decoded(part)
		if err != nil {
			return nil
		}
		switch kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind {
		case "message/delivery-status", "message/global-delivery-status":
			rep.failures = append(rep.failures, statusGroups(body)...)
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			rep.tokens = append(rep.tokens, messageToken(body)...)
		}
	}
	return fmt.Errorf("%w: more than %d parts", ErrNoReport, maxParts)
}

func decoded(part *multipart.Part) ([]byte, error) {
	var in io.Reader = part // quoted-printable is decoded already
	if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "base64") {
		in = base64.NewDecoder(base64.StdEncoding, part)
	}
	return io.ReadAll(in)
}

var statusForm = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// statusGroups reads the groups of fields of a delivery status: the first is
// about the mail, each further one about a recipient (RFC 3464, 2.1).
func statusGroups(body []byte) (list []failure) {
	body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	for group := range bytes.SplitSeq(body, []byte("\n\n")) {
		group = append(bytes.TrimLeft(group, "\n"), "\n\n"...)
		fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(group))).ReadMIMEHeader()
		if err != nil && len(fields) == 0 {
			continue
		}
		action, _, _ := strings.Cut(strings.ToLower(fields.Get("Action")), " ")
		status := statusForm.FindString(strings.TrimSpace(fields.Get("Status")))
		if (action == "failed" || action == "delayed") && status != "" && status[0] != '2' {
			list = append(list, failure{action, status})
		}
	}
	return list
}

var tokenForm = regexp.MustCompile(`\+([a-z2-7]{24})@`)

// returnTokens finds the tokens in the addresses that the notification came
// to.
func returnTokens(h mail.Header) (tokens []string) {
	for _, field := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To"} {
		for _, value := range h[textproto.CanonicalMIMEHeaderKey(field)] {
			if found := tokenForm.FindStringSubmatch(strings.ToLower(value)); found != nil {
				tokens = append(tokens, found[1])
			}
		}
	}
	return tokens
}

var idForm = regexp.MustCompile(`^<([a-z2-7]{24})@`)

// messageToken finds the token in the Message-ID of the mail that is sent
// back.
func messageToken(body []byte) []string {
	fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(body, "\n\n"...)))).ReadMIMEHeader()
	if err != nil && len(fields) == 0 {
		return nil
	}
	if found := idForm.FindStringSubmatch(strings.TrimSpace(fields.Get("Message-ID"))); found != nil {
		return found[1:]
	}
	return nil
}
