# Exports the samples of California's schools that come with R's survey package
# and R's own answers, for TestAgainstRLive. Usage: Rscript api.R FOLDER
suppressMessages({ library(survey); library(jsonlite) })
dir <- commandArgs(TRUE)[1]
data(api)
apistrat$alone <- ifelse(seq_len(nrow(apistrat)) == 7, "Z", as.character(apistrat$stype))
# as if drawn in proportion to enrolment: the total of enrolment has no error
apistrat$size_weight <- 3811472 / (nrow(apistrat) * apistrat$enroll)
frames <- list(apistrat = apistrat, apiclus1 = apiclus1, apiclus2 = apiclus2)
for (n in names(frames)) {
  d <- frames[[n]]; d$row <- seq_len(nrow(d))
  keep <- c("row", "dnum", "snum", "stype", "fpc", "fpc1", "fpc2", "pw", "api00", "api99", "enroll", "api.stu", "meals", "sch.wide", "awards", "alone", "size_weight")
  write.csv(d[, intersect(keep, names(d))], file.path(dir, paste0(n, ".csv")), row.names = FALSE, na = "", quote = TRUE)
}
designs <- list(
  apistrat = svydesign(~1, strata = ~stype, fpc = ~fpc, weights = ~pw, data = apistrat),
  apiclus1 = svydesign(~dnum, fpc = ~fpc, weights = ~pw, data = apiclus1),
  apiclus2 = svydesign(~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2))
# replicates and calibrated weights on the same samples
designs$jkn <- as.svrepdesign(svydesign(~1, strata = ~stype, weights = ~pw, data = apistrat), type = "JKn", mse = TRUE, compress = FALSE)
designs$jk1 <- postStratify(as.svrepdesign(svydesign(~dnum, weights = ~pw, data = apiclus1), type = "JK1", mse = FALSE, compress = FALSE), ~stype, xtabs(~stype, apipop))
linear <- calibrate(svydesign(~1, strata = ~stype, weights = ~pw, data = apistrat), ~stype + enroll, c(6194, 755, 1018, 3811472))
designs$chain <- calibrate(linear, ~0 + awards, c(awardsNo = 2027, awardsYes = 4167), calfun = "raking", epsilon = 1e-11)
designs$sizes <- svydesign(~1, weights = ~size_weight, data = apistrat)
options(survey.lonely.psu = "adjust")
designs$alone <- as.svrepdesign(svydesign(~1, strata = ~alone, weights = ~pw, data = apistrat), type = "JKn", mse = TRUE, compress = TRUE)
options(survey.lonely.psu = "fail")
rows <- list()
put <- function(sample, stat, by, item, m, des) {
  t <- qt(.975, 50); e <- as.numeric(coef(m))[1]; s <- as.numeric(SE(m))[1]
  if (s < 1e-9 * abs(e)) s <- 0 # rounding around an exact zero
  rows[[length(rows) + 1]] <<- list(sample = sample, stat = stat, by = by, item = item,
    estimate = e, se = s, ci_low = e - t * s, ci_high = e + t * s, n = sum(weights(des, "sampling") > 0))
}
for (n in names(designs)) for (b in c("", "E", "H", "M")) {
  all <- designs[[n]]; des <- if (b == "") all else subset(all, stype == b)
  for (v in c("api00", "enroll", "meals")) {
    here <- subset(des, !is.na(get(v)))   # item nonresponse is a domain
    f <- as.formula(paste("~", v))
    put(n, "mean", b, v, svymean(f, here), here)
    put(n, "total", b, v, svytotal(f, here), here)
  }
  here <- subset(des, !is.na(api.stu) & !is.na(enroll))
  put(n, "ratio", b, "api.stu/enroll", svyratio(~api.stu, ~enroll, here), here)
  for (l in c("Yes", "No")) {
    here <- update(des, z = as.numeric(sch.wide == l))
    m <- svymean(~z, here); put(n, "share", b, paste0("sch.wide=", l), m, subset(here, z == 1))
  }
}
# svyby must agree with the subsets for the first item
sb <- svyby(~api00, ~stype, designs$apistrat, svymean)
for (b in c("E", "H", "M")) put("apistrat", "mean", b, "api00", svymean(~api00, subset(designs$apistrat, stype == b)), subset(designs$apistrat, stype == b))
one <- Filter(function(r) r$sample == "apistrat" && r$stat == "mean" && r$by == "H" && r$item == "api00", rows)[[1]]
stopifnot(abs(SE(sb)[2] - one$se) < 1e-9)
cat(toJSON(rows, digits = NA, auto_unbox = TRUE))
