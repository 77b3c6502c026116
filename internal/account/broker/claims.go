package broker

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Claims are the names under which a provider tells of a person. The defaults
// are those of scope nemlogin at the broker of Signaturgruppen (documentation
// of the broker, MitID Erhverv). Criipto, now Idura, says uuid,
// cvrNumberIdentifier and productionUnit.
type Claims struct {
	ID        string `yaml:"id,omitempty"`       // persistent professional id
	CVR       string `yaml:"cvr,omitempty"`      // of the employer
	PNumber   string `yaml:"p_number,omitempty"` // of the workplace
	Name      string `yaml:"name,omitempty"`
	Assurance string `yaml:"assurance,omitempty"` // level of assurance
}

var (
	defaultScopes = []string{"openid", "nemlogin"}
	defaultClaims = Claims{
		ID: "nemlogin.persistent_professional_id", CVR: "nemlogin.cvr", PNumber: "nemlogin.p_number",
		Name: "nemlogin.name", Assurance: "loa",
	}
)

func (c Claims) orDefaults() Claims {
	for _, f := range []struct {
		to   *string
		from string
	}{{&c.ID, defaultClaims.ID}, {&c.CVR, defaultClaims.CVR}, {&c.PNumber, defaultClaims.PNumber},
		{&c.Name, defaultClaims.Name}, {&c.Assurance, defaultClaims.Assurance}} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
	return c
}

// Identity is who a person is to a provider.
type Identity struct {
	Provider string `json:"provider"`
	Realm    string `json:"realm"`
	ID       string `json:"id"` // the same at every sign-in, and of one person alone
	Name     string `json:"name"`
	CVR      string `json:"cvr"`      // empty: not told
	PNumber  string `json:"p_number"` // empty: not told
	Strong   bool   `json:"strong"`   // two factors were shown to the provider
}

// handle finds the credential of an identity.
func (i Identity) handle() []byte { return []byte(i.Realm + "\x00" + i.ID) }

var (
	cvrNumber = regexp.MustCompile(`^[0-9]{8}$`)
	pNumber   = regexp.MustCompile(`^[0-9]{10}$`)
)

// longestID bounds what is kept of a person's id; subjects have 255 characters
// at most (OpenID Connect Core 1.0, section 2).
const longestID = 255

// read makes an identity of claims. What is told must be well formed: a broken
// number is an error, not a person without a workplace.
func (p Provider) read(claims map[string]any) (Identity, error) {
	i := Identity{
		Provider: p.ID, Realm: p.realm(), ID: text(claims[p.Claims.ID]), CVR: text(claims[p.Claims.CVR]),
		PNumber: text(claims[p.Claims.PNumber]), Name: shown(text(claims[p.Claims.Name])),
	}
	var faults []error
	if i.ID == "" || len(i.ID) > longestID || strings.ContainsFunc(i.ID, unicode.IsControl) {
		faults = append(faults, fmt.Errorf("claim %s holds no id", p.Claims.ID))
	}
	if i.CVR != "" && !cvrNumber.MatchString(i.CVR) {
		faults = append(faults, fmt.Errorf("claim %s is no CVR number", p.Claims.CVR))
	}
	if i.PNumber != "" && !pNumber.MatchString(i.PNumber) {
		faults = append(faults, fmt.Errorf("claim %s is no P-number", p.Claims.PNumber))
	}
	level := text(claims[p.Claims.Assurance])
	i.Strong = level != "" && slices.Contains(p.Strong, level)
	return i, errors.Join(faults...)
}

// text is a claim as text; some providers send numbers as numbers.
func text(claim any) string {
	switch v := claim.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// shown is a name as it may stand on a page.
func shown(name string) string {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return -1
	}, name)), " ")
	return string([]rune(name)[:min(len([]rune(name)), 80)])
}
