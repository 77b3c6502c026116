package runner_test

import (
	"os"
	"testing"

	"barometer/internal/i18n/i18ntest"
)

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	built := []string{"wish.mirror", "wish.case"}
	for _, notice := range []string{"declined", "ineligible", "saved", "closed", "altered", "takeover.gone"} {
		built = append(built, notice+".title", notice+".text")
	}
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}
