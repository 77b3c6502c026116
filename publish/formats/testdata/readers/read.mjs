// Prints what a reader that others wrote takes from a file: the codes of every
// dimension in order, and every value, as JSON.
//
//	node read.mjs FOLDER px FILE
//	node read.mjs FOLDER json-stat FILE
//
// FOLDER is where the packages were installed.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [folder, reader, file] = process.argv.slice(2);
const require = createRequire(folder + "/");
const content = readFileSync(file, "utf8");

function px() {
	const Px = require("px");
	const p = new Px(content);
	const names = p.variables();
	return {
		title: p.title(),
		ids: names,
		codes: names.map((name) => [p.codes(name)].flat()),
		labels: names.map((name) => p.values(name)),
		values: p.data.filter((cell) => cell !== "").map((cell) => (cell.startsWith('"') ? null : Number(cell))),
		marks: p.data.filter((cell) => cell !== "").map((cell) => (cell.startsWith('"') ? cell : "")),
	};
}

function jsonStat() {
	const JSONstat = require("jsonstat-toolkit");
	const d = JSONstat(JSON.parse(content));
	return {
		title: d.label,
		ids: d.id,
		codes: d.id.map((id) => d.Dimension(id).id),
		labels: d.id.map((id) => d.Dimension(id).id.map((code) => d.Dimension(id).Category(code).label)),
		values: d.Data().map((cell) => cell.value),
		marks: d.Data().map((cell) => cell.status ?? ""),
		roles: d.role,
	};
}

console.log(JSON.stringify(reader === "px" ? px() : jsonStat()));
