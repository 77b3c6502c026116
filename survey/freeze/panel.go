package freeze

import (
	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/sample"
)

// PanelColumn is the column that tells which units two waves have in common.
const PanelColumn = "panel"

// PanelKey is the key of a workplace in all waves frozen under one secret.
func PanelKey(secret []byte, pNumber string) string { return keyed(secret, "panel\x00"+pNumber) }

// panel adds the key of every unit that is the same in all waves frozen under
// one panel key: 80 bits of HMAC-SHA256 of the P-number. The unit key differs
// from wave to wave, so without this column no two waves can be joined. Who does
// not hold the panel key cannot tell a P-number from it, nor whether a given
// workplace is in the sample; once the key is destroyed nobody can, and what is
// left joins the waves already frozen and no others.
func (t *table) panel(units []sample.Selected, key []byte) {
	values := make([]string, len(units))
	for i, u := range units {
		values[i] = PanelKey(key, u.PNumber)
	}
	t.levels(panelVariable(), values, values)
}

func panelVariable() codebook.Variable {
	return codebook.Variable{Name: PanelColumn, Kind: codebook.Key, Role: codebook.RolePanel,
		Label: i18n.Text{DA: "Arbejdsstedets nøgle på tværs af bølger", EN: "Key of the workplace across waves"}}
}
