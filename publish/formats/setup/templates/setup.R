# {{.Title}}
# {{.Citation}}
{{with .Synthetic}}# {{.}}
{{end}}#
# {{.Say "Kør scriptet i mappen med filerne. Det kræver pakken survey (Lumley)." "Run the script in the folder of the files. It needs the package survey (Lumley)."}}
library(survey)

data <- read.csv("microdata.csv", colClasses = "character", encoding = "UTF-8", check.names = FALSE)

# {{.Say "Manglende svar står som årsag i kantede parenteser. Årsagerne samles i missing." "A missing answer is given as its reason in brackets. The reasons are gathered in missing."}}
reasons <- c(
{{- range $i, $m := .Missing}}{{if $i}},{{end}}
  {{r $m.Code}} = {{r $m.Label}}
{{- end}})
missing <- as.data.frame(lapply(data, function(x) factor(x, names(reasons), reasons)))
data[] <- lapply(data, function(x) ifelse(x %in% names(reasons) | x == "", NA, x))

# {{.Say "Koder og deres betydning." "Codes and what they stand for."}}
coded <- function(name, codes, label) {
  x <- factor(data[[name]], names(codes), codes)
  if (any(is.na(x) & !is.na(data[[name]]))) stop("a code of ", name, " is not in the codebook")
  attr(x, "label") <- label
  data[[name]] <<- x
}
number <- function(name, label) {
  x <- as.numeric(data[[name]])
  attr(x, "label") <- label
  data[[name]] <<- x
}
{{range .Variables}}{{if .Coded}}coded({{r .Name}}, c(
{{- range $i, $c := .Codes}}{{if $i}}, {{end}}{{r $c.Code}} = {{r $c.Label}}{{end}}), {{r .Label}})
{{else if not .Text}}number({{r .Name}}, {{r .Label}})
{{end}}{{end}}
# {{.Say "Design med pseudostrata og endelighedskorrektion." "Design with pseudo-strata and finite population correction."}}
design <- svydesign(ids = ~1, strata = ~{{.Stratum}}, fpc = ~{{.FPC}}, weights = ~{{.Weight}}, data = data)
{{if .Replicates}}
# {{.Say "Det samme med replikatvægte." "The same with replicate weights."}}
replicates <- read.csv("replicates.csv")
replicates <- replicates[match(data${{.Record}}, replicates${{.Record}}), -1]
replicated <- svrepdesign(data = data, weights = ~{{.Weight}}, repweights = replicates, type = "other",
  scale = {{num .Scale}}, rscales = rep(1, {{.Replicates}}), combined.weights = TRUE, mse = FALSE)
{{end}}{{with .Example}}
# {{$.Say "Eksempel" "Example"}}: {{.Label}}
# {{$.Say "Offentliggjort" "Published"}}: {{pct .Value}} %, {{$.Say "standardfejl" "standard error"}} {{pct .SE}}
example <- svymean(~{{.Variable}}, subset(design, !is.na({{.Variable}})))
cat(sprintf("strata: %.3f %% (SE %.3f)\n", 100 * coef(example), 100 * SE(example)))
{{if $.Replicates}}example <- svymean(~{{.Variable}}, subset(replicated, !is.na({{.Variable}})))
cat(sprintf("replicates: %.3f %% (SE %.3f)\n", 100 * coef(example), 100 * SE(example)))
{{end}}{{end -}}
