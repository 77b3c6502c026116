package release

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"barometer/publish/formats/px"
)

// mediaTypes are the kinds of file a release may hold, by extension.
var mediaTypes = map[string]string{
	".html":    "text/html; charset=utf-8",
	".pdf":     "application/pdf",
	".svg":     "image/svg+xml",
	".png":     "image/png",
	".xlsx":    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".csv":     "text/csv; charset=utf-8",
	".sav":     "application/x-spss-sav",
	".dta":     "application/x-stata-dta",
	".xml":     "application/xml",
	".R":       "text/plain; charset=utf-8",
	".do":      "text/plain; charset=utf-8",
	".sps":     "text/plain; charset=utf-8",
	".py":      "text/plain; charset=utf-8",
	".parquet": "application/vnd.apache.parquet",
	".json":    "application/json",
	".px":      px.MediaType,
	".txt":     "text/plain; charset=utf-8",
}

func mediaType(name string) string { return mediaTypes[path.Ext(name)] }

// checkName refuses a file name that some system could not hold, or that
// leads out of the release.
func checkName(name string) error {
	switch {
	case !fs.ValidPath(name) || name == "." || !plain(name) || hidden(name):
		return fmt.Errorf("the file name %q has other characters than letters a-z, digits, . _ - and /, or leads out of the release", name)
	case mediaType(name) == "":
		return fmt.Errorf("the file name %q ends in none of the known kinds of file", name)
	}
	return nil
}

func plain(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/", r))
	}) < 0
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.Contains(name, "/.") }
