package freeze

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"barometer/survey/response"
)

// paradataHead are the columns of the paradata: seconds of Coordinated
// Universal Time, counts, and codes.
var paradataHead = []string{
	"unit", "page", "first_sent", "last_sent", "open_seconds", "saves", "autosaves", "refusals", "backs", "device", "lang", "items_at_fault",
}

// WriteParadata writes how pages were used as CSV, one line a unit and page, in
// the order given. It is a file of its own: no column of it has a place in a
// wave.
func WriteParadata(w io.Writer, pages []response.PageUse) error {
	out := csv.NewWriter(w)
	_ = out.Write(paradataHead) // Error tells
	for _, p := range pages {
		_ = out.Write([]string{
			p.Unit, p.Page, p.First.UTC().Format(time.RFC3339), p.Last.UTC().Format(time.RFC3339),
			strconv.FormatFloat(p.Open.Seconds(), 'f', 1, 64),
			strconv.Itoa(p.Saves), strconv.Itoa(p.Autosaves), strconv.Itoa(p.Refusals), strconv.Itoa(p.Backs),
			string(p.Device), string(p.Lang), strings.Join(p.Faults, " "),
		})
	}
	out.Flush()
	return out.Error()
}
