package optout_test

import (
	"os"
	"testing"

	"barometer/internal/i18n/i18ntest"
)

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	var built []string
	for _, name := range []string{"ask", "done", "unknown"} {
		built = append(built, name+".title", name+".text")
	}
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}
