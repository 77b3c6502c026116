package freeze

import (
	"bytes"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/survey/response"
)

func TestGoal40_ParadataAreAFileOfTheirOwn(t *testing.T) {
	at := time.Date(2026, 3, 29, 2, 30, 0, 0, time.FixedZone("", 3600))
	var b bytes.Buffer
	err := WriteParadata(&b, []response.PageUse{{
		Unit: "u1", Page: "fornyelser", First: at, Last: at.Add(time.Hour), Open: 12_340 * time.Millisecond,
		Saves: 2, Autosaves: 3, Refusals: 1, Backs: 0, Device: response.Phone, Lang: i18n.Danish, Faults: []string{"B1", "B2"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	const want = "unit,page,first_sent,last_sent,open_seconds,saves,autosaves,refusals,backs,device,lang,items_at_fault\n" +
		"u1,fornyelser,2026-03-29T01:30:00Z,2026-03-29T02:30:00Z,12.3,2,3,1,0,phone,da,B1 B2\n"
	if b.String() != want {
		t.Errorf("wrote\n%swant\n%s", b.String(), want)
	}
}
