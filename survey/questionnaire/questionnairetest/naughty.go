package questionnairetest

// Naughty are texts that programs trip over: markup and scripts, templates and
// formulas, quotes of every sort, what reads as a number, a date or nothing in
// some language, directions, joined and very wide characters. None holds a
// control character or space around it: those are refused and taken off.
var Naughty = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</textarea><script>alert(1)</script>`, `<b>fed</b> & <i>skrå</i>`,
	`<!-- kommentar -->`, `<![CDATA[x]]>`, `&lt;b&gt;`, `&amp;amp;`, `&#x3C;`, `<svg/onload=alert(1)>`, `javascript:alert(1)`, `' onfocus='alert(1)`,
	`{{.}}`, `{{define "x"}}`, `${K6|x}`, `${7*7}`, `{period}`, `{number}`, `%n`, `%s%d%!x(MISSING)`, `#{1+1}`, `<%= 1 %>`, `$(reboot)`, "`id`",
	`=1+1`, `+45 12 34 56 78`, `-1+1`, `@SUM(A1)`, `=cmd|' /C calc'!A0`, `'=1`, `;;;`, `a,b;c|d`,
	`'; DROP TABLE response_state; --`, `1' OR '1'='1`, `\`, `\\`, `\n`, `\u0000`, `\x00`, `"`, `'`, `''`, `""`, "´`’‘“”»«„",
	`0`, `-0`, `1.234`, `1,5`, `1e400`, `0x1F`, `NaN`, `Infinity`, `null`, `nil`, `undefined`, `true`, `[]`, `{}`, `NULL`, `#N/A`, `2025-02-30`,
	`ved_ikke`, `not_asked`, `[refused]`, `ÆØÅ æøå`, `Ægte "blåbærgrød" – 100 %`, "e\u0301 é", "ﬃ ﷽", "İı ß ẞ", "Ω≈ç√∫", "田中さんにあげて", "مرحبا", "\u202eesrever\u202c",
	"\u200b\u200dx\u2060y", "\ufeffbom", "a\u00a0b", "line\u2028separator", "👩‍👩‍👧 🇩🇰 👍🏽", "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮", "\U0010fffd", "\ufffd", "𝕴𝖓𝖓𝖔", "---", "...", "- punkt", "# overskrift", "[link](javascript:alert(1))", "**fed**",
}
