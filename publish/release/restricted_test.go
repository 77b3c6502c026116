package release_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/publish/internal/publishtest"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
)

// A research file is whole, verifies, is for its owner's eyes, and is written
// once.
func TestResearchFileIsAFolderOfItsOwn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "research")
	m := releasetest.Restricted(t, dir, release.First)
	folder := release.Folder(dir, releasetest.Wave, release.First)
	if err := release.Verify(folder); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v, %v", info.Mode(), err)
	}
	for _, name := range []string{"microdata.csv", "microdata.da.sav", "microdata.en.dta", "microdata.parquet", "microdata.da.xlsx", "codebook.xml", "README.txt"} {
		if _, listed := m.File(name); !listed {
			t.Errorf("it has no %s", name)
		}
	}
	if _, listed := m.File("table.json"); listed {
		t.Error("it repeats the table")
	}
	in := release.Restricted{Version: release.First, Title: publishtest.About().Title, Publisher: publishtest.About().Publisher, Terms: publishtest.About().Licence,
		Access: i18n.Text{DA: "a", EN: "b"}, Built: publishtest.Built, Microdata: publishtest.Microdata(t, 60)}
	if _, err := release.BuildRestricted(t.Context(), dir, in); err == nil || !strings.Contains(err.Error(), "not overwritten") {
		t.Errorf("built twice: %v", err)
	}
}

func TestFaultyResearchFileIsRefusedAndNothingWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "research")
	file := publishtest.Microdata(t, 60)
	file.Data.Columns()[2].Number[3] = -1
	in := release.Restricted{Title: publishtest.About().Title, Publisher: publishtest.About().Publisher, Terms: formats.Licence{}, Built: publishtest.Built, Microdata: file}
	_, err := release.BuildRestricted(t.Context(), dir, in)
	for _, want := range []string{"has no version", "no licence", "who may have the research file", "row 4, variable weight: -1 is outside the range"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %q", err, want)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("something was written: %v", err)
	}
}
