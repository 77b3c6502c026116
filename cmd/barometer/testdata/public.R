# Estimates every indicator in every domain from the public-use file, as a user
# of the survey package does, by pseudo-strata and for all workplaces by
# replicate weights, too.
suppressMessages({library(survey); library(jsonlite)})
dir <- commandArgs(TRUE)[1]
data <- read.csv(file.path(dir, "data.csv"), check.names = FALSE)
asked <- fromJSON(file.path(dir, "asked.json"))
replicates <- read.csv(file.path(dir, "replicates.csv"))[, -1]
light <- data[, c("pseudo_stratum", "pseudo_fpc", "weight")] # a subset copies what the design holds
design <- svydesign(ids = ~1, strata = ~pseudo_stratum, fpc = ~pseudo_fpc, weights = ~weight, data = light)
replicated <- svrepdesign(data = light, weights = ~weight, repweights = replicates, type = "other",
  scale = asked$scale, rscales = rep(1, ncol(replicates)), combined.weights = TRUE, mse = FALSE)
one <- function(i) {
  cell <- asked$cells[i, ]
  y <- data[[cell$indicator]]
  inside <- !is.na(y) & (cell$breakdown == "total" | (if (cell$breakdown == "total") TRUE else data[[cell$breakdown]] == cell$code))
  m <- svymean(y[inside], design[inside, ])
  out <- list(value = unname(coef(m)), se = unname(SE(m)[1]), n = sum(inside), replicated = NA)
  if (cell$breakdown == "total") out$replicated <- unname(SE(svymean(y[inside], replicated[inside, ]))[1])
  out
}
cat(toJSON(lapply(seq_len(nrow(asked$cells)), one), auto_unbox = TRUE, digits = NA, na = "null"))
