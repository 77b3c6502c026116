* {{.Title}}.
* {{.Citation}}
{{with .Synthetic}}* {{.}}
{{end}}* {{.Say "Kræver modulet Complex Samples. Uden det: brug setup eller R." "It needs the module Complex Samples. Without it: use setup or R."}}
GET FILE='microdata.{{.Lang}}.sav'.
CSPLAN ANALYSIS
  /PLAN FILE='barometer.csaplan'
  /PLANVARS ANALYSISWEIGHT={{.Weight}}
  /SRSESTIMATOR TYPE=WOR
  /PRINT PLAN
  /DESIGN STAGELABEL={{sps (.Say "Arbejdspladser" "Workplaces")}} STRATA={{.Stratum}}
  /ESTIMATOR TYPE=EQUAL_WOR
  /POPSIZE VARIABLE={{.FPC}}.
{{with .Example}}
* {{$.Say "Eksempel" "Example"}}: {{.Label}}.
* {{$.Say "Offentliggjort" "Published"}}: {{pct .Value}} %, {{$.Say "standardfejl" "standard error"}} {{pct .SE}}.
CSDESCRIPTIVES
  /PLAN FILE='barometer.csaplan'
  /SUMMARY VARIABLES={{.Variable}}
  /MEAN
  /STATISTICS SE CIN(95).
{{end -}}
