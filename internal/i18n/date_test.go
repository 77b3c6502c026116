package i18n

import (
	"testing"
	"time"
)

func TestDateReadsAsInEachLanguage(t *testing.T) {
	got := DateText(time.Date(2025, time.March, 9, 0, 0, 0, 0, time.UTC))
	if want := (Text{DA: "9. marts 2025", EN: "9 March 2025"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
