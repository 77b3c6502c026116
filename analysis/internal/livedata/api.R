# Samples of California's schools that come with R's survey package, their
# designs, and a place for R's answers. Sources the script named on the command
# line, which puts answers, and prints samples and answers as JSON.
suppressMessages({ library(survey); library(jsonlite) })
data(api)
prepare <- function(d) {
  d$row <- seq_len(nrow(d))
  d$untied <- d$api00 + d$row / 1024           # no two alike
  d$award <- as.numeric(d$awards == "Yes")
  keep <- c("row", "dnum", "snum", "stype", "fpc", "fpc1", "fpc2", "pw", "pwcal", "api00", "api99",
            "enroll", "meals", "ell", "avg.ed", "sch.wide", "awards", "award", "untied")
  d[, intersect(keep, names(d))]
}
apistrat <- prepare(apistrat); apiclus1 <- prepare(apiclus1); apiclus2 <- prepare(apiclus2)
apiclus2$pw <- weights(svydesign(~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2))
calibrated <- calibrate(svydesign(~1, strata = ~stype, fpc = ~fpc, weights = ~pw, data = apistrat),
  ~stype + api99, c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069))
apistrat$pwcal <- weights(calibrated)
designs <- list(
  strata = svydesign(~1, strata = ~stype, fpc = ~fpc, weights = ~pw, data = apistrat),
  calibrated = update(calibrated, pwcal = apistrat$pwcal),
  clusters = svydesign(~dnum, fpc = ~fpc, weights = ~pw, data = apiclus1),
  stages = svydesign(~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2))
answers <- list()
put <- function(..., value) answers[[paste(..., sep = "|")]] <<- as.numeric(value)[1]
source(commandArgs(TRUE)[1])
frames <- list(strata = apistrat, calibrated = apistrat, clusters = apiclus1, stages = apiclus2)
cat(toJSON(list(samples = lapply(frames, as.list), answers = answers), digits = NA, auto_unbox = TRUE, na = "null"))
