package release

import (
	"context"
	"errors"
	"strings"
	"time"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/publish/formats/setup"
)

// Restricted is what the folder of a research file is made of: microdata that
// only those get who have signed a contract. It lies outside the folder of
// releases, so that no page, list or download of a release can reach it, and
// has a manifest of its own.
type Restricted struct {
	Version   Version // of the release that it belongs to
	Title     i18n.Text
	Publisher i18n.Text
	Contact   string
	Terms     formats.Licence // the contract
	Access    i18n.Text       // who may have the files, on what terms
	Built     time.Time

	Microdata *anonymise.File
	Example   *setup.Example // may be nil

	// Progress is told the name of each file before it is written; it may be nil.
	Progress func(name string)
}

// BuildRestricted makes the folder dir/WAVE/VERSION of a research file, for its
// owner's eyes alone, and returns its manifest. It appears whole or not at all,
// and is not overwritten.
func BuildRestricted(ctx context.Context, dir string, in Restricted) (*Manifest, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	target := Folder(dir, in.Microdata.Wave, in.Version)
	if err := vacant(target); err != nil {
		return nil, err
	}
	return whole(target, 0o700, func(tmp string) (*Manifest, error) { return in.fill(ctx, tmp) })
}

func (in Restricted) about() formats.About {
	f := in.Microdata
	return formats.About{Wave: f.Wave, Version: in.Version.String(), Synthetic: f.Synthetic, Title: in.Title, Publisher: in.Publisher,
		Contact: in.Contact, Licence: in.Terms, Built: in.Built,
		Changes: []formats.Change{{Version: in.Version.String(), Date: in.Built.Format(time.DateOnly),
			Reason: i18n.Text{DA: "Forskningsfil til udgivelsen.", EN: "Research file of the release."}}}}
}

func (in Restricted) check() error {
	if in.Microdata == nil {
		return errors.New("release: the research file is not given")
	}
	var faults formats.Faults
	if w := in.Microdata.Wave; !plain(w) || strings.Contains(w, "/") || hidden(w) || w == "" {
		faults.Addf("release: the wave %q cannot be the name of a folder", w)
	}
	formats.CheckTranslated(&faults, "who may have the research file", in.Access)
	if in.Version == (Version{}) {
		faults.Addf("release: the research file has no version")
	}
	faults.Add(in.about().Check())
	faults.Add(formats.CheckMicrodata(in.Microdata))
	return faults.Err()
}

func (in Restricted) fill(ctx context.Context, dir string) (*Manifest, error) {
	a := in.about()
	m := &Manifest{Wave: a.Wave, Version: in.Version, Synthetic: a.Synthetic, Title: in.Title, Publisher: in.Publisher,
		Contact: in.Contact, Licence: in.Terms, Built: in.Built.UTC(), Changes: a.Changes}
	m.Citation = m.citation()
	out := Input{Progress: in.Progress}
	for _, p := range (records{in.Microdata, a, in.Example, in.Access}).products() {
		if err := out.make(ctx, dir, p, m); err != nil {
			return nil, err
		}
	}
	return m, out.close(ctx, dir, m, recordNotes)
}
