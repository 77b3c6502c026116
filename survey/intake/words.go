package intake

import (
	"errors"
	"fmt"

	"barometer/internal/i18n"
)

// wrong is what is wrong with a file, a row or a cell, in both languages; as an
// error it is in English, as commands are.
type wrong i18n.Text

func (w wrong) Error() string { return w.EN }

// say words a fault. Both forms take the same arguments, in the same order.
func say(da, en string, args ...any) wrong {
	return wrong{DA: fmt.Sprintf(da, args...), EN: fmt.Sprintf(en, args...)}
}

// worded is a fault as it was worded; any other error is told as it stands.
func worded(err error) wrong {
	if w, ok := errors.AsType[wrong](err); ok {
		return w
	}
	return wrong{DA: err.Error(), EN: err.Error()}
}

// whole is a fault of the file as a whole.
func whole(w wrong) Faults { return Faults{{Message: i18n.Text(w)}} }
