package release

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Version is the version of a release: a new major version has other figures
// than the one before, a new minor version the same figures in other words.
type Version struct{ Major, Minor int }

// First is the version every wave begins with.
var First = Version{Major: 1}

// ParseVersion reads a version of the form 1.0.
func ParseVersion(s string) (Version, error) {
	major, minor, found := strings.Cut(s, ".")
	v := Version{}
	var errMajor, errMinor error
	v.Major, errMajor = strconv.Atoi(major)
	v.Minor, errMinor = strconv.Atoi(minor)
	if !found || errors.Join(errMajor, errMinor) != nil || v.Major < 1 || v.Minor < 0 || v.String() != s {
		return Version{}, fmt.Errorf("version %q is not of the form 1.0", s)
	}
	return v, nil
}

// String writes the version as 1.0.
func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Compare returns -1, 0 or 1 as v is before, the same as, or after w.
func (v Version) Compare(w Version) int {
	switch {
	case v == w:
		return 0
	case v.Major < w.Major, v.Major == w.Major && v.Minor < w.Minor:
		return -1
	}
	return 1
}

// follows reports whether v may come directly after previous.
func (v Version) follows(previous Version) bool {
	return v == Version{previous.Major + 1, 0} || v == Version{previous.Major, previous.Minor + 1}
}

// MarshalText writes the version as 1.0.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a version of the form 1.0.
func (v *Version) UnmarshalText(text []byte) error {
	read, err := ParseVersion(string(text))
	*v = read
	return err
}
