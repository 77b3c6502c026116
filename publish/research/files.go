package research

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/publish/release"
)

// LinkLife is how long a link opens.
const LinkLife = time.Hour

// Waves lists the waves with a research file that can be applied for, newest
// first.
func (p *Projects) Waves(ctx context.Context) ([]string, error) {
	out, err := p.opt.Out(ctx)
	if err != nil {
		return nil, err
	}
	var waves []string
	for _, wave := range slices.Sorted(maps.Keys(out)) {
		if _, err := p.release(ctx, wave); err == nil {
			waves = append(waves, wave)
		} else if !errors.Is(err, ErrNoFiles) {
			return nil, err
		}
	}
	slices.Reverse(waves)
	return waves, nil
}

// release opens the research file that goes with the newest published version of
// a wave.
func (p *Projects) release(ctx context.Context, wave string) (*release.Release, error) {
	out, err := p.opt.Out(ctx)
	if err != nil {
		return nil, err
	}
	version, published := out[wave]
	if !published {
		return nil, ErrNoFiles
	}
	dir := release.Folder(p.opt.Dir, wave, version)
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoFiles
	}
	return release.Open(dir)
}

var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// Link makes a link to the files of a project, for its researcher's session
// alone. It opens until it ends.
func (p *Projects) Link(ctx context.Context, by policy.Subject, id int64) (token string, err error) {
	one, err := p.opening(ctx, by, id)
	if err != nil {
		return "", err
	}
	if _, err := p.release(ctx, one.Wave); err != nil {
		return "", err
	}
	random := make([]byte, 20)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	token = letters.EncodeToString(random)
	now := p.opt.Now()
	return token, p.opt.Store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`DELETE FROM research_link WHERE ends_ms <= ?`, store.Millis(now)); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO research_link (hash, project, ends_ms) VALUES (?, ?, ?)`,
			p.hash(token), id, store.Millis(now.Add(LinkLife)))
		return errors.Join(err, p.record(tx, by.Person, "link", one, nil))
	})
}

func (p *Projects) hash(token string) []byte { return p.opt.Keyed("research link " + token) }

// opening reads a project that gives its researcher access now.
func (p *Projects) opening(ctx context.Context, by policy.Subject, id int64) (Project, error) {
	if err := p.may(by, fileObject, actDownload); err != nil {
		return Project{}, err
	}
	one, err := p.one(ctx, id)
	switch {
	case err != nil:
		return Project{}, err
	case one.Person != by.Person:
		return Project{}, ErrUnknown
	case !one.Opens(p.opt.Now()):
		return one, ErrClosed
	}
	return one, nil
}

// Files opens the folder that a link leads to, and says when the link ends.
func (p *Projects) Files(ctx context.Context, by policy.Subject, id int64, token string) (one Project, r *release.Release, ends time.Time, err error) {
	if one, err = p.opening(ctx, by, id); err != nil {
		return one, nil, time.Time{}, err
	}
	if ends, err = p.linked(ctx, id, token); err != nil {
		return one, nil, time.Time{}, err
	}
	r, err = p.release(ctx, one.Wave)
	return one, r, ends, err
}

// linked looks a link up. One that is wrong, expired or another project's is the
// same to whoever asks.
func (p *Projects) linked(ctx context.Context, id int64, token string) (ends time.Time, err error) {
	err = p.opt.Store.Read(ctx, func(tx *store.Tx) error {
		var ms int64
		err := tx.QueryRow(`SELECT ends_ms FROM research_link WHERE hash = ? AND project = ?`, p.hash(token), id).Scan(&ms)
		if errors.Is(err, sql.ErrNoRows) || err == nil && store.Millis(p.opt.Now()) >= ms {
			return ErrLink
		}
		ends = store.FromMillis(ms)
		return err
	})
	return ends, err
}

// Download opens one file of a project's folder. The event is in the log before
// the file is handed out. The caller closes the file.
func (p *Projects) Download(ctx context.Context, by policy.Subject, id int64, token, name string) (*os.File, release.File, error) {
	one, r, _, err := p.Files(ctx, by, id, token)
	if err != nil {
		return nil, release.File{}, err
	}
	f, entry, err := r.OpenFile(name)
	if err != nil {
		return nil, release.File{}, err
	}
	err = p.opt.Store.Write(ctx, func(tx *store.Tx) error {
		return p.record(tx, by.Person, "download", one, map[string]string{
			"version": r.Manifest.Version.String(), "file": strings.ReplaceAll(name, "@", ""), "sha256": entry.SHA256[:16],
		})
	})
	if err != nil {
		return nil, release.File{}, errors.Join(fmt.Errorf("research project %d: %w", id, err), f.Close())
	}
	return f, entry, nil
}
