package account_test

import (
	"database/sql"
	"fmt"

	"barometer/internal/store"
)

// dump writes every row of a table as text.
func dump(tx *store.Tx, table string) (lines []string, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return err
		}
		line := ""
		for _, v := range values {
			if b, ok := (*v.(*any)).([]byte); ok {
				line += string(b) + "\t"
				continue
			}
			line += fmt.Sprint(*v.(*any)) + "\t"
		}
		lines = append(lines, line)
		return nil
	}, "SELECT * FROM "+table)
	return lines, err
}
