package fieldwork

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"barometer/internal/store"
	"barometer/survey/sample"
)

// Register notes the sample that a wave is counted by: of each unit its random
// key, stratum, classes of the frame and weight, and nothing that names it. The
// same sample again is nothing new; one that units of the reserve have joined
// takes the place of the one before. A sample that lacks a unit registered
// before, or does not agree with itself, is refused, with every fault named.
func (d *Desk) Register(ctx context.Context, s *sample.Sample) error {
	if err := checkSample(s); err != nil {
		return fmt.Errorf("fieldwork of wave %s: %w", s.Wave, err)
	}
	digest := digestOf(s)
	known := false
	err := d.db.Read(ctx, func(tx *store.Tx) (err error) {
		known, err = registered(tx, s.Wave, digest)
		return err
	})
	if err != nil || known {
		return err
	}
	err = d.db.Write(ctx, func(tx *store.Tx) error {
		if known, err := registered(tx, s.Wave, digest); err != nil || known {
			return err
		}
		if err := refuseLost(tx, s); err != nil {
			return err
		}
		return register(tx, s, digest)
	})
	if err != nil {
		return fmt.Errorf("fieldwork of wave %s: %w", s.Wave, err)
	}
	return nil
}

// checkSample holds the units of every stratum against its allocation.
func checkSample(s *sample.Sample) error {
	var faults []error
	taken := make(map[string]int, len(s.Strata))
	for _, st := range s.Strata {
		taken[st.Code] = 0
	}
	keys := make(map[string]bool, len(s.Units))
	for _, u := range s.Units {
		if _, ok := taken[u.Stratum]; !ok {
			faults = append(faults, fmt.Errorf("unit %s: the sample has no stratum %s", u.Key, u.Stratum))
		}
		if u.Key == "" || keys[u.Key] {
			faults = append(faults, fmt.Errorf("unit %q stands twice or has no key", u.Key))
		}
		keys[u.Key] = true
		taken[u.Stratum]++
	}
	for _, st := range s.Strata {
		if taken[st.Code] != st.Take {
			faults = append(faults, fmt.Errorf("stratum %s: %d units in the sample, its allocation says %d", st.Code, taken[st.Code], st.Take))
		}
	}
	return errors.Join(faults...)
}

func weight(w float64) string { return strconv.FormatFloat(w, 'g', -1, 64) }

// digestOf is a hash of everything that is registered.
func digestOf(s *sample.Sample) string {
	h := sha256.New()
	for _, st := range s.Strata {
		fmt.Fprintf(h, "%q %d %d\n", st.Code, st.N, st.Take)
	}
	for _, u := range s.Units {
		fmt.Fprintf(h, "%q %q %q %q %q %q %s\n", u.Key, u.Stratum, u.Sector, u.Subsector, u.Size, u.Region, weight(u.DesignWeight))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func registered(tx *store.Tx, wave, digest string) (bool, error) {
	var known string
	err := tx.QueryRow(`SELECT digest FROM fieldwork_wave WHERE wave = ?`, wave).Scan(&known)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return known == digest, err
}

// refuseLost refuses a sample that lacks units registered before.
func refuseLost(tx *store.Tx, s *sample.Sample) error {
	keys := make(map[string]bool, len(s.Units))
	for _, u := range s.Units {
		keys[u.Key] = true
	}
	var faults []error
	err := tx.Each(func(rows *sql.Rows) error {
		var unit string
		err := rows.Scan(&unit)
		if !keys[unit] {
			faults = append(faults, fmt.Errorf("unit %s is no longer in the sample; put the sample back that the collection began with", unit))
		}
		return err
	}, `SELECT unit FROM fieldwork_unit WHERE wave = ? ORDER BY unit`, s.Wave)
	return errors.Join(err, errors.Join(faults...))
}

func register(tx *store.Tx, s *sample.Sample, digest string) error {
	for _, table := range []string{"fieldwork_wave", "fieldwork_stratum", "fieldwork_unit"} {
		if _, err := tx.Exec(`DELETE FROM `+table+` WHERE wave = ?`, s.Wave); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`INSERT INTO fieldwork_wave (wave, digest) VALUES (?, ?)`, s.Wave, digest); err != nil {
		return err
	}
	for i, st := range s.Strata {
		const q = `INSERT INTO fieldwork_stratum (wave, stratum, place, size, take) VALUES (?, ?, ?, ?, ?)`
		if _, err := tx.Exec(q, s.Wave, st.Code, i, st.N, st.Take); err != nil {
			return err
		}
	}
	for _, u := range s.Units {
		const q = `INSERT INTO fieldwork_unit (wave, unit, stratum, sector, subsector, size, region, weight) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
		if _, err := tx.Exec(q, s.Wave, u.Key, u.Stratum, u.Sector, u.Subsector, u.Size, u.Region, weight(u.DesignWeight)); err != nil {
			return err
		}
	}
	return nil
}
