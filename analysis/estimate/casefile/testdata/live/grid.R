# Writes cases over the grid of designs, weighting steps and statistics with the
# answers of R's survey package, for TestGridAgainstRLive. The data are those that
# come with the package and a made file of awkward values.
# Usage: Rscript grid.R FOLDER SEED; prints the cases as one JSON array.
#
# Left out because the two programs differ on purpose or R 4.1-1 is wrong:
#   totals, and calibrated weights, with lonely_psu adjust: R does not centre them
#   raking with R's rake: its residuals are unweighted; calibrate has them right
#   limits of quantiles below the first weight's share: R gives the second value;
#     on the logit scale where nobody is above: R has the odds of rounding noise
#   replicates that cannot meet the totals: R keeps the weights it was at
#   repeated trimming: R gives units at a limit of what is cut later
#   the design effect of a constant or of one row: R divides noise by noise
#   regressions and calibrated totals of values near 1e9: R's own figures lose the digits
#   the xlogit interval from replicates: R ignores the choice
#   means over no rows: R has 0
#   independence on part of a calibrated sample: R counts the whole sample
#   beta intervals of 0 and 1 and of a census: R has none, or 0.5; on part of a calibrated sample it counts
#     the whole, and it knows no other degrees of freedom than the domain's
#   propensity classes of units of weight 0: R's ranks hold them
#   degrees of freedom of replicates: R's are the rank of a matrix
suppressMessages({ library(survey); library(jsonlite) })
options(warn = -1)
dir <- commandArgs(TRUE)[1]; set.seed(as.integer(commandArgs(TRUE)[2]))
pick <- function(x, k = 1) x[sample.int(length(x), min(k, length(x)))]
chance <- function(p) runif(1) < p

## data: both programs read the file
keep <- function(d, name) {
  d <- cbind(row = seq_len(nrow(d)), d)
  write.csv(d, file.path(dir, name), row.names = FALSE, na = "", fileEncoding = "UTF-8")
  read.csv(file.path(dir, name), na.strings = "", check.names = FALSE, encoding = "UTF-8")
}
data(api); data(nhanes); data(scd); data(mu284); data(hospital); data(election)
school <- function(d) {
  d <- d[, intersect(c("dnum", "snum", "stype", "sch.wide", "awards", "comp.imp", "api00", "api99", "enroll", "meals", "avg.ed", "pw", "fpc", "fpc1", "fpc2"), names(d))]
  d$enroll[is.na(d$enroll)] <- 321
  d$yes <- as.numeric(d$comp.imp == "Yes")
  d$code <- ifelse(d$api00 > 740, "NR", ifelse(d$api99 < 440, "UK", ifelse(d$api00 %% 19 == 0, "IN", "RR")))
  d
}
n <- 210; region <- rep(c("Fyn, \u00c6r\u00f8", "\"Midt\"", "S\u00f8nder;jylland", "10"), c(70, 60, 50, 30))
made <- data.frame(h = region, psu = sample(1:5, n, TRUE), ssu = sample(1:3, n, TRUE), half = rep(1:2, n / 2), alone = ifelse(seq_len(n) == 23, "z", region))
made <- transform(made, N1 = c(40, 12, 9, 8)[match(h, unique(h))], N2 = 5 + psu %% 3, Nh = c(400, 300, 51, 30)[match(h, unique(h))],
  w = round(runif(n, 1, 9), 2), wz = ifelse(runif(n) < .1, 0, round(runif(n, 1, 9), 2)),
  far = 1e9 + sample(0:999, n, TRUE), same = 7, neg = round(rnorm(n, -5, 30), 1), gap = ifelse(runif(n) < .3, NA, round(rexp(n, .1), 2)),
  size = round(rgamma(n, 2, .1) + 1, 1), bin = rbinom(n, 1, .3), rare = rbinom(n, 1, .04),
  answer = sample(c("ja", "nej", "ved ikke", NA), n, TRUE, c(.4, .3, .2, .1)), kind = sample(c("p", "q", "r"), n, TRUE),
  level = sample(c(1, 2, 10, 2.5), n, TRUE), code = sample(c("RR", "NR", "UK", "IN"), n, TRUE, c(.6, .25, .1, .05)))
made$one <- ifelse(seq_len(n) == 5, "single", made$kind)
made <- transform(made, N3 = 30, unit = paste(match(h, unique(h)), psu))
made <- keep(made, "made.csv")
boot <- as.svrepdesign(svydesign(~psu, strata = ~h, weights = ~w, data = made, nest = TRUE), type = "bootstrap", replicates = 16, compress = FALSE)
supplied <- matrix(weights(boot, "analysis"), n, dimnames = list(NULL, paste0("rep", 1:16)))
scd$w <- 10 + scd$ESA
files <- list(
  strat = list(d = keep(school(apistrat), "strat.csv"), num = c("api00", "enroll", "avg.ed"), bin = "yes", cat = c("awards", "sch.wide"), by = c("stype", "awards")),
  clus1 = list(d = keep(school(apiclus1), "clus1.csv"), num = c("api00", "meals"), bin = "yes", cat = c("awards", "sch.wide"), by = c("stype", "sch.wide")),
  clus2 = list(d = keep(school(apiclus2), "clus2.csv"), num = c("api00", "enroll"), bin = "yes", cat = c("awards", "stype"), by = c("stype", "sch.wide")),
  nhanes = list(d = keep(nhanes, "nhanes.csv"), num = "HI_CHOL", bin = "HI_CHOL", cat = c("race", "agecat"), by = c("RIAGENDR", "agecat")),
  scd = list(d = keep(scd, "scd.csv"), num = c("arrests", "alive"), by = "ESA"),
  mu = list(d = keep(mu284, "mu.csv"), num = "y1"),
  hospital = list(d = keep(hospital, "hospital.csv"), num = "births", by = "oblevel"),
  pps = list(d = keep(election_pps, "pps.csv"), num = c("Bush", "votes")),
  made = list(d = made, num = c("far", "same", "neg", "gap"), bin = c("bin", "rare"), cat = c("answer", "kind", "level"), by = c("kind", "level", "one", "h", "answer")))
files$boot <- files$made; files$boot$d <- keep(cbind(made[, -1], supplied), "boot.csv")

nested <- list(ids = "psu", strata = "h", weights = "w", nest = TRUE); halves <- modifyList(nested, list(ids = "half")); lone <- list(strata = "alone", weights = "w")
reps <- function(s, ...) c(s, list(replicates = list(...)))
designs <- list(
  list("strat", list(strata = "stype", fpc = "fpc", weights = "pw")), list("strat", list(strata = "stype", fpc = "fpc")), list("strat", list(weights = "pw")),
  list("strat", reps(list(strata = "stype", fpc = "fpc", weights = "pw"), type = "JKn", mse = FALSE)),
  list("clus1", list(ids = "dnum", fpc = "fpc", weights = "pw")), list("clus1", reps(list(ids = "dnum", weights = "pw"), type = "JK1", mse = TRUE)),
  list("clus2", list(ids = c("dnum", "snum"), fpc = c("fpc1", "fpc2"))), list("clus2", list(ids = "dnum", fpc = "fpc1", weights = "pw")),
  list("nhanes", list(ids = "SDMVPSU", strata = "SDMVSTRA", weights = "WTMEC2YR", nest = TRUE)),
  list("scd", reps(list(ids = "ambulance", strata = "ESA", weights = "w", nest = TRUE), type = "BRR", mse = FALSE)), list("mu", list(ids = c("id1", "id2"), fpc = c("n1", "n2"))),
  list("hospital", list(strata = "oblevel", weights = "weighta", fpc = "tothosp")), list("pps", list(weights = "wt")),
  list("made", list(strata = "h", weights = "w", fpc = "Nh")), list("made", nested), list("made", modifyList(nested, list(weights = "wz"))),
  list("made", modifyList(nested, list(ids = c("psu", "ssu"), fpc = c("N1", "N2")))), list("made", list(ids = c("psu", "ssu"), strata = c("h", "kind"), weights = "w", fpc = c("N1", "Nh"), nest = TRUE)),
  list("made", c(lone, lonely_psu = "remove")), list("made", c(lone, lonely_psu = "certainty")), list("made", c(lone, lonely_psu = "average")), list("made", c(lone, lonely_psu = "adjust")),
  list("made", reps(halves, type = "BRR", mse = TRUE)), list("made", reps(halves, type = "Fay", rho = .4, mse = FALSE)), list("made", reps(nested, type = "JKn", mse = TRUE)),
  list("boot", list(weights = "w", replicates = list(supplied = TRUE, prefix = "rep", count = 16, scale = 1 / 15, rscales = 1, mse = FALSE))),
  list("boot", list(weights = "w", replicates = list(supplied = TRUE, prefix = "rep", count = 16, scale = 1, rscales = (1:16) / 150, mse = TRUE))))

names_of <- function(v) reformulate(paste0("`", v, "`"))
build <- function(d, s) {
  if (length(s$weights)) d <- d[d[[s$weights]] > 0, ]   # rows of weight 0 leave the sample before units are counted
  options(survey.lonely.psu = if (is.null(s$lonely_psu)) "fail" else s$lonely_psu)
  r <- s$replicates
  if (isTRUE(r$supplied)) return(svrepdesign(variables = d, repweights = as.matrix(d[, paste0(r$prefix, seq_len(r$count))]), weights = d[[s$weights]],
    type = "other", scale = r$scale, rscales = rep(r$rscales, length.out = r$count), mse = r$mse, combined.weights = TRUE))
  des <- svydesign(if (length(s$ids)) names_of(s$ids) else ~1, strata = if (length(s$strata)) names_of(s$strata), fpc = if (length(s$fpc)) names_of(s$fpc),
    weights = if (length(s$weights)) names_of(s$weights), nest = isTRUE(s$nest), data = d)
  if (is.null(r)) des else as.svrepdesign(des, type = r$type, fay.rho = if (is.null(r$rho)) 0 else r$rho, mse = r$mse, compress = chance(.5))
}

## weighting steps: each draws itself, with totals near the sample's own
counts <- function(d, w, v, sum_to = NULL) {
  t <- aggregate(list(total = w), d[, v, drop = FALSE], sum); t$total <- t$total * runif(nrow(t), .85, 1.2)
  if (!is.null(sum_to)) t$total <- t$total * sum_to / sum(t$total)
  t$total <- signif(t$total, 12); if (!is.null(sum_to)) t$total[1] <- sum_to - sum(t$total[-1])
  t
}
cells <- function(t) lapply(seq_len(nrow(t)), function(i) list(level = as.list(t[i, setdiff(names(t), "total"), drop = FALSE]), total = t$total[i]))
classes <- function(d, v) do.call(paste, c(d[v], sep = "\r"))
fix_weights <- function(d, w, class, number) {
  resp <- d$code == "RR"; out <- list()
  unk <- d$code == "UK" & chance(.6); nr <- d$code == "NR" | d$code == "UK" & !unk
  if (any(unk)) { out <- list(list(kind = "unknown_eligibility", status = "code", unknown = list("UK"), classes = list(class)))
    w <- ifelse(unk, 0, w * ave(w, d[[class]], FUN = sum) / ave(w * !unk, d[[class]], FUN = sum)) }
  miss <- unique(d$code[nr]); k <- list(status = "code", respondents = list("RR"), nonrespondents = as.list(miss))
  if (chance(.5)) { out <- c(out, list(c(kind = "nonresponse_class", k, list(classes = list(class)))))
    up <- ave(w * (resp | nr), d[[class]], FUN = sum) / ave(w * resp, d[[class]], FUN = sum); w <- ifelse(resp, w * up, ifelse(nr, 0, w))
  } else { k <- c(kind = "nonresponse_propensity", k, list(factors = list(class), numeric = list(number), weighted = chance(.5))); i <- resp | nr
    z <- data.frame(y = resp[i], f = factor(d[[class]][i]), x = d[[number]][i], pw = if (k$weighted) w[i] / mean(w[i]) else 1)
    phat <- fitted(glm(y ~ f + x, quasibinomial, z, weights = pw, control = list(epsilon = 1e-15, maxit = 60)))
    if (chance(.5)) { k$n_classes <- 4; i <- i & w > 0; phat <- phat[w[resp | nr] > 0]; g <- floor((rank(round(phat, 12), ties.method = "min") - 1) * 4 / length(phat)); if (any(tapply(resp[i], g, sum) == 0)) stop("cell_empty"); a <- ave(w[i], g, FUN = sum) / ave(w[i] * resp[i], g, FUN = sum) } else a <- 1 / phat
    w[i] <- ifelse(resp[i], w[i] * a, 0); out <- c(out, list(k)) }
  if (chance(.5)) { on <- w > 0; lim <- signif(quantile(w[on], c(.08, .95), names = FALSE), 6) + .000137   # no weight stands at it
    des <- trimWeights(svydesign(~1, weights = w[on], data = d[on, ]), lower = lim[1], upper = lim[2])
    w[on] <- weights(des); out <- c(out, list(list(kind = "trim", lower = lim[1], upper = lim[2], strict = FALSE, redistribute = "equal"))) }
  list(steps = out, w = w)
}
methods <- c("linear", "bounded", "raking", "logit")
calibrations <- function(des, by, number, plan = pick(list("poststratify", "rake", pick(methods), pick(methods), c("poststratify", pick(methods)), c(pick(methods), "rake")))[[1]]) {
  extra <- if (inherits(des, "svyrep.design")) list(compress = FALSE)   # R 4.1-1 fails on its own default
  meet <- function(formula, totals, method, bounds = c(-Inf, Inf)) {
    met <- do.call(calibrate, c(list(des, formula, totals, calfun = method, bounds = bounds, epsilon = 1e-12, maxit = 500), extra))
    if (inherits(met, "svyrep.design")) {   # R goes on where a replicate cannot meet the totals
      x <- model.matrix(formula, model.frame(formula, met$variables)); apart <- crossprod(x, as.matrix(weights(met, "analysis"))) - totals[colnames(x)]
      if (any(abs(apart) > 1e-6 * (1 + abs(totals[colnames(x)])))) stop("a replicate cannot be calibrated")
    }
    met
  }
  one <- function(kind) {
    d <- des$variables; w <- weights(des, "sampling"); on <- w > 0; v <- pick(by, 2); all <- signif(sum(w) * 1.03, 12)
    if (kind == "poststratify") { p <- counts(d[on, ], w[on], v); des <<- postStratify(des, names_of(v), setNames(p, c(v, "Freq"))); return(list(kind = kind, vars = as.list(v), totals = cells(p))) }
    t <- lapply(v, function(x) counts(d[on, ], w[on], x, all)); terms <- paste0("f", seq_along(v)); totals <- NULL
    for (i in seq_along(v)) { d[[terms[i]]] <- factor(d[[v[i]]], levels = t[[i]][[1]]); p <- setNames(t[[i]]$total, paste0(terms[i], t[[i]][[1]])); totals <- c(totals, if (i == 1) p else p[-1]) }
    x <- if (is.na(number)) 0 else signif(sum(w * d[[number]]) * 1.04, 12)
    if (kind %in% methods && !is.na(number)) { d$x <- d[[number]]; terms <- c(terms, "x"); totals <- c(totals, x = x) }
    des$variables <<- d; formula <- reformulate(c("0", terms))
    if (kind == "rake") { des <<- meet(formula, totals, "raking"); return(list(kind = kind, margins = lapply(seq_along(v), function(i) list(vars = list(v[i]), totals = cells(t[[i]]))), tolerance = 1e-10)) }
    b <- if (kind %in% c("logit", "bounded")) c(.35, 2.3); m <- sub("bounded", "linear", kind)
    des <<- meet(formula, totals, m, if (length(b)) b else c(-Inf, Inf))
    each <- unlist(lapply(t, function(m) lapply(cells(m), function(k) list(where = k$level, total = k$total))), FALSE)
    list(kind = "calibrate", method = m, bounds = b, constraints = c(each, if (!is.na(number)) list(list(value = number, total = x))))
  }
  steps <- lapply(plan, one)
  list(steps = steps, des = des)
}

## statistics
finite <- function(x) { x <- as.numeric(x)[1]; if (is.finite(x)) x else NA }
shape <- function(e, s, df, level, ...) { if (is.finite(s) && s < 1e-9 * abs(e)) s <- 0; t <- if (df > 0) qt((1 + level) / 2, df) else NA; list(estimate = finite(e), se = finite(s), ci_low = finite(e - t * s), ci_high = finite(e + t * s), df = if (is.finite(df)) df else NA, ...) }
used <- function(des) sum(weights(des, "sampling") > 0)
row <- function(by, item, figures) c(list(by = if (length(by)) by else setNames(list(), character()), item = item), figures)
part <- function(des, by) { i <- rep(TRUE, nrow(des$variables)); for (v in names(by)) i <- i & des$variables[[v]] %in% by[[v]]; if (all(i)) des else des[i, ] }
domains <- function(des, by) { d <- des$variables[weights(des, "sampling") > 0, by, drop = FALSE]; d <- unique(d[complete.cases(d), , drop = FALSE]); if (length(by)) lapply(seq_len(nrow(d)), function(i) as.list(d[i, , drop = FALSE])) else list(list()) }
asked <- function(o, whole, here) if (is.null(o$df)) degf(whole) else if (is.numeric(o$df)) o$df else switch(o$df, inf = Inf, design = degf(whole), domain = degf(here))
present <- function(des, v) { i <- complete.cases(des$variables[, v, drop = FALSE]); if (all(i)) des else des[i, ] }

by_domain <- function(des, q) {
  o <- q$options; level <- if (is.null(o$level)) .95 else o$level; all <- part(des, q$where)
  unlist(lapply(domains(all, unlist(q$by)), function(b) { here <- part(all, b); unlist(lapply(unlist(q$vars), function(v) {
    vs <- if (q$stat == "ratio") unlist(q$vars) else v; D <- present(here, vs); if (used(D) == 0) { if (!(q$stat %in% c("mean", "total"))) stop("no rows"); return(list(row(b, v, list(n = 0)))) }; df <- asked(o, des, D)
    switch(q$stat,
      mean = , total = { m <- (if (q$stat == "mean") svymean else svytotal)(names_of(v), D, na.rm = TRUE, deff = if (length(o$deff)) switch(o$deff, wor = TRUE, wr = "replace") else FALSE)
        z <- shape(coef(m), SE(m), df, level, n = used(D)); list(row(b, v, c(z, if (length(o$deff) && v != "same" && z$n > 1) list(deff = finite(deff(m)))))) },
      share = , count = lapply(as.character(sort(unique(des$variables[[v]]))), function(l) { D <- update(D, hit = as.numeric(as.character(D$variables[[v]]) %in% l))
        m <- (if (q$stat == "share") svymean else svytotal)(~hit, D); row(b, paste0(v, "=", l), shape(coef(m), SE(m), df, level, n = used(D[D$variables$hit == 1, ]))) }),
      ratio = if (v == vs[1]) { m <- svyratio(names_of(vs[1]), names_of(vs[2]), D, na.rm = TRUE); list(row(b, paste(vs, collapse = "/"), shape(coef(m), SE(m), df, level, n = used(D)))) },
      quantile = lapply(unlist(o$probs), function(p) { z <- svyquantile(names_of(v), D, if (o$rule == "math") p - 1e-12 else p, na.rm = TRUE, alpha = 1 - level, df = df, qrule = o$rule, interval.type = o$interval)[[1]]
        low <- sort(D$variables[[v]][weights(D, "sampling") > 0]); noise <- o$interval == "xlogit" && z[1] >= max(low); low <- low[1:2]
        row(b, paste0(v, "@", p), c(list(n = used(D)), if (!(z[1] %in% low)) c(list(estimate = finite(z[1])), if (!noise) list(ci_high = finite(z[3]))), if (!(z[2] %in% low) && !noise) list(ci_low = finite(z[2]), se = finite(z[4])))) }),
      proportion_ci = { m <- svymean(names_of(v), D, na.rm = TRUE); none <- min(coef(m), 1 - coef(m), SE(m)) < 1e-12
        lapply(unlist(o$methods), function(k) { if (none) return(row(b, paste0(v, "|", k), list(estimate = finite(coef(m)), n = used(D)))); if (k == "wilson") { e <- coef(m)[[1]]; s <- SE(m)[[1]]; g <- qt((1 + level) / 2, df); k <- e * (1 - e) / s^2
            ci <- (e + g^2 / (2 * k) + c(-1, 1) * g / (2 * k) * sqrt(4 * k * e * (1 - e) + g^2)) / (1 + g^2 / k); return(row(b, paste0(v, "|wilson"), list(estimate = finite(e), se = finite(s), ci_low = finite(ci[1]), ci_high = finite(ci[2]), n = used(D)))) }
          z <- svyciprop(as.formula(paste0("~I(", v, "==1)")), D, method = switch(k, wald = "mean", logit = "xlogit", k), df = df, level = level)
          row(b, paste0(v, "|", k), list(estimate = finite(coef(m)), se = finite(SE(m)), ci_low = finite(confint(z)[1]), ci_high = finite(confint(z)[2]), n = used(D))) }) })
  }), FALSE) }), FALSE)
}
compared <- function(des, q) {
  o <- q$options; level <- if (is.null(o$level)) .95 else o$level; df <- asked(o, des, des); k <- q$contrasts[[1]]$terms; y <- des$variables[[unlist(q$of$vars)]]
  i <- lapply(k, function(t) des$variables[[names(t$by)]] %in% t$by[[1]] & !is.na(y)); des <- update(des, a = ifelse(i[[1]], y, 0), b = ifelse(i[[2]], y, 0), na = i[[1]] + 0, nb = i[[2]] + 0)
  if (q$of$stat == "total") { m <- svytotal(~a + b, des); e <- coef(m); V <- vcov(m) } else { m <- svyratio(~a + b, ~na + nb, des, covmat = TRUE); e <- diag(m$ratio); V <- vcov(m)[c(1, 4), c(1, 4)] }
  x <- structure(setNames(as.numeric(e), c("A", "B")), var = matrix(V, 2, dimnames = list(c("A", "B"), c("A", "B"))), class = "svystat"); p <- c()
  out <- lapply(q$contrasts, function(k) { z <- svycontrast(x, switch(k$form, linear = c(A = k$terms[[1]]$coef, B = k$terms[[2]]$coef), ratio = quote(A / B), log_ratio = quote(log(A / B))))
    t <- finite(coef(z)) / finite(SE(z)); p <<- c(p, 2 * pt(-abs(t), df)); row(list(), k$name, shape(coef(z), SE(z), df, level, statistic = t, p = p[length(p)])) })
  for (a in unlist(o$adjust_p)) for (i in seq_along(out)) out[[i]][[paste0("p_", a)]] <- p.adjust(p, if (a == "bh") "BH" else a)[i]
  out
}
independent <- function(des, q) {
  v <- unlist(q$vars); D <- present(part(des, q$where), v); f <- names_of(v); F <- svychisq(f, D); X <- svychisq(f, D, statistic = "Chisq"); k <- X$parameter[[1]]; if (F$statistic > 1e9) stop("calibration fixes the table")
  tab <- svytable(f, D) / sum(svytable(f, D)); tab <- tab[rowSums(tab) > 0, colSums(tab) > 0, drop = FALSE]
  c(list(row(list(), "rao_scott_2_F", list(statistic = finite(F$statistic), df1 = F$parameter[[1]], df2 = F$parameter[[2]], p = finite(F$p.value))),
    row(list(), "rao_scott_1_chisq", list(df1 = k, p = finite(X$p.value))), row(list(), "pearson_x2", list(statistic = finite(X$statistic), df1 = k))),
    unlist(lapply(rownames(tab), function(i) lapply(colnames(tab), function(j) row(list(), paste("cell", i, j, sep = "|"), list(estimate = tab[i, j])))), FALSE))
}
regressed <- function(des, q) {
  m <- q$model; D <- present(part(des, q$where), c(m$outcome, names(m$factors), unlist(m$numeric)))
  for (f in names(m$factors)) D$variables[[f]] <- factor(D$variables[[f]], levels = unlist(m$factors[[f]]))
  f <- reformulate(c(names(m$factors), unlist(m$numeric), unlist(m$interactions)), m$outcome)
  g <- if (q$stat == "linear") svyglm(f, D) else svyglm(f, D, family = quasibinomial, control = list(epsilon = 1e-15, maxit = 80))
  if (g$df.residual <= 0 || anyNA(coef(g)) || max(abs(coef(g))) > 12 && q$stat == "logistic") stop("no proper fit")
  items <- names(coef(g)); for (x in names(m$factors)) items <- gsub(paste0("(^|:)", x), paste0("\\1", x, "="), items)
  out <- lapply(seq_along(items), function(i) { z <- summary(g)$coefficients[i, ]; row(list(), items[i], shape(z[[1]], z[[2]], g$df.residual, .95, n = used(D), statistic = z[[3]], p = z[[4]])) })
  c(out, lapply(unlist(m$wald_terms), function(x) { t <- regTermTest(g, reformulate(x)); row(list(), paste0("wald|", x), list(statistic = finite(t$Ftest), df1 = t$df, df2 = t$ddf, p = finite(t$p))) }))
}
spread <- function(des, q) {
  w <- as.numeric(weights(des, "sampling")); p <- w[w > 0]; z <- list(n_positive = length(p), sum = sum(p), min = min(p), max = max(p), cv = sqrt(mean((p - mean(p))^2)) / mean(p), kish_deff = length(p) * sum(p^2) / sum(p)^2, effective_n = sum(p)^2 / sum(p^2))
  lapply(names(z), function(k) row(list(), k, list(estimate = z[[k]])))
}

ask <- function(stat, f, s, calibrated) {
  if (calibrated) f$num <- setdiff(f$num, "far")
  d <- f$d; r <- !is.null(s$replicates); lone <- identical(s$lonely_psu, "adjust"); o <- list()
  if (chance(.4)) o$level <- pick(c(.8, .9, .99)); if (r || chance(.6)) o$df <- pick(if (r) list(13, 2.5, "inf") else list("design", "domain", 13, 2.5, "inf"))[[1]]
  by <- as.list(pick(f$by, sample(0:3, 1))); left <- setdiff(f$by, unlist(by)); where <- if (length(left) && chance(.3)) { v <- pick(left, pick(1:2)); setNames(lapply(v, function(x) pick(na.omit(d[[x]]))), v) }
  base <- list(stat = stat, by = by); if (length(where)) base$where <- where
  if (stat %in% c("total", "count") && lone) return(NULL)
  q <- switch(stat,
    mean = , total = { if (chance(.4)) o$deff <- pick(c("wor", "wr")); c(base, list(vars = as.list(pick(unique(c(f$num, f$bin)), 2)))) },
    share = , count = if (length(f$cat)) { v <- pick(f$cat); base$by <- as.list(setdiff(unlist(by), v)); c(base, list(vars = list(v))) },
    ratio = if (length(f$num) > 1) c(base, list(vars = as.list(pick(f$num, 2)))),
    quantile = { o$rule <- pick(c("math", "hf7")); o$interval <- if (r) "mean" else pick(c("mean", "xlogit")); o$probs <- as.list(pick(c(.25, .5, .75, .9), 2)); c(base, list(vars = list(pick(f$num)))) },
    proportion_ci = if (length(f$bin)) { o$methods <- as.list(pick(if (identical(o$df, "domain") && !calibrated) c("wald", "logit", "asin", "beta", "wilson") else c("wald", "logit", "asin", "wilson"), 3)); c(base, list(vars = list(pick(f$bin)))) },
    contrast = if (length(f$by)) { v <- pick(f$by); l <- pick(sort(unique(na.omit(d[[v]]))), 2); term <- function(i, c) list(by = setNames(list(l[i]), v), coef = c); y <- pick(setdiff(unique(c(f$num, f$bin)), "same"))   # without variance there is no test
      if (chance(.5)) o$adjust_p <- list("bonferroni", "holm", "hochberg", "bh"); two <- list(term(1, 1), term(2, 1))
      list(stat = stat, of = list(stat = if (lone) "mean" else if (r) "total" else pick(c("mean", "total")), vars = list(y), by = list(v)), contrasts = c(list(list(name = "difference", form = "linear", terms = list(term(1, 1), term(2, -1)))),
        if (all(d[[y]] >= 0, na.rm = TRUE)) list(list(name = "ratio", form = "ratio", terms = two), list(name = "log", form = "log_ratio", terms = two)))) },
    chisq = if (length(f$cat) > 1) { o <- list(); v <- f$cat; if (calibrated) v <- v[!sapply(d[v], anyNA)]; if (length(v) > 1) c(list(stat = stat, vars = as.list(pick(v, 2))), if (!calibrated && !r && length(where)) list(where = where)) },
    linear = , logistic = if (length(f$by) && (stat == "linear" || length(f$bin))) { o <- list(); v <- pick(setdiff(f$by, "one"), 2); y <- if (stat == "linear") pick(setdiff(f$num, c("far", "same"))) else f$bin[1]; x <- setdiff(intersect(c("api99", "size", "births", "alive"), names(d)), y)
      list(stat = stat, model = list(outcome = y, factors = setNames(lapply(v, function(z) as.list(as.character(sort(unique(d[[z]]))))), v), numeric = as.list(x), interactions = if (chance(.3) && length(x)) list(paste(v[1], x[1], sep = ":")) else list(), wald_terms = as.list(v))) },
    weights = list(stat = stat))
  if (!is.null(q) && length(o) && stat != "weights") q$options <- o
  q
}
hanging <- c("df", "df2", "ci_low", "ci_high", "p")   # what hangs on the degrees of freedom
answer <- function(des, q) { rows <- figures(des, q); if (inherits(des, "svyrep.design") && q$stat %in% c("chisq", "linear", "logistic")) lapply(rows, function(r) r[setdiff(names(r), hanging)]) else rows }
figures <- function(des, q) switch(q$stat, contrast = compared(des, q), chisq = independent(des, q), linear = , logistic = regressed(des, q), weights = spread(des, q), by_domain(des, q))

## the same schools in two years: a change with full overlap is the mean of differences
panel <- function() {
  a <- files$strat$d; long <- keep(data.frame(id = rep(a$row, 2), year = rep(c(1999, 2000), each = nrow(a)), y = c(a$api99, a$api00), rbind(a, a)[, c("stype", "fpc", "pw", "awards")]), "panel.csv")
  des <- svydesign(~1, strata = ~stype, fpc = ~fpc, weights = ~pw, data = transform(a, change = api00 - api99)); df <- degf(des)
  out <- unlist(lapply(sort(unique(a$awards)), function(l) { D <- subset(des, awards == l); b <- list(awards = l); m <- lapply(list(~api99, ~api00, ~change), svymean, D); e <- sapply(m, coef); s <- sapply(m, SE)
    list(row(b, "y|wave1999", shape(e[1], s[1], df, .95)), row(b, "y|wave2000", shape(e[2], s[2], df, .95)), row(b, "y|change|overlap", shape(e[3], s[3], df, .95)),
      row(b, "y|change|independent", shape(e[3], sqrt(s[1]^2 + s[2]^2), df, .95)), row(b, "y|covariance", list(estimate = (s[1]^2 + s[2]^2 - s[3]^2) / 2))) }), FALSE)
  list(id = "panel wave_change", data = "panel.csv", design = list(strata = list("stype"), fpc = list("fpc"), weights = "pw"), adjust = list(),
    request = list(stat = "wave_change", vars = list("y"), by = list("awards"), options = list(wave = "year", waves = c(1999, 2000), unit = "id")), tolerance = list(rel = 1e-8, abs = 1e-10), expect = out)
}

stats <- c("mean", "total", "share", "ratio", "quantile", "proportion_ci", "contrast", "chisq", "linear", "logistic", "count", "weights")
cases <- list(panel()); turn <- 0
put <- function(id, name, s, steps, q, done) { for (k in c("ids", "strata", "fpc")) s[[k]] <- as.list(s[[k]])
  cases[[length(cases) + 1]] <<- c(list(id = id, data = paste0(name, ".csv"), design = s, adjust = steps, request = q, tolerance = list(rel = if (identical(q$stat, "logistic") && length(s$replicates)) 1e-6 else 1e-8, abs = 1e-10)), Filter(length, done)) }
final <- function(des) as.list(setNames(as.numeric(weights(des, "sampling")), des$variables$row))

## what the grid does not cross: three stages, unique codes of clusters, design effects of
## ratios, contrasts of three domains within two conditions, interactions of factors,
## trimming in proportion
further <- function() {
  three <- list(ids = c("psu", "ssu", "row"), strata = "h", fpc = c("N1", "N2", "N3"), weights = "w", nest = TRUE, lonely_psu = pick(c("remove", "certainty")))
  unique_codes <- list(ids = "unit", strata = "h", weights = "w"); strata <- list(strata = "h", weights = "w", fpc = "Nh")
  two <- list(half = 1, kind = pick(c("p", "q")))
  ask <- function(id, s, q, f = figures) { des <- build(made, s); put(paste("further", id), "made", s, list(), q, list(expect = f(des, q))) }
  for (stat in c("mean", "total")) { ask(paste("three stages", stat), three, list(stat = stat, vars = list("neg", "bin"), by = list("kind"), options = list(df = "domain")))
    ask(paste("unique codes", stat), unique_codes, list(stat = stat, vars = list("neg", "gap"), by = list("level"), where = two, options = list(deff = "wr"))) }
  ask("three stages share", three, list(stat = "share", vars = list("answer"), by = list("half")))
  for (base in c("wor", "wr")) ask(paste("ratio", base), strata, list(stat = "ratio", vars = list("gap", "size"), by = list("kind"), options = list(deff = base)), function(des, q) lapply(c("p", "q", "r"), function(l) {
    D <- present(des[des$variables$kind == l, ], c("gap", "size")); m <- svyratio(~gap, ~size, D, deff = if (base == "wr") "replace" else TRUE)
    row(list(kind = l), "gap/size", shape(coef(m), SE(m), degf(des), .95, n = used(D), deff = finite(deff(m)))) }))
  terms <- Map(function(l, c) list(by = list(kind = l), coef = c), c("p", "q", "r"), c(.5, .5, -1))
  ask("contrast of three", nested, list(stat = "contrast", of = list(stat = "mean", vars = list("neg"), by = list("kind"), where = list(half = 1, bin = 0)), contrasts = list(list(name = "d", form = "linear", terms = unname(terms)))), function(des, q) {
    b <- svyby(~neg, ~kind, des[des$variables$half == 1 & des$variables$bin == 0, ], svymean, covmat = TRUE); z <- svycontrast(b, c(.5, .5, -1))
    list(row(list(), "d", shape(coef(z), SE(z), degf(des), .95))) })
  for (stat in c("linear", "logistic")) ask(paste("interaction of factors", stat), nested, list(stat = stat, model = list(outcome = if (stat == "linear") "neg" else "bin", factors = list(kind = list("q", "p", "r"), answer = list("ja", "nej", "ved ikke")),
    numeric = list(), interactions = list("kind:answer"), wald_terms = list("kind", "kind:answer"))))
  w <- made$w; high <- signif(quantile(w, .9, names = FALSE), 6); cut <- pmin(w, high); rest <- w < high
  cut[rest] <- cut[rest] * (1 + sum(w - cut) / sum(cut[rest])); des <- svydesign(~1, weights = cut, data = made); q <- list(stat = "weights")
  put("further trim in proportion", "made", list(weights = "w"), list(list(kind = "trim", upper = high, strict = FALSE, redistribute = "proportional")), q, list(expect = figures(des, q), expect_weights = final(des)))
}
tryCatch(further(), error = function(e) message("further: ", conditionMessage(e)))

## every kind of replicates with every kind of calibration
for (i in seq_along(designs)) for (step in c("poststratify", "rake", methods)) if (length((s <- designs[[i]][[2]])$replicates)) {
  name <- designs[[i]][[1]]; f <- files[[name]]; by <- Filter(function(v) !anyNA(f$d[[v]]) && min(table(f$d[[v]])) > 4, f$by); if (!length(by) || name == "scd") next
  q <- list(stat = "mean", vars = as.list(f$num[1:2]), by = list(by[1]), options = list(df = 9)); if (name %in% c("made", "boot")) q$vars <- list("neg", "gap")
  tryCatch({ z <- calibrations(build(f$d, s), by, intersect(c("enroll", "size", "api99"), names(f$d))[1], step); put(paste(i, name, s$replicates$type, step), name, s, z$steps, q, list(expect = figures(z$des, q), expect_weights = final(z$des))) },
    error = function(e) message(i, " ", name, " ", step, ": ", conditionMessage(e)))
}
for (i in seq_along(designs)) for (round in 1:3) {
  name <- designs[[i]][[1]]; f <- files[[name]]; s <- designs[[i]][[2]]; d <- f$d; pre <- cal <- list(); q <- list(stat = "weights")
  weighted <- length(f$by) && !identical(s$lonely_psu, "adjust") && chance(.5); code <- NULL
  done <- tryCatch({
    if (weighted && "code" %in% names(d) && length(s$weights) && is.null(s$replicates) && s$weights != "wz" && chance(.5)) {
      z <- fix_weights(d, d[[s$weights]], if (name == "made") "h" else "stype", if (name == "made") "size" else "api99")
      pre <- z$steps; d$.w <- z$w; d <- d[z$w > 0, ]; des <- build(d, modifyList(s, list(weights = ".w")))
    } else des <- build(d, s)
    whole <- Filter(function(v) !anyNA(d[[v]]) && min(table(d[[v]])) > 4, f$by)
    if (weighted && length(whole)) { z <- calibrations(des, whole, intersect(c("enroll", "size", "births", "arrests"), names(d))[1]); cal <- z$steps; des <- z$des }
    now <- f; now$d <- d
    for (try in 1:12) { turn <- turn + 1; q <- ask(stats[turn %% length(stats) + 1], now, s, length(cal) > 0); if (!is.null(q)) break }
    list(expect = answer(des, q), expect_weights = if (length(pre) + length(cal)) final(des))
  }, error = function(e) if (grepl("only one PSU", conditionMessage(e))) list(expect_error = "lonely_psu") else { message(i, " ", name, " ", q$stat, ": ", conditionMessage(e)); NULL })
  if (is.null(done) || !length(done[[1]])) next
  put(paste(i, name, round, q$stat), name, s, c(pre, cal), q, done)
}
cat(toJSON(cases, digits = NA, auto_unbox = TRUE, null = "null", na = "null"))
