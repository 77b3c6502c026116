package account

import (
	"errors"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

// ErrAddress says that something typed is no e-mail address.
var ErrAddress = errors.New("no e-mail address")

var (
	// localPart is the dot-atom of RFC 5322 (3.2.3): no quotes, no comments.
	localPart = regexp.MustCompile("^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	hostName  = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)
)

// CleanAddress returns an e-mail address in its one stored form: lower case,
// the domain in ASCII (IDNA 2008). No provider in use tells mailboxes apart by
// case. Lengths are those of RFC 5321 (4.5.3.1).
func CleanAddress(typed string) (string, error) {
	local, domain, found := strings.Cut(strings.ToLower(strings.TrimSpace(typed)), "@")
	if !found || len(local) > 64 || !localPart.MatchString(local) {
		return "", ErrAddress
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil || len(local)+1+len(domain) > 254 || !hostName.MatchString(domain) {
		return "", ErrAddress
	}
	return local + "@" + domain, nil
}
