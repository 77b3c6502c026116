package account

import "strings"

// Device is roughly what a person is signed in at, so that the person knows it
// again in a list. It is read from what the browser says of itself and proves
// nothing; versions are not kept.
type Device struct {
	Browser string // empty: unknown
	System  string // empty: unknown
	Marks   string // of persons who have signed in there, see [Accounts.Marks]; not kept
}

// What browsers say, the more special before what it builds on.
var (
	browserSigns = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"},
		{"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}}
	systemSigns = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// DeviceOf reads a User-Agent header.
func DeviceOf(userAgent string) Device {
	return Device{Browser: sign(browserSigns, userAgent), System: sign(systemSigns, userAgent)}
}

func sign(signs [][2]string, text string) string {
	for _, s := range signs {
		if strings.Contains(text, s[0]) {
			return s[1]
		}
	}
	return ""
}

// String is how a device is stored.
func (d Device) String() string { return d.Browser + "/" + d.System }

func parseDevice(s string) Device {
	browser, system, _ := strings.Cut(s, "/")
	return Device{Browser: browser, System: system}
}
