package main

import "barometer/analysis/estimate/casefile"

// commands lists every subcommand in the order of a wave's life.
var commands = []command{
	{"demo", "[--dir D] [--seed N] [--serve]", "make a synthetic national wave, from frame to release", demoCommand},
	{"init", "DIR", "make a home folder", initCommand},
	{"serve", "[--addr A]", "serve the survey and the public site", serveCommand},
	{"doctor", "[--noted HEAD] [--json]", "examine the home: secrets, store, audit log, releases", doctorCommand},
	{"backup", "FILE [--json]", "write the store to a file, while it is in use", backupCommand},
	{"restore", "FILE [--json]", "bring a backup back into an empty store", restoreCommand},
	{"keys list", "[--json]", "list the keys that answers and contacts are sealed with", keysListCommand},
	{"keys rotate", "KIND", "let a new key take over, while the survey is served: answers or contacts", keysRotateCommand},
	{"keys retire", "KIND ID --yes", "destroy a key that nothing is sealed with any more", keysRetireCommand},
	{"copy-store", "FROM TO [--json]", "move the store between SQLite and PostgreSQL", copyStoreCommand},

	{"questionnaire lint", "FILE", "check a questionnaire and name every fault", lintCommand},
	{"questionnaire diff", "OLD NEW [--json]", "class what changed between two definitions", diffCommand},
	{"questionnaire print", "FILE [--lang L]", "write the questionnaire as a readable HTML page", printCommand},
	{"questionnaire export", "FILE OUT.xlsx", "write the questionnaire as an XLSForm workbook", exportCommand},
	{"questionnaire import", "FILE.xlsx OUT", "take an XLSForm workbook over as a questionnaire", importCommand},
	{"questionnaire published", "W", "print the questionnaire that the wave collects answers with", publishedCommand},
	{"questionnaire schema", "", "print the JSON Schema of questionnaire files, for editors", schemaCommand},
	{"frame check", "FILE", "check a frame and name every fault", frameCheckCommand},
	{"frame import", "W FILE", "take a checked frame into the wave", frameImportCommand},
	{"sample plan", "W [--response R] [--deff D] [--json]", "show the allocation and the expected precision", samplePlanCommand},
	{"sample draw", "W", "draw the wave's sample", sampleDrawCommand},
	{"sample release", "W STRATUM N [--reason R]", "take units of the reserve into the sample", sampleReleaseCommand},
	{"invite", "W --age RECIPIENT | --plain", "issue access codes and write them to a file for the mailing", inviteCommand},
	{"access revoke", "W UNIT|P-NUMBER", "make the code of one workplace invalid", accessRevokeCommand},
	{"access replace", "W UNIT|P-NUMBER", "give one workplace another code", accessReplaceCommand},
	{"fieldwork", "W [--e E] [--json]", "show the responses by stratum and the response rates", fieldworkCommand},
	{"answers import", "W FILE --layout L [--key COLUMN] [--confirm] [--dry-run] [--json]", "take in answers that were collected elsewhere", answersImportCommand},
	{"close", "W", "end the collection: later answers are refused", closeCommand},

	{"freeze", "W", "turn the answers into the wave's microdata", stageCommand("freeze")},
	{"weight", "W", "weight the microdata", stageCommand("weight")},
	{"indicators", "W", "estimate the indicators and apply the disclosure policy", stageCommand("indicators")},
	{"compare", "W1 W2 [--adjust M] [--json]", "test how the figures changed from one wave to a later one", compareCommand},
	{"report", "W", "write the report with its charts", stageCommand("report")},
	{"run", "W", "carry out every stage of the wave that is due", runCommand},
	{"release build", "W", "build the release from the wave's archive", stageCommand("release")},
	{"release verify", "DIR", "check a release folder against its manifest", releaseVerifyCommand},

	{"user add", "ADDRESS [--name N] [--role R] [--kind K] [--lang L]", "enter a person, and print a link that signs in once", userAddCommand},
	{"user list", "[--json]", "list the persons with their states and roles", userListCommand},
	{"user grant", "ID ROLE", "give a person a role", userGrantCommand},
	{"user link", "ID", "print a link that signs a person in once", userLinkCommand},
	{"user reset-factors", "ID", "take a person's second factors away, all of which are lost", userResetCommand},
	{"user revoke-sessions", "ID", "sign a person out everywhere", userRevokeCommand},
	{"user erase", "ID --yes", "erase a person's name, address, keys and workplaces now", userEraseCommand},
	{"jobs list", "[--state S] [--json]", "list the scheduled work: given up, running, waiting, done, discarded", jobsListCommand},
	{"jobs retry", "KIND KEY", "run a job now that was given up or waits", jobsRetryCommand},
	{"jobs discard", "KIND KEY", "end a job that was given up or waits", jobsDiscardCommand},
	{"mail bounce", "[FILE|FOLDER ...] [--json]", "read delivery reports, from files or the input", mailBounceCommand},
	{"mail suppress", "ADDRESS", "send no more mail to an address", mailSuppressCommand},
	{"mail release", "ADDRESS", "send mail to an address again", mailReleaseCommand},

	{"estimate", "CASE.json [--weights-out F]", "answer one self-contained estimation request", estimateCommand},
	{"version", "", "print the program's version", versionCommand},
}

// details is what the help of a subcommand tells beyond its flags.
var details = map[string]string{
	"estimate":             casefile.Statistics,
	"answers import":       answersUse,
	"questionnaire diff":   diffStatuses,
	"questionnaire schema": schemaUse,
}
