package pages_test

import (
	"os"
	"testing"

	"barometer/internal/account"
	"barometer/internal/i18n/i18ntest"
	"barometer/internal/policy"
)

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	built := []string{"workplace.employee", "workplace.manager"}
	for _, s := range account.States() {
		built = append(built, "state."+string(s))
	}
	for _, k := range account.Kinds() {
		built = append(built, "kind."+string(k))
	}
	for _, r := range policy.Grantable() {
		built = append(built, "role."+string(r))
	}
	for _, how := range []string{"link", "operator", "passkey", "totp", "oidc"} {
		built = append(built, "how."+how)
	}
	for _, n := range []string{"signedout", "name", "address", "addressasked", "session", "sessions", "role", "reopened",
		"added", "asked", "confirmed", "ended", "suspended", "reinstated", "factor", "removed", "declined", "answer", "unreachable", "linked", "passkey"} {
		built = append(built, "note."+n)
	}
	for _, f := range []string{"address", "taken", "name.short", "name.long", "name.hidden", "name.script", "name.reserved",
		"granted", "lastadmin", "second", "own", "held", "code", "there", "last", "identity", "label"} {
		built = append(built, "fault."+f)
	}
	built = append(built, "totp.hint", "second.hint", "export.person", "export.what", "export.value", "export.asked", "export.confirmed", "export.ended",
		"export.vouched", "export.credentials", "export.kind", "export.name", "export.used", "export.events", "export.at",
		"export.action", "export.by", "export.detail", "people.role")
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}
