package account_test

import (
	"testing"

	"barometer/internal/account"
)

// Every letter stands in both languages and says what its data hold.
func TestLetters(t *testing.T) {
	if _, err := account.Letters(); err != nil {
		t.Error(err)
	}
}
