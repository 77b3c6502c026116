package questionnaire

import (
	"encoding/json"
	"maps"
	"slices"
)

// object is a JSON object in the making.
type object = map[string]any

// Schema returns a JSON Schema (draft 2020-12) of questionnaire files, for
// editors that complete keys and mark faults while one types. A file that it
// refuses, [Lint] refuses too. The reverse does not hold: what takes the whole
// file to see, names, codes and routes, is left to Lint.
func Schema() ([]byte, error) {
	s := formSchema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Questionnaire"
	s["description"] = "The definition of a questionnaire: its questions, their wording in every language, and the routes between them."
	s["$defs"] = object{
		"text": textSchema(), "phrase": phraseSchema(), "flag": described("true or false.", object{"enum": []any{true, false, "true", "false"}}),
		"count": countSchema(), "route": routeSchema(), "condition": conditionSchema(), "page": pageSchema(), "note": noteSchema(), "item": itemSchema(),
		"check": checkSchema(), "piped": pipedSchema(), "pipedText": mappingSchema(object{"da": ref("piped"), "en": ref("piped")}, "da", "en"),
		"between":     mappingSchema(object{"note": described("A remark or definition before the next question.", ref("note"))}, "note"),
		"scaleOption": optionSchema(optionKeys, "phrase"), "option": optionSchema(ownOptionKeys, "piped"), "row": optionSchema(rowKeys, "piped"),
	}
	return json.MarshalIndent(s, "", "  ")
}

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

func described(words string, o object) object {
	out := maps.Clone(o)
	out["description"] = words
	return out
}

// scalarSchema is a single value; YAML may take it for a number or truth value.
func scalarSchema(words, shape string) object {
	return object{"description": words, "type": []string{"string", "number", "boolean"}, "pattern": shape}
}

// mappingSchema is an object of these keys and no others.
func mappingSchema(properties object, required ...string) object {
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// listSchema is a list of at least so many.
func listSchema(words string, least int, of object) object {
	return object{"description": words, "type": "array", "minItems": least, "items": of}
}

// oneValue is what may stand where one value is wanted.
var oneValue = []string{"string", "number", "boolean", "null"}

// phraseSchema is a text in one language: no markup, no placeholder but {period}.
func phraseSchema() object {
	return object{"type": oneValue, "pattern": `^([^{}]|\{period\})*$`, "not": object{"type": "string", "pattern": `<[A-Za-z/!]`}}
}

// pipedSchema is a phrase in which earlier answers have places.
func pipedSchema() object {
	return object{"type": oneValue, "pattern": `^([^{}]|\{period\}|\$\{[A-Z][A-Z0-9]*(\.[a-z0-9_]+)?\|([^{}|]|\{period\})+\})*$`, "not": object{"type": "string", "pattern": `<[A-Za-z/!]`}}
}

func textSchema() object {
	return mappingSchema(object{"da": ref("phrase"), "en": ref("phrase")}, "da", "en")
}

func countSchema() object {
	return object{"type": []string{"integer", "string"}, "minimum": 1, "maximum": maxCount, "pattern": `^\s*[+]?[0-9]+\s*$`}
}

// routeSchema is an expression. Whether its names and codes exist, Lint says.
func routeSchema() object {
	return object{"type": "string", "minLength": 1, "examples": []string{"${B1} = 'ja'", "selected(${D2}, 'kommune') and not(${INNOV})", "count-selected(${E1}) >= 2"}}
}

func noteSchema() object {
	return mappingSchema(object{"da": ref("piped"), "en": ref("piped"), "relevant": described("When the note is shown; leave out for always.", ref("route"))}, "da", "en")
}

func formSchema() object {
	return mappingSchema(object{
		"id":      scalarSchema("The same for all waves.", pageShape),
		"version": scalarSchema("Of this definition; a published version is never changed.", versionShape),
		"wave":    scalarSchema("The wave it is for.", versionShape),
		"languages": object{"description": "Every language the texts are in.", "type": "array", "items": object{"enum": []string{"da", "en"}},
			"allOf": []object{{"contains": object{"const": "da"}}, {"contains": object{"const": "en"}}}},
		"title":  ref("text"),
		"intro":  described("What to know before starting.", ref("text")),
		"period": described("The time the questions are about: {period} in every other text.", ref("text")),
		"asked":  described("Who is asked a question without a route, in words.", ref("text")),
		"scales": object{"description": "Options that several questions share.", "type": "object", "propertyNames": object{"pattern": codeShape},
			"additionalProperties": listSchema("Options in order.", 1, ref("scaleOption"))},
		"conditions": listSchema("Routes with a name, each also a column of the wave.", 1, ref("condition")),
		"pages":      listSchema("Pages in the order shown.", 1, ref("page")),
	}, "id", "version", "wave", "languages", "title", "period", "asked", "pages")
}

func conditionSchema() object {
	return mappingSchema(object{
		"name":   scalarSchema("Named in routes as ${NAME}.", nameShape),
		"short":  described("Label of its column.", ref("text")),
		"phrase": described("What it says, as a clause.", ref("text")),
		"asked":  described("The units it holds for.", ref("text")),
		"when":   described("The route it stands for.", ref("route")),
	}, "name", "short", "phrase", "asked", "when")
}

func pageSchema() object {
	return mappingSchema(object{
		"id": scalarSchema("Stands in the address of the page.", pageShape), "title": ref("text"),
		"intro": described("A definition before the questions. A line that begins with - is a point of a list.", ref("text")),
		"notes": listSchema("Remarks for those they concern.", 1, ref("note")),
		"items": listSchema("Questions in the order asked, with notes between them.", 1,
			object{"if": object{"type": "object", "required": []string{"note"}}, "then": ref("between"), "else": ref("item")}),
	}, "id", "title", "items")
}

// optionSchema is an option or row with the keys it may carry, whose wording is
// of the schema named.
func optionSchema(keys []string, wording string) object {
	properties := object{
		"code": scalarSchema("Stable identifier, unique in the question.", codeShape), "number": described("Value in SPSS and Stata files.", ref("count")),
		"da": ref(wording), "en": ref(wording), "short": described("Label in tables and figures.", ref("text")),
		"exclusive": described("Chosen alone.", ref("flag")), "dont_know": described("An answer, but not a substantive one.", ref("flag")),
		"refused": described("The respondent declines to answer.", ref("flag")), "not_relevant": described("The question does not apply.", ref("flag")),
		"specify":  described("Most characters of a text that goes with it: other, namely.", ref("count")),
		"relevant": described("When it is offered; leave out for always.", ref("route")),
	}
	maps.DeleteFunc(properties, func(key string, _ any) bool { return !slices.Contains(keys, key) })
	required := []string{"code", "number", "da", "en"}
	return mappingSchema(properties, slices.DeleteFunc(required, func(key string) bool { return !slices.Contains(keys, key) })...)
}

func checkSchema() object {
	return mappingSchema(object{
		"id":      scalarSchema("Stable name, also in the column that tells whether it was confirmed.", codeShape),
		"require": described("What has to hold of the answer, written as a dot.", ref("route")), "when": described("Or: what must not hold.", ref("route")),
		"level":   described("A hard check must be met, a soft one may be confirmed.", object{"enum": []string{"hard", "soft"}}),
		"message": described("What the respondent is told.", ref("text")),
	}, "id", "level", "message")
}

func itemSchema() object {
	s := mappingSchema(object{
		"id":   scalarSchema("Stands for one wording for ever: a question put in other words gets another.", nameShape),
		"kind": object{"enum": kinds}, "short": described("Label of its column.", ref("text")), "label": described("The question; ${B1|otherwise} is the place of an earlier answer.", ref("pipedText")),
		"hint": described("Help under the question.", ref("pipedText")), "asked": described("Who is asked, in words.", ref("text")),
		"relevant": described("Who is asked; leave out for everyone.", ref("route")), "optional": described("It may be left open.", ref("flag")),
		"scale":        described("Name of a scale.", object{"type": oneValue}),
		"options":      listSchema("Options in order; beside a field, those that say why there is no answer.", 1, ref("option")),
		"options_from": described("An earlier multiple answer: what was chosen there is offered.", object{"type": oneValue}),
		"rows":         listSchema("Rows of a matrix or share.", 1, ref("row")),
		"rows_from":    described("An earlier multiple answer: a row for what was chosen there.", object{"type": oneValue}),
		"max":          described("Most options in a multiple answer; how many are ranked; the greatest number, date (2025-03-31) or month (2025-03).", object{"type": []string{"string", "number"}}),
		"min":          described("The least number, date or month.", object{"type": []string{"string", "number"}}),
		"soft_min":     described("The least that is usual; less has to be confirmed.", object{"type": []string{"string", "number"}}),
		"soft_max":     described("The greatest that is usual; more has to be confirmed.", object{"type": []string{"string", "number"}}),
		"decimals":     described("Most decimals of a number or share.", object{"type": []string{"integer", "string"}, "minimum": 0, "maximum": maxDecimals, "pattern": `^\s*[+-]?[0-9]+\s*$`}),
		"unit":         described("What a number counts.", ref("text")),
		"checks":       listSchema("What an answer must not be, seen beside earlier ones.", 1, ref("check")),
		"max_length":   described("Most characters of a text or line.", ref("count")),
	}, "id", "kind", "short", "label")
	var rules []object
	for _, k := range kinds {
		rules = append(rules, object{"if": object{"properties": object{"kind": object{"const": k}}, "required": []string{"kind"}}, "then": needs(k)})
	}
	s["allOf"] = rules
	return s
}

// needs says what an item of a kind must and cannot have.
func needs(k Kind) object {
	never := object{}
	forbid := func(when bool, keys ...string) {
		for _, key := range keys {
			if when {
				never[key] = false
			}
		}
	}
	forbid(!k.Chosen(), "options_from")
	forbid(!k.HasRows(), "rows", "rows_from")
	forbid(k != Number, "unit")
	forbid(k != Number && k != Share, "decimals")
	forbid(!k.bounded(), "min", "soft_min", "soft_max")
	forbid(!k.bounded() && k != Multiple && k != Ranking, "max")
	forbid(!k.Written(), "max_length")
	if k == Multiple || k == Ranking {
		never["max"] = ref("count")
	}
	rule := object{"properties": never}
	var all []object
	if k.Chosen() {
		all = append(all, oneOf("options", "scale", "options_from"), object{"properties": object{"options": object{"minItems": fewestOptions}}})
	}
	if k.HasRows() {
		all = append(all, oneOf("rows", "rows_from"))
	}
	if all != nil {
		rule["allOf"] = all
	}
	if k.Written() {
		rule["required"] = []string{"max_length"}
	}
	return rule
}

// oneOf asks for exactly one of the keys.
func oneOf(keys ...string) object {
	var each []object
	for _, key := range keys {
		each = append(each, object{"required": []string{key}})
	}
	return object{"oneOf": each}
}
