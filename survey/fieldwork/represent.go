package fieldwork

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"barometer/internal/store"
	"barometer/survey/codebook"
	"barometer/survey/fieldwork/represent"
)

// Classifications are the variables of the frame that responses are compared
// by, in the order of an indicator's variables.
func Classifications() []codebook.Classification {
	return []codebook.Classification{codebook.Sectors(), codebook.Subsectors(), codebook.Sizes(), codebook.Regions()}
}

// Representativity compares the workplaces of a wave that have answered
// completely with all that were drawn and may be eligible. Sector follows from
// subsector and is outside the model. [represent.ErrUndefined] says that there
// is nothing to compare yet.
func (d *Desk) Representativity(ctx context.Context, wave string) (*represent.Indicator, error) {
	var variables []represent.Variable
	for i, c := range Classifications() {
		variables = append(variables, represent.Variable{Name: c.Name, Outside: i == 0})
	}
	var cells []represent.Cell
	err := d.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			c := represent.Cell{Classes: make([]string, len(variables))}
			var weight string
			err := rows.Scan(&c.Stratum, &c.Classes[0], &c.Classes[1], &c.Classes[2], &c.Classes[3], &weight, &c.Units, &c.Responded)
			if err == nil {
				c.Weight, err = strconv.ParseFloat(weight, 64)
			}
			cells = append(cells, c)
			return err
		}, `SELECT u.stratum, u.sector, u.subsector, u.size, u.region, u.weight, COUNT(*),
				SUM(CASE WHEN s.disposition = 'complete' THEN 1 ELSE 0 END)
			FROM fieldwork_unit u LEFT JOIN response_state s ON s.wave = u.wave AND s.unit = u.unit
			WHERE u.wave = ? AND (s.disposition IS NULL OR s.disposition <> 'ineligible')
			GROUP BY u.stratum, u.sector, u.subsector, u.size, u.region, u.weight
			ORDER BY u.stratum, u.sector, u.subsector, u.size, u.region, u.weight`, wave)
	})
	if err != nil {
		return nil, fmt.Errorf("representativity of wave %s: %w", wave, err)
	}
	ind, err := represent.Of(variables, cells)
	if err != nil {
		return nil, fmt.Errorf("representativity of wave %s: %w", wave, err)
	}
	return ind, nil
}
