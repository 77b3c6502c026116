* {{.Title}}
* {{.Citation}}
{{with .Synthetic}}* {{.}}
{{end}}*
* {{.Say "Kør filen i mappen med filerne. Den kræver Stata 14 eller nyere. Etiketter og årsager til manglende svar (.a-.f) ligger i datafilen." "Run the file in the folder of the files. It needs Stata 14 or later. Labels and reasons for missing answers (.a-.f) are in the data file."}}
version 14
clear all
{{if .Replicates}}
* {{.Say "Replikatvægte." "Replicate weights."}}
import delimited using "replicates.csv", varnames(1) case(preserve) encoding("utf-8")
tempfile replicates
save `replicates'
{{end}}
use "microdata.{{.Lang}}.dta", clear
{{if .Replicates}}merge 1:1 {{.Record}} using `replicates', assert(match) nogenerate
{{end}}
* {{.Say "Design med pseudostrata og endelighedskorrektion." "Design with pseudo-strata and finite population correction."}}
svyset [pweight={{.Weight}}], strata({{.Stratum}}) fpc({{.FPC}})
{{with .Example}}
* {{$.Say "Eksempel" "Example"}}: {{.Label}}
* {{$.Say "Offentliggjort" "Published"}}: {{pct .Value}} %, {{$.Say "standardfejl" "standard error"}} {{pct .SE}}
svy: mean {{.Variable}}
{{end}}{{if .Replicates}}
* {{.Say "Det samme med replikatvægte. Stata deler med antallet af replikater, ikke med ét mindre." "The same with replicate weights. Stata divides by the number of replicates, not by one less."}}
svyset [pweight={{.Weight}}], bsrweight({{.First}}-{{.Last}}) vce(bootstrap)
{{with .Example}}svy: mean {{.Variable}}
{{end}}{{end -}}
