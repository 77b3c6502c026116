* {{.Title}}.
* {{.Citation}}
{{with .Synthetic}}* {{.}}
{{end}}* {{.Say "Kør filen i mappen med filerne. Etiketter og årsager til manglende svar (-1 til -6) ligger i datafilen." "Run the file in the folder of the files. Labels and reasons for missing answers (-1 to -6) are in the data file."}}
GET FILE='microdata.{{.Lang}}.sav'.
WEIGHT BY {{.Weight}}.
* {{.Say "Vægtede andele er rigtige her, men standardfejl og test er det ikke: brug setup-complex eller R." "Weighted shares are right here, but standard errors and tests are not: use setup-complex or R."}}
{{with .Example}}
* {{$.Say "Eksempel" "Example"}}: {{.Label}}.
* {{$.Say "Offentliggjort" "Published"}}: {{pct .Value}} %.
DESCRIPTIVES VARIABLES={{.Variable}} /STATISTICS=MEAN.
{{end -}}
