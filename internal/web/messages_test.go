package web_test

import (
	"os"
	"strconv"
	"testing"

	"barometer/internal/i18n/i18ntest"
)

func TestEveryMessageIsThereAndUsed(t *testing.T) {
	var built []string
	for _, status := range []int{400, 401, 403, 404, 405, 409, 413, 421, 422, 429, 500, 503} {
		key := "error." + strconv.Itoa(status)
		built = append(built, key+".title", key+".text")
	}
	i18ntest.Audit(t, os.DirFS("."), "messages.yaml", built...)
}
