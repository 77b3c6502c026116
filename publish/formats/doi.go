package formats

import (
	"fmt"
	"regexp"
	"strings"
)

// doiForm is a DOI as registrars give them out today: a directory code, a
// registrant, and a suffix of characters that stand in an address as they are.
var doiForm = regexp.MustCompile(`^10\.[0-9]{4,9}(\.[0-9]+)*/[-._;()/:A-Za-z0-9]{1,200}$`)

// CheckDOI refuses what is no DOI. None at all is none to refuse.
func CheckDOI(doi string) error {
	switch {
	case doi == "" || doiForm.MatchString(doi):
		return nil
	case strings.Contains(strings.ToLower(doi), "doi.org/"), strings.HasPrefix(strings.ToLower(doi), "doi:"):
		return fmt.Errorf("the DOI %.80q: leave out what stands before 10.", doi)
	}
	return fmt.Errorf("the DOI %.80q is malformed: it is written as 10.1234/name, of letters, digits and -._;()/:", doi)
}
