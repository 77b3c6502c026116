package release_test

import (
	"bytes"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/publish/internal/publishtest"
	"barometer/publish/release"
	"barometer/reports/quality"
)

// Goal 8: the build fails where a section of the quality report is missing, or
// where nothing stands under its heading, and names file and section.
func TestGoal8_MissingQualitySectionFailsTheBuild(t *testing.T) {
	for _, section := range quality.Sections {
		for name, spoil := range map[string][2]string{
			"missing": {`id="` + section + `"`, `id="other"`},
			"empty":   {`">` + section + `</h2><p>x</p>`, `">` + section + `</h2><p> </p>`},
		} {
			dir, in := t.TempDir(), input(t)
			for i, d := range in.Documents {
				if d.Name == "quality.en.html" {
					in.Documents[i].Content = bytes.Replace(publishtest.QualityPage(i18n.English), []byte(spoil[0]), []byte(spoil[1]), 1)
				}
			}
			_, err := release.Build(t.Context(), dir, in)
			if want := "quality.en.html lacks the section " + section; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %s: error %v, want %q in it", section, name, err, want)
			}
		}
	}
}
