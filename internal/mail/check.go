package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"barometer/internal/i18n"
)

// CheckAddress refuses what is no plain address, as "bo@aarhus.dk" is one:
// display names, comments, quoted parts, address literals, control characters
// and anything a mail server might read as the end of a line.
func CheckAddress(address string) error {
	if err := checkHeader(address); err != nil {
		return fmt.Errorf("address: %w", err)
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" || strings.ContainsAny(address, "\"()<>[]\\ ,;:") {
		return errors.New("address: want one of the form name@example.dk")
	}
	local, domain, _ := strings.Cut(address, "@")
	switch {
	case len(address) > 254 || len(local) > 64:
		return errors.New("address: longer than mail servers take (RFC 5321, 4.5.3.1)")
	case !isASCII(local):
		return errors.New("address: letters before the @ must be plain (a-z), or mail servers refuse it")
	case !plainDomain(domain):
		return errors.New("address: what stands after the @ is no domain")
	}
	return nil
}

// plainDomain reports whether a domain is made of two or more labels of
// letters, digits and hyphens. Domains with letters beyond a-z are written in
// their ASCII form (xn--).
func plainDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, notLDH) {
			return false
		}
	}
	return len(labels) > 1 && len(domain) <= 253
}

func notLDH(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// checkHeader refuses text that must not come near a header: control
// characters, line ends of every script, marks that change the direction of
// reading, and what is not UTF-8.
func checkHeader(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("not UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return fmt.Errorf("character %U may not stand in a header", r)
		}
	}
	return nil
}

const maxHeader = 200 // characters of a subject or name

func (msg Message) check() error {
	var faults []error
	if err := CheckAddress(msg.To); err != nil {
		faults = append(faults, err)
	}
	if err := checkText(msg.Name); err != nil {
		faults = append(faults, fmt.Errorf("name: %w", err))
	}
	if !slices.Contains(i18n.Languages, msg.Lang) {
		faults = append(faults, errors.New("language: want da or en"))
	}
	if err := checkUnsubscribe(msg.Unsubscribe); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

func checkText(s string) error {
	if utf8.RuneCountInString(s) > maxHeader {
		return fmt.Errorf("longer than %d characters", maxHeader)
	}
	return checkHeader(s)
}

func checkUnsubscribe(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(address, "<>, ") || !isASCII(address) || checkHeader(address) != nil {
		return errors.New("unsubscribe: want a plain https address (RFC 8058)")
	}
	return nil
}

func (c Config) check() error {
	var faults []error
	for _, a := range []struct{ field, value string }{{"From", c.From}, {"Return", c.Return}, {"Reply", c.Reply}} {
		if a.field == "Reply" && a.value == "" {
			continue
		}
		if err := CheckAddress(a.value); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", a.field, err))
		}
	}
	for _, l := range i18n.Languages {
		if err := checkText(c.Name.In(l)); err != nil || c.Name.In(l) == "" {
			faults = append(faults, fmt.Errorf("Name (%s): want the sender's name (%v)", l, err))
		}
	}
	if len(c.Key) != 32 || c.Transport == nil || c.Now == nil {
		faults = append(faults, errors.New("want a Key of 32 bytes, a Transport and Now"))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("mail settings: %w", err)
	}
	return nil
}
